package base_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

func TestErrorPage(t *testing.T) {
	shows := func(texts ...string) func(w *world, got *authtest.Answer) {
		return func(w *world, got *authtest.Answer) {
			w.T.Helper()
			if got.Header.Get("Content-Type") != "text/html" {
				w.T.Errorf("Content-Type %q", got.Header.Get("Content-Type"))
			}
			for _, text := range texts {
				if !strings.Contains(got.Body, text) {
					w.T.Errorf("the page lacks %q: %s", text, got.Body)
				}
			}
		}
	}
	production := func(w *world) { w.Options.Mode = auth.Production }
	endpoint{method: "GET", path: "/error"}.test(t, []call{
		{name: "error code", by: nobody, query: "?error=state_mismatch", status: 200, then: shows("<code>state_mismatch</code>", "https://better-auth.com/docs/reference/errors/state_mismatch")},
		{name: "error description", by: nobody, query: "?error=x&error_description=Not%20you", status: 200, then: shows("<p>Not you</p>")},
		{name: "error description is escaped", by: nobody, query: "?error=x&error_description=%3Cscript%3E", status: 200, then: shows("&lt;script&gt;")},
		{name: "first of several error parameters", by: nobody, query: "?error=one&error=two", status: 200, then: shows("<code>one</code>")},
		{name: "code missing", by: nobody, status: 200, then: shows("<code>UNKNOWN</code>")},
		{name: "code with markup is not shown", by: nobody, query: "?error=%3Cb%3E", status: 200, then: shows("<code>UNKNOWN</code>")},
		{name: "shows the application's name", by: nobody, options: func(o *auth.Options) { o.AppName = "Tasks & more" }, status: 200, then: shows("Tasks &amp; more")},
		{name: "errorURL option", by: nobody, options: func(o *auth.Options) { o.OnAPIError.ErrorURL = "/oops?a=b" }, query: "?error=x&error_description=y", status: 302, to: "/oops?a=b&error=x&error_description=y"},
		{name: "production redirects to the site", by: nobody, given: production, query: "?error=x", status: 302, to: "/?error=x"},
		{name: "production with a customized page", by: nobody, options: func(o *auth.Options) {
			o.OnAPIError.CustomizeDefaultErrorPage = &auth.ErrorPage{}
			o.OnAPIError.CustomizeDefaultErrorPage.Colors.Background = "#123456"
		}, given: production, query: "?error=x", status: 200, then: shows("--background: #123456", "<code>x</code>")},
	})
}
