package apikey_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
)

const (
	backendSecret = "kV9tQm2xWz7LrB4nYc8PdH3sJf6GaE1u"
	newSecret     = "Rb5yNq8wXk2MvT7cZj4LhD9pSg3FaU6e"
)

// routed is a server with the route for backends.
func routed(t *testing.T, o auth.Options, cfg apikey.Configuration, secrets ...string) *authtest.Server {
	t.Helper()
	o.Plugins = append(o.Plugins, apikey.New(apikey.Options{
		Configurations: []apikey.Configuration{cfg}, VerifyRoute: apikey.VerifyRoute{Secret: secrets},
	}))
	return authtest.New(t, authtest.PlainPasswords(o))
}

// backend is a client that is no browser.
func backend(s *authtest.Server, secret string) *authtest.Client {
	c := s.Client()
	c.Origin = ""
	if secret != "" {
		c.Header.Set("Authorization", "Bearer "+secret)
	}
	return c
}

// The route answers as the call from Go does.
func TestVerifyRoute(t *testing.T) {
	s := routed(t, auth.Options{}, apikey.Configuration{EnableMetadata: true}, newSecret, backendSecret)
	_, id := user(s, ann)
	key := made(s, id, body{"remaining": 3, "metadata": body{"plan": "pro"}, "permissions": body{"files": []string{"read"}}})
	c := backend(s, backendSecret)
	got := post(c, "/api-key/verify", body{"key": key["key"], "permissions": body{"files": []string{"read"}}}).
		Want(200, "valid", true, "error", nil, "key.id", key["id"], "key.referenceId", id, "key.remaining", 2.0, "key.metadata.plan", "pro")
	if strings.Contains(got.Body, key["key"].(string)) || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", got.Header, got)
	}
	post(backend(s, newSecret), "/api-key/verify", body{"key": key["key"]}).Want(200, "key.remaining", 1.0)
	for name, b := range map[string]body{
		"KEY_NOT_FOUND":   {"key": key["key"], "permissions": body{"files": []string{"delete"}}},
		"INVALID_API_KEY": {"key": "nonsense"},
	} {
		overHTTP := post(c, "/api-key/verify", b).Want(200, "valid", false, "error.code", name, "key", nil)
		out, err := s.Call(t.Context(), "verifyApiKey", auth.Input{Body: b, Now: s.Now()})
		if err != nil || string(out.JSON()) != overHTTP.Body {
			t.Errorf("from Go %s, over HTTP %s (%v)", out.JSON(), overHTTP.Body, err)
		}
	}
	post(c, "/api-key/verify", body{}).WantCode(400, "VALIDATION_ERROR")
	c.Get("/api-key/verify").Want(404)
	if code := verified(s, key["key"], nil); code != "" {
		t.Errorf("from Go without the secret: %s", code)
	}
}

// Without the option there is no such route.
func TestNoVerifyRoute(t *testing.T) {
	s := server(t, auth.Options{})
	post(backend(s, backendSecret), "/api-key/verify", body{"key": "x"}).Want(404)
}

// A limited key is a 429 that says when the key works again; one second earlier it does not.
func TestRetryAfter(t *testing.T) {
	s := routed(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true}, backendSecret)
	_, id := user(s, ann)
	limited := body{"rateLimitMax": 1, "rateLimitTimeWindow": 60_000}
	refilled := body{"remaining": 1, "refillAmount": 1, "refillInterval": 90_000}
	require := s.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, auth.CurrentUser(r.Context()).ID) }))
	presented := map[string]func(key string) *http.Response{
		"to the route": func(key string) *http.Response {
			got := post(backend(s, backendSecret), "/api-key/verify", body{"key": key})
			if got.Status != 200 {
				got.Want(429, "valid", false, "key", nil)
				got.Body = got.Text("error.code")
			}
			return &http.Response{StatusCode: got.Status, Header: got.Header, Body: io.NopCloser(strings.NewReader(got.Body))}
		},
		"for a session": func(key string) *http.Response {
			c := s.Client()
			c.Header.Set("X-Api-Key", key)
			got := c.Get("/get-session")
			return &http.Response{StatusCode: got.Status, Header: got.Header, Body: io.NopCloser(strings.NewReader(got.Code()))}
		},
		"to a handler of the program": func(key string) *http.Response {
			r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/own", nil)
			r.Header.Set("X-Api-Key", key)
			w := httptest.NewRecorder()
			require.ServeHTTP(w, r)
			var failed struct{ Code string }
			if w.Code != 200 {
				if err := json.Unmarshal(w.Body.Bytes(), &failed); err != nil {
					t.Fatal(err)
				}
			}
			return &http.Response{StatusCode: w.Code, Header: w.Header(), Body: io.NopCloser(strings.NewReader(failed.Code))}
		},
	}
	for place, present := range presented {
		for want, more := range map[string]body{"RATE_LIMITED": limited, "USAGE_EXCEEDED": refilled} {
			t.Run(want+" "+place, func(t *testing.T) {
				key := made(s, id, more)["key"].(string)
				if want == "USAGE_EXCEEDED" {
					s.Advance(90*time.Second + 500*time.Millisecond) // the first use is the first refill
				}
				if got := present(key); got.StatusCode != 200 {
					t.Fatalf("first use: %d", got.StatusCode)
				}
				s.Advance(200 * time.Millisecond)
				got := present(key)
				text, _ := io.ReadAll(got.Body)
				wait, err := strconv.Atoi(got.Header.Get("Retry-After"))
				if got.StatusCode != 429 || string(text) != want || err != nil {
					t.Fatalf("%d %s, Retry-After %q", got.StatusCode, text, got.Header.Get("Retry-After"))
				}
				s.Advance(time.Duration(wait-1) * time.Second)
				if got := present(key); got.StatusCode != 429 {
					t.Errorf("%d a second too early", got.StatusCode)
				}
				s.Advance(time.Second)
				if got := present(key); got.StatusCode != 200 {
					t.Errorf("%d after Retry-After", got.StatusCode)
				}
			})
		}
	}
	spent := made(s, id, body{"remaining": 1})["key"]
	c := backend(s, backendSecret)
	post(c, "/api-key/verify", body{"key": spent}).Want(200, "valid", true)
	if got := post(c, "/api-key/verify", body{"key": spent}).Want(429, "error.code", "USAGE_EXCEEDED"); got.Header.Get("Retry-After") != "" {
		t.Errorf("a key that never works again: %v", got.Header)
	}
}

// A key is no proof of who is there now: handlers that demand a recent sign-in refuse it.
func TestAttackStepUpWithAKey(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true})
	_, id := user(s, ann)
	key := made(s, id, nil)["key"].(string)
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, tc := range map[string]struct {
		demand auth.StepUp
		want   int
	}{"none": {auth.StepUp{}, 200}, "recent": {auth.StepUp{SignedInWithin: time.Hour}, 401}} {
		r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/own", nil)
		r.Header.Set("X-Api-Key", key)
		w := httptest.NewRecorder()
		s.RequireStepUp(tc.demand, ok).ServeHTTP(w, r)
		if w.Code != tc.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// Nobody without the secret can verify keys, and no use is counted for them.
func TestAttackVerifyRouteWithoutTheSecret(t *testing.T) {
	s := routed(t, auth.Options{}, apikey.Configuration{}, backendSecret)
	owner, id := user(s, ann)
	key := made(s, id, body{"remaining": 5})["key"]
	for name, header := range map[string]string{
		"none": "", "empty": "Bearer ", "no scheme": backendSecret, "another scheme": "Basic " + backendSecret, "wrong": "Bearer " + newSecret,
		"shorter": "Bearer " + backendSecret[:31], "longer": "Bearer " + backendSecret + "x", "another case": "Bearer " + strings.ToLower(backendSecret),
		"the server's": "Bearer " + authtest.Secret, "the key": "Bearer " + key.(string), "twice": "Bearer " + backendSecret + " " + backendSecret,
		"two": "Bearer " + newSecret + ", Bearer " + backendSecret,
	} {
		c := backend(s, "")
		if header != "" {
			c.Header.Set("Authorization", header)
		}
		got := post(c, "/api-key/verify", body{"key": key}).WantCode(401, "UNAUTHORIZED")
		if got.Header.Get("Www-Authenticate") == "" || strings.Contains(got.Body, "valid") {
			t.Errorf("%s: %v %s", name, got.Header, got)
		}
	}
	owner.Origin = ""
	post(owner, "/api-key/verify", body{"key": key}).WantCode(403, "MISSING_OR_NULL_ORIGIN") // a session is no secret
	if row := s.Row("apikey"); row["remaining"] != 5.0 {
		t.Errorf("remaining %v", row["remaining"])
	}
}

// A page cannot verify keys, of whatever origin it is and even if it has the secret.
func TestAttackVerifyRouteFromABrowser(t *testing.T) {
	s := routed(t, auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"https://app.example.com"}}}, apikey.Configuration{}, backendSecret)
	_, id := user(s, ann)
	key := made(s, id, body{"remaining": 5})["key"]
	for _, origin := range []string{authtest.Origin, "https://app.example.com", "https://evil.example", "null"} {
		c := backend(s, backendSecret)
		c.Origin = origin
		post(c, "/api-key/verify", body{"key": key}).WantCode(403, "FORBIDDEN")
	}
	for _, site := range []string{"same-origin", "same-site", "cross-site", "none"} {
		c := backend(s, backendSecret)
		c.Header.Set("Sec-Fetch-Site", site)
		post(c, "/api-key/verify", body{"key": key}).WantCode(403, "FORBIDDEN")
	}
	if row := s.Row("apikey"); row["remaining"] != 5.0 {
		t.Errorf("remaining %v", row["remaining"])
	}
}

// Wrong secrets are limited by address; a backend with the right one is not, even at the same address.
func TestAttackVerifyRouteGuessing(t *testing.T) {
	s := routed(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: new(true)}}, apikey.Configuration{}, backendSecret)
	_, id := user(s, ann)
	key := made(s, id, body{"rateLimitEnabled": false})["key"]
	from := func(address, secret string) *authtest.Answer {
		c := backend(s, secret)
		c.Header.Set("X-Forwarded-For", address)
		return post(c, "/api-key/verify", body{"key": key})
	}
	statuses := map[int]int{}
	var mu sync.Mutex
	atOnce(func() {
		got := from("203.0.113.7", newSecret)
		mu.Lock()
		defer mu.Unlock()
		statuses[got.Status]++
		if got.Status == 429 && got.Header.Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
		}
	})
	if statuses[401] != 10 || statuses[429] != 90 {
		t.Errorf("a hundred wrong secrets at once: %v", statuses)
	}
	from("203.0.113.8", newSecret).Want(401)
	for range 300 { // more than the limit of any path
		from("203.0.113.7", backendSecret).Want(200, "valid", true)
	}
	s.Advance(61 * time.Second)
	from("203.0.113.7", newSecret).Want(401)
}

// No log contains the secret, a guess of it or a key.
func TestAttackVerifyRouteSecretInALog(t *testing.T) {
	var log bytes.Buffer
	s := routed(t, auth.Options{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, apikey.Configuration{}, backendSecret)
	_, id := user(s, ann)
	key := made(s, id, body{"remaining": 1})["key"].(string)
	for _, secret := range []string{backendSecret, backendSecret, newSecret, ""} {
		post(backend(s, secret), "/api-key/verify", body{"key": key})
		post(backend(s, secret), "/api-key/verify", body{"key": 5})
		post(backend(s, secret), "/api-key/verify?token="+backendSecret, body{"key": "guess-" + key})
	}
	browser := backend(s, backendSecret)
	browser.Origin = authtest.Origin
	post(browser, "/api-key/verify", body{"key": key}).Want(403)
	if !strings.Contains(log.String(), "no right secret") {
		t.Errorf("wrong secrets are not logged:\n%s", &log)
	}
	for name, text := range map[string]string{"the secret": backendSecret, "a guess": newSecret, "the key": key} {
		if strings.Contains(log.String(), text) {
			t.Errorf("the log contains %s:\n%s", name, &log)
		}
	}
	for _, flawed := range []string{"short", authtest.Secret, strings.Repeat("ab", 20), backendSecret + "\n"} {
		_, err := betterauth.New(auth.Options{
			BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Logger: slog.New(slog.DiscardHandler),
			Plugins: []auth.Plugin{apikey.New(apikey.Options{VerifyRoute: apikey.VerifyRoute{Secret: apikey.Secrets{backendSecret, flawed}}})},
		})
		if err == nil || !strings.Contains(err.Error(), "verifyRoute.secret") || strings.Contains(err.Error(), flawed) {
			t.Errorf("%q: %v", flawed, err)
		}
	}
}
