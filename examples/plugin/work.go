package notes

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Reminder says that the time of a note has come.
type Reminder struct {
	UserID string `json:"userId"`
	NoteID string `json:"noteId"`
	Title  string `json:"title"`
}

// sendReminders is a background job. Several servers may run it at the same time, so
// it first claims a note: the update finds the row only while its remindAt is set.
func (p *Plugin) sendReminders(ctx context.Context, a *auth.Auth) error {
	if p.opts.Remind == nil {
		return nil
	}
	due, err := p.notes.Find(ctx, store.Query{Where: []store.Where{{Field: "remindAt", Op: store.Lte, Value: a.Store.Now(ctx)}}})
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range due {
		claim := []store.Where{store.Is("id", n.ID), store.Is("remindAt", *n.RemindAt)}
		_, err := p.notes.Update(ctx, claim, store.Record{"remindAt": nil})
		if errors.Is(err, store.ErrNotFound) {
			continue // another server was faster
		}
		if err == nil {
			_, err = p.opts.Remind(ctx, Reminder{UserID: n.UserID, NoteID: n.ID, Title: n.Title})
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
