package oauthprovider_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestCodeOnce(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	code := s.code("app", "openid profile offline_access", "nonce", "n-1")
	got := s.redeem("app", code)
	got.Want(200, "token_type", "Bearer", "expires_in", 3600, "scope", "openid profile offline_access",
		"access_token", authtest.Any, "refresh_token", authtest.Any, "id_token", authtest.Any)
	if got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", got.Header)
	}
	claims := part(t, got.Text("id_token"), 1)
	for name, want := range map[string]any{
		"iss": baseURL, "aud": "app", "sub": s.user, "nonce": "n-1", "acr": "0", "auth_time": float64(s.Now().Unix()),
		"at_hash": secret.HalfDigest(got.Text("access_token"), "EdDSA"), "exp": float64(s.Now().Unix() + 36000),
	} {
		if claims[name] != want {
			t.Errorf("%s: %v, want %v", name, claims[name], want)
		}
	}
	if _, found := claims["name"]; found {
		t.Error("the ID token has a claim of /oauth2/userinfo")
	}
	s.userInfo(got.Text("access_token")).Want(200, "sub", s.user, "name", authtest.Any, "email", authtest.Absent)
	s.introspect("app", got.Text("access_token")).Want(200, "active", true, "client_id", "app", "sub", s.user, "scope", "openid profile offline_access")

	// The second use is refused and ends the tokens of the first.
	wantError(s.redeem("app", code), 400, "invalid_grant", "invalid code")
	s.userInfo(got.Text("access_token")).Want(401, "error", "invalid_token")
	wantError(s.renew("app", got.Text("refresh_token")), 400, "invalid_grant", "session not found")
}

func TestCodeRefused(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.client("other", nil)
	for name, c := range map[string]struct {
		more              []string
		status            int
		error, describing string
	}{
		"no code":          {[]string{"code", ""}, 400, "invalid_request", "code is required"},
		"no client":        {[]string{"client_id", "", "client_secret", ""}, 400, "invalid_request", "client_id is required"},
		"other client":     {[]string{"client_id", "other"}, 400, "invalid_grant", "invalid client_id"},
		"no redirect":      {[]string{"redirect_uri", ""}, 400, "invalid_request", "redirect_uri is required"},
		"other redirect":   {[]string{"redirect_uri", callback + "/x"}, 400, "invalid_grant", "redirect_uri mismatch"},
		"no verifier":      {[]string{"code_verifier", ""}, 400, "invalid_request", "PKCE is required for this client"},
		"wrong verifier":   {[]string{"code_verifier", "another"}, 401, "invalid_request", "code verification failed"},
		"wrong secret":     {[]string{"client_secret", "wrong"}, 400, "invalid_client", "invalid client_secret"},
		"no secret":        {[]string{"client_secret", ""}, 400, "invalid_client", "client registered for client_secret_post cannot use none"},
		"no proof at all":  {[]string{"client_secret", "", "code_verifier", ""}, 400, "invalid_request", "Either code_verifier or client_secret is required"},
		"unknown resource": {[]string{"resource", "https://nobody.example.com"}, 400, "invalid_target", "requested resource https://nobody.example.com is not configured"},
		"no resource":      {[]string{"resource", "x"}, 400, "invalid_request", "resource: Invalid input"},
		"fragment":         {[]string{"resource", api + "#x"}, 400, "invalid_request", "resource: resource must not contain a fragment"},
		"no grant":         {[]string{"grant_type", ""}, 400, "invalid_request", "grant_type is required"},
		"other grant":      {[]string{"grant_type", "password"}, 400, "unsupported_grant_type", "unsupported grant_type password"},
		"bad redirect":     {[]string{"redirect_uri", "x"}, 400, "invalid_request", "redirect_uri: Invalid URL"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &idp{Server: s.In(t), user: s.user, session: s.session, codes: s.codes}
			wantError(s.redeem("app", s.code("app", "openid")+name[:0], c.more...), c.status, c.error, c.describing)
		})
		s.codes++
	}
}

func TestCodeOfGoneSession(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	code := s.code("app", "openid")
	s.Change("session", store.Record{"expiresAt": s.Now().Add(-time.Second)})
	wantError(s.redeem("app", code), 400, "invalid_request", "session no longer exists")
	code = s.code("app", "openid")
	s.Advance(11 * time.Minute)
	wantError(s.redeem("app", code), 400, "invalid_grant", "invalid code")
}

func TestClientAuthentication(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("post", store.Record{"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"read", "write"}})
	s.client("basic:1", store.Record{
		"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"read"}, "tokenEndpointAuthMethod": nil,
	})
	s.client("off", store.Record{"disabled": true})
	s.public("spa")
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	ask := func(header string, pairs ...string) *authtest.Answer {
		body := form(append([]string{"grant_type", "client_credentials"}, pairs...)...)
		if header == "" {
			return s.call("/oauth2/token", body)
		}
		return s.call("/oauth2/token", body, "Authorization", header)
	}
	ask("", "client_id", "post", "client_secret", "s3cret").Want(200, "scope", "read write", "token_type", "Bearer", "refresh_token", authtest.Absent, "id_token", authtest.Absent)
	ask("", "client_id", "post", "client_secret", "s3cret", "scope", "read").Want(200, "scope", "read")
	ask(basic("basic%3A1:s3cret")).Want(200, "scope", "read")
	ask("basic " + basic("basic%3A1:s3cret")[6:]).Want(200)

	challenged := func(a *authtest.Answer, status int, challenge, name, description string) {
		t.Helper()
		wantError(a, status, name, description)
		if got := a.Header.Get("WWW-Authenticate"); got != challenge {
			t.Errorf("%q, want %q", got, challenge)
		}
	}
	challenged(ask(basic("basic%3A1:wrong")), 401, "Basic", "invalid_client", "invalid client_secret")
	challenged(ask(basic("nobody:s3cret")), 401, "Basic", "invalid_client", "missing client")
	challenged(ask(basic("off:s3cret")), 401, "Basic", "invalid_client", "client is disabled")
	challenged(ask(basic("post:s3cret")), 401, "Basic", "invalid_client", "client registered for client_secret_post cannot use client_secret_basic")
	challenged(ask(basic("no colon")), 401, "Basic", "invalid_client", "invalid authorization header format")
	challenged(ask("Basic ***"), 401, "Basic", "invalid_client", "invalid authorization header format")
	challenged(ask("Basic"), 401, "Basic", "invalid_client", "unsupported authorization scheme")
	challenged(ask("Bearer x"), 401, "Bearer", "invalid_client", "unsupported authorization scheme")
	challenged(ask(`"quoted" x`), 400, "", "invalid_request", "Invalid authorization header format")
	challenged(ask("", "client_id", "nobody", "client_secret", "x"), 400, "", "invalid_client", "missing client")
	challenged(ask(basic("post:s3cret"), "client_secret", "s3cret"), 400, "", "invalid_request", "A request must use only one client authentication method")
	challenged(ask("", "client_id", "post", "client_id", "post"), 400, "", "invalid_request", "client_id must not be repeated")
	challenged(ask("", "client_id", "post", "client_secret", "a", "client_secret", "b"), 400, "", "invalid_request", "client_secret must not be repeated")
	challenged(ask("", "client_id", "post", "client_assertion", "x"), 400, "", "invalid_client", "client_assertion and client_assertion_type must both be provided")
	challenged(ask(""), 400, "", "invalid_request", "Missing required client_id")
	challenged(ask("", "client_id", "post", "client_secret", "s3cret", "scope", "read other openid"), 400, "", "invalid_scope", "The following scopes are invalid: other, openid")
	challenged(ask("", "client_id", "spa"), 400, "", "unauthorized_client", "client is not authorized to use grant type client_credentials")
}

func TestResources(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{ScopeExpirations: map[string]oauthprovider.Expiry{"email": {After: 30 * time.Minute}}})
	s.client("app", nil)
	s.client("outsider", nil)
	s.resource(api, store.Record{"accessTokenTtl": 600.0, "refreshTokenTtl": 900.0, "customClaims": jsobj("tenant", "t1", "sub", "forged")}, "app")
	s.resource(api+"/2", store.Record{"disabled": true}, "app")
	s.resource(api+"/3", store.Record{"signingAlgorithm": "ES256", "allowedScopes": []any{"openid", "profile"}}, "app")

	got := s.redeem("app", s.code("app", "openid email offline_access", "resource", []any{api}))
	got.Want(200, "expires_in", 600)
	claims := part(t, got.Text("access_token"), 1)
	if part(t, got.Text("access_token"), 0)["typ"] != "at+jwt" || claims["tenant"] != "t1" || claims["sub"] != s.user || claims["azp"] != "app" || claims["iss"] != baseURL {
		t.Errorf("%v", claims)
	}
	if aud, _ := claims["aud"].([]any); len(aud) != 2 || aud[0] != api || aud[1] != baseURL+"/oauth2/userinfo" {
		t.Errorf("aud %v", claims["aud"])
	}
	s.introspect("app", got.Text("access_token")).Want(200, "active", true, "token_type", "Bearer", "tenant", "t1")
	s.introspect("outsider", got.Text("access_token")).Want(200, "active", false, "sub", authtest.Absent)
	s.userInfo(got.Text("access_token")).Want(200, "email", "ada@example.com")
	row := s.Row("oauthRefreshToken")
	if life := row.Time("expiresAt").Sub(s.Now()); life > 900*time.Second || life < 899*time.Second {
		t.Errorf("the refresh token lives %v", life)
	}
	// Without a resource the token is opaque, also for the same refresh token's other uses.
	s.redeem("app", s.code("app", "openid email")).Want(200, "expires_in", 1800)

	wantError(s.redeem("app", s.code("app", "openid", "resource", []any{api}), "resource", api+"/3"), 400, "invalid_target", "requested resource not authorized")
	wantError(s.redeem("app", s.code("app", "openid", "resource", []any{api + "/2"})), 400, "invalid_target", "requested resource "+api+"/2 is disabled")
	wantError(s.redeem("outsider", s.code("outsider", "openid", "resource", []any{api})), 400, "invalid_target", "client outsider is not linked to resource(s) "+api)
	wantError(s.redeem("app", s.code("app", "email", "resource", []any{api + "/3"})), 400, "invalid_scope", "none of the requested scopes are allowed for resource "+api+"/3")

	// A deleted resource ends its tokens; a resource that may use no key of the server is an error of the operator.
	if err := s.Store.Delete(t.Context(), "oauthResource", store.Is("identifier", api)); err != nil {
		t.Fatal(err)
	}
	s.introspect("app", got.Text("access_token")).Want(200, "active", false)
	s.redeem("app", s.code("app", "openid", "resource", []any{api + "/3"})).Want(500)
}

func TestIntrospectRefused(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.public("spa")
	wantError(s.call("/oauth2/introspect", form("token", "x")), 401, "invalid_client", "missing required credentials")
	wantError(s.call("/oauth2/introspect", form("token", "x", "client_id", "spa")), 401, "invalid_client", "missing required credentials")
	wantError(s.introspect("app", ""), 400, "invalid_request", "missing a required token for introspection")
	wantError(s.call("/oauth2/introspect", form("client_id", "app", "client_secret", "s3cret")), 400, "invalid_request", "token is required")
	for _, token := range []string{"x", "a.b.c", "Bearer x", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"} {
		s.introspect("app", token).Want(200, "active", false)
	}
	got := s.redeem("app", s.code("app", "openid offline_access", "nonce", "1"))
	refresh := got.Text("refresh_token")
	s.introspect("app", refresh, "token_type_hint", "refresh_token").Want(200, "active", true, "client_id", "app", "sub", s.user)
	s.introspect("app", refresh).Want(200, "active", true)
	s.introspect("app", refresh, "token_type_hint", "access_token").Want(200, "active", false)
	s.introspect("app", got.Text("access_token"), "token_type_hint", "refresh_token").Want(200, "active", false)
	s.introspect("app", "Bearer "+got.Text("access_token")).Want(200, "active", true)
	s.Change("oauthClient", store.Record{"disabled": true}, store.Is("clientId", "app"))
	s.client("two", nil)
	s.introspect("two", got.Text("access_token")).Want(200, "active", false)
}

func TestRevoke(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.client("other", nil)
	s.resource(api, nil, "app")
	revoke := func(client, token string, more ...string) *authtest.Answer {
		return s.call("/oauth2/revoke", form(append([]string{"client_id", client, "client_secret", "s3cret", "token", token}, more...)...))
	}
	got := s.redeem("app", s.code("app", "openid offline_access", "nonce", "1"))
	access, refresh := got.Text("access_token"), got.Text("refresh_token")
	revoke("other", access).Want(200)
	s.userInfo(access).Want(200)
	wantError(revoke("app", "unknown"), 400, "invalid_request", "token not found")
	if body := revoke("app", access).Want(200).Body; body != "" {
		t.Errorf("%s", body)
	}
	s.userInfo(access).Want(401)
	next := s.renew("app", refresh)
	revoke("app", next.Text("refresh_token")).Want(200)
	s.userInfo(next.Text("access_token")).Want(401)
	wantError(s.renew("app", next.Text("refresh_token")), 400, "invalid_grant", "invalid refresh token")
	s.WantRows(0, "oauthRefreshToken") // the second use ended the family

	signed := s.redeem("app", s.code("app", "openid", "resource", []any{api})).Text("access_token")
	wantError(revoke("app", signed), 400, "unsupported_token_type", "JWT access tokens are self-contained and cannot be revoked server-side")
	s.Advance(2 * time.Hour)
	revoke("app", signed).Want(200)
	wantError(s.call("/oauth2/revoke", form("token", "x")), 401, "invalid_client", "missing required credentials")
}

func TestUserInfo(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	token := s.redeem("app", s.code("app", "openid profile email", "claims", `{"userinfo":{"picture":null}}`)).Text("access_token")
	s.userInfo(token).Want(200, "email", "ada@example.com", "email_verified", false)
	c := s.Client()
	wantError(c.Get("/oauth2/userinfo"), 401, "invalid_request", "access token not found")
	c.Do(http.MethodPost, "/oauth2/userinfo", "application/x-www-form-urlencoded", "access_token="+token).Want(200, "sub", s.user)
	c.Header.Set("Authorization", "Bearer "+token)
	wantError(c.Do(http.MethodPost, "/oauth2/userinfo", "application/x-www-form-urlencoded", "access_token="+token), 400, "invalid_request", "Multiple access token transport methods are not allowed")
	c.Header.Set("Authorization", "DPoP "+token)
	wantError(c.Get("/oauth2/userinfo"), 401, "invalid_token", "DPoP authorization requires a DPoP-bound access token")
	bad := s.userInfo("nonsense")
	wantError(bad, 401, "invalid_token", "Invalid access token")
	if bad.Header.Get("WWW-Authenticate") != `Bearer error="invalid_token", error_description="Invalid access token"` {
		t.Errorf("%v", bad.Header)
	}
	narrow := s.redeem("app", s.code("app", "profile")).Text("access_token")
	wantError(s.userInfo(narrow), 400, "invalid_scope", "Missing required scope")
	// A session that ended ends the tokens of the user.
	s.browser.Post("/sign-out", "{}").Want(200)
	s.userInfo(token).Want(401)
}
