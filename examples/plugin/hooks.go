package notes

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

const longestMotto = 80

// checkMotto runs before the built-in endpoints that take a motto. The body is a
// JavaScript value, because a hook sees bodies of every shape.
func (p *Plugin) checkMotto(c *auth.Context) error {
	body, ok := c.Body.(*js.Object)
	if !ok {
		return nil // the endpoint refuses it
	}
	motto, _ := body.Get("motto")
	if text, ok := motto.(string); ok && utf8.RuneCountInString(text) > longestMotto {
		return auth.BadRequest(MottoTooLong)
	}
	return nil
}

// sayNotesLeft runs after a note was created. c.Returned is what the endpoint
// returned, or an *auth.Error.
func (p *Plugin) sayNotesLeft(c *auth.Context) error {
	n, ok := c.Returned.(*Note)
	if !ok {
		return nil
	}
	kept, err := p.notes.Count(c, store.Is("userId", n.UserID))
	if err != nil {
		return err
	}
	c.SetResponseHeader("X-Notes-Left", strconv.FormatInt(int64(p.opts.MaxNotes)-kept, 10))
	return nil
}

// admit is asked before any session begins, however its user signs in.
func (p *Plugin) admit(_ *auth.Context, user *auth.User, _ auth.SignIn) error {
	if user.Extra.True("notesSuspended") {
		return auth.Forbidden(Suspended)
	}
	return nil
}

// welcome is a database hook: it runs after a user was created, in whatever way, once
// the row is committed.
func (p *Plugin) welcome(ctx context.Context, user store.Record) error {
	if p.opts.Welcome == "" {
		return nil
	}
	now := user.Time("createdAt")
	_, err := p.notes.Create(ctx, &Note{UserID: user.Text("id"), Title: p.opts.Welcome, CreatedAt: now})
	return err
}
