package mcp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/mcp"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

const resource = "https://api.example.com/mcp"

var pages = oauthprovider.Options{LoginPage: "/in", ConsentPage: "/ok"}

func TestDocument(t *testing.T) {
	o := pages
	o.Scopes = []string{"openid", "offline_access", "read"}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{}), mcp.New(mcp.Options{Resource: resource, Options: o})}})
	for _, path := range []string{"/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"} {
		if !s.IsRoot(path) {
			t.Errorf("IsRoot(%q) is false", path)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, authtest.Origin+path, nil))
		v, err := js.Parse(w.Body.Bytes())
		document, _ := v.(*js.Object)
		if err != nil || document == nil || w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		for name, want := range map[string]string{
			"resource": `"` + resource + `"`, "authorization_servers": `["` + authtest.Origin + `/api/auth"]`, "scopes_supported": `["read"]`,
		} {
			if got, _ := document.Get(name); string(js.Marshal(got)) != want {
				t.Errorf("%s is %s", name, js.Marshal(got))
			}
		}
	}
	if !s.IsRoot("/.well-known/oauth-authorization-server/api/auth") || s.IsRoot("/.well-known/oauth-protected-resource/other") {
		t.Error("IsRoot is wrong")
	}
}

// TestRegisteredClient: a client that registers itself is linked to the MCP server.
func TestRegisteredClient(t *testing.T) {
	o := pages
	o.AllowDynamicClientRegistration, o.AllowUnauthenticatedClientRegistration = true, true
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{}), mcp.New(mcp.Options{Resource: resource, Options: o})}})
	made := s.Client().Post("/oauth2/register", `{"redirect_uris":["http://localhost:3000/cb"],"application_type":"native","token_endpoint_auth_method":"none"}`).Want(201, "resources.0", resource)
	s.WantRows(1, "oauthClientResource", store.Is("clientId", made.Text("client_id")), store.Is("resourceId", resource))
}

func TestBadResource(t *testing.T) {
	for given, want := range map[string]string{
		"": "resource is needed", "nonsense": "absolute URL", "https://u@a.example": "credentials", "https://a.example/#": "fragment", "https://a.example/?": "query",
		"http://a.example": "https", "http://a.localhost": "https",
	} {
		_, err := betterauth.New(auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Database: memstore.New(), Plugins: []auth.Plugin{
			jwt.New(jwt.Options{}), mcp.New(mcp.Options{Resource: given, Options: pages}),
		}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", given, err)
		}
	}
}

// TestAttackTwoProviders: mcp and oauth-provider cannot be used together, so that no endpoint has two policies.
func TestAttackTwoProviders(t *testing.T) {
	_, err := betterauth.New(auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Database: memstore.New(), Plugins: []auth.Plugin{
		jwt.New(jwt.Options{}), oauthprovider.New(pages), mcp.New(mcp.Options{Resource: resource, Options: pages}),
	}})
	if err == nil || !strings.Contains(err.Error(), "registered twice") {
		t.Errorf("%v", err)
	}
}
