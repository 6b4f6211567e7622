package base

import (
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
	Token *string         `json:"token"` // of the new session, null when others were not revoked
	User  *auth.PublicRow `json:"user"`
}

var changePassword = auth.Handle(auth.Route{
	ID: "changePassword", Methods: []string{http.MethodPost}, Path: "/change-password", Session: auth.StoredSession,
	Summary: "Change the password of the user",
}, func(c *auth.Context, in *changePasswordRequest) (*changePasswordAnswer, error) {
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	if err := c.CheckPasswordNotTooLong(in.CurrentPassword); err != nil {
		return nil, err
	}
	account, err := c.FindCredential(c, c.Session.UserID())
	if err != nil {
		return nil, err
	}
	if str(account, "password") == "" {
		return nil, auth.BadRequest(auth.CredentialAccountNotFound)
	}
	hash, err := c.HashPassword(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	if err := matchPassword(c, account, in.CurrentPassword); err != nil {
		return nil, err
	}
	session, err := replacePassword(c, hash, in.RevokeOtherSessions)
	if err != nil {
		return nil, err
	}
	out := &changePasswordAnswer{User: c.Output("user", c.Session.User)}
	if session == nil {
		return out, nil
	}
	token := str(session, "token")
	out.Token = &token
	return out, c.SetSessionCookie(auth.SignedIn{Session: session, User: c.Session.User}, nil)
})

// replacePassword stores the hash and, if asked, replaces all sessions by one
// new one, all in one go.
func replacePassword(c *auth.Context, hash string, revoke bool) (session store.Record, err error) {
	id := c.Session.UserID()
	err = c.Tx(func(c *auth.Context) error {
		if revoke {
			if err := c.DeleteUserSessions(c, id); err != nil {
				return err
			}
		}
		account, err := c.FindCredential(c, id)
		if err != nil {
			return err
		}
		if err := c.UpdateAccount(c, str(account, "id"), store.Record{"password": hash}); err != nil || !revoke {
			return err
		}
		if session, err = c.CreateSession(id, false, nil); err == nil && session == nil {
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
	if err := c.CheckPasswordNotTooLong(in.Password); err != nil {
		return nil, err
	}
	account, err := c.FindCredential(c, c.Session.UserID())
	if err != nil {
		return nil, err
	}
	if str(account, "password") == "" {
		return nil, auth.BadRequest(auth.InvalidPassword)
	}
	return done, matchPassword(c, account, in.Password)
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
	account, err := c.FindCredential(c, c.Session.UserID())
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	switch {
	case account == nil:
		return done, c.LinkCredential(c, c.Session.UserID(), hash)
	case str(account, "password") == "":
		return done, c.UpdateAccount(c, str(account, "id"), store.Record{"password": hash})
	}
	return nil, auth.BadRequest(auth.PasswordAlreadySet)
})
