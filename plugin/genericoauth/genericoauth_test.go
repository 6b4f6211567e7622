package genericoauth_test

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
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const issuer = "https://idp.example.com"

// document returns the discovery document of the provider.
func document() map[string]any {
	return map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token", "userinfo_endpoint": issuer + "/userinfo",
		"jwks_uri": issuer + "/jwks", "end_session_endpoint": issuer + "/logout", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
}

func idp(t *testing.T) *oauthtest.Server {
	t.Helper()
	s := oauthtest.New(t, func() time.Time { return noon })
	s.Answers["/.well-known/"] = document()
	s.Claims = map[string]any{"iss": issuer, "aud": "client", "sub": "1", "email": "ann@example.com", "email_verified": true}
	return s
}

func open(t *testing.T, s *oauthtest.Server, c genericoauth.Config) *authtest.Server {
	t.Helper()
	c.ProviderID, c.ClientID, c.ClientSecret = "idp", "client", "secret"
	return authtest.New(t, auth.Options{HTTP: s, Plugins: []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{c}})}})
}

// flow signs in and returns the URL of the last redirect; change may modify the claims once the nonce is known.
func flow(t *testing.T, s *oauthtest.Server, c *authtest.Client, change func(query url.Values)) string {
	t.Helper()
	a := c.Post("/sign-in/social", `{"provider":"idp","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
	address := a.Text("url")
	u, err := url.Parse(address)
	if err != nil || address == "" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	s.Claims["nonce"] = u.Query().Get("nonce")
	if change != nil {
		change(u.Query())
	}
	return c.Get("/callback/idp?code=c&state=" + u.Query().Get("state")).Header.Get("Location")
}

func TestDiscoveredProvider(t *testing.T) {
	s := idp(t)
	c := open(t, s, genericoauth.Config{DiscoveryURL: issuer + "/.well-known/openid-configuration"}).Client()
	if to := flow(t, s, c, nil); to != "/dash" {
		t.Fatalf("sent to %s", to)
	}
	a := c.Post("/sign-out", `{"callbackURL":"/bye"}`)
	want := issuer + "/logout?id_token_hint="
	if to := a.Header.Get("Location"); !strings.HasPrefix(to, want) || !strings.Contains(to, "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3210%2Fbye&client_id=client") {
		t.Errorf("signed out at %s", to)
	}
}

func TestDiscoveryIsTriedAgain(t *testing.T) {
	s := idp(t)
	s.Answers["/.well-known/"] = http.Response{StatusCode: http.StatusBadGateway}
	c := open(t, s, genericoauth.Config{DiscoveryURL: issuer + "/.well-known/openid-configuration"}).Client()
	if a := c.Post("/sign-in/social", `{"provider":"idp"}`); a.Status != http.StatusNotFound {
		t.Errorf("before: %d %s", a.Status, a.Body)
	}
	s.Answers["/.well-known/"] = document()
	if to := flow(t, s, c, nil); to != "/dash" {
		t.Errorf("after: sent to %s", to)
	}
}

// TestAttackFailingDiscovery: a provider whose discovery fails or returns nonsense does not stop the server or
// another provider (1.7.4).
func TestAttackFailingDiscovery(t *testing.T) {
	for name, answer := range map[string]any{
		"down":         http.Response{StatusCode: http.StatusBadGateway},
		"no document":  []any{1},
		"no addresses": map[string]any{"issuer": "https://broken.example.com"},
		"bad address":  map[string]any{"issuer": 1, "authorization_endpoint": "javascript:alert(1)", "token_endpoint": "\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			s := idp(t)
			s.Exact = map[string]any{"https://broken.example.com/discovery": map[string]any{}}
			if res, ok := answer.(http.Response); ok {
				s.Exact = nil
				s.Answers["broken.example.com"] = res
			} else {
				s.Exact["https://broken.example.com/discovery"] = answer
			}
			config := func(id, discovery string) genericoauth.Config {
				return genericoauth.Config{ProviderID: id, DiscoveryURL: discovery, ClientID: "client", ClientSecret: "secret"}
			}
			server := authtest.New(t, auth.Options{HTTP: s, Plugins: []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{
				config("broken", "https://broken.example.com/discovery"), config("idp", issuer+"/.well-known/openid-configuration"),
			}})}})
			c := server.Client()
			if a := c.Post("/sign-in/social", `{"provider":"broken"}`); a.Status == http.StatusOK {
				t.Errorf("signed in with it: %s", a.Body)
			}
			if a := c.Get("/ok"); a.Status != http.StatusOK {
				t.Errorf("/ok: %d", a.Status)
			}
			if to := flow(t, s, c, nil); to != "/dash" {
				t.Errorf("the other provider: sent to %s", to)
			}
		})
	}
}

// TestAttackIDTokens: an ID token is only used if it is signed by the provider, for this client, and for this flow.
func TestAttackIDTokens(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"another audience": {"aud": "other"}, "another issuer": {"iss": "https://evil.example"}, "another flow's nonce": {"nonce": "other"},
		"no nonce": {"nonce": ""}, "expired": {"exp": noon.Unix() - 100},
	} {
		t.Run(name, func(t *testing.T) {
			s := idp(t)
			c := open(t, s, genericoauth.Config{DiscoveryURL: issuer + "/.well-known/openid-configuration"}).Client()
			to := flow(t, s, c, func(url.Values) {
				for k, v := range change {
					s.Claims[k] = v
				}
			})
			if to != "/failed?error=unable_to_get_user_info" {
				t.Errorf("sent to %s", to)
			}
		})
	}
}

// TestAttackMixUp: a callback that names another issuer is refused.
func TestAttackMixUp(t *testing.T) {
	s := idp(t)
	c := open(t, s, genericoauth.Config{DiscoveryURL: issuer + "/.well-known/openid-configuration"}).Client()
	a := c.Post("/sign-in/social", `{"provider":"idp","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
	u, err := url.Parse(a.Text("url"))
	if err != nil {
		t.Fatal(err)
	}
	before := len(s.Requests())
	to := c.Get("/callback/idp?code=c&iss=https://evil.example&state=" + u.Query().Get("state")).Header.Get("Location")
	if to != "/failed?error=issuer_mismatch" || len(s.Requests()) != before {
		t.Errorf("sent to %s after %d requests", to, len(s.Requests())-before)
	}
}

// TestAttackDiscoveryHeaders: headers that may be credentials are not sent along a redirect to another origin.
func TestAttackDiscoveryHeaders(t *testing.T) {
	s := idp(t)
	s.Answers = map[string]any{"/.well-known/": http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"https://evil.example/x"}}}}
	c := genericoauth.Config{DiscoveryURL: issuer + "/.well-known/openid-configuration", DiscoveryHeaders: oauth.Params{{Name: "Authorization", Value: "Bearer key"}}}
	open(t, s, c)
	for _, r := range s.Requests() {
		if !strings.HasPrefix(r.URL, issuer) {
			t.Errorf("%s was asked, with %q", r.URL, r.Header.Get("Authorization"))
		}
	}
	if len(s.Requests()) == 0 {
		t.Error("nothing was asked")
	}
}

func TestHelpers(t *testing.T) {
	base := genericoauth.Config{ClientID: "c"}
	with := func(change func(*genericoauth.Config)) genericoauth.Config { c := base; change(&c); return c }
	for _, r := range []struct {
		got           genericoauth.Config
		id, discovery string
		scopes        string
	}{
		{genericoauth.Auth0(with(func(c *genericoauth.Config) { c.Domain = "dev.eu.auth0.com" })), "auth0", "https://dev.eu.auth0.com/.well-known/openid-configuration", "openid profile email"},
		{genericoauth.Auth0(with(func(c *genericoauth.Config) { c.Domain = "http://dev.auth0.com/x" })), "auth0", "https://dev.auth0.com/.well-known/openid-configuration", "openid profile email"},
		{genericoauth.Keycloak(with(func(c *genericoauth.Config) { c.Issuer = "https://kc/realms/a/" })), "keycloak", "https://kc/realms/a/.well-known/openid-configuration", "openid profile email"},
		{genericoauth.Okta(with(func(c *genericoauth.Config) { c.Issuer, c.Scopes = "https://okta/x", []string{"openid"} })), "okta", "https://okta/x/.well-known/openid-configuration", "openid"},
		{genericoauth.MicrosoftEntraID(with(func(c *genericoauth.Config) { c.TenantID = "AAAAAAAA-0000-1111-2222-333333333333" })), "microsoft-entra-id",
			"https://login.microsoftonline.com/aaaaaaaa-0000-1111-2222-333333333333/v2.0/.well-known/openid-configuration", "openid profile email"},
		{genericoauth.Gumroad(base), "gumroad", "", "view_profile"}, {genericoauth.HubSpot(base), "hubspot", "", "oauth"}, {genericoauth.LINE(base), "line", "", "openid profile email"},
		{genericoauth.Patreon(base), "patreon", "", "identity[email]"}, {genericoauth.Slack(base), "slack", "", "openid profile email"},
		{genericoauth.Yandex(base), "yandex", "", "login:info login:email login:avatar"},
	} {
		if r.got.ProviderID != r.id || r.got.DiscoveryURL != r.discovery || strings.Join(r.got.Scopes, " ") != r.scopes {
			t.Errorf("%s: %s %v", r.got.ProviderID, r.got.DiscoveryURL, r.got.Scopes)
		}
	}
	if _, err := build(t, genericoauth.Config{Helper: "microsoft-entra-id", TenantID: "common", ClientID: "c"}); err == nil {
		t.Error("microsoft-entra-id took a tenant that is none")
	}
	if _, err := build(t, genericoauth.Config{Helper: "nobody", ClientID: "c"}); err == nil {
		t.Error("an unknown helper was taken")
	}
}

func build(t *testing.T, c genericoauth.Config) (*auth.Auth, error) {
	t.Helper()
	return auth.New(auth.Options{
		Mode: auth.Test, Secret: authtest.Secret, Now: func() time.Time { return noon },
		Plugins: []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{c}})},
	})
}

// TestHelperProfiles answers the requests of each helper with prepared responses.
func TestHelperProfiles(t *testing.T) {
	for _, r := range []struct {
		helper, part string
		answer       any
		want         string
	}{
		{"gumroad", "api.gumroad.com/v2/user", map[string]any{"success": true, "user": map[string]any{"user_id": "g", "email": "g@example.com"}}, "g"},
		{"hubspot", "access-tokens/access-1", map[string]any{"user_id": 5, "user": "h@example.com"}, "5"},
		{"line", "/v2.1/userinfo", map[string]any{"sub": "l", "email": "l@example.com"}, "l"},
		{"patreon", "identity?fields%5Buser%5D=", map[string]any{"data": map[string]any{"id": "p", "attributes": map[string]any{"email": "p@example.com", "is_email_verified": true}}}, "p"},
		{"slack", "openid.connect.userInfo", map[string]any{"sub": "s", "email": "s@example.com"}, "s"},
		{"yandex", "login.yandex.ru/info", map[string]any{"id": "y", "emails": []string{"y@example.com"}, "default_avatar_id": "1"}, "y"},
	} {
		t.Run(r.helper, func(t *testing.T) {
			s := oauthtest.New(t, func() time.Time { return noon })
			s.Answers[r.part] = r.answer
			server := authtest.New(t, auth.Options{HTTP: s, Plugins: []auth.Plugin{genericoauth.New(genericoauth.Options{
				Config: []genericoauth.Config{{Helper: r.helper, ClientID: "c", ClientSecret: "s"}},
			})}})
			c := server.Client()
			a := c.Post("/sign-in/social", `{"provider":"`+r.helper+`","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
			u, err := url.Parse(a.Text("url"))
			if err != nil {
				t.Fatal(err)
			}
			if to := c.Get("/callback/" + r.helper + "?code=c&state=" + u.Query().Get("state")).Header.Get("Location"); to != "/dash" {
				t.Fatalf("sent to %s", to)
			}
			if list := c.Get("/list-accounts").Body; !strings.Contains(list, `"accountId":"`+r.want+`"`) {
				t.Errorf("accounts: %s", list)
			}
		})
	}
}
