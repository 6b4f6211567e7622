package forward_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/seed-32bd42cb/betterauth/plugin/forward"
)

// FuzzForwardedHeaders sends arbitrary address headers and cookies. The request is always refused, and the sign-in
// page only gets a return address on a trusted origin.
func FuzzForwardedHeaders(f *testing.F) {
	s := server(f, forward.Options{SignInURL: signIn, Redirect: true})
	f.Add("https", "app.example.com", "/a?b=1", "", "")
	f.Add("https", "app.example.com@evil.example", "/", "https://app.example.com.evil.example/", "a=b")
	f.Add("HTTPS", "app.example.com:443, evil.example", "//evil.example", "javascript:alert(1)", "better-auth.session_token=x.y")
	f.Add("", "", "", "https://app.example.com\\@evil.example", "better-auth.session_token=%")
	f.Fuzz(func(t *testing.T, proto, host, uri, whole, cookies string) {
		c := s.Client()
		c.Header = http.Header{
			"Accept": {"text/html"}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}, "X-Forwarded-Uri": {uri}, "X-Original-Url": {whole}, "Cookie": {cookies},
		}
		got := c.Get("/forward")
		if got.Status != http.StatusFound || got.Header.Get("X-Auth-User-Id") != "" {
			t.Fatalf("%d %v", got.Status, got.Header)
		}
		to, err := url.Parse(got.Header.Get("Location"))
		if err != nil || to.Scheme+"://"+to.Host+to.Path != signIn {
			t.Fatalf("sent to %q", got.Header.Get("Location"))
		}
		if back := to.Query().Get("callbackURL"); back != "" {
			if u, err := url.Parse(back); err != nil || u.Host != "app.example.com" && u.Host != "app.example.com:443" && u.Host != "localhost:3210" {
				t.Errorf("back to %q", back)
			}
		}
	})
}
