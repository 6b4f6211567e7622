package oauthprovider

import (
	"html"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// isNavigation reports whether a browser opened the address or sent a form, and no script.
func isNavigation(c *auth.Context) bool {
	headers := c.RequestHeader
	if c.Request != nil {
		headers = c.Request.Header
	}
	mode := headers.Get("Sec-Fetch-Mode")
	if headers == nil || mode == "cors" {
		return false
	}
	accept := strings.Join(headers["Accept"], ", ")
	return mode == "navigate" || strings.Contains(accept, "text/html") || strings.Contains(accept, "application/xhtml+xml")
}

// logoutPage returns a page of the flow that signs out. It runs no scripts and loads nothing.
func logoutPage(status int, title, body string) *auth.Raw {
	return &auth.Raw{
		Status: status, Type: "text/html; charset=utf-8",
		Header: http.Header{
			"Cache-Control":           {"no-store"},
			"Content-Security-Policy": {"default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
			"Pragma":                  {"no-cache"},
			"X-Content-Type-Options":  {"nosniff"},
		},
		Body: []byte(`<!doctype html><html><head><meta charset="utf-8"><title>` + escape(title) + `</title></head><body>` + body + `</body></html>`),
	}
}

// escape escapes a text for HTML with the entities of the reference.
func escape(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "&#34;", "&quot;")
}

func confirmPage(c *auth.Context) *auth.Raw {
	return logoutPage(http.StatusOK, "Confirm logout", `<main><h1>Confirm logout</h1><p>Do you want to log out of this account?</p>`+
		`<form method="post" data-oidc-logout-confirmation action="`+escape(confirmURL(c))+`">`+
		`<button type="submit" name="action" value="confirm">Confirm logout</button></form></main>`)
}

// loggedOutPage says that the user is signed out. wrong means that the client asked for an address that it has not
// registered.
func loggedOutPage(wrong bool) *auth.Raw {
	note := "Logged out."
	if wrong {
		note += " The requested post-logout redirect was not registered."
	}
	return logoutPage(http.StatusOK, "Logged out", `<main><p data-oidc-logout-state="logged-out">`+note+`</p></main>`)
}

// refuseLogout answers with an error: a page for a browser, or OAuth's form for a program.
func refuseLogout(c *auth.Context, status int, name, description string) (any, error) {
	if !isNavigation(c) {
		return nil, refuse(status, name, description)
	}
	return logoutPage(status, "Logout error", `<main><h1>Logout error</h1><p data-oidc-logout-state="error">`+escape(description)+`</p></main>`), nil
}
