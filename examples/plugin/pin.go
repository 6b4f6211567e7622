package notes

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A user may want to be asked for a PIN after the password. The sign-in by password
// is then taken back, and a token that works once stands for it until the PIN comes.

type pinRequest struct {
	PIN string `json:"pin" minLength:"4" maxLength:"12"`
}

// setPIN wants a fresh session: one that began a while ago, in a browser that was left
// open, may not change how its user signs in.
func (p *Plugin) setPIN() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "setNotesPin", Methods: []string{http.MethodPost}, Path: "/notes/set-pin",
		Session: auth.FreshSession, Summary: "Ask for a PIN at the next sign-in",
	}, func(c *auth.Context, in *pinRequest) (*doneAnswer, error) {
		hash, err := c.Passwords.Hash(c, in.PIN)
		if err != nil {
			return nil, err
		}
		_, err = c.Users.Update(c, c.Session.User.ID, store.Record{"notesPin": hash})
		return &doneAnswer{true}, err
	})
}

// pending are the tokens of sign-ins that wait for a PIN. Their value is the user's id.
func pending() auth.Tokens {
	return auth.Tokens{Prefix: "notes:pin:", TTL: 5 * time.Minute, Storage: auth.TokenStorage{Hashed: true}}
}

type pinNeeded struct {
	PINNeeded bool   `json:"pinNeeded"`
	Token     string `json:"token"`
}

// askForPIN runs after a call that began a session. No session and no cookie is left
// when UndoSignIn returns, and the client gets another answer.
func (p *Plugin) askForPIN(c *auth.Context) error {
	user := c.NewSession.User
	if user.Extra.Text("notesPin") == "" {
		return nil
	}
	if err := c.UndoSignIn(); err != nil {
		return err
	}
	token := secret.ID(32)
	c.Returned = &pinNeeded{PINNeeded: true, Token: token}
	return pending().Put(c, token, user.ID)
}

type enterRequest struct {
	Token string `json:"token"`
	PIN   string `json:"pin"`
}

type enterAnswer struct {
	User *auth.PublicRow `json:"user"`
}

// enterPIN begins the session. A wrong PIN uses the token up too: each guess needs the
// password again, whose tries the server counts.
func (p *Plugin) enterPIN() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "enterNotesPin", Methods: []string{http.MethodPost}, Path: "/notes/pin",
		Session: auth.Public, CheckForm: true, Summary: "Sign in with the PIN",
	}, func(c *auth.Context, in *enterRequest) (*enterAnswer, error) {
		kept, err := pending().Take(c, in.Token)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Unauthorized(InvalidPIN)
		}
		if err != nil {
			return nil, err
		}
		user, err := c.Users.Get(c, kept.Text)
		if err != nil {
			return nil, err
		}
		right, err := c.Passwords.Verify(c, user.Extra.Text("notesPin"), in.PIN)
		if err != nil {
			return nil, err
		}
		if !right {
			return nil, auth.Unauthorized(InvalidPIN)
		}
		if _, err := c.SignIn(user, auth.SignIn{Method: "password-and-pin"}); err != nil {
			return nil, err
		}
		return &enterAnswer{user.Public()}, nil
	})
}
