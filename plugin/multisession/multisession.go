// Package multisession lets a browser hold sessions of several users at once: each sign-in adds one, GET
// /multi-session/list-device-sessions lists them, POST /multi-session/set-active switches, and POST
// /multi-session/revoke ends one. Signing out ends all of them.
//
//	plugins:
//	  multi-session: { maximumSessions: 5 }
//
// or from Go:
//
//	Plugins: []auth.Plugin{multisession.New(multisession.Options{})},
package multisession

// Each session of the browser has a cookie of its own, named after the session cookie and the token in lower case:
// better-auth.session_token_multi-<token>. Its value is the signed token. A cookie without a valid signature counts
// for nothing, because anybody can send one.

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// How many sessions a browser may hold.
	MaximumSessions *int `json:"maximumSessions" default:"5"`
}

// InvalidSessionToken is the error code of the plugin, with the name and text of the reference.
var InvalidSessionToken = auth.Code{Name: "INVALID_SESSION_TOKEN", Message: "Invalid session token"}

// Plugin is the multi-session plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "multi-session",
		Endpoints: []auth.Endpoint{list, setActive, revoke},
		After: []auth.Hook{
			{When: func(c *auth.Context) bool { return c.NewSession != nil }, Do: p.keep},
			{On: []string{"/sign-out"}, Do: endAll},
		},
		Codes: []auth.Code{InvalidSessionToken},
		Init:  func(*auth.Auth) error { return option.Check(&p.opts) },
	}
}

// infix is the part of a cookie's name between that of the session cookie and the token.
const infix = "_multi-"

// sessionCookie returns the session cookie with its attributes for a remembered session.
func sessionCookie(c *auth.Context) cookie.Cookie {
	age := int(c.ExpiresIn().Seconds())
	return c.CookieNamed("session_token", &age)
}

// cookieOf returns the cookie for the session with this token.
func cookieOf(c *auth.Context, token string) cookie.Cookie {
	k := sessionCookie(c)
	k.Name += infix + strings.ToLower(token)
	return k
}

// held is a cookie of the request with the signed token of a session.
type held struct {
	cookie.Cookie
	token string
}

// holds returns the sessions that the browser holds, by the cookies of the request with a valid signature. sent is the
// number of cookies with such a name, with or without a valid signature.
func holds(c *auth.Context) (valid []held, sent int) {
	header, _ := c.RequestHeaderValue("Cookie")
	jar := cookie.ParseLast(header)
	k := sessionCookie(c)
	for name := range jar.All() {
		if !strings.Contains(name, infix) {
			continue
		}
		sent++
		if token, ok := c.SignedCookie(name); ok {
			valid = append(valid, held{cookie.Cookie{Name: name, Attributes: k.Attributes}, token})
		}
	}
	return valid, sent
}

func tokensOf(cookies []held) []string {
	tokens := make([]string, len(cookies))
	for i, h := range cookies {
		tokens[i] = h.token
	}
	return tokens
}

// live returns those sessions among the held ones that exist and have not expired, in the order of the cookies.
func live(c *auth.Context, cookies []held) ([]*auth.SignedIn, error) {
	found, err := c.Sessions.FindMany(c, tokensOf(cookies))
	if err != nil {
		return nil, err
	}
	var out []*auth.SignedIn
	for _, s := range found {
		if s.Session.ExpiresAt.After(c.Now()) {
			out = append(out, s)
		}
	}
	return out, nil
}

// setsCookie reports whether one of the Set-Cookie lines sets the cookie with this name.
func setsCookie(lines []string, name string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		k, _, ok := cookie.ParseSetCookie(line)
		return ok && k.Name == name
	})
}
