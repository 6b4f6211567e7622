package forward

import (
	_ "embed" // the page for refused users
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

//go:embed unverified.html
var unverifiedPage []byte

func (p *Plugin) requiresVerified() bool {
	return *p.opts.RequireEmailVerified
}

// identifies reports whether an answer can name the caller. A 200 without an identity would let everybody through.
func identifies(s *auth.SignedIn) bool { return plain(s.User.ID) != "" && plain(s.Session.ID) != "" }

// reread reads the session from the store, because the cookie cache may have a copy from before the address was
// verified. It returns nil if the session has ended.
func (p *Plugin) reread(c *auth.Context) (*auth.SignedIn, error) {
	c.Session = nil
	s, err := c.CurrentSession(auth.Lookup{NoCache: c.Stateful(), NoRefresh: !p.opts.Refresh})
	if !p.opts.Refresh {
		c.ResponseHeader.Del("Set-Cookie")
	}
	if err != nil || s == nil || !identifies(s) {
		return nil, err
	}
	return s, nil
}

// refuseUnverified answers 403: with a page for a browser that opens one, otherwise with JSON. It contains no
// identity that a proxy could copy.
func refuseUnverified(c *auth.Context) (*auth.Raw, error) {
	if !opensPage(c) {
		return nil, auth.Forbidden(auth.EmailNotVerified)
	}
	return &auth.Raw{Status: http.StatusForbidden, Type: "text/html; charset=utf-8", Body: unverifiedPage, Header: http.Header{
		"Content-Security-Policy": {"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"X-Content-Type-Options":  {"nosniff"},
	}}, nil
}
