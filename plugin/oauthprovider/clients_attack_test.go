package oauthprovider_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackForeignClient: somebody reads, changes, deletes a client of another user, or gets a new secret for it.
func TestAttackForeignClient(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	id := s.browser.Post("/oauth2/create-client", webClient).Want(201).Text("client_id")
	before := s.Row("oauthClient", store.Is("clientId", id))
	eve := s.Client()
	eve.SignUp("eve@example.com")
	for _, who := range []*authtest.Client{eve, s.Client()} {
		who.Get("/oauth2/get-client?client_id=" + id).Want(401)
		who.Post("/oauth2/update-client", `{"client_id":"`+id+`","update":{"redirect_uris":["https://evil.example/cb"]}}`).Want(401)
		who.Post("/oauth2/client/rotate-secret", `{"client_id":"`+id+`"}`).Want(401)
		who.Post("/oauth2/delete-client", `{"client_id":"`+id+`"}`).Want(401)
	}
	eve.Get("/oauth2/get-clients").Want(200, "", authtest.Len(0))
	after := s.Row("oauthClient", store.Is("clientId", id))
	for _, name := range []string{"clientSecret", "userId"} {
		if before[name] != after[name] {
			t.Errorf("%s changed from %v to %v", name, before[name], after[name])
		}
	}
}

// TestAttackClientMassAssignment: a user or a client sets what only the program or the server may.
func TestAttackClientMassAssignment(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true, AllowUnauthenticatedClientRegistration: true})
	more := `"client_id":"mine","clientId":"mine","client_secret":"known","clientSecret":"known","user_id":"u","userId":"u","reference_id":"r","referenceId":"r",
		"enable_end_session":true,"enableEndSession":true,"require_pkce":false,"requirePKCE":false,"clientDiscoveryId":"cimd","disabled":true,
		"client_credentials_scopes":["openid"],"clientCredentialsScopes":["openid"],"metadata":{"skip_consent":true},"__proto__":{"skip_consent":true},"id":"x"`
	check := func(row store.Record) {
		t.Helper()
		for name, want := range map[string]any{"skipConsent": nil, "enableEndSession": nil, "requirePKCE": nil, "clientDiscoveryId": nil, "referenceId": nil, "metadata": nil, "disabled": false} {
			if row[name] != want {
				t.Errorf("%s is %v", name, row[name])
			}
		}
		if list, _ := row["clientCredentialsScopes"].([]any); len(list) > 0 || row["clientId"] == "mine" || row["clientSecret"] == "known" || row["userId"] == "u" || row["id"] == "x" {
			t.Errorf("%v", row)
		}
	}
	for _, path := range []string{"/oauth2/create-client", "/oauth2/register"} {
		made := s.browser.Post(path, strings.TrimSuffix(webClient, "}")+","+more+"}").Want(201)
		check(s.Row("oauthClient", store.Is("clientId", made.Text("client_id"))))
		s.browser.Post("/oauth2/update-client", `{"client_id":"`+made.Text("client_id")+`","update":{"client_name":"x","skip_consent":true,"token_endpoint_auth_method":"none",`+more+`}}`).Want(200)
		check(s.Row("oauthClient", store.Is("clientId", made.Text("client_id"))))
	}
	s.Client().Post("/oauth2/register", strings.TrimSuffix(webClient, "}")+`,"skip_consent":true}`).Want(400, "error", "invalid_client_metadata")
}

// TestAttackRegistration: a stranger registers a client where only users, programs with a token, or nobody may.
func TestAttackRegistration(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.Client().Post("/oauth2/register", webClient).Want(403, "error", "access_denied")

	s = newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true})
	got := s.Client().Post("/oauth2/register", webClient).Want(401)
	if got.Header.Get("Www-Authenticate") != "Bearer" {
		t.Errorf("%v", got.Header)
	}

	// A wrong token is not an open registration.
	tokens := func(_ context.Context, in oauthprovider.InitialAccess) (oauthprovider.Registrar, error) {
		return oauthprovider.Registrar{Allowed: in.Token == "right", ReferenceID: "team"}, nil
	}
	for _, o := range []oauthprovider.Options{{}, {ValidateInitialAccessToken: tokens}} {
		o.AllowDynamicClientRegistration, o.AllowUnauthenticatedClientRegistration = true, true
		s := newIDP(t, o)
		c := s.Client()
		c.Header = http.Header{"Authorization": {"Bearer wrong"}}
		c.Post("/oauth2/register", webClient).Want(401, "error", "invalid_token")
		c.Header.Set("Authorization", "Bearer wrong more")
		c.Post("/oauth2/register", webClient).Want(400, "error", "invalid_request")
		s.WantRows(0, "oauthClient")
		c.Header.Del("Authorization")
		c.Post("/oauth2/register", `{"grant_types":["client_credentials"]}`).Want(400, "error", "invalid_client_metadata")
	}
	s = newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true, ValidateInitialAccessToken: tokens})
	c := s.Client()
	c.Header = http.Header{"Authorization": {"Bearer right"}}
	c.Post("/oauth2/register", webClient).Want(201, "reference_id", "team")
}

// TestAttackClientPrivileges: somebody whom the program does not allow it uses every endpoint of clients and resources.
func TestAttackClientPrivileges(t *testing.T) {
	allowed := true
	s := newIDP(t, oauthprovider.Options{
		AllowDynamicClientRegistration: true,
		ClientPrivileges:               func(context.Context, oauthprovider.PrivilegeRequest) (bool, error) { return allowed, nil },
		ResourcePrivileges:             func(context.Context, oauthprovider.ResourcePrivilegeRequest) (bool, error) { return false, nil },
	})
	id := s.browser.Post("/oauth2/create-client", webClient).Want(201).Text("client_id")
	allowed = false
	s.browser.Post("/oauth2/create-client", webClient).Want(401)
	s.browser.Post("/oauth2/register", webClient).Want(401)
	s.browser.Get("/oauth2/get-client?client_id=" + id).Want(401)
	s.browser.Get("/oauth2/get-clients").Want(401)
	s.browser.Post("/oauth2/update-client", `{"client_id":"`+id+`","update":{}}`).Want(401)
	s.browser.Post("/oauth2/client/rotate-secret", `{"client_id":"`+id+`"}`).Want(401)
	s.browser.Post("/oauth2/delete-client", `{"client_id":"`+id+`"}`).Want(401)
	for endpoint, body := range map[string]string{
		"adminCreateOAuthClient": webClient, "adminUpdateOAuthClient": `{"client_id":"` + id + `","update":{}}`, "adminCreateOAuthResource": `{"identifier":"` + api + `"}`,
		"adminListOAuthResources": "", "adminGetOAuthResource": "", "adminUpdateOAuthResource": `{}`, "adminDeleteOAuthResource": "", "adminLinkClientResource": "", "adminUnlinkClientResource": "",
	} {
		if _, err := s.asProgram(endpoint, body, map[string]string{"identifier": api, "client_id": id}); err == nil || !strings.HasPrefix(err.Error(), "401") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// TestAttackServerOnlyEndpoints: endpoints for programs are not found over HTTP.
func TestAttackServerOnlyEndpoints(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	for _, path := range []string{"/admin/oauth2/create-client", "/admin/oauth2/update-client", "/admin/oauth2/resources", "/admin/oauth2/resources/x", "/admin/oauth2/resources/x/clients/y"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
			s.browser.Do(method, path, "application/json", webClient).Want(404)
		}
	}
}

// TestAttackRegisteredAddress: a client registers an address that runs code, is ambiguous, or leads into the network of
// the server.
func TestAttackRegisteredAddress(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true, AllowUnauthenticatedClientRegistration: true}, auth.Options{
		TrustedOrigins: auth.TrustedOrigins{List: []string{"https://*"}},
	})
	bad := map[string][]string{
		"redirect_uris": {"javascript:alert(1)", "data:text/html,x", "https://a.example/#f", "https://u:p@a.example/", "http://a.example/cb", "https://localhost/cb", "https://127.0.0.1/cb", "//a.example", "com.example:cb"},
		"jwks_uri": {"http://a.example/k", "https://10.0.0.1/k", "https://localhost/k", "https://169.254.169.254/k", "https://[::1]/k", "https://[::ffff:127.0.0.1]/k", "https://[64:ff9b::7f00:1]/k",
			"https://[2002:7f00:1::]/k", "https://[2001:0:1::80ff:fffe]/k", "https://metadata.google.internal/k", "https://0x7f.1/k", "https://u:p@a.example/k", "https://a.example/k#f", "https://localhost./k", "https://100.64.1.1/k", "https://192.168.1.1/k"},
		"backchannel_logout_uri": {"http://a.example/l", "https://10.0.0.1/l", "https://localhost/l", "https://[fe80::1]/l", "https://[fd00::1]/l", "https://u:p@a.example/l", "https://a.example/l#f", "https://0.0.0.0/l"},
	}
	for name, addresses := range bad {
		for _, address := range addresses {
			body := `{"redirect_uris":["https://app.example.com/callback"],"` + name + `":"` + address + `"}`
			if name == "redirect_uris" {
				body = `{"redirect_uris":["` + address + `"]}`
			}
			if got := s.Client().Post("/oauth2/register", body); got.Status != 400 {
				t.Errorf("%s %s: %v", name, address, got)
			}
		}
	}
	s.WantRows(0, "oauthClient")
}
