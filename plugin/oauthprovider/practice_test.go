package oauthprovider_test

import (
	"net/http"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestNoTokenIsCached: answers with tokens, or about them, are stored nowhere (RFC 6749, 5.1; RFC 7662, 4).
func TestNoTokenIsCached(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"grantTypes": []any{"authorization_code", "client_credentials"}, "clientCredentialsScopes": []any{"read"}})
	first := s.tokens("app")
	for name, got := range map[string]*authtest.Answer{
		"code": first, "refresh": s.renew("app", first.Text("refresh_token")).Want(200),
		"client credentials": s.call("/oauth2/token", form("grant_type", "client_credentials", "client_id", "app", "client_secret", "s3cret")).Want(200),
		"error":              s.redeem("app", "x").Want(400), "introspection": s.introspect("app", first.Text("access_token")).Want(200), "user info": s.userInfo(first.Text("access_token")).Want(200),
	} {
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Pragma") != "no-cache" {
			t.Errorf("%s: %v", name, got.Header)
		}
	}
}

// TestRedirectsAreFound: the browser is sent on with 302, which turns a POST into a GET, so that a form with a password is
// not sent to the client (RFC 9700, 4.12).
func TestRedirectsAreFound(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.ending("app", nil)
	s.client("asking", nil)
	b := s.browse(true)
	hint := b.tokens("app")
	ask := func(client string, pairs ...string) *authtest.Answer {
		return b.Do(http.MethodPost, "/oauth2/authorize", "application/x-www-form-urlencoded", request(client, pairs...).Encode())
	}
	for name, got := range map[string]*authtest.Answer{
		"code": ask("app"), "page": ask("asking"), "refusal": ask("app", "scope", "admin"), "error page": ask("nobody"),
		"code by GET": b.Get("/oauth2/authorize?" + request("app").Encode()),
		"sign-out":    b.Do(http.MethodPost, "/oauth2/end-session", "application/x-www-form-urlencoded", form("id_token_hint", hint, "post_logout_redirect_uri", out).Encode()),
	} {
		if got.Status != http.StatusFound || got.Header.Get("Location") == "" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestIntrospectionByResource: a client that is linked to the resource of a token learns about it, and no other client
// (RFC 7662, 4).
func TestIntrospectionByResource(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	for _, id := range []string{"app", "api", "outsider", "elsewhere"} {
		s.client(id, nil)
	}
	s.resource(api, nil, "app", "api")
	s.resource(api+"/2", nil, "elsewhere")
	signed := s.redeem("app", s.code("app", "openid", "resource", []any{api})).Want(200).Text("access_token")
	opaque := s.redeem("app", s.code("app", "openid")).Want(200).Text("access_token")
	for client, sees := range map[string][2]bool{"app": {true, true}, "api": {true, false}, "outsider": {false, false}, "elsewhere": {false, false}} {
		for i, token := range []string{signed, opaque} {
			got := s.introspect(client, token).Want(200, "active", sees[i])
			if !sees[i] {
				got.Want(200, "sub", authtest.Absent, "scope", authtest.Absent, "client_id", authtest.Absent)
			}
		}
	}
}

// TestRefreshGetsNarrower: a refresh token gets no other resource than the user allowed, and no scope back (RFC 9700, 4.14.2).
func TestRefreshGetsNarrower(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.resource(api, nil, "app")
	s.resource(api+"/2", nil, "app")
	s.resource(api+"/3", nil, "app")
	audience := func(a *authtest.Answer) any {
		list, _ := part(t, a.Text("access_token"), 1)["aud"].([]any)
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	first := s.redeem("app", s.code("app", "openid profile offline_access", "resource", []any{api, api + "/2"})).Want(200)
	wantError(s.renew("app", first.Text("refresh_token"), "resource", api+"/3"), 400, "invalid_target", "requested resource invalid")
	second := s.renew("app", first.Text("refresh_token"), "resource", api+"/2", "scope", "openid offline_access").Want(200, "scope", "openid offline_access")
	if got := audience(second); got != api+"/2" {
		t.Errorf("aud %v", got)
	}
	wantError(s.renew("app", second.Text("refresh_token"), "scope", "openid profile offline_access"), 400, "invalid_scope", "unable to issue scope profile")
	wantError(s.renew("app", second.Text("refresh_token"), "resource", api+"/3"), 400, "invalid_target", "requested resource invalid")
}
