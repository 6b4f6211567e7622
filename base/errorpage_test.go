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
		{name: "a code", by: nobody, query: "?error=state_mismatch", status: 200, then: shows("<code>state_mismatch</code>", "https://better-auth.com/docs/reference/errors/state_mismatch")},
		{name: "a description", by: nobody, query: "?error=x&error_description=Not%20you", status: 200, then: shows("<p>Not you</p>")},
		{name: "a description with markup", by: nobody, query: "?error=x&error_description=%3Cscript%3E", status: 200, then: shows("&lt;script&gt;")},
		{name: "the first of several codes", by: nobody, query: "?error=one&error=two", status: 200, then: shows("<code>one</code>")},
		{name: "no code", by: nobody, status: 200, then: shows("<code>UNKNOWN</code>")},
		{name: "a code with markup", by: nobody, query: "?error=%3Cb%3E", status: 200, then: shows("<code>UNKNOWN</code>")},
		{name: "the name of the application", by: nobody, options: func(o *auth.Options) { o.AppName = "Tasks & more" }, status: 200, then: shows("Tasks &amp; more")},
		{name: "a page of one's own", by: nobody, options: func(o *auth.Options) { o.OnAPIError.ErrorURL = "/oops?a=b" }, query: "?error=x&error_description=y", status: 302, to: "/oops?a=b&error=x&error_description=y"},
		{name: "in production the site says it", by: nobody, given: production, query: "?error=x", status: 302, to: "/?error=x"},
		{name: "in production with a look of one's own", by: nobody, options: func(o *auth.Options) {
			o.OnAPIError.CustomizeDefaultErrorPage = &auth.ErrorPage{}
			o.OnAPIError.CustomizeDefaultErrorPage.Colors.Background = "#123456"
		}, given: production, query: "?error=x", status: 200, then: shows("--background: #123456", "<code>x</code>")},
	})
}
