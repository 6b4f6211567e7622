package oauthproxy_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthproxy"
)

// pair returns a preview server, and the production server that is registered with the provider.
func pair(t *testing.T, secret string) (preview, production *authtest.Server) {
	t.Helper()
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	idp := oauthtest.New(t, func() time.Time { return noon })
	idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "1", "email": "ann@example.com", "email_verified": true, "name": "Ann"}
	open := func(o oauthproxy.Options, key string) *authtest.Server {
		o.Secret.Text = key
		return authtest.New(t, auth.Options{
			HTTP: idp, Plugins: []auth.Plugin{oauthproxy.New(o)},
			SocialProviders: []oauth.Provider{provider.HuggingFace(oauth.Options{ClientID: oauth.ClientIDs{"c"}, ClientSecret: "s"})},
		})
	}
	return open(oauthproxy.Options{ProductionURL: "https://app.example.com", CurrentURL: authtest.Origin}, shared),
		open(oauthproxy.Options{ProductionURL: authtest.Origin}, secret)
}

const shared = "the-secret-that-both-of-them-know-123"

// detour starts a flow on the preview server, returns to the production server, and returns the URL of its redirect.
func detour(t *testing.T, c *authtest.Client, production *authtest.Server) string {
	t.Helper()
	a := c.Post("/sign-in/social", `{"provider":"huggingface","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
	u, err := url.Parse(a.Text("url"))
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("redirect_uri"); got != "https://app.example.com/api/auth/callback/huggingface" {
		t.Errorf("redirect_uri %s", got)
	}
	return production.Client().Get("/callback/huggingface?code=c&state=" + url.QueryEscape(u.Query().Get("state"))).Header.Get("Location")
}

func path(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/api/auth") + "?" + u.RawQuery
}

func TestProxy(t *testing.T) {
	preview, production := pair(t, shared)
	c := preview.Client()
	back := detour(t, c, production)
	if !strings.HasPrefix(back, authtest.Origin+"/api/auth/callback/huggingface/oauth-proxy?callbackURL=%2Fdash&profile=") {
		t.Fatalf("production sends to %s", back)
	}
	if to := c.Get(path(t, back)).Header.Get("Location"); to != "/dash" || c.Get("/get-session").Body == "null" {
		t.Errorf("the preview sends to %s", to)
	}
	if to := c.Get(path(t, back)).Header.Get("Location"); !strings.Contains(to, "error=state_mismatch") {
		t.Errorf("the same identity again: sent to %s", to)
	}
}

// TestAttackHandedOnIdentity: a forged or expired identity, or one of another provider, signs nobody in, and a server
// without the secret cannot read it.
func TestAttackHandedOnIdentity(t *testing.T) {
	preview, production := pair(t, shared)
	c := preview.Client()
	back := path(t, detour(t, c, production))
	for name, try := range map[string]string{
		"made up":                           "/callback/huggingface/oauth-proxy?callbackURL=/dash&profile=" + strings.Repeat("00", 60),
		"another provider":                  strings.Replace(back, "/callback/huggingface/", "/callback/github/", 1),
		"a callback that is not to trusted": strings.Replace(back, "callbackURL=%2Fdash", "callbackURL=https%3A%2F%2Fevil.example", 1),
	} {
		thief := preview.Client()
		if to := thief.Get(try).Header.Get("Location"); to == "/dash" || strings.Contains(to, "evil") || thief.Get("/get-session").Body != "null" {
			t.Errorf("%s: sent to %s", name, to)
		}
	}
	preview.Advance(2 * time.Minute)
	if to := c.Get(back).Header.Get("Location"); !strings.Contains(to, "payload_expired") {
		t.Errorf("old: sent to %s", to)
	}
	preview, stranger := pair(t, "a-secret-of-somebody-else-0123456789")
	if to := detour(t, preview.Client(), stranger); !strings.Contains(to, "error=state_mismatch") {
		t.Errorf("a server without the secret sends to %s", to)
	}
}

func TestSecretsByVersion(t *testing.T) {
	for _, r := range []struct{ text, wrong string }{
		{`"one"`, ""}, {`{"keys":{"2":"two","1":"one"},"currentVersion":2,"legacySecret":"old"}`, ""}, {`null`, ""},
		{`{"keys":{"x":"one"},"currentVersion":1}`, `must be a whole number, not "x"`},
		{`{"keys":{"1":"one"},"currentVersion":2}`, "no secret of the currentVersion 2"},
		{`{"keys":{},"currentVersion":0}`, "no secret of the currentVersion 0"},
		{`{"keys":{"1":"one"},"current":1}`, "unknown field"}, {`5`, "must be a text"},
	} {
		var s oauthproxy.Secret
		err := s.UnmarshalJSON([]byte(r.text))
		if (err == nil) != (r.wrong == "") || err != nil && !strings.Contains(err.Error(), r.wrong) {
			t.Errorf("%s: %v", r.text, err)
		}
	}
}
