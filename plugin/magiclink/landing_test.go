package magiclink_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
)

// A program that opens every link in a mailbox neither uses a link up nor gets a session; the button does both.
func TestAttackLinkScanner(t *testing.T) {
	s, box := server(t, auth.Options{AppName: `Tasks <&"`}, magiclink.Options{LandingPage: true})
	ask(s.Client(), `{"email":"a@example.com","callbackURL":"/in","newUserCallbackURL":"/hi"}`)
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
	press(reader, link).WantRedirect(authtest.Origin + "/hi").WantCookie("better-auth.session_token")
	press(reader, link).WantRedirect(authtest.Origin + "/in?error=INVALID_TOKEN")
}

// press submits the form as a browser does.
func press(c *authtest.Client, link string) *authtest.Answer {
	return c.Do(http.MethodPost, link, "application/x-www-form-urlencoded", "")
}

// A page of another site must not press the button and sign the visitor in as somebody else.
func TestAttackButtonOfAnotherSite(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{LandingPage: true})
	ask(s.Client(), `{"email":"mallory@example.com"}`)
	link := strings.TrimPrefix(box.last.URL, authtest.Origin+"/api/auth")
	victim := s.Client()
	victim.Origin = "https://evil.example"
	victim.Header.Set("Sec-Fetch-Site", "cross-site")
	victim.Header.Set("Sec-Fetch-Mode", "navigate")
	victim.Header.Set("Sec-Fetch-Dest", "document")
	press(victim, link).Want(403).WantNoCookie()
	victim.Header = http.Header{} // an old browser
	press(victim, link).Want(403).WantNoCookie()
}

// Without the option the behavior is that of the reference: GET signs in, and HEAD and POST do not exist.
func TestNoLandingPage(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	ask(s.Client(), `{"email":"a@example.com"}`)
	link := strings.TrimPrefix(box.last.URL, authtest.Origin+"/api/auth")
	for _, method := range []string{http.MethodHead, http.MethodPost, http.MethodOptions} {
		s.Client().Do(method, link, "", "").Want(404).WantNoCookie()
	}
	s.Client().Get(link).Want(302).WantCookie("better-auth.session_token")
}
