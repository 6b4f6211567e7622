package admin

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type sessionsAnswer struct {
	Sessions []*auth.PublicRow `json:"sessions"`
}

func (p *Plugin) listUserSessions() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listUserSessions", Methods: []string{http.MethodPost}, Path: "/admin/list-user-sessions", Session: auth.Public,
		Summary: "List user sessions", OpenAPI: document("adminListUserSessions", "List user sessions", "List of user sessions", sessionsShape()),
	}, func(c *auth.Context, in *userIDRequest) (*sessionsAnswer, error) {
		if err := p.demand(c, MayNotListSessions, "session", "list"); err != nil {
			return nil, err
		}
		rows, err := c.Sessions.Of(c, in.UserID)
		if unlessUnfit(err) != nil {
			return nil, err
		}
		out := &sessionsAnswer{Sessions: make([]*auth.PublicRow, len(rows))}
		for i, session := range rows {
			out.Sessions[i] = session.Public()
		}
		return out, nil
	}, signedIn)
}

// unlessUnfit returns nil for an id that no user can have.
func unlessUnfit(err error) error {
	if errors.Is(err, store.ErrUnfit) {
		return nil
	}
	return err
}

type revokeRequest struct {
	SessionToken string `json:"sessionToken" doc:"The session token"`
}

func (p *Plugin) revokeSession() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "revokeUserSession", Methods: []string{http.MethodPost}, Path: "/admin/revoke-user-session", Session: auth.Public,
		Summary: "Revoke a user session", OpenAPI: document("revokeUserSession", "Revoke a user session", "Session revoked", successShape()),
	}, func(c *auth.Context, in *revokeRequest) (*successAnswer, error) {
		if err := p.demand(c, MayNotRevokeSessions, "session", "revoke"); err != nil {
			return nil, err
		}
		var found *auth.SignedIn
		if c.Listens() { // only an event needs to know whose session it is
			var err error
			if found, err = c.Sessions.Find(c, in.SessionToken); err != nil {
				return nil, err
			}
		}
		if err := c.Sessions.End(c, in.SessionToken); err != nil {
			return nil, err
		}
		if found != nil {
			c.Emit(auth.Event{Name: auth.SessionRevoked, UserID: found.User.ID, SessionID: found.Session.ID, Method: "admin"})
		}
		return &successAnswer{true}, nil
	}, signedIn)
}

func (p *Plugin) revokeSessions() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "revokeUserSessions", Methods: []string{http.MethodPost}, Path: "/admin/revoke-user-sessions", Session: auth.Public,
		Summary: "Revoke all user sessions", OpenAPI: document("revokeUserSessions", "Revoke all user sessions", "Sessions revoked", successShape()),
	}, func(c *auth.Context, in *userIDRequest) (*successAnswer, error) {
		if err := p.demand(c, MayNotRevokeSessions, "session", "revoke"); err != nil {
			return nil, err
		}
		if err := unlessUnfit(c.Sessions.EndAll(c, in.UserID)); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: auth.AllSessionsRevoked, UserID: in.UserID, Method: "admin"})
		return &successAnswer{true}, nil
	}, signedIn)
}

func (p *Plugin) removeUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "removeUser", Methods: []string{http.MethodPost}, Path: "/admin/remove-user", Session: auth.Public,
		Summary: "Remove a user",
		OpenAPI: document("removeUser", "Delete a user and all their sessions and accounts. Cannot be undone.", "User removed", successShape()),
	}, func(c *auth.Context, in *userIDRequest) (*successAnswer, error) {
		if err := p.demand(c, MayNotDeleteUsers, "user", "delete"); err != nil {
			return nil, err
		}
		if in.UserID == c.Session.User.ID {
			return nil, auth.BadRequest(CannotRemoveYourself)
		}
		target, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		if target.ID == c.Session.User.ID { // written otherwise, such as 07 for 7
			return nil, auth.BadRequest(CannotRemoveYourself)
		}
		return &successAnswer{true}, remove(c, target.ID)
	}, signedIn)
}

// remove deletes a user with all sessions and accounts, in one transaction unless delete hooks run, whose effect
// cannot be rolled back.
func remove(c *auth.Context, id string) error {
	all := func(c *auth.Context) error {
		if err := c.Sessions.EndAll(c, id); err != nil {
			return err
		}
		if err := c.Users.Delete(c, id); err != nil {
			return store.UnlessDropped(err)
		}
		c.Emit(auth.Event{Name: auth.UserDeleted, UserID: id, Method: "admin"})
		return nil
	}
	if c.HasDeleteHooks() {
		return all(c)
	}
	return c.Tx(all)
}

type passwordRequest struct {
	NewPassword string `json:"newPassword"`
	UserID      string `json:"userId"`
}

// BodySchema returns the schema of the body.
func (passwordRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("newPassword", schema.String().NonEmpty("newPassword cannot be empty").Doc("The new password")),
		schema.Field("userId", schema.String().Coerce().NonEmpty("userId cannot be empty").Doc("The user id")),
	)
}

type statusAnswer struct {
	Status bool `json:"status"`
}

func (p *Plugin) setPassword() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "setUserPassword", Methods: []string{http.MethodPost}, Path: "/admin/set-user-password", Session: auth.Public,
		Summary: "Set a user's password", OpenAPI: document("setUserPassword", "Set a user's password", "Password set", statusShape()),
	}, func(c *auth.Context, in *passwordRequest) (*statusAnswer, error) {
		if err := p.demand(c, MayNotSetPassword, "user", "set-password"); err != nil {
			return nil, err
		}
		if err := c.CheckPasswordLength(in.NewPassword); err != nil {
			return nil, err
		}
		user, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		hash, err := c.Passwords.Hash(c, in.NewPassword)
		if err != nil {
			return nil, err
		}
		if err := store.UnlessDropped(c.Accounts.ReplacePassword(c, user.ID, hash)); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: auth.PasswordChanged, UserID: user.ID, Method: "admin"})
		return &statusAnswer{true}, c.ForgetWrongPasswords(user.Email)
	}, signedIn)
}
