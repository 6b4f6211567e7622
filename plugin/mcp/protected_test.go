package mcp_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/mcp"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/verify"
)

// TestProtectedServer: a Go MCP server behind package verify accepts the tokens of this plugin: JWTs with the published
// keys, opaque ones by introspection; and none that has ended or lacks a scope.
func TestProtectedServer(t *testing.T) {
	o := pages
	o.Scopes = []string{"mcp:read", "mcp:write"}
	o.GrantTypes = []string{"client_credentials"}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{}), mcp.New(mcp.Options{Resource: resource, Options: o})}})
	site := httptest.NewServer(s)
	defer site.Close()
	if _, err := s.Store.Create(t.Context(), "oauthClient", store.Record{
		"clientId": "agent", "clientSecret": secret.Digest("s3cret"), "redirectUris": []any{"https://app.example.com/cb"}, "tokenEndpointAuthMethod": "client_secret_post",
		"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"mcp:read"}, "scopes": []any{"mcp:read"},
	}); err != nil {
		t.Fatal(err)
	}
	ask := func(more ...string) *authtest.Answer {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"agent"}, "client_secret": {"s3cret"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return s.Client().Do(http.MethodPost, "/oauth2/token", "application/x-www-form-urlencoded", form.Encode())
	}
	token := func(more ...string) string { return ask(more...).Want(200).Text("access_token") }
	ask("resource", resource).Want(400, "error", "invalid_target") // the client is not linked to the resource
	if _, err := s.Store.Create(t.Context(), "oauthClientResource", store.Record{"clientId": "agent", "resourceId": resource}); err != nil {
		t.Fatal(err)
	}
	options, err := verify.ResourceOptions(authtest.Origin, resource)
	if err != nil {
		t.Fatal(err)
	}
	options.JWKS, options.Now = site.URL+"/api/auth/jwks", s.Now // the server is reached at another address than it is known by
	introspection := &verify.Introspection{URL: site.URL + "/api/auth/oauth2/introspect", ClientID: "agent", ClientSecret: "s3cret", AllowMissingAudience: true}
	guard := func(p verify.Protection) http.Handler {
		p.Options, p.Resource, p.JSONRPC = options, resource, true
		r, err := verify.NewResource(p)
		if err != nil {
			t.Fatal(err)
		}
		return r.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	}
	signed, opaque := token("resource", resource), token()
	if strings.Count(signed, ".") != 2 || strings.Count(opaque, ".") != 0 {
		t.Fatalf("%q %q", signed, opaque)
	}
	local, asking := guard(verify.Protection{Scopes: []string{"mcp:read"}}), guard(verify.Protection{Scopes: []string{"mcp:read"}, Introspection: introspection})
	writing := guard(verify.Protection{Scopes: []string{"mcp:write"}})
	want := func(name string, h http.Handler, token string, status int, challenge string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, resource, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("WWW-Authenticate"); w.Code != status || !strings.Contains(got, challenge) {
			t.Errorf("%s: %d %s %s", name, w.Code, got, w.Body)
		}
	}
	want("a JWT", local, signed, 204, "")
	want("a JWT, asking", asking, signed, 204, "")
	want("an opaque token", asking, opaque, 204, "")
	want("an opaque token, without asking", local, opaque, 401, `error="invalid_token"`)
	want("too few scopes", writing, signed, 403, `error="insufficient_scope", scope="mcp:write"`)
	s.Client().Do(http.MethodPost, "/oauth2/revoke", "application/x-www-form-urlencoded", url.Values{"token": {opaque}, "client_id": {"agent"}, "client_secret": {"s3cret"}}.Encode()).Want(200)
	want("a revoked token", asking, opaque, 401, `error="invalid_token"`)
	s.Change("oauthClient", store.Record{"disabled": true}, store.Is("clientId", "agent"))
	want("a JWT of a disabled client", local, signed, 204, "")
	want("a JWT of a disabled client, asking", asking, signed, 503, "")
	s.Change("oauthClient", store.Record{"disabled": false}, store.Is("clientId", "agent"))
	s.Advance(2 * time.Hour)
	want("an old JWT", local, signed, 401, `error="invalid_token"`)
}
