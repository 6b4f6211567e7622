package oauthprovider_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// browser is a user of a server with the plugin.
type browser struct {
	*authtest.Client
	s *idp
}

// browse returns a browser that opens pages, signed in as the server's user if signedIn is set.
func (s *idp) browse(signedIn bool) *browser {
	s.T.Helper()
	c := s.Client()
	if signedIn {
		c.SignIn("ada@example.com")
	}
	c.Header = http.Header{"Accept": {"text/html"}}
	return &browser{c, s}
}

// request returns the query of an authorization request of a client; pairs replace parameters, "" leaves one out.
func request(client string, pairs ...string) url.Values {
	v := form("response_type", "code", "client_id", client, "redirect_uri", callback, "scope", "openid", "state", "st",
		"code_challenge", secret.Digest(verifier), "code_challenge_method", "S256")
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

// authorize sends a request and returns where the browser is sent.
func (b *browser) authorize(client string, pairs ...string) *url.URL {
	b.s.T.Helper()
	return b.target(b.Get("/oauth2/authorize?" + request(client, pairs...).Encode()))
}

// target returns where an answer sends the browser.
func (b *browser) target(got *authtest.Answer) *url.URL {
	b.s.T.Helper()
	to := got.Header.Get("Location")
	if to == "" {
		to, _ = got.Value("url").(string)
	}
	u, err := url.Parse(to)
	if err != nil || to == "" {
		b.s.T.Fatalf("no redirect: %v", got)
	}
	return u
}

// send posts JSON with the signed request of a page.
func (b *browser) send(path string, page *url.URL, members ...string) *authtest.Answer {
	b.s.T.Helper()
	members = append(members, `"oauth_query":`+quote(page.RawQuery))
	return b.Post(path, "{"+strings.Join(members, ",")+"}")
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func (b *browser) consent(page *url.URL, members ...string) *url.URL {
	b.s.T.Helper()
	return b.target(b.send("/oauth2/consent", page, append([]string{`"accept":true`}, members...)...))
}

// wantPage checks the path of a page.
func wantPage(t testing.TB, got *url.URL, path string) {
	t.Helper()
	if got.Path != path {
		t.Errorf("sent to %s, want %s", got, path)
	}
}

// wantRefusal checks an error that the client is told.
func wantRefusal(t testing.TB, got *url.URL, name string) {
	t.Helper()
	if got.Query().Get("error") != name || !strings.HasPrefix(got.String(), callback) || got.Query().Get("iss") != baseURL {
		t.Errorf("sent to %s, want the error %s for the client", got, name)
	}
}

// code checks that the client got a code, and returns it.
func code(t testing.TB, got *url.URL) string {
	t.Helper()
	q := got.Query()
	if !strings.HasPrefix(got.String(), callback+"?") || q.Get("state") != "st" || q.Get("iss") != baseURL || q.Get("code") == "" {
		t.Errorf("sent to %s, want a code", got)
	}
	return q.Get("code")
}

// scopesOf checks which scopes a code stands for.
func (s *idp) wantScopes(client, code, scope string) {
	s.T.Helper()
	s.redeem(client, code).Want(200, "scope", scope)
}

func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, authtest.PlainPasswords(o))
		s.client("app", nil)
		b := s.browse(false)
		page := b.authorize("app", "scope", "openid email")
		wantPage(t, page, "/sign-in")
		page = b.target(b.send("/sign-in/email", page, `"email":"ada@example.com"`, `"password":"password1234"`))
		wantPage(t, page, "/consent")
		s.wantScopes("app", code(t, b.consent(page)), "openid email")
		s.wantScopes("app", code(t, b.authorize("app", "scope", "email")), "email") // allowed already
		page = b.authorize("app", "scope", "openid profile")
		wantPage(t, page, "/consent")
		s.wantScopes("app", code(t, b.consent(page, `"scope":"profile"`)), "profile")
		s.WantRows(1, "oauthConsent")
	})
}

func TestScriptsGetAddresses(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	for _, header := range []http.Header{{"Accept": {"application/json"}}, {"Sec-Fetch-Mode": {"cors"}}} {
		b.Header = header
		b.Get("/oauth2/authorize?"+request("app").Encode()).Want(200, "redirect", true, "url", authtest.Like("code="))
	}
	b.Header = nil
	b.Get("/oauth2/authorize?" + request("app").Encode()).Want(302)
}

func TestPrompts(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{
		Signup: oauthprovider.Signup{Page: "/register"}, SelectAccount: oauthprovider.SelectAccount{Page: "/accounts"},
	})
	s.client("app", nil)
	b := s.browse(true)
	code(t, b.consent(b.authorize("app")))
	for prompt, page := range map[string]string{
		"login": "/sign-in", "consent": "/consent", "create": "/register", "select_account": "/accounts", "login consent": "/sign-in", "select_account consent": "/accounts",
	} {
		wantPage(t, b.authorize("app", "prompt", prompt), page)
	}
	code(t, b.authorize("app", "prompt", "none"))
	wantRefusal(t, b.authorize("app", "prompt", "none", "scope", "openid email"), "consent_required")
	wantRefusal(t, s.browse(false).authorize("app", "prompt", "none"), "login_required")
	wantRefusal(t, b.authorize("app", "prompt", "none consent"), "invalid_request")
	wantPage(t, b.target(b.send("/oauth2/continue", b.authorize("app", "prompt", "select_account consent"), `"selected":true`)), "/consent")
	code(t, b.target(b.send("/oauth2/continue", b.authorize("app", "prompt", "create"), `"created":true`)))
}

func TestMaxAge(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	code(t, b.authorize("app", "max_age", "60"))
	s.Advance(time.Minute)
	code(t, b.authorize("app", "max_age", "60"))
	s.Advance(time.Second)
	wantPage(t, b.authorize("app", "max_age", "60"), "/sign-in")
	wantPage(t, b.authorize("app", "max_age", "0"), "/sign-in")
	wantRefusal(t, b.authorize("app", "max_age", "60", "prompt", "none"), "login_required")
	code(t, b.authorize("app", "max_age", "999999999999999999999"))
	page := b.authorize("app", "max_age", "0", "prompt", "login")
	code(t, b.target(b.send("/sign-in/email", page, `"email":"ada@example.com"`, `"password":"password1234"`)))
}

func TestStepAfterSignIn(t *testing.T) {
	organization := ""
	s := newIDP(t, oauthprovider.Options{PostLogin: oauthprovider.PostLogin{
		Page:               "/organization",
		ShouldRedirect:     func(c context.Context, in oauthprovider.StepRequest) (bool, error) { return organization == "", nil },
		ConsentReferenceID: func(c context.Context, in oauthprovider.ConsentRequest) (string, error) { return organization, nil },
	}})
	s.client("app", nil)
	b := s.browse(true)
	page := b.authorize("app")
	wantPage(t, page, "/organization")
	wantPage(t, b.target(b.send("/oauth2/continue", page, `"postLogin":true`)), "/organization") // not taken
	organization = "one"
	page = b.target(b.send("/oauth2/continue", page, `"postLogin":true`))
	wantPage(t, page, "/consent")
	code(t, b.consent(page))
	code(t, b.authorize("app"))
	organization = "two"
	wantPage(t, b.authorize("app"), "/consent") // allowed for the other organization only
	if got := s.Row("oauthConsent")["referenceId"]; got != "one" {
		t.Errorf("the consent is for %v", got)
	}
}

func TestConsents(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	code(t, b.consent(b.authorize("app", "scope", "openid email")))
	id := s.ID("oauthConsent")
	b.Get("/oauth2/get-consents").Want(200, "0.clientId", "app", "0.scopes", []any{"openid", "email"})
	b.Get("/oauth2/get-consent?id="+id).Want(200, "id", id, "resources", nil)
	b.Post("/oauth2/update-consent", `{"id":"`+id+`","update":{"scopes":["openid"]}}`).Want(200, "scopes", []any{"openid"})
	b.Post("/oauth2/update-consent", `{"id":"`+id+`","update":{"scopes":["admin"]}}`).Want(400, "error", "invalid_request")
	wantPage(t, b.authorize("app", "scope", "openid email"), "/consent")
	b.Post("/oauth2/delete-consent", `{"id":"`+id+`"}`).Want(200)
	b.Post("/oauth2/delete-consent", `{"id":"`+id+`"}`).Want(404, "error", "not_found")
	wantPage(t, b.authorize("app"), "/consent")
}

func TestRefusedRequests(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	for _, c := range []struct{ name, value, want string }{
		{"scope", "openid admin", "invalid_scope"}, {"code_challenge_method", "plain", "invalid_request"}, {"code_challenge", "", "invalid_request"}, {"max_age", "-1", "invalid_request"},
		{"prompt", "other", "invalid_request"}, {"response_type", "token", "unsupported_response_type"}, {"response_type", "id_token", "unsupported_response_type"}, {"response_type", "code token", "unsupported_response_type"}, {"response_type", "code id_token token", "unsupported_response_type"}, {"request", "x", "request_not_supported"}, {"request_uri", "urn:x", "request_uri_not_supported"},
		{"resource", "https://api.example.com", "invalid_target"}, {"resource", "api", "invalid_request"}, {"claims", "{", "invalid_request"}, {"dpop_jkt", "x", "invalid_request"},
		{"claims", `{"id_token":{"acr":{"essential":true,"value":"1"}}}`, "access_denied"},
	} {
		to := b.authorize("app", c.name, c.value)
		if strings.Contains(to.Fragment, "error="+c.want) && c.name == "response_type" && !strings.Contains(to.Fragment, "token=") {
			continue // errors of the implicit flow are in the fragment
		}
		wantRefusal(t, to, c.want)
	}
}

func TestSuspendedClients(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("off", store.Record{"disabled": true})
	s.client("machine", store.Record{"grantTypes": []any{"client_credentials"}})
	b := s.browse(true)
	for client, want := range map[string]string{"off": "client_disabled", "machine": "unauthorized_client", "nobody": "invalid_client"} {
		if to := b.authorize(client); to.Path != "/api/auth/error" || to.Query().Get("error") != want {
			t.Errorf("%s: sent to %s, want the error %s on the server's page", client, to, want)
		}
	}
}

func TestNoCodes(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{GrantTypes: []string{"client_credentials"}})
	s.browse(true).Get("/oauth2/authorize?" + request("app").Encode()).Want(404)
}

func TestFlowEvents(t *testing.T) {
	var names []string
	s := newIDP(t, oauthprovider.Options{}, auth.Options{OnEvent: func(_ context.Context, e auth.Event) {
		if slices.Contains([]string{oauthprovider.Authorized, oauthprovider.ConsentGiven, oauthprovider.ConsentWithdrawn}, e.Name) {
			names = append(names, e.Name+" "+e.Details["client"])
		}
	}})
	s.client("app", nil)
	b := s.browse(true)
	code(t, b.consent(b.authorize("app")))
	b.Post("/oauth2/delete-consent", `{"id":"`+s.ID("oauthConsent")+`"}`).Want(200)
	want := []string{"oauth_consent_given app", "oauth_authorized app", "oauth_consent_withdrawn app"}
	if !slices.Equal(names, want) {
		t.Errorf("events %v, want %v", names, want)
	}
}
