package all_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
)

// TestOutageOfCallback: a browser that returns from a provider reaches the error page with the code
// internal_server_error.
func TestOutageOfCallback(t *testing.T) {
	s := openOutage(t, nil)
	c := s.Client()
	in := c.Post("/sign-in/social", `{"provider":"github","errorCallbackURL":"/failed"}`)
	to, err := url.Parse(in.Text("url"))
	if err != nil {
		t.Fatal(err)
	}
	s.database.Begin(store.ErrUnavailable)
	got := c.Get("/callback/github?code=c&state=" + url.QueryEscape(to.Query().Get("state")))
	back, _ := url.Parse(got.Header.Get("Location"))
	if got.Status != http.StatusFound || back.Query().Get("error") != "internal_server_error" || back.Query().Has("error_description") {
		t.Errorf("%d %s", got.Status, got.Header.Get("Location"))
	}
	if !strings.Contains(s.log.String(), store.ErrUnavailable.Error()) {
		t.Errorf("logged %q", s.log.String())
	}
}

// TestOutageOfForward: the proxy gets neither an identity nor a refusal, even for a page that would otherwise be
// redirected to sign-in.
func TestOutageOfForward(t *testing.T) {
	s := openOutage(t, nil)
	c := s.Client()
	c.SignUp("ann@example.com")
	c.Header.Set("Accept", "text/html")
	c.Header.Set("X-Forwarded-Method", "GET")
	c.Header.Set("X-Forwarded-Uri", "/page")
	c.Header.Set("Sec-Fetch-Mode", "navigate")
	s.database.Begin(store.ErrUnavailable)
	if got := c.Get("/forward"); got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || got.Header.Get("X-Auth-User-Id") != "" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
}
