package base_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// FuzzCallback calls the callback with arbitrary state, code, error and state cookie: nobody is signed in, nothing
// breaks, and the browser is sent to the error page or to a URL of the flow.
func FuzzCallback(f *testing.F) {
	s := newSocial(f, auth.Options{})
	c := s.Client()
	state := begin(f, c, "github")
	cookie := c.Jar["better-auth.state"]
	f.Add(state, "c", "", "")
	f.Add(state+"x", "c", "", cookie)
	f.Add("", "", "access_denied", cookie)
	f.Add("{}", "c", "", "x.y")
	f.Add("\x00", "\r\n", "<script>", strings.Repeat("A", 5000))
	f.Fuzz(func(t *testing.T, given, code, failure, jar string) {
		if given == state && jar == cookie && failure == "" {
			t.Skip("the flow itself")
		}
		c := s.In(t).Client()
		if value := url.QueryEscape(jar); jar != "" {
			c.Jar["better-auth.state"] = value
		}
		q := url.Values{"state": {given}, "code": {code}}
		if failure != "" {
			q.Set("error", failure)
			q.Set("error_description", given)
		}
		got := c.Get("/callback/github?" + q.Encode())
		if got.Status >= 500 || c.SignedIn() {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if to := got.Header.Get("Location"); to != "" && !strings.HasPrefix(to, authtest.Origin+"/") && !strings.HasPrefix(to, "/") {
			t.Errorf("sent to %q", to)
		}
	})
}
