package oauthprovider_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// GHSA-86j7-9j95-vpqj, RFC 9700 section 4.1: a redirect address is compared character by character, and errors go
// nowhere that the client has not registered.
func TestAttackForeignRedirect(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	for _, address := range []string{
		"https://evil.example/callback", callback + "/", callback + "?x=1", callback + "#x", callback + "/../other", "https://app.example.com/callback%2f", "https://app.example.com.evil.example/callback",
		"https://app.example.com@evil.example/callback", "https://user@app.example.com/callback", "https://APP.example.com/callback", "https://app.example.com:443/callback", "http://app.example.com/callback",
		"//evil.example/callback", "/callback", `https:\\app.example.com\callback`, "javascript:alert(1)//" + callback, "data:text/html,x", "https://app.example.com/callback\x00", "https://app.example.com/%63allback", "", " ",
	} {
		for _, more := range [][]string{{}, {"scope", "admin"}, {"response_type", "token"}, {"prompt", "none"}, {"claims", "{"}, {"request", "x"}} {
			to := b.authorize("app", append([]string{"redirect_uri", address}, more...)...)
			if to.Path != "/api/auth/error" || to.Query().Get("code") != "" || to.Host != "localhost:3210" {
				t.Errorf("%q %v: sent to %s, want the server's error page", address, more, to)
			}
		}
	}
	s.WantRows(0, "verification")
}

// A redirect address with a scheme that runs code is refused even if it got into the database.
func TestAttackRegisteredScript(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	bad := []any{"javascript:alert(1)", "data:text/html,x", "vbscript:x", "JavaScript:alert(1)", "https://app.example.com/cb#x"}
	s.client("app", store.Record{"skipConsent": true, "redirectUris": bad})
	for _, address := range bad {
		if to := s.browse(true).authorize("app", "redirect_uri", address.(string)); to.Path != "/api/auth/error" {
			t.Errorf("%v: sent to %s", address, to)
		}
	}
}

// RFC 9700 section 2.1.1: PKCE cannot be left out or weakened.
func TestAttackPKCEDowngrade(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	skip := store.Record{"skipConsent": true}
	s.client("app", skip)
	s.client("public", store.Record{"skipConsent": true, "clientSecret": nil, "tokenEndpointAuthMethod": "none", "requirePKCE": false})
	s.client("lenient", store.Record{"skipConsent": true, "requirePKCE": false})
	b := s.browse(true)
	for _, client := range []string{"app", "public"} {
		wantRefusal(t, b.authorize(client, "code_challenge", "", "code_challenge_method", ""), "invalid_request")
		wantRefusal(t, b.authorize(client, "code_challenge_method", "plain"), "invalid_request")
		wantRefusal(t, b.authorize(client, "code_challenge_method", ""), "invalid_request")
	}
	code(t, b.authorize("lenient", "code_challenge", "", "code_challenge_method", ""))
	wantRefusal(t, b.authorize("lenient", "code_challenge", ""), "invalid_request")
	wantRefusal(t, b.authorize("lenient", "code_challenge", "", "code_challenge_method", "", "scope", "offline_access"), "invalid_request")
}

// RFC 9207: every answer to the client names the server, so that a client of several servers is not mixed up.
func TestAttackMixUp(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	for _, pairs := range [][]string{{}, {"scope", "admin"}, {"prompt", "none login"}, {"max_age", "x"}} {
		if to := b.authorize("app", pairs...); to.Query().Get("iss") != baseURL || to.Query().Get("state") != "st" {
			t.Errorf("%v: sent to %s, without iss or state", pairs, to)
		}
	}
	to := b.authorize("app", "response_type", "id_token")
	if fragment, _ := url.ParseQuery(to.Fragment); fragment.Get("iss") != baseURL {
		t.Errorf("sent to %s, without iss", to)
	}
}

// The request that a page sends back cannot be changed.
func TestAttackTamperedRequest(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	page := b.authorize("app")
	change := func(do func(q url.Values)) *url.URL {
		q := page.Query()
		do(q)
		return &url.URL{RawQuery: q.Encode()}
	}
	for name, u := range map[string]*url.URL{
		"scope":              change(func(q url.Values) { q.Set("scope", "openid email") }),
		"redirect":           change(func(q url.Values) { q.Set("redirect_uri", "https://evil.example") }),
		"client":             change(func(q url.Values) { q.Set("client_id", "other") }),
		"challenge":          change(func(q url.Values) { q.Del("code_challenge") }),
		"end":                change(func(q url.Values) { q.Set("exp", "99999999999") }),
		"no end":             change(func(q url.Values) { q.Del("exp") }),
		"issued":             change(func(q url.Values) { q.Set("ba_iat", "1") }),
		"cleared":            change(func(q url.Values) { q.Set("ba_pl", "session") }),
		"no signature":       change(func(q url.Values) { q.Del("sig") }),
		"empty signature":    change(func(q url.Values) { q.Set("sig", "") }),
		"two signatures":     change(func(q url.Values) { q.Add("sig", q.Get("sig")) }),
		"an added parameter": {RawQuery: page.RawQuery + "&prompt=none"},
		"a second scope":     {RawQuery: page.RawQuery + "&scope=email"},
	} {
		for _, path := range []string{"/oauth2/consent", "/oauth2/continue", "/sign-in/email", "/update-user"} {
			got := b.send(path, u, `"accept":true`, `"selected":true`, `"email":"ada@example.com"`, `"password":"password1234"`)
			if got.Status != 400 || got.Value("error") != "invalid_signature" {
				t.Errorf("%s: %s answers %v", name, path, got)
			}
		}
	}
	s.WantRows(0, "oauthConsent")
	s.Advance(10*time.Minute + time.Second)
	b.send("/oauth2/consent", page, `"accept":true`).Want(400, "error", "invalid_signature")
}

// A user cannot be made to allow more than the page showed.
func TestAttackWiderConsent(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	page := b.authorize("app", "scope", "openid email", "claims", `{"userinfo":{"name":null}}`)
	for _, member := range []string{`"scope":"openid profile"`, `"scope":"openid offline_access"`, `"scope":""`, `"claims":{"userinfo":{"picture":null}}`} {
		b.send("/oauth2/consent", page, `"accept":true`, member).Want(400, "error", "invalid_request")
	}
	b.send("/oauth2/consent", page, `"accept":"true"`).WantCode(400, "VALIDATION_ERROR")
	s.WantRows(0, "oauthConsent")
	wantRefusal(t, b.target(b.send("/oauth2/consent", page, `"accept":false`)), "access_denied")
	s.WantRows(0, "oauthConsent")
}

// A page that asks for another sign-in is not satisfied by the session that was there before, nor by extending it.
func TestAttackOldSessionForNewSignIn(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{CodeExpiresIn: 7 * 24 * 60 * 60})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	s.Advance(time.Minute)
	page := b.authorize("app", "prompt", "login", "max_age", "30")
	wantPage(t, page, "/sign-in")
	wantPage(t, b.consent(page), "/sign-in")
	wantPage(t, b.target(b.send("/oauth2/continue", page, `"selected":true`)), "/sign-in")
	wantPage(t, b.target(b.send("/oauth2/continue", page, `"created":true`)), "/sign-in")
	wantPage(t, b.target(b.send("/oauth2/continue", page, `"postLogin":true`)), "/sign-in")
	for _, age := range []time.Duration{25 * time.Hour, 50 * time.Hour} { // the session is extended by these calls
		s.Advance(age)
		wantPage(t, b.authorize("app", "prompt", "login"), "/sign-in")
		s.Advance(age)
		wantPage(t, b.target(b.send("/update-user", page, `"name":"A"`)), "/sign-in")
	}
	s.WantRows(0, "verification")
}

// The step between sign-in and consent counts only for the session that took it.
func TestAttackStepOfAnotherSession(t *testing.T) {
	needed := false
	s := newIDP(t, oauthprovider.Options{PostLogin: oauthprovider.PostLogin{
		Page:           "/organization",
		ShouldRedirect: func(context.Context, oauthprovider.StepRequest) (bool, error) { return needed, nil },
	}})
	s.client("app", nil)
	first := s.browse(true)
	page := first.authorize("app")
	wantPage(t, page, "/consent")
	if page.Query().Get("ba_pl") == "" {
		t.Fatal("the page does not name the session")
	}
	needed = true
	other := s.browse(false)
	other.SignUp("bob@example.com")
	wantPage(t, other.consent(page), "/organization")
	wantPage(t, other.target(other.send("/oauth2/continue", page, `"postLogin":true`)), "/organization")
	code(t, first.consent(page))
}

// A parameter of the client cannot pretend to be one that the server adds.
func TestAttackOwnParameters(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	page := b.authorize("app", "sig", "x", "exp", "99999999999", "ba_iat", "99999999999999", "ba_pl", "session", "ba_param", "scope")
	q := page.Query()
	if q.Get("sig") == "x" || len(q["sig"]) != 1 || len(q["exp"]) != 1 || q.Get("exp") == "99999999999" || q.Get("ba_iat") == "99999999999999" || q.Has("ba_pl") || slices.Equal(q["ba_param"], []string{"scope"}) {
		t.Errorf("the page has %s", page.RawQuery)
	}
}

// What a user allowed is read and changed by that user only.
func TestAttackForeignConsent(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	code(t, b.consent(b.authorize("app")))
	id := s.ID("oauthConsent")
	other := s.browse(false)
	for _, signedIn := range []bool{false, true} {
		if signedIn {
			other.SignUp("bob@example.com")
		}
		other.Get("/oauth2/get-consent?id=" + id).Want(401)
		other.Post("/oauth2/update-consent", `{"id":"`+id+`","update":{"scopes":[]}}`).Want(401)
		other.Post("/oauth2/delete-consent", `{"id":"`+id+`"}`).Want(401)
	}
	other.Get("/oauth2/get-consents").Want(200, "", authtest.Len(0))
	wantPage(t, other.authorize("app"), "/consent")
	if got := s.Row("oauthConsent")["scopes"]; got == nil {
		t.Error("the consent was changed")
	}
}

// A session that was revoked allows nothing, even while it is still cached in a cookie.
func TestAttackRevokedSessionAllows(t *testing.T) {
	o := auth.Options{}
	o.Session.CookieCache.Enabled = new(true)
	s := newIDP(t, oauthprovider.Options{}, o)
	s.client("app", nil)
	b := s.browse(true)
	code(t, b.consent(b.authorize("app")))
	id := s.ID("oauthConsent")
	page := b.authorize("app", "scope", "openid email")
	stolen := &browser{s.Client(), s}
	stolen.Jar = maps.Clone(b.Jar)
	b.Post("/sign-out", `{}`).Want(200)
	if !stolen.SignedIn() {
		t.Fatal("the session is not cached")
	}
	stolen.send("/oauth2/consent", page, `"accept":true`).Want(401)
	stolen.Post("/oauth2/update-consent", `{"id":"`+id+`","update":{"scopes":["openid","email"]}}`).Want(401)
	if got := stolen.authorize("app"); got.Query().Get("code") != "" {
		s.redeem("app", got.Query().Get("code")).Want(400)
	}
}

// A request by POST from another site does not use the cookies of the user.
func TestAttackCrossSitePost(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"skipConsent": true})
	b := s.browse(true)
	b.Origin = "https://evil.example"
	b.Do(http.MethodPost, "/oauth2/authorize", "application/x-www-form-urlencoded", request("app").Encode()).Want(403)
	page := b.authorize("app", "prompt", "consent")
	b.send("/oauth2/consent", page, `"accept":true`).Want(403)
	b.Do(http.MethodPost, "/oauth2/end-session/confirm", "application/x-www-form-urlencoded", "action=confirm").Want(403)
	s.WantRows(0, "verification")
	s.WantRows(0, "oauthConsent")
}

// Of simultaneous consents of one user for one client, one row stays.
func TestAttackConsentRace(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	b := s.browse(true)
	page := b.authorize("app")
	var group sync.WaitGroup
	for range 10 {
		c := &browser{s.Client(), s}
		c.Jar = b.Jar
		group.Go(func() { c.send("/oauth2/consent", page, `"accept":true`) })
	}
	group.Wait()
	s.WantRows(1, "oauthConsent")
}

// A long request costs no more than its length.
func TestAttackLongRequest(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	b := s.browse(true)
	start := time.Now()
	for range 3 {
		got := b.Post("/oauth2/consent", `{"accept":true,"oauth_query":"sig=x&`+strings.Repeat("%41=%42&", 100_000)+`"}`)
		if got.Status != 400 && got.Status != 413 {
			t.Errorf("%v", got)
		}
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}
