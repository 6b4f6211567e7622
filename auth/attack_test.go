package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func yes() *bool { t := true; return &t }

// CVE-2024-56734, CVE-2025-27143, CVE-2025-53535, GHSA-vp58-j275-797x: no
// redirect parameter may lead to an origin that is not trusted.
func TestAttackOpenRedirect(t *testing.T) {
	s := authtest.New(t, auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"https://*.example.com", "https://a.com"}}})
	s.Client().SignUp("a@example.com")
	codes := map[string]string{
		"callbackURL": "INVALID_CALLBACK_URL", "redirectTo": "INVALID_REDIRECT_URL",
		"errorCallbackURL": "INVALID_ERROR_CALLBACK_URL", "newUserCallbackURL": "INVALID_NEW_USER_CALLBACK_URL",
	}
	for _, url := range []string{
		"https://evil.test", "//evil.test", `/\\evil.test`, "/%5Cevil.test", "/%2Fevil.test", "https:evil.test", `/\tevil.test`, `/\r\n/evil.test`,
		"https://a.com.evil.test", "https://evil.test/?a.com", "https://a.com@evil.test", "https://a.com:444", "http://a.com",
		"http://x.example.com", "https://example.com.evil.test", "javascript:alert(1)", "data:text/html,x", "http://localhost:3211",
	} {
		for field, code := range codes {
			body := fmt.Sprintf(`{"email":"a@example.com","password":"password1234","%s":"%s"}`, field, url)
			if got := s.Client().Post("/sign-in/email", body); got.Status != http.StatusForbidden || got.Code() != code {
				t.Errorf("%s %q: %s", field, url, got)
			}
		}
	}
	for _, url := range []string{"/dash", "/dash?x=1#y", "https://a.com/x", "https://deep.sub.example.com", authtest.Origin + "/x"} {
		if got := s.Client().Post("/sign-in/email", fmt.Sprintf(`{"email":"a@example.com","password":"password1234","callbackURL":%q}`, url)); got.Status != 200 {
			t.Errorf("%q was refused: %s", url, got.Body)
		}
	}
}

// A page of another site must not act with the visitor's cookies, nor sign the visitor in as somebody else (1.6.16:
// even without cookies).
func TestAttackCrossSite(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	c := s.Client()
	c.SignUp("a@example.com")
	signIn := `{"email":"a@example.com","password":"password1234"}`
	for _, tc := range []struct {
		name, origin, code string
		header             map[string]string
		signedIn           bool
	}{
		{"foreign origin", "https://evil.test", "INVALID_ORIGIN", nil, true},
		{"no origin", "", "MISSING_OR_NULL_ORIGIN", nil, true},
		{"null origin", "null", "MISSING_OR_NULL_ORIGIN", nil, true},
		{"own origin in a foreign referer", "", "INVALID_ORIGIN", map[string]string{"Referer": "https://evil.test/http://localhost:3210"}, true},
		{"without cookies", "https://evil.test", "INVALID_ORIGIN", nil, false},
		{"navigation", "", "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, false},
		{"fetch metadata without origin", "", "MISSING_OR_NULL_ORIGIN", map[string]string{"Sec-Fetch-Mode": "cors"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := s.Client()
			if tc.signedIn {
				b.Jar = c.Jar
			}
			b.Origin = tc.origin
			for k, v := range tc.header {
				b.Header.Set(k, v)
			}
			if got := b.Post("/sign-in/email", signIn); got.Status != 403 || got.Code() != tc.code {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		})
	}
}

// GHSA-x732-6j76-qmhm: other spellings of a path must map to the same limiter key and the same disabled paths, or to
// no endpoint.
func TestAttackPathSpelling(t *testing.T) {
	s := authtest.New(t, auth.Options{DisabledPaths: []string{"/sign-in/email"}})
	c := s.Client()
	for _, path := range []string{"//sign-in/email", "/sign-in//email", "/sign-in/email/", "/sign-in%2Femail", "/sign-in/email;x", "/SIGN-IN/EMAIL", "/./sign-in/email", "/x/../sign-in/email", "/%2e/sign-in/email", "/sign-in/email"} {
		if got := c.Post(path, `{"email":"a@example.com","password":"x"}`); got.Status != 404 {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}

// GHSA-p6v2-xcpg-h6xw: all addresses of one IPv6 network, and all spellings of one address, count as one client.
func TestAttackIPv6Rotation(t *testing.T) {
	s := authtest.New(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes()}})
	limited := 0
	for i := range 10 {
		c := s.Client()
		c.Header.Set("X-Forwarded-For", fmt.Sprintf("2001:db8::%x", i+1))
		if got := c.Post("/sign-in/email", `{"email":"a@example.com","password":"x"}`); got.Status == 429 {
			limited++
			if got.Header.Get("X-Retry-After") == "" || got.Header.Get("Retry-After") != got.Header.Get("X-Retry-After") {
				t.Errorf("headers %v", got.Header)
			}
		}
	}
	if limited != 7 {
		t.Errorf("%d of 10 were limited, want 7", limited)
	}
}

// 1.6.17: the limit holds for simultaneous calls, on every storage.
func TestAttackRacingTheLimiter(t *testing.T) {
	for name, o := range map[string]auth.Options{
		"memory":            {RateLimit: auth.RateLimitOptions{Enabled: yes(), Storage: "memory"}},
		"database":          {RateLimit: auth.RateLimitOptions{Enabled: yes(), Storage: "database"}},
		"secondary-storage": {RateLimit: auth.RateLimitOptions{Enabled: yes()}, SecondaryStorage: kv.NewMemory(func(context.Context) time.Time { return time.Unix(1, 0) }, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.New(t, o)
			var passed atomic.Int32
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					c := s.Client()
					c.Header.Set("X-Forwarded-For", "192.0.2.1")
					if c.Get("/sign-in/nothing").Status != 429 {
						passed.Add(1)
					}
				})
			}
			wg.Wait()
			if n := passed.Load(); n != 3 {
				t.Errorf("%d of 50 passed, want 3", n)
			}
		})
	}
}

// GHSA-569q-mpph-wgww: an unset base URL is never learned from a request.
func TestAttackPoisonedBaseURL(t *testing.T) {
	a, err := newPlain(auth.Options{Mode: auth.Development})
	if err != nil {
		t.Fatal(err)
	}
	for i, url := range []string{"http://evil.test/elsewhere/api/auth/ok", "http://real.test/api/auth/ok", "http://evil.test/api/auth/ok", "http://real.test/api/auth/ok"} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
		if want := []int{404, 200, 200, 200}[i]; w.Code != want {
			t.Errorf("%s: %d", url, w.Code)
		}
	}
}

// GHSA-2vg6-77g8-24mp: a deleted user is signed out everywhere.
func TestAttackSessionsOutliveUser(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		o.User.DeleteUser.Enabled = true
		s := authtest.New(t, authtest.PlainPasswords(o))
		phone, laptop := s.Client(), s.Client()
		phone.SignUp("a@example.com")
		laptop.SignIn("a@example.com")
		thief := s.Client()
		thief.Jar = laptop.Jar
		phone.Post("/delete-user", `{"password":"password1234"}`).Want(200, "success", true)
		if thief.SignedIn() {
			t.Error("still signed in")
		}
	}, everywhere.Memory, everywhere.SecondaryStorage, everywhere.Both)
}

// Nobody can revoke or end the session of another user, or find out whether it exists.
func TestAttackRevokeOthers(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	alice, mallory := s.Client(), s.Client()
	token := alice.SignUp("a@example.com").Text("token")
	mallory.SignUp("m@example.com")
	mallory.Post("/revoke-session", fmt.Sprintf(`{"token":%q}`, token)).Want(200, "", map[string]any{"status": true})
	if !alice.SignedIn() {
		t.Error("alice was signed out by mallory")
	}
}

// A cookie that is unsigned or signed by somebody else is not a session, and never causes a 500.
func TestAttackForgedCookies(t *testing.T) {
	s := authtest.New(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: yes()}}})
	c := s.Client()
	token := c.SignUp("a@example.com").Text("token")
	for _, value := range []string{token, token + ".x", token + "." + strings.Repeat("A", 43) + "%3D", ".", "%00", strings.Repeat("x", 5000)} {
		b := s.Client()
		b.Jar = map[string]string{"better-auth.session_token": value, "better-auth.session_data": c.Jar["better-auth.session_data"]}
		if got := b.Get("/get-session"); got.Status != 200 || got.Body != "null" {
			t.Errorf("%.40q: %d %s", value, got.Status, got.Body)
		}
	}
	b := s.Client()
	b.Jar = map[string]string{"better-auth.session_token": c.Jar["better-auth.session_token"], "better-auth.session_data": "e30"}
	if got := b.Get("/get-session"); got.Status != 200 || got.Body == "null" {
		t.Errorf("a broken cache must fall back to the store: %d %s", got.Status, got.Body)
	}
}

// A server with a wrong configuration does not start.
func TestAttackFailOpenOnConfigError(t *testing.T) {
	for name, o := range map[string]auth.Options{
		"no secret":      {},
		"default secret": {Secret: auth.DefaultSecret},
		"short secret":   {Secret: "short"},
		"bad base URL":   {Secret: authtest.Secret, BaseURL: auth.Static("example.com")},
		"no hosts":       {Secret: authtest.Secret, BaseURL: auth.Dynamic(nil, "", "")},
		"limiter":        {Secret: authtest.Secret, RateLimit: auth.RateLimitOptions{Storage: "secondary-storage"}},
	} {
		if _, err := newBare(o); err == nil {
			t.Errorf("%s: started", name)
		} else if strings.Contains(err.Error(), authtest.Secret) {
			t.Errorf("%s: the error tells the secret", name)
		}
	}
}
