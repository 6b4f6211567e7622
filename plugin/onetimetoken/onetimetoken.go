// Package onetimetoken adds tokens that stand for a session and work once, to carry the session to another domain or
// device: GET /one-time-token/generate returns a token, and POST /one-time-token/verify exchanges it for the session.
//
//	plugins:
//	  one-time-token: { expiresIn: 3, storeToken: hashed } # minutes
//
// or from Go:
//
//	Plugins: []auth.Plugin{onetimetoken.New(onetimetoken.Options{})},
package onetimetoken

// This package does not know how the token is carried.

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// How long a token works.
	ExpiresIn *float64 `json:"expiresIn" default:"3" unit:"minutes"`
	// Makes tokens for the host program only.
	DisableClientRequest bool `json:"disableClientRequest"`
	// Makes the token.
	GenerateToken callback.Func[TokenRequest, string] `json:"generateToken" unset:"32 random characters"`
	// Using a token sets no session cookie.
	DisableSetSessionCookie bool `json:"disableSetSessionCookie"`
	// How the token is stored: `plain`, `hashed`, or `{ type: custom-hasher, hash }`.
	StoreToken auth.TokenStorage `json:"storeToken" default:"plain"`
	// Adds a token to every answer that begins a session.
	SetOTTHeaderOnNewSession bool `json:"setOttHeaderOnNewSession"`
}

// TokenRequest is the argument of generateToken.
type TokenRequest struct {
	auth.SignedIn
	Call *auth.Context `arg:"1"`
}

// Plugin is the one-time-token plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "one-time-token",
		Endpoints: []auth.Endpoint{p.generateToken(), p.verifyToken()},
		After:     []auth.Hook{{When: p.beginsSession, Do: p.setHeader}},
		Init:      p.init,
	}
}

func (p *Plugin) init(*auth.Auth) error {
	return option.Check(&p.opts)
}

type tokenAnswer struct {
	Token string `json:"token"`
}

func (p *Plugin) generateToken() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "generateOneTimeToken", Methods: []string{http.MethodGet}, Path: "/one-time-token/generate", Session: auth.RequireSession,
	}, func(c *auth.Context, _ *auth.None) (*tokenAnswer, error) {
		if p.opts.DisableClientRequest && c.Request != nil {
			return nil, auth.Status(http.StatusBadRequest, "Client requests are disabled")
		}
		token, err := p.Token(c, *c.Session)
		return &tokenAnswer{token}, err
	})
}

// Token returns a token that stands for a session and works once.
func (p *Plugin) Token(c *auth.Context, s auth.SignedIn) (string, error) {
	token := secret.Random(32)
	if p.opts.GenerateToken != nil {
		var err error
		if token, err = p.opts.GenerateToken(c, TokenRequest{s, c}); err != nil {
			return "", auth.FromCallback(err)
		}
	}
	return token, p.tokens().Put(c, token, s.Session.Token)
}

func (p *Plugin) tokens() auth.Tokens {
	life := time.Duration(*p.opts.ExpiresIn * float64(time.Minute))
	return auth.Tokens{Prefix: "one-time-token:", TTL: life, Storage: p.opts.StoreToken}
}

type verifyRequest struct {
	Token string `json:"token" doc:"The token to verify. Eg: \"some-token\""`
}

type verifyAnswer struct {
	Session *auth.PublicRow `json:"session"`
	User    *auth.PublicRow `json:"user"`
}

func (p *Plugin) verifyToken() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyOneTimeToken", Methods: []string{http.MethodPost}, Path: "/one-time-token/verify", Session: auth.Public,
	}, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		kept, err := p.tokens().Take(c, in.Token)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Status(http.StatusBadRequest, "Invalid token")
		}
		if err != nil {
			return nil, err
		}
		s, err := c.Sessions.Get(c, kept.Text)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Status(http.StatusBadRequest, "Session not found")
		}
		if err != nil {
			return nil, err
		}
		// As in the reference, the cookie of an expired session is sent with the refusal.
		if err := c.Adopt(*s, auth.SignIn{Method: "one-time-token", NoCookies: p.opts.DisableSetSessionCookie}); err != nil {
			return nil, err
		}
		if s.Session.ExpiresAt.Before(c.Now()) {
			return nil, auth.Status(http.StatusBadRequest, "Session expired")
		}
		return &verifyAnswer{s.Session.Public(), s.User.Public()}, nil
	})
}

func (p *Plugin) beginsSession(c *auth.Context) bool {
	return p.opts.SetOTTHeaderOnNewSession && c.NewSession != nil
}

// setHeader adds a token for a new session in a header that scripts can read.
func (p *Plugin) setHeader(c *auth.Context) error {
	token, err := p.Token(c, *c.NewSession)
	if err != nil {
		return err
	}
	c.SetResponseHeader("Set-Ott", token)
	auth.Expose(c.ResponseHeader, "set-ott")
	return nil
}
