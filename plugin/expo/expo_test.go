package expo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/expo"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p expo.Options) *authtest.Server {
	t.Helper()
	idp := oauthtest.New(t, authtest.Start)
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "octo", "email": "octo@example.com"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "octo@example.com", "verified": true}},
	}
	o.HTTP = idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	o.TrustedOrigins.List = append(o.TrustedOrigins.List, "myapp://")
	o.Plugins = append(o.Plugins, expo.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

// app returns a client that says where it comes from as apps do, without the header Origin.
func app(s *authtest.Server, origin string) *authtest.Client {
	c := s.Client()
	c.Origin = ""
	if origin != "" {
		c.Header.Set("Expo-Origin", origin)
	}
	return c
}

// TestOrigin: with cookies, an app is let in by its own word, and a browser by its Origin.
func TestOrigin(t *testing.T) {
	for name, tc := range map[string]struct {
		app, origin string
		o           expo.Options
		code        string
	}{
		"an app":                    {app: "myapp://"},
		"a place in an app":         {app: "myapp://a/b"},
		"Expo Go":                   {app: "exp://192.168.0.2:8081"},
		"a page":                    {origin: authtest.Origin},
		"an app, turned off":        {app: "myapp://", o: expo.Options{DisableOriginOverride: true}, code: "MISSING_OR_NULL_ORIGIN"},
		"another app":               {app: "evil://", code: "INVALID_ORIGIN"},
		"an app that says nothing":  {code: "MISSING_OR_NULL_ORIGIN"},
		"a page that says it is it": {app: "myapp://", origin: "https://evil.example", code: "INVALID_ORIGIN"},
	} {
		s := server(t, auth.Options{}, tc.o)
		c := s.Client()
		c.SignUp("ann@example.com")
		a := app(s, tc.app)
		a.Origin, a.Jar = tc.origin, c.Jar
		status := http.StatusOK
		if tc.code != "" {
			status = http.StatusForbidden
		}
		if got := a.Post("/update-user", `{"name":"Ann"}`); got.Status != status || got.Code() != tc.code {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestDevelopment: Expo Go is trusted in development only.
func TestDevelopment(t *testing.T) {
	for mode, want := range map[auth.Mode]int{auth.Development: 1, auth.Production: 0, auth.Test: 0} {
		got := expo.New(expo.Options{}).Manifest().Provides.TrustedOrigins(&auth.Options{Mode: mode})
		if len(got) != want {
			t.Errorf("%q: %q", mode, got)
		}
	}
}

// flow is a sign-in that an app has begun.
type flow struct{ url, state, sealed string }

func begin(a *authtest.Client) flow {
	a.Server.T.Helper()
	to := a.Post("/sign-in/social", `{"provider":"github","callbackURL":"myapp://dash"}`).Want(200).Text("url")
	u, err := url.Parse(to)
	if err != nil {
		a.Server.T.Fatal(err)
	}
	sealed, err := url.QueryUnescape(a.Jar["better-auth.oauth_state"])
	if err != nil {
		a.Server.T.Fatal(err)
	}
	return flow{to, u.Query().Get("state"), sealed}
}

func proxy(browser *authtest.Client, address, sealed string) *authtest.Answer {
	query := url.Values{"authorizationURL": {address}}
	if sealed != "" {
		query.Set("oauthState", sealed)
	}
	return browser.Get("/expo-authorization-proxy?" + query.Encode())
}

// TestSignIn: an app signs in by a browser that does not share its cookies, everywhere, and with flows in a cookie.
func TestSignIn(t *testing.T) {
	run := func(t *testing.T, o auth.Options) {
		s := server(t, o, expo.Options{})
		a, browser := app(s, "myapp://"), s.Client()
		f := begin(a)
		proxy(browser, f.url, f.sealed).WantRedirect(f.url)
		got := browser.Get("/callback/github?code=c&state=" + f.state)
		to, err := url.Parse(got.Header.Get("Location"))
		if err != nil || to.Scheme != "myapp" || to.Host != "dash" {
			t.Fatal(got, got.Header)
		}
		handed := to.Query().Get("cookie")
		if handed != strings.Join(got.Header["Set-Cookie"], ", ") {
			t.Errorf("handed over %q", handed)
		}
		for _, line := range got.Header["Set-Cookie"] {
			if k, _, ok := cookie.ParseSetCookie(line); ok && k.Name == "better-auth.session_token" {
				_, value, _ := strings.Cut(strings.SplitN(line, ";", 2)[0], "=")
				a.Jar[k.Name] = value
			}
		}
		a.Get("/get-session").Want(200, "user.email", "octo@example.com")
		if f.sealed == "" { // a flow in a cookie ends when the provider does not take its code again
			proxy(browser, f.url, "").Want(400)
			browser.Get("/callback/github?code=c&state=" + f.state).WantNoCookie("better-auth.session_token")
		}
	}
	everywhere.Run(t, run)
	t.Run("in a cookie", func(t *testing.T) { run(t, auth.Options{Account: auth.AccountOptions{StoreStateStrategy: "cookie"}}) })
}

// TestRedirects: only redirects to an app get cookies.
func TestRedirects(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	for callback, toApp := range map[string]bool{"myapp://dash?x=1": true, "/dash": false, authtest.Origin + "/dash": false} {
		c := s.Client()
		to := c.Post("/sign-in/social", `{"provider":"github","callbackURL":"`+callback+`"}`).Want(200).Text("url")
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Get("/callback/github?code=c&state=" + u.Query().Get("state"))
		if location := got.Header.Get("Location"); strings.Contains(location, "cookie=") != toApp || !strings.HasPrefix(location, callback) {
			t.Errorf("%s: %s", callback, location)
		}
	}
}

// TestRefused: what the proxy is not for.
func TestRefused(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	f := begin(app(s, "myapp://"))
	c := s.Client()
	for _, address := range []string{"", "x", "/x", "//github.com/", strings.Replace(f.url, "https", "http", 1), f.url + "#x", "javascript:alert(1)", "https://", authtest.Origin + "/?state=" + f.state} {
		proxy(c, address, "").Want(400, "message", "Invalid authorizationURL").WantNoCookie()
	}
	proxy(c, "https://github.com/login/oauth/authorize", "").Want(400, "message", "Unexpected error").WantNoCookie()
	c.Get("/expo-authorization-proxy").WantCode(400, "VALIDATION_ERROR")
	s.Advance(11 * time.Minute)
	proxy(c, f.url, "").Want(400).WantNoCookie()
}

// A flow that began on a server of the reference does not say at which provider: it is let through.
func TestFlowOfReference(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	kept := string(js.Marshal(js.Obj("callbackURL", "myapp://dash", "codeVerifier", strings.Repeat("v", 128), "expiresAt", s.Now().Add(time.Minute).UnixMilli(), "oauthState", "s1")))
	if err := s.Once.Put(t.Context(), "auth-state:s1", kept, s.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	address := "https://idp.example/authorize?state=s1"
	proxy(s.Client(), address, "").WantRedirect(address).WantCookie("better-auth.state", "Max-Age=300")
	s.Change("verification", store.Record{"value": "nonsense"}, store.Is("identifier", "auth-state:s1"))
	proxy(s.Client(), address, "").Want(500)
}

// TestOutage: if the flow cannot be read, nothing is said about it.
func TestOutage(t *testing.T) {
	var out authtest.Outage
	o := everywhere.Memory.Options(t)
	o.Database = out.Driver(o.Database)
	s := server(t, o, expo.Options{})
	f := begin(app(s, "myapp://"))
	out.Begin(store.ErrUnavailable)
	proxy(s.Client(), f.url, "").Want(503)
	out.End()
	proxy(s.Client(), f.url, "").WantRedirect(f.url)
}

// The endpoint signs the state of a flow only. The reference signs whatever it is given, so that anybody who knows a
// session's token, for example from a copy of the database, gets the signed cookie for it.
func TestAttackSignAnything(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	token := s.Client().SignUp("ann@example.com").Text("token")
	attacker := s.Client()
	for _, state := range []string{token, "true", "x"} {
		proxy(attacker, "https://github.com/login/oauth/authorize?state="+state, "").Want(400).WantNoCookie()
		proxy(attacker, "https://github.com/login/oauth/authorize?state="+state, "sealed").Want(400).WantNoCookie()
	}
	if attacker.SignedIn() {
		t.Error("signed in")
	}
}

// The endpoint is no redirect to other sites, even with a flow that the attacker has begun.
func TestAttackRedirectElsewhere(t *testing.T) {
	for name, o := range map[string]auth.Options{"in the database": {}, "in a cookie": {Account: auth.AccountOptions{StoreStateStrategy: "cookie"}}} {
		s := server(t, o, expo.Options{})
		f := begin(app(s, "myapp://"))
		for _, address := range []string{
			"https://evil.example/login/oauth/authorize?state=" + f.state, "https://github.com.evil.example/login/oauth/authorize?state=" + f.state,
			"https://github.com@evil.example/login/oauth/authorize?state=" + f.state, "https://github.com/attacker/page?state=" + f.state,
			"https://github.com/login/oauth/authorize/../../../attacker?state=" + f.state, `https://evil.example\@github.com/login/oauth/authorize?state=` + f.state,
			"https://github.com:8443/login/oauth/authorize?state=" + f.state,
		} {
			if got := proxy(s.Client(), address, f.sealed); got.Status != 400 || got.Header.Get("Location") != "" || len(got.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s: %s: %s %v", name, address, got, got.Header)
			}
		}
		proxy(s.Client(), f.url, f.sealed).WantRedirect(f.url)
	}
}

// A page cannot borrow the origin of an app: browsers send Origin themselves, and then it counts.
func TestAttackBorrowedOrigin(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	for _, origin := range []string{"https://evil.example", "null", "https://evil.example, myapp://"} {
		c.Origin = origin
		for _, said := range []string{"myapp://", authtest.Origin, "exp://"} {
			c.Header.Set("Expo-Origin", said)
			if got := c.Post("/update-user", `{"name":"Eve"}`); got.Status != http.StatusForbidden {
				t.Errorf("%s says %s: %s", origin, said, got)
			}
		}
	}
}

// A flow ends in apps that are trusted only, and so do the cookies.
func TestAttackForeignApp(t *testing.T) {
	s := server(t, auth.Options{}, expo.Options{})
	for _, callback := range []string{"evil://dash", "myappx://dash", "myapp.evil://dash", "javascript:myapp://"} {
		app(s, "myapp://").Post("/sign-in/social", `{"provider":"github","callbackURL":"`+callback+`"}`).WantCode(403, "INVALID_CALLBACK_URL")
	}
}
