// Package bearer lets clients without cookies, such as mobile apps, send the session token in the header
// Authorization: Bearer. When a session starts, the answer has the token in the header set-auth-token.
//
//	plugins:
//	  bearer: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{bearer.New(bearer.Options{})},
package bearer

import (
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Accepts only signed tokens.
	RequireSignature bool `json:"requireSignature"`
}

// Plugin is the bearer plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "bearer",
		Before: []auth.Hook{{When: hasAuthorization, Do: p.acceptToken}},
		After:  []auth.Hook{{Do: tellToken}},
	}
}

func hasAuthorization(c *auth.Context) bool {
	v, _ := c.RequestHeaderValue("Authorization")
	return v != ""
}

// acceptToken adds a bearer token to the request as the session cookie. Anything that is not a token of this server
// is ignored; the call then has no session.
func (p *Plugin) acceptToken(c *auth.Context) error {
	header, _ := c.RequestHeaderValue("Authorization")
	if len(header) < 7 || !strings.EqualFold(header[:7], "bearer ") {
		return nil
	}
	token := strings.TrimSpace(header[7:])
	if token == "" {
		return nil
	}
	signed := token
	switch {
	case !strings.Contains(token, "."):
		if p.opts.RequireSignature {
			return nil
		}
		signed = cookie.Sign(token, c.Keys)
	case strings.Contains(token, "%"):
		if plain, err := url.PathUnescape(token); err == nil {
			signed = plain
		}
	}
	value, signature, _ := strings.Cut(signed, ".")
	signature, _, _ = strings.Cut(signature, ".")
	if ok, _ := c.Keys.Verify(value, padded(signature)); ok {
		c.BearerCookie(signed)
	}
	return nil
}

// padded returns a base64 signature with padding, which clients may leave out.
func padded(signature string) string {
	signature = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(signature, "="))
	return signature + "="
}

// tellToken copies the token of a new session cookie to a header that scripts can read.
func tellToken(c *auth.Context) error {
	name := c.SessionTokenName()
	token, live := "", false
	for _, line := range c.ResponseHeader["Set-Cookie"] {
		k, value, ok := cookie.ParseSetCookie(line)
		if !ok || k.Name != name {
			continue
		}
		token, live = value, k.Attributes.MaxAge == nil || *k.Attributes.MaxAge != 0
	}
	if !live || token == "" {
		return nil
	}
	c.SetResponseHeader("Set-Auth-Token", token)
	auth.Expose(c.ResponseHeader, "set-auth-token")
	return nil
}
