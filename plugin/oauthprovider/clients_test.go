package oauthprovider_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	callbacks "github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

const webClient = `{"redirect_uris":["https://app.example.com/callback"],"client_name":"App"}`

// asProgram calls an endpoint of programs with the session of the user.
func (s *idp) asProgram(id, body string, params map[string]string) (any, error) {
	s.T.Helper()
	var pairs []string
	for name, value := range s.browser.Jar {
		pairs = append(pairs, name+"="+value)
	}
	in := auth.Input{Header: http.Header{"Cookie": {strings.Join(pairs, "; ")}}, Params: params}
	if body != "" {
		v, err := js.Parse([]byte(body))
		if err != nil {
			s.T.Fatal(err)
		}
		in.Body = v
	}
	out, err := s.Call(s.T.Context(), id, in)
	if err != nil {
		return nil, err
	}
	return js.Parse(out.JSON())
}

func TestClients(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{Prefix: oauthprovider.Prefix{ClientSecret: "cs_"}})
	made := s.browser.Post("/oauth2/create-client", webClient).Want(201, "client_name", "App", "client_secret_expires_at", 0.0, "client_secret", authtest.Like("^cs_[A-Za-z]{32}$"))
	id, plain := made.Text("client_id"), made.Text("client_secret")
	if made.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an answer with a secret may be cached: %v", made.Header)
	}
	if row := s.Row("oauthClient", store.Is("clientId", id)); row["clientSecret"] != secret.Digest(strings.TrimPrefix(plain, "cs_")) {
		t.Errorf("the secret is stored as %v", row["clientSecret"])
	}
	s.browser.Get("/oauth2/get-client?client_id="+id).Want(200, "client_id", id, "client_secret", authtest.Absent)
	s.browser.Get("/oauth2/public-client?client_id="+id).Want(200, "client_name", "App", "user_id", authtest.Absent)
	s.browser.Post("/oauth2/update-client", `{"client_id":"`+id+`","update":{"client_name":"Other"}}`).Want(200, "client_name", "Other")
	again := s.browser.Post("/oauth2/client/rotate-secret", `{"client_id":"`+id+`"}`).Want(200).Text("client_secret")
	if again == plain || again == "" {
		t.Errorf("the secret was not changed: %q", again)
	}
	s.browser.Post("/oauth2/delete-client", `{"client_id":"`+id+`"}`).Want(200)
	s.browser.Get("/oauth2/get-client?client_id=" + id).Want(404)
}

func TestClientsInLetterCase(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{GenerateClientID: fixed("AppOne")})
	s.browser.Post("/oauth2/create-client", webClient).Want(201)
	s.browser.Get("/oauth2/public-client?client_id=appone").Want(404)
	s.browser.Get("/oauth2/public-client?client_id=AppOne").Want(200)
}

func TestTrustedClients(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{GenerateClientID: fixed("app"), CachedTrustedClients: []string{"app"}})
	s.browser.Post("/oauth2/create-client", webClient).Want(201)
	s.browser.Get("/oauth2/public-client?client_id=app").Want(200, "client_name", "App")
	if _, err := s.Store.Update(t.Context(), "oauthClient", []store.Where{store.Is("clientId", "app")}, store.Record{"name": "Changed"}); err != nil {
		t.Fatal(err)
	}
	s.browser.Get("/oauth2/public-client?client_id=app").Want(200, "client_name", "App") // from memory
	s.browser.Post("/oauth2/delete-client", `{"client_id":"app"}`).Want(500, "error", "invalid_client")
}

func TestRegistration(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true, AllowUnauthenticatedClientRegistration: true})
	c := s.Client()
	c.Post("/oauth2/register", webClient).Want(201, "token_endpoint_auth_method", "client_secret_basic", "scope", "openid profile email offline_access", "user_id", authtest.Absent)
	c.Post("/oauth2/register", `{"redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"none"}`).Want(201, "client_secret", authtest.Absent)
	for body, want := range map[string]string{
		`{}`: "invalid_redirect_uri", `{"redirect_uris":[1]}`: "invalid_redirect_uri", `{"redirect_uris":["https://a.example/cb"],"scope":"other"}`: "invalid_scope",
		`{"redirect_uris":["https://a.example/cb"],"resources":["x"]}`: "invalid_target", `{"redirect_uris":["https://a.example/cb"],"software_statement":1}`: "invalid_software_statement",
		`{"redirect_uris":["https://a.example/cb"],"contacts":[]}`: "invalid_client_metadata",
	} {
		c.Post("/oauth2/register", body).Want(400, "error", want)
	}
}

func TestResourceRows(t *testing.T) {
	yes := true
	s := newIDP(t, oauthprovider.Options{Resources: []oauthprovider.ResourceOption{{Identifier: api, DPoPBoundAccessTokensRequired: &yes}, {Identifier: "nonsense"}}})
	if _, err := s.Call(t.Context(), "adminListOAuthResources", auth.Input{}); err == nil {
		t.Error("somebody without a session lists resources")
	}
	got, err := s.asProgram("adminListOAuthResources", "", nil)
	rows, _ := got.([]any)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v %v", got, err)
	}
	if row, _ := rows[0].(*js.Object); mustGet(row, "identifier") != api || mustGet(row, "dpopBoundAccessTokensRequired") != true {
		t.Errorf("%v", rows)
	}
	s.client("app", nil)
	params := map[string]string{"identifier": api, "client_id": "app"}
	for _, want := range []string{`{"linked":true}`, `{"linked":true,"alreadyLinked":true}`} {
		if got, err := s.asProgram("adminLinkClientResource", "", params); err != nil || string(js.Marshal(got)) != want {
			t.Errorf("%s %v, want %s", js.Marshal(got), err, want)
		}
	}
	if _, err := s.asProgram("adminDeleteOAuthResource", "", params); err != nil {
		t.Error(err)
	}
	s.WantRows(0, "oauthClientResource")
}

func mustGet(o *js.Object, name string) any {
	if o == nil {
		return nil
	}
	v, _ := o.Get(name)
	return v
}

func fixed(text string) callbacks.Func[callbacks.Nothing, string] {
	return func(context.Context, callbacks.Nothing) (string, error) { return text, nil }
}

// root requests a path that is not below the base path.
func (s *idp) root(method, path string, header http.Header) (*httptest.ResponseRecorder, *js.Object) {
	s.T.Helper()
	r := httptest.NewRequest(method, authtest.Origin+path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	v, _ := js.Parse(w.Body.Bytes())
	o, _ := v.(*js.Object)
	return w, o
}

func TestMetadata(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	for _, path := range []string{"/.well-known/oauth-authorization-server/api/auth", "/api/auth/.well-known/oauth-authorization-server", "/api/auth/.well-known/openid-configuration"} {
		if !s.IsRoot(path) {
			t.Errorf("IsRoot(%q) is false", path)
		}
		w, document := s.root(http.MethodGet, path, nil)
		if w.Code != 200 || mustGet(document, "issuer") != baseURL || mustGet(document, "jwks_uri") != baseURL+"/jwks" || mustGet(document, "userinfo_endpoint") != baseURL+"/oauth2/userinfo" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Error("an answer to no page has a CORS header")
		}
		if w, _ := s.root(http.MethodGet, path, http.Header{"Origin": {"https://elsewhere.example"}}); w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("pages of other origins cannot read %s: %v", path, w.Header())
		}
		if w, _ := s.root(http.MethodPost, path, nil); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d %v", path, w.Code, w.Header())
		}
	}
	if s.IsRoot("/.well-known/openid-configuration") {
		t.Error("the document is not found at the root")
	}
}

func TestBadOptions(t *testing.T) {
	for want, o := range map[string]oauthprovider.Options{
		"loginPage is needed":  {ConsentPage: "/c"},
		"at least 32":          {LoginPage: "/l", ConsentPage: "/c", PairwiseSecret: "short"},
		"not in scopes":        {LoginPage: "/l", ConsentPage: "/c", ClientRegistrationAllowedScopes: []string{"x"}},
		"needs authorization_": {LoginPage: "/l", ConsentPage: "/c", GrantTypes: []string{"refresh_token"}},
		"must be a hash":       {LoginPage: "/l", ConsentPage: "/c", StoreClientSecret: oauthprovider.SecretStorage{Kind: "encrypted"}},
		"more than once": {LoginPage: "/l", ConsentPage: "/c", Extensions: []oauthprovider.Extension{
			{Grants: map[string]oauthprovider.GrantHandler{"urn:a": nil}}, {Grants: map[string]oauthprovider.GrantHandler{"urn:a": nil}},
		}},
		"jwks":                         {LoginPage: "/l", ConsentPage: "/c", Schema: oauthprovider.SchemaOptions{OAuthConsent: oauthprovider.TableOptions{Fields: map[string]string{"jwks": "keys"}}}},
		"is reserved":                  {LoginPage: "/l", ConsentPage: "/c", Extensions: []oauthprovider.Extension{{Authentication: []oauthprovider.Authentication{{Method: "none"}}}}},
		"has no client_assertion_type": {LoginPage: "/l", ConsentPage: "/c", Extensions: []oauthprovider.Extension{{Authentication: []oauthprovider.Authentication{{Method: "urn:x", AssertionTypes: []string{}}}}}},
	} {
		_, err := betterauth.New(auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Database: memstore.New(), Plugins: []auth.Plugin{jwt.New(jwt.Options{}), oauthprovider.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
