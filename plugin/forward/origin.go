package forward

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// page returns the page for a caller who lacks something, with the address to return to, or "" if there is none. For
// somebody who is signed in it says what is missing, because a sign-in page would otherwise send them back at once.
func (p *Plugin) page(c *auth.Context, why auth.Code) string {
	page := p.opts.SignInURL
	if why == auth.SecondFactorRequired && p.opts.FactorURL != "" {
		page = p.opts.FactorURL
	}
	u, err := url.Parse(page)
	if page == "" || err != nil {
		return page
	}
	q := u.Query()
	before := len(q)
	if why != auth.NotSignedIn {
		q.Set("reason", why.Name)
	}
	// Anyone can call this endpoint with any header. Browsers read a backslash as a slash and other programs do not,
	// so an address that contains one is not passed on.
	if back := originalURL(c); back != "" && !strings.Contains(back, `\`) && c.TrustsURL(back) {
		q.Set("callbackURL", back)
	}
	if len(q) == before {
		return page
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// originalURL returns the address that the proxy received, or "" if it does not send it. Traefik and Caddy send its
// parts; nginx sends what its configuration says.
func originalURL(c *auth.Context) string {
	if whole := header(c, "X-Original-Url"); whole != "" {
		return whole
	}
	proto, host, uri := header(c, "X-Forwarded-Proto"), header(c, "X-Forwarded-Host"), header(c, "X-Forwarded-Uri")
	if proto != "http" && proto != "https" || host == "" || !strings.HasPrefix(uri, "/") {
		return ""
	}
	return proto + "://" + host + uri
}

// opensPage reports whether a browser opens a page. A script that calls an API cannot use a sign-in page.
func opensPage(c *auth.Context) bool {
	switch header(c, "X-Forwarded-Method") {
	case "", http.MethodGet, http.MethodHead:
	default:
		return false
	}
	if dest := header(c, "Sec-Fetch-Dest"); dest != "" && dest != "document" && dest != "iframe" {
		return false
	}
	return strings.Contains(header(c, "Accept"), "text/html")
}

func header(c *auth.Context, name string) string {
	v, _ := c.RequestHeaderValue(name)
	return v
}
