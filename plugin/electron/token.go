package electron

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

type tokenRequest struct {
	Token        string `json:"token" minLength:"1"`
	State        string `json:"state" minLength:"1"`
	CodeVerifier string `json:"code_verifier" minLength:"1"`
}

type tokenAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

func (p *Plugin) token() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "electronToken", Methods: []string{http.MethodPost}, Path: "/electron/token", Session: auth.Public,
		Summary: "Exchange the electron token for a session",
		OpenAPI: described("electronToken", "Exchange the electron token for a session", "Returns the session token and user", tokenShape()),
	}, func(c *auth.Context, in *tokenRequest) (*tokenAnswer, error) {
		userID, err := p.redeem(c, in)
		if err != nil {
			return nil, err
		}
		user, err := c.Users.Get(c, userID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Internal(auth.UserNotFound)
		}
		if err != nil {
			return nil, err
		}
		session, err := c.SignIn(user, auth.SignIn{Method: "electron", Approved: true})
		if errors.Is(err, store.ErrDropped) {
			return nil, auth.Internal(auth.FailedToCreateSession)
		}
		if err != nil {
			return nil, err
		}
		return &tokenAnswer{session.Token, user.Public()}, nil
	})
}

// redeem uses a code up and returns its user. A code with a wrong state or verifier is spent, too.
func (p *Plugin) redeem(c *auth.Context, in *tokenRequest) (userID string, err error) {
	kept, err := p.tokens().Take(c, in.Token)
	if errors.Is(err, store.ErrNotFound) {
		return "", auth.NotFound(InvalidToken)
	}
	if err != nil {
		return "", err
	}
	v, err := js.Parse([]byte(kept.Text))
	if err != nil || !js.Truthy(v) {
		return "", auth.Internal(InvalidToken)
	}
	row, ok := v.(*js.Object)
	if !ok {
		row = js.NewObject()
	}
	member := func(name string) string {
		v, _ := row.Get(name)
		if !js.Truthy(v) {
			return ""
		}
		return js.String(v)
	}
	switch challenge := member("codeChallenge"); {
	case !secret.Equal(member("state"), in.State):
		return "", auth.BadRequest(StateMismatch)
	case challenge == "":
		return "", auth.BadRequest(MissingCodeChallenge)
	case !secret.Equal(secret.Digest(in.CodeVerifier), challenge):
		return "", auth.BadRequest(InvalidCodeVerifier)
	}
	return member("userId"), nil
}
