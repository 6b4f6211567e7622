package magiclink_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
)

// A program that opens every link of a mailbox neither uses a link up nor signs
// itself in; the reader's button does.
func TestAttackLinkScanner(t *testing.T) {
	s, box := server(t, auth.Options{AppName: `Tasks <&"`}, magiclink.Options{LandingPage: true})
	ask(t, s.Client(), `{"email":"a@example.com","callbackURL":"/in","newUserCallbackURL":"/hi"}`)
	link := strings.TrimPrefix(box.last.URL, authtest.Origin+"/api/auth")
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodOptions, http.MethodGet} {
		for _, accept := range []string{"*/*", "text/html", "application/json", ""} {
			scanner := s.Client()
			scanner.Origin = ""
			scanner.Header.Set("Accept", accept)
			got := scanner.Do(method, link, "", "")
			if wanted := method != http.MethodOptions; (got.Status == http.StatusOK) != wanted || got.Header.Get("Set-Cookie") != "" || got.Header.Get("Location") != "" {
				t.Fatalf("%s: %d %v", method, got.Status, got.Header)
			}
		}
	}
	reader := s.Client()
	page := reader.Get(link)
	for name, part := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		"Content-Security-Policy": "default-src 'none'; style-src 'sha256-",
	} {
		if !strings.HasPrefix(page.Header.Get(name), part) {
			t.Errorf("%s: %q", name, page.Header.Get(name))
		}
	}
	for _, part := range []string{`<form method="post">`, `<button>Sign in</button>`, `lang="en"`, `name="viewport"`, "prefers-color-scheme: dark", "Tasks &lt;&amp;"} {
		if !strings.Contains(page.Body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Contains(page.Body, box.last.Token) || strings.Contains(page.Body, "<script") {
		t.Errorf("the page has a token or a script: %s", page.Body)
	}
	// As a browser sends a form without fields.
	got := reader.Do(http.MethodPost, link, "application/x-www-form-urlencoded", "")
	if got.Status != http.StatusFound || got.Header.Get("Location") != authtest.Origin+"/hi" || got.Header.Get("Set-Cookie") == "" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	if again := reader.Do(http.MethodPost, link, "application/x-www-form-urlencoded", ""); again.Header.Get("Location") != authtest.Origin+"/in?error=INVALID_TOKEN" {
		t.Errorf("%d %v", again.Status, again.Header)
	}
}

// A stranger's page must not press the button, and so sign the visitor in as
// somebody else.
func TestAttackButtonOfAnotherSite(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{LandingPage: true})
	ask(t, s.Client(), `{"email":"mallory@example.com"}`)
	link := strings.TrimPrefix(box.last.URL, authtest.Origin+"/api/auth")
	victim := s.Client()
	victim.Origin = "https://evil.example"
	victim.Header.Set("Sec-Fetch-Site", "cross-site")
	victim.Header.Set("Sec-Fetch-Mode", "navigate")
	victim.Header.Set("Sec-Fetch-Dest", "document")
	if got := victim.Do(http.MethodPost, link, "application/x-www-form-urlencoded", ""); got.Status != http.StatusForbidden {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	victim.Header = http.Header{}
	if got := victim.Do(http.MethodPost, link, "application/x-www-form-urlencoded", ""); got.Status != http.StatusForbidden {
		t.Errorf("an old browser: %d %v", got.Status, got.Header)
	}
}

// Without the option everything is the reference's: GET signs in, and there is
// neither HEAD nor POST.
func TestNoLandingPage(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	ask(t, s.Client(), `{"email":"a@example.com"}`)
	link := strings.TrimPrefix(box.last.URL, authtest.Origin+"/api/auth")
	for _, method := range []string{http.MethodHead, http.MethodPost, http.MethodOptions} {
		if got := s.Client().Do(method, link, "", ""); got.Status != http.StatusNotFound || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %v", method, got.Status, got.Header)
		}
	}
	if got := s.Client().Get(link); got.Status != http.StatusFound || got.Header.Get("Set-Cookie") == "" {
		t.Errorf("GET: %d %v", got.Status, got.Header)
	}
}
