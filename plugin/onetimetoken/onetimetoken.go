// Package onetimetoken gives a session out as a token that works once, to carry
// it to another domain or device. It must not know what the token is carried by.
package onetimetoken

import (
	"context"
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

// TokenRequest asks for a token that stands for a session.
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

// Token is a token that stands for a session, once.
func (p *Plugin) Token(c *auth.Context, s auth.SignedIn) (string, error) {
	token := secret.Random(32)
	if p.opts.GenerateToken != nil {
		var err error
		if token, err = p.opts.GenerateToken(c, TokenRequest{s, c}); err != nil {
			return "", auth.FromCallback(err)
		}
	}
	id, err := p.identifier(c, token)
	if err != nil {
		return "", err
	}
	_, err = c.CreateVerification(c, id, s.Token(), c.Now().Add(time.Duration(*p.opts.ExpiresIn*float64(time.Minute))))
	return token, err
}

func (p *Plugin) identifier(ctx context.Context, token string) (string, error) {
	stored, err := p.opts.StoreToken.Stored(ctx, token)
	return "one-time-token:" + stored, err
}

type verifyRequest struct {
	Token string `json:"token" doc:"The token to verify. Eg: \"some-token\""`
}

type verifyAnswer struct {
	Session *auth.Row `json:"session"`
	User    *auth.Row `json:"user"`
}

func (p *Plugin) verifyToken() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyOneTimeToken", Methods: []string{http.MethodPost}, Path: "/one-time-token/verify",
	}, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		id, err := p.identifier(c, in.Token)
		if err != nil {
			return nil, err
		}
		taken, err := c.TakeVerification(c, id)
		if err != nil {
			return nil, err
		}
		if taken == nil {
			return nil, auth.Status(http.StatusBadRequest, "Invalid token")
		}
		s, err := c.FindSession(c, text(taken, "value"))
		if err != nil {
			return nil, err
		}
		if s == nil {
			return nil, auth.Status(http.StatusBadRequest, "Session not found")
		}
		// The cookie of a session that is over goes out with the refusal, as upstream.
		if !p.opts.DisableSetSessionCookie {
			if err := c.SetSessionCookie(*s, nil); err != nil {
				return nil, err
			}
		}
		if ends, ok := s.Session["expiresAt"].(time.Time); !ok || ends.Before(c.Now()) {
			return nil, auth.Status(http.StatusBadRequest, "Session expired")
		}
		return &verifyAnswer{c.Output("session", s.Session), c.Output("user", s.User)}, nil
	})
}

func (p *Plugin) beginsSession(c *auth.Context) bool {
	return p.opts.SetOTTHeaderOnNewSession && c.NewSession != nil
}

// setHeader tells scripts the token of a session that has just begun.
func (p *Plugin) setHeader(c *auth.Context) error {
	token, err := p.Token(c, *c.NewSession)
	if err != nil {
		return err
	}
	c.SetHeader("Set-Ott", token)
	auth.Expose(c.Header, "set-ott")
	return nil
}

func text(r store.Record, key string) string { s, _ := r[key].(string); return s }
