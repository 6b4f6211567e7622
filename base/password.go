package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type changePasswordRequest struct {
	NewPassword         string `json:"newPassword" doc:"The new password to set"`
	CurrentPassword     string `json:"currentPassword" doc:"The current password is required"`
	RevokeOtherSessions bool   `json:"revokeOtherSessions,omitempty" doc:"Must be a boolean value"`
}

type changePasswordAnswer struct {
	Token *string         `json:"token"` // of the new session; null if the other sessions were not revoked
	User  *auth.PublicRow `json:"user"`
}

var changePassword = auth.Handle(auth.Route{
	ID: "changePassword", Methods: []string{http.MethodPost}, Path: "/change-password", Session: auth.StoredSession,
	Summary: "Change the password of the user",
}, func(c *auth.Context, in *changePasswordRequest) (*changePasswordAnswer, error) {
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	account, err := c.OwnCredential(in.CurrentPassword, auth.CredentialAccountNotFound)
	if err != nil {
		return nil, err
	}
	hash, err := c.Passwords.Hash(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	if err := c.ConfirmPasswordOf(account, in.CurrentPassword); err != nil {
		return nil, err
	}
	out := &changePasswordAnswer{User: c.Session.User.Public()}
	if !in.RevokeOtherSessions {
		if err := keepHash(c, hash); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: auth.PasswordChanged, UserID: c.Session.User.ID})
		return out, nil
	}
	session, err := replaceSessions(c, hash)
	if err != nil {
		return nil, err
	}
	out.Token = &session.Token
	c.Emit(auth.Event{Name: auth.PasswordChanged, UserID: c.Session.User.ID})
	return out, nil
})

// keepHash stores the hash of the new password of the signed-in user.
func keepHash(c *auth.Context, hash string) error {
	account, err := c.Accounts.FindCredential(c, c.Session.User.ID)
	if err != nil || account == nil {
		return err
	}
	_, err = c.Accounts.Update(c, account.ID, store.Record{"password": hash})
	return store.UnlessGone(err)
}

// replaceSessions stores the hash and replaces all sessions of the user with a new one, in one transaction.
func replaceSessions(c *auth.Context, hash string) (session *auth.Session, err error) {
	user := c.Session.User
	err = c.Tx(func(c *auth.Context) error {
		if err := c.Sessions.EndAll(c, user.ID); err != nil {
			return err
		}
		if err := keepHash(c, hash); err != nil {
			return err
		}
		session, err = c.SignIn(user, auth.SignIn{Method: "change-password", Continues: c.Session.Session, AfterCommit: true})
		if errors.Is(err, store.ErrDropped) {
			err = auth.Internal(auth.FailedToGetSession)
		}
		return err
	})
	return session, err
}

type verifyPasswordRequest struct {
	Password string `json:"password" doc:"The password to verify"`
}

var verifyPassword = auth.Handle(auth.Route{
	ID: "verifyPassword", Methods: []string{http.MethodPost}, Path: "/verify-password", Session: auth.StoredSession, Hidden: true,
	Summary: "Verify the current user's password",
}, func(c *auth.Context, in *verifyPasswordRequest) (*statusAnswer, error) {
	return done, c.ConfirmPassword(in.Password, auth.InvalidPassword)
})

type setPasswordRequest struct {
	NewPassword string `json:"newPassword" doc:"The new password to set is required"`
}

var setPassword = auth.Handle(auth.Route{
	ID: "setPassword", Methods: []string{http.MethodPost}, Session: auth.StoredSession,
	Summary: "Set the password of a user that has none; from Go only",
}, func(c *auth.Context, in *setPasswordRequest) (*statusAnswer, error) {
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	id := c.Session.User.ID
	account, err := c.Accounts.FindCredential(c, id)
	if err != nil {
		return nil, err
	}
	hash, err := c.Passwords.Hash(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	switch {
	case account == nil:
		err = store.UnlessDropped(c.Accounts.LinkPassword(c, id, hash))
	case account.Password == "":
		_, err = c.Accounts.Update(c, account.ID, store.Record{"password": hash})
		err = store.UnlessGone(err)
	default:
		return nil, auth.BadRequest(auth.PasswordAlreadySet)
	}
	if err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.PasswordChanged, UserID: id})
	return done, nil
})
