package oauthpopup_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthpopup"
)

func open(t *testing.T) *authtest.Server {
	t.Helper()
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	idp := oauthtest.New(t, func() time.Time { return noon })
	idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "1", "email": "ann@example.com", "email_verified": true}
	return authtest.New(t, auth.Options{
		HTTP: idp, Plugins: []auth.Plugin{oauthpopup.New(oauthpopup.Options{})},
		SocialProviders: []oauth.Provider{provider.HuggingFace(oauth.Options{ClientID: oauth.ClientIDs{"c"}, ClientSecret: "s"})},
	})
}

func start(c *authtest.Client, more string) *authtest.Answer {
	return c.Get("/oauth-popup/start?provider=huggingface&popupOrigin=" + url.QueryEscape(authtest.Origin) + "&popupNonce=n1" + more)
}

func TestPopup(t *testing.T) {
	c := open(t).Client()
	a := start(c, "&callbackURL=/dash")
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.Status != http.StatusFound || u.Host != "huggingface.co" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
	}
	page := c.Get("/callback/huggingface?code=c&state=" + u.Query().Get("state"))
	if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || !strings.Contains(page.Body, `"targetOrigin":"`+authtest.Origin+`","nonce":"n1","token":"`) {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	// The hash of the script is published by the reference.
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "'sha256-tIo2K8VBC9SnhvdZ+9GsGkQoZm+jm/JcxL+d+i8b8KQ='") {
		t.Error(policy)
	}
}

// TestAttackPopupOpener: the token goes only to a trusted origin, and values chosen by an attacker cannot break out
// of the page's script.
func TestAttackPopupOpener(t *testing.T) {
	s := open(t)
	for _, origin := range []string{"https://evil.example", "*", "/", "null", authtest.Origin + ".evil.example"} {
		if a := s.Client().Get("/oauth-popup/start?provider=huggingface&popupOrigin=" + url.QueryEscape(origin)); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", origin, a.Status)
		}
	}
	a := s.Client().Get("/oauth-popup/start?provider=" + url.QueryEscape("</script><script>alert(1)</script>") + "&popupOrigin=" + url.QueryEscape(authtest.Origin))
	if strings.Contains(a.Body, "</script><script>alert") {
		t.Error(a.Body)
	}
	for _, name := range []string{"callbackURL", "errorCallbackURL", "newUserCallbackURL"} {
		if a := start(s.Client(), "&"+name+"=https://evil.example"); a.Header.Get("Location") != "" || !strings.Contains(a.Body, "Untrusted URL") {
			t.Errorf("%s: %d %s", name, a.Status, a.Header.Get("Location"))
		}
	}
}
