package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

var getSession = auth.Handle(auth.Route{
	ID: "getSession", Methods: []string{http.MethodGet, http.MethodPost}, Path: "/get-session", Session: auth.Public, Aliases: []string{"/session"},
	NoBody: true, NeedHeaders: true, Summary: "Get the current session",
}, readSession)

type getSessionRequest struct {
	_                  struct{} `query:"optional"`
	DisableCookieCache bool     `query:"disableCookieCache,omitempty" coerce:"true" doc:"Disable cookie cache and fetch session from database"`
	DisableRefresh     bool     `query:"disableRefresh,omitempty" coerce:"true" doc:"Disable session refresh. Useful for checking session status, without updating the session"`
}

func readSession(c *auth.Context, in *getSessionRequest) (*auth.SessionAnswer, error) {
	c.SetResponseHeader("Cache-Control", "no-store")
	c.SetResponseHeader("Pragma", "no-cache")
	post := c.Method == http.MethodPost
	if post && !c.Options.Session.DeferSessionRefresh {
		return nil, auth.Fail(http.StatusMethodNotAllowed, auth.MethodNotAllowedDeferSessionRequired)
	}
	return c.ReadSession(auth.Lookup{NoCache: in.DisableCookieCache, NoRefresh: in.DisableRefresh, Post: post})
}

var listSessions = auth.Handle(auth.Route{
	ID: "listSessions", Methods: []string{http.MethodGet}, Path: "/list-sessions", Session: auth.FreshSession, NeedHeaders: true,
	Summary: "List all active sessions for the user",
}, func(c *auth.Context, _ *auth.None) (*[]*auth.PublicRow, error) {
	rows, err := c.Sessions.Of(c, c.Session.User.ID)
	if err != nil {
		return nil, auth.Fail(http.StatusInternalServerError, auth.Code{}).Because(err)
	}
	out := []*auth.PublicRow{}
	for _, session := range rows {
		if session.ExpiresAt.After(c.Now()) {
			out = append(out, session.Public())
		}
	}
	return &out, nil
})

type revokeSessionRequest struct {
	Token string `json:"token" doc:"The token to revoke"`
}

var revokeSession = auth.Handle(auth.Route{
	ID: "revokeSession", Methods: []string{http.MethodPost}, Path: "/revoke-session", Session: auth.StoredSession, NeedHeaders: true,
	Summary: "Revoke a single session",
}, func(c *auth.Context, in *revokeSessionRequest) (*statusAnswer, error) {
	found, err := c.Sessions.Find(c, in.Token)
	if err != nil {
		return nil, err
	}
	// The answer does not reveal whether the session belongs to somebody else or does not exist.
	if found != nil && found.Session.UserID == c.Session.User.ID {
		if err := c.Sessions.End(c, in.Token); err != nil {
			return nil, auth.Internal(auth.InternalServerError).Because(err)
		}
		c.Emit(auth.Event{Name: auth.SessionRevoked, UserID: found.User.ID, SessionID: found.Session.ID})
	}
	if in.Token == c.Session.Session.Token {
		return done, c.DeleteSessionCookie()
	}
	return done, nil
})

var revokeSessions = auth.Handle(auth.Route{
	ID: "revokeSessions", Methods: []string{http.MethodPost}, Path: "/revoke-sessions", Session: auth.StoredSession, NeedHeaders: true,
	Summary: "Revoke all sessions for the user",
}, func(c *auth.Context, _ *auth.None) (*statusAnswer, error) {
	if err := c.Sessions.EndAll(c, c.Session.User.ID); err != nil {
		return nil, auth.Internal(auth.InternalServerError).Because(err)
	}
	c.Emit(auth.Event{Name: auth.AllSessionsRevoked, UserID: c.Session.User.ID})
	return done, c.DeleteSessionCookie()
})

var revokeOtherSessions = auth.Handle(auth.Route{
	ID: "revokeOtherSessions", Methods: []string{http.MethodPost}, Path: "/revoke-other-sessions", Session: auth.StoredSession, NeedHeaders: true,
	Summary: "Revoke all other sessions for the user except the current one",
}, func(c *auth.Context, _ *auth.None) (*statusAnswer, error) {
	ended := map[string]bool{c.Session.Session.Token: true}
	for {
		rows, err := c.Sessions.Of(c, c.Session.User.ID)
		if err != nil {
			return nil, err
		}
		before := len(ended)
		for _, session := range rows {
			if ended[session.Token] {
				continue // a hook keeps it
			}
			if err := c.Sessions.End(c, session.Token); err != nil {
				return nil, err
			}
			ended[session.Token] = true
		}
		if len(ended) == before {
			c.Emit(auth.Event{Name: auth.AllSessionsRevoked, UserID: c.Session.User.ID, Details: map[string]string{"kept": c.Session.Session.ID}})
			return done, nil
		}
	}
})

type recordRequest struct {
	Body *js.Object `body:"record"`
}

type updateSessionAnswer struct {
	Session *auth.PublicRow `json:"session"`
}

var updateSession = auth.Handle(auth.Route{
	ID: "updateSession", Methods: []string{http.MethodPost}, Path: "/update-session", Session: auth.RequireSession,
	Summary: "Update the current session",
}, func(c *auth.Context, in *recordRequest) (*updateSessionAnswer, error) {
	change, err := c.ParseInput("session", in.Body, false)
	if err != nil {
		return nil, err
	}
	if len(change) == 0 {
		return nil, auth.Status(http.StatusBadRequest, "No fields to update")
	}
	change["updatedAt"] = c.Now()
	session, err := c.Sessions.Update(c, c.Session.Session.Token, change)
	gone := errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped)
	switch {
	case gone && c.Stateful():
		if err := c.DeleteSessionCookie(); err != nil {
			return nil, err
		}
		return nil, auth.Unauthorized(auth.FailedToGetSession)
	case gone:
		session = c.Session.Session.With(change)
	case err != nil:
		return nil, err
	}
	err = c.SetSessionCookie(auth.SignedIn{Session: session, User: c.Session.User}, auth.RememberAsBefore)
	return &updateSessionAnswer{Session: session.Public()}, err
})
