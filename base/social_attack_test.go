package base_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// social is a server with GitHub and Google as fake providers.
type social struct {
	*authtest.Server
	idp *oauthtest.Server
}

func newSocial(t testing.TB, o auth.Options) *social {
	t.Helper()
	s := &social{idp: oauthtest.New(t, authtest.Start)}
	client := oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"}
	if o.SocialProviders == nil {
		o.SocialProviders = []oauth.Provider{provider.GitHub(client), provider.Google(provider.GoogleOptions{Options: client})}
	}
	o.HTTP = s.idp
	s.Server = authtest.New(t, o)
	s.idp.Claims = map[string]any{"iss": "https://accounts.google.com", "aud": "client", "sub": "g-1", "email": "ann@example.com", "email_verified": true, "name": "Ann"}
	s.gitHub(map[string]any{"id": 7, "login": "octo", "email": "ann@example.com"}, true)
	return s
}

func (s *social) gitHub(user map[string]any, verified bool) {
	s.idp.Exact = map[string]any{
		"https://api.github.com/user":        user,
		"https://api.github.com/user/emails": []any{map[string]any{"email": user["email"], "verified": verified}},
	}
}

// begin starts a flow and returns its state.
func begin(t testing.TB, c *authtest.Client, name string) string {
	t.Helper()
	return stateOf(c.Post("/sign-in/social", `{"provider":"`+name+`","callbackURL":"/dash","errorCallbackURL":"/failed"}`).Text("url"))
}

// stateOf returns the state in the authorization URL of a provider.
func stateOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return err.Error()
	}
	return u.Query().Get("state")
}

func end(c *authtest.Client, name, state string) string {
	return c.Get("/callback/" + name + "?code=c&state=" + url.QueryEscape(state)).Header.Get("Location")
}

func TestSocialSignIn(t *testing.T) {
	s := newSocial(t, auth.Options{})
	for _, name := range []string{"github", "google"} {
		c := s.Client()
		if to := end(c, name, begin(t, c, name)); to != "/dash" {
			t.Errorf("%s: sent to %s", name, to)
		}
		if !c.SignedIn() {
			t.Errorf("%s: nobody is signed in", name)
		}
	}
}

func TestTokensAreSealed(t *testing.T) {
	s := newSocial(t, auth.Options{Account: auth.AccountOptions{EncryptOAuthTokens: true}})
	c := s.Client()
	end(c, "github", begin(t, c, "github"))
	account := s.Row("account", store.Is("providerId", "github"))
	if sealed, _ := account["accessToken"].(string); sealed == "" || strings.Contains(sealed, "access") {
		t.Errorf("stored: %v", account["accessToken"])
	}
	c.Post("/get-access-token", `{"accountId":"`+s.ID("account", store.Is("providerId", "github"))+`"}`).Want(200, "accessToken", "access-1")
}

// TestAttackStateOfAnotherFlow is GHSA-wxw3-q3m9-c3jr: with the state in a cookie, the state parameter must equal
// that of the cookie.
func TestAttackStateOfAnotherFlow(t *testing.T) {
	s := newSocial(t, auth.Options{Account: auth.AccountOptions{StoreStateStrategy: "cookie"}})
	attacker, victim := s.Client(), s.Client()
	stolen := begin(t, attacker, "github")
	begin(t, victim, "github")
	if to := end(victim, "github", stolen); !strings.Contains(to, "error=state_mismatch") || victim.SignedIn() {
		t.Errorf("sent to %s", to)
	}
}

// TestAttackStateOfAnotherBrowser: a callback prepared by an attacker must not sign the victim's browser in to the
// attacker's account.
func TestAttackStateOfAnotherBrowser(t *testing.T) {
	s := newSocial(t, auth.Options{})
	attacker, victim := s.Client(), s.Client()
	state := begin(t, attacker, "github")
	if to := end(victim, "github", state); !strings.HasPrefix(to, "/failed?error=state_mismatch") || victim.SignedIn() {
		t.Errorf("sent to %s", to)
	}
	if to := end(attacker, "github", state); to != "/dash" {
		t.Errorf("the browser's own callback: sent to %s", to)
	}
}

// A state cookie left over from another domain or flow precedes the valid one.
func TestSeveralStateCookies(t *testing.T) {
	for _, strategy := range []string{"database", "cookie"} {
		s := newSocial(t, auth.Options{Account: auth.AccountOptions{StoreStateStrategy: strategy}})
		stale, c := s.Client(), s.Client()
		begin(t, stale, "github")
		state := begin(t, c, "github")
		for name, value := range stale.Jar {
			c.Jar[name] = value + "; " + name + "=x; " + name + "=" + c.Jar[name]
		}
		if to := end(c, "github", state); to != "/dash" || !c.SignedIn() {
			t.Errorf("%s: sent to %s", strategy, to)
		}
	}
}

// TestAttackFlowOfAnotherProvider: a flow started with one provider cannot end at another (Auth.js
// GHSA-x445-f3h2-j279).
func TestAttackFlowOfAnotherProvider(t *testing.T) {
	for _, strategy := range []string{"database", "cookie"} {
		s := newSocial(t, auth.Options{Account: auth.AccountOptions{StoreStateStrategy: strategy}})
		c := s.Client()
		state := begin(t, c, "github")
		if to := end(c, "google", state); !strings.HasPrefix(to, "/failed?error=state_mismatch") || c.SignedIn() {
			t.Errorf("%s: sent to %s", strategy, to)
		}
		if n := len(s.idp.Requests()); n != 0 {
			t.Errorf("%s: the code went to a provider, %d requests", strategy, n)
		}
	}
}

// TestAttackOneStateAHundredTimes: of a hundred simultaneous callbacks one succeeds.
func TestAttackOneStateAHundredTimes(t *testing.T) {
	s := newSocial(t, auth.Options{})
	c := s.Client()
	state := begin(t, c, "github")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := map[string]int{}
	for range 100 {
		browser := s.Client()
		for name, value := range c.Jar {
			browser.Jar[name] = value
		}
		wg.Go(func() {
			to := end(browser, "github", state)
			mu.Lock()
			defer mu.Unlock()
			won[to]++
		})
	}
	wg.Wait()
	if won["/dash"] != 1 || won["/failed?error=state_mismatch"]+won[authtest.Origin+"/api/auth/error?error=state_mismatch"] != 99 {
		t.Errorf("outcomes: %v", won)
	}
}

// TestAttackPreRegisteredAddress is GHSA-g38m-r43w-p2q7: somebody who signed up with the address of another person
// must not share that person's account.
func TestAttackPreRegisteredAddress(t *testing.T) {
	s := newSocial(t, auth.Options{})
	s.Client().SignUp("ann@example.com")
	c := s.Client()
	if to := end(c, "github", begin(t, c, "github")); to != "/failed?error=account_not_linked" || c.SignedIn() {
		t.Errorf("callback: sent to %s", to)
	}
	token, err := json.Marshal(s.idp.IDToken(s.idp.Claims))
	if err != nil {
		t.Fatal(err)
	}
	c.Post("/sign-in/social", `{"provider":"google","idToken":{"token":`+string(token)+`}}`).WantCode(401, "OAUTH_LINK_ERROR").WantNoCookie()
}

// TestAttackUnprovenAddress: an address that the provider has not verified is not linked, even if the provider sends
// the text "false" for that.
func TestAttackUnprovenAddress(t *testing.T) {
	for name, said := range map[string]any{"false": false, "the text false": "false", "nothing": nil, "a number": 1} {
		t.Run(name, func(t *testing.T) {
			s := newSocial(t, auth.Options{})
			s.Client().SignUp("ann@example.com")
			s.Change("user", store.Record{"emailVerified": true}, store.Is("email", "ann@example.com"))
			s.idp.Claims["email_verified"] = said
			c := s.Client()
			if to := end(c, "google", begin(t, c, "google")); to != "/failed?error=account_not_linked" || c.SignedIn() {
				t.Errorf("sent to %s", to)
			}
			s.idp.Claims["email_verified"] = "true"
			if to := end(c, "google", begin(t, c, "google")); to != "/dash" {
				t.Errorf("verified: sent to %s", to)
			}
		})
	}
}

// TestAttackEmptyAccountID: an empty id from a provider is refused, because all users would share one account
// (#9974).
func TestAttackEmptyAccountID(t *testing.T) {
	for name, id := range map[string]any{"empty": "", "blank": " \u00a0", "null": nil, "the text undefined": "undefined", "the text null": "null"} {
		t.Run(name, func(t *testing.T) {
			s := newSocial(t, auth.Options{})
			s.gitHub(map[string]any{"id": id, "login": "x", "email": "x@example.com"}, true)
			c := s.Client()
			if to := end(c, "github", begin(t, c, "github")); to != "/failed?error=unable_to_get_user_info" || c.SignedIn() {
				t.Errorf("sent to %s", to)
			}
		})
	}
}

// TestAttackHomoglyph: an address that only looks like another one is a different address (Auth.js
// GHSA-7rqj-j65f-68wh).
func TestAttackHomoglyph(t *testing.T) {
	for _, email := range []string{"ann＠example.com", "ann@exаmple.com", "ａnn@example.com", "ann@example.com\u200b"} {
		s := newSocial(t, auth.Options{})
		victim := s.Client().SignUp("ann@example.com").Text("user.id")
		s.Change("user", store.Record{"emailVerified": true}, store.Is("email", "ann@example.com"))
		s.gitHub(map[string]any{"id": 7, "login": "octo", "email": email}, true)
		c := s.Client()
		end(c, "github", begin(t, c, "github"))
		if got := c.Get("/get-session"); strings.Contains(got.Body, victim) {
			t.Errorf("%q is signed in as the victim: %s", email, got.Body)
		}
	}
}

// TestAttackAdditionalData: additional data from a client must not become part of the flow's own state.
func TestAttackAdditionalData(t *testing.T) {
	s := newSocial(t, auth.Options{})
	victim := s.Client().SignUp("victim@example.com").Text("user.id")
	c := s.Client()
	a := c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/dash","additionalData":{"link":{"userId":"`+victim+
		`","email":"ann@example.com"},"callbackURL":"https://evil.example","serverContext":{"x":1},"oauthState":"x","expiresAt":9e15}}`)
	if to := end(c, "github", stateOf(a.Text("url"))); to != "/dash" {
		t.Errorf("sent to %s", to)
	}
	s.WantRows(1, "account", store.Is("userId", victim))
}

// TestAttackTokensOfOthers: nobody gets the tokens of an account that is not his
// own.
func TestAttackTokensOfOthers(t *testing.T) {
	s := newSocial(t, auth.Options{})
	victim := s.Client()
	end(victim, "github", begin(t, victim, "github"))
	account, err := s.Store.Get(t.Context(), "account", store.Is("providerId", "github"))
	if err != nil {
		t.Fatal(err)
	}
	attacker := s.Client()
	attacker.SignUp("mallory@example.com")
	owner, _ := account["userId"].(string)
	body := `{"accountId":"` + account["id"].(string) + `","userId":"` + owner + `"}`
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		attacker.Post(path, body).WantCode(400, "ACCOUNT_NOT_FOUND")
		s.Client().Post(path, body).Want(401)
	}
}
