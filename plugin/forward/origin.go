package forward

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// signInURL returns the sign-in page with the address to return to.
func (p *Plugin) signInURL(c *auth.Context) string {
	back := originalURL(c)
	// Anyone can call this endpoint with any header. Browsers read a backslash as a slash and other programs do not,
	// so an address that contains one is not passed on.
	if back == "" || strings.Contains(back, `\`) || !c.TrustsURL(back) {
		return p.opts.SignInURL
	}
	u, err := url.Parse(p.opts.SignInURL)
	if err != nil {
		return p.opts.SignInURL
	}
	q := u.Query()
	q.Set("callbackURL", back)
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
