package verify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestVerifyEveryAlgorithm(t *testing.T) {
	c := newClock()
	for _, algorithm := range []string{"EdDSA", "ES256", "ES512", "RS256", "PS256"} {
		s := newSigner(t, "k-"+algorithm, algorithm)
		v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, nil)
		claims, err := v.Verify(t.Context(), s.sign(t, c.good()))
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		if claims.Subject != "u1" || claims.Email != "ada@example.com" || !claims.EmailVerified || claims.Name != "Ada" ||
			claims.Issuer != issuer || claims.Audience[0] != ourAudience || claims.Raw["id"] != "u1" ||
			claims.ExpiresAt.Sub(claims.IssuedAt) != 15*time.Minute {
			t.Errorf("%s: %+v", algorithm, claims)
		}
	}
}

// The vectors come from testdata/npm.mjs.
func TestTokensOfTheReference(t *testing.T) {
	data, err := os.ReadFile("testdata/npm.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Keys   []any
		Tokens map[string]string
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	v := newVerifier(t, newAuthServer(t, vectors.Keys...).URL, newClock(), nil)
	if len(vectors.Tokens) != 5 {
		t.Errorf("%d tokens", len(vectors.Tokens))
	}
	for algorithm, token := range vectors.Tokens {
		claims, err := v.Verify(t.Context(), token)
		if err != nil || claims.Subject != "u1" || claims.Name != "Ada" || claims.Image != "" {
			t.Errorf("%s: %+v, %v", algorithm, claims, err)
		}
	}
}

func TestClaims(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, func(o *Options) {
		o.Leeway = 5 * time.Second
		o.Audience = []string{ourAudience, "orders"}
	})
	now := c.Now().Unix()
	for name, test := range map[string]struct {
		claims map[string]any
		want   error
	}{
		"good":                     {c.good(), nil},
		"audience of ours in list": {c.with("aud", []any{"x", "orders"}), nil},
		"other audience":           {c.with("aud", "someone"), ErrAudience},
		"other audiences":          {c.with("aud", []any{"a", 7}), ErrAudience},
		"session cache token":      {c.with("aud", "better-auth:session-cache"), ErrAudience},
		"no audience":              {c.with("aud", nil), ErrAudience},
		"audience as object":       {c.with("aud", map[string]any{"x": ourAudience}), ErrAudience},
		"other issuer":             {c.with("iss", "https://evil.com"), ErrIssuer},
		"issuer with a slash":      {c.with("iss", issuer+"/"), ErrIssuer},
		"no issuer":                {c.with("iss", nil), ErrIssuer},
		"issuer as number":         {c.with("iss", 1), ErrIssuer},
		"expired within leeway":    {c.with("exp", now-4), nil},
		"expired":                  {c.with("exp", now-5), ErrExpired},
		"expired long ago":         {c.with("exp", -1e300), ErrExpired},
		"no expiry":                {c.with("exp", nil), ErrMalformed},
		"expiry as text":           {c.with("exp", "9999999999"), ErrMalformed},
		"far expiry":               {c.with("exp", 1e300), nil},
		"fractional expiry":        {c.with("exp", float64(now)+0.5), nil},
		"not yet within leeway":    {c.with("nbf", now+5), nil},
		"not yet":                  {c.with("nbf", now+6), ErrNotYetValid},
		"not-before as text":       {c.with("nbf", "soon"), ErrMalformed},
		"claims of another case":   {c.with("EXP", now-1000), nil},
	} {
		claims, err := v.Verify(t.Context(), s.sign(t, test.claims))
		if !errors.Is(err, test.want) || (claims == nil) != (err != nil) {
			t.Errorf("%s: %v, %v", name, claims, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	good := Options{JWKS: "https://a.com/jwks", Issuer: []string{"i"}, Audience: []string{"a"}}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"no address":        func(o *Options) { o.JWKS = "" },
		"relative address":  func(o *Options) { o.JWKS = "/jwks" },
		"file address":      func(o *Options) { o.JWKS = "file:///etc/jwks" },
		"no issuer":         func(o *Options) { o.Issuer = nil },
		"empty issuer":      func(o *Options) { o.Issuer = []string{""} },
		"no audience":       func(o *Options) { o.Audience = nil },
		"none":              func(o *Options) { o.Algorithms = []string{"none"} },
		"HS256":             func(o *Options) { o.Algorithms = []string{"EdDSA", "HS256"} },
		"unknown algorithm": func(o *Options) { o.Algorithms = []string{"eddsa"} },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestServerOptions(t *testing.T) {
	for base, want := range map[string][2]string{
		"https://auth.example.com":          {"https://auth.example.com/api/auth/jwks", "https://auth.example.com"},
		"https://Auth.example.com:443/":     {"https://auth.example.com/api/auth/jwks", "https://auth.example.com"},
		"http://localhost:3000":             {"http://localhost:3000/api/auth/jwks", "http://localhost:3000"},
		"https://example.com/identity/":     {"https://example.com/identity/jwks", "https://example.com"},
		"https://example.com:80/api/auth?x": {"https://example.com:80/api/auth/jwks", "https://example.com:80"},
	} {
		o, err := ServerOptions(base)
		if err != nil || o.JWKS != want[0] || o.Issuer[0] != want[1] || o.Audience[0] != want[1] {
			t.Errorf("%s: %+v, %v", base, o, err)
		}
	}
	for _, base := range []string{"", "auth.example.com", "ftp://a.com", "https://", "://"} {
		if _, err := ForServer(base); err == nil {
			t.Errorf("%q is a server", base)
		}
	}
}

func TestKeysAreFetchedOnce(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	server.hold = make(chan struct{})
	v := newVerifier(t, server.URL, c, nil)
	token := s.sign(t, c.good())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := v.Verify(context.Background(), token); err != nil {
				t.Error(err)
			}
		})
	}
	close(server.hold)
	wg.Wait()
	if _, err := v.Verify(t.Context(), token); err != nil || server.count() != 1 {
		t.Errorf("%d fetches, %v", server.count(), err)
	}
}

func TestWaitingEndsWithContext(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	server.hold = make(chan struct{})
	v := newVerifier(t, server.URL, c, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Verify(ctx, s.sign(t, c.good())); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(server.hold)
	// The fetch that the first caller abandoned serves the next one.
	if _, err := v.Verify(t.Context(), s.sign(t, c.good())); err != nil || server.count() != 1 {
		t.Errorf("%d fetches, %v", server.count(), err)
	}
}

func TestRotation(t *testing.T) {
	c := newClock()
	first, second := newSigner(t, "1", "EdDSA"), newSigner(t, "2", "ES256")
	server := newAuthServer(t, first.jwk())
	v := newVerifier(t, server.URL, c, nil)
	check := func(s signer, want error, fetches int) {
		t.Helper()
		if _, err := v.Verify(t.Context(), s.sign(t, c.good())); !errors.Is(err, want) || server.count() != fetches {
			t.Errorf("key %s: %v after %d fetches", s.id, err, server.count())
		}
	}
	check(first, nil, 1)
	server.set(func() { server.keys = []any{second.jwk(), first.jwk()} })
	check(first, nil, 1)
	check(second, nil, 2)
	server.set(func() { server.keys = []any{second.jwk()} })
	c.advance(59 * time.Minute)
	check(first, nil, 2)
	c.advance(time.Minute)
	check(first, ErrUnknownKey, 3)
	check(second, nil, 3)
}

func TestServerAway(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	var reported []error
	v := newVerifier(t, server.URL, c, func(o *Options) {
		o.StaleFor = 2 * time.Hour
		o.OnError = func(err error) { reported = append(reported, err) }
	})
	check := func(want error, fetches int) {
		t.Helper()
		if _, err := v.Verify(t.Context(), s.sign(t, c.good())); !errors.Is(err, want) || server.count() != fetches {
			t.Errorf("%v after %d fetches; want %v after %d", err, server.count(), want, fetches)
		}
	}
	server.set(func() { server.status = http.StatusBadGateway })
	check(ErrUnavailable, 1)
	check(ErrUnavailable, 1) // too early for another attempt
	c.advance(retryAfter)
	server.set(func() { server.status = 0 })
	check(nil, 2)
	c.advance(time.Hour)
	server.set(func() { server.status = http.StatusInternalServerError })
	check(nil, 3)
	check(nil, 3)
	c.advance(2*time.Hour - time.Second)
	check(nil, 4)
	c.advance(retryAfter)
	check(ErrUnavailable, 5)
	server.set(func() { server.status = 0 })
	c.advance(retryAfter)
	check(nil, 6)
	if len(reported) != 4 {
		t.Errorf("reported %v", reported)
	}
}

func TestNoStaleKeysWhenRefused(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	v := newVerifier(t, server.URL, c, func(o *Options) { o.StaleFor = -1; o.CacheFor = time.Minute })
	if _, err := v.Verify(t.Context(), s.sign(t, c.good())); err != nil {
		t.Fatal(err)
	}
	server.set(func() { server.status = http.StatusNotFound })
	c.advance(time.Minute)
	if _, err := v.Verify(t.Context(), s.sign(t, c.good())); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestRequire(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	handler := newVerifier(t, server.URL, c, nil).Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if claims, ok := FromContext(r.Context()); ok {
			_, _ = w.Write([]byte(claims.Subject))
		}
	}))
	good, expired := s.sign(t, c.good()), s.sign(t, c.with("exp", 1))
	for name, test := range map[string]struct {
		method string
		header http.Header
		status int
		body   string
		auth   string
	}{
		"good":         {"GET", http.Header{"Authorization": {"Bearer " + good}}, 200, "u1", ""},
		"lower case":   {"GET", http.Header{"Authorization": {"bearer  " + good}}, 200, "u1", ""},
		"none":         {"GET", nil, 401, "a bearer token is required", "Bearer"},
		"basic":        {"GET", http.Header{"Authorization": {"Basic YTpi"}}, 401, "a bearer token is required", "Bearer"},
		"empty":        {"GET", http.Header{"Authorization": {"Bearer "}}, 401, "malformed", `Bearer error="invalid_token", error_description="the token is malformed"`},
		"two":          {"GET", http.Header{"Authorization": {"Bearer " + good, "Bearer " + good}}, 401, "malformed", `Bearer error="invalid_token", error_description="the token is malformed"`},
		"expired":      {"GET", http.Header{"Authorization": {"Bearer " + expired}}, 401, "expired", `Bearer error="invalid_token", error_description="the token has expired"`},
		"preflight":    {"OPTIONS", http.Header{"Origin": {"https://a.com"}, "Access-Control-Request-Method": {"GET"}}, 200, "", ""},
		"mere options": {"OPTIONS", http.Header{"Origin": {"https://a.com"}}, 401, "required", "Bearer"},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		r.Header = test.header
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.body) || w.Header().Get("WWW-Authenticate") != test.auth {
			t.Errorf("%s: %d %s %q", name, w.Code, w.Body, w.Header())
		}
		if w.Code == 401 && (!json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store") {
			t.Errorf("%s: %s %q", name, w.Body, w.Header())
		}
	}
}

func TestRequireWithoutKeys(t *testing.T) {
	c := newClock()
	server := newAuthServer(t)
	server.status = http.StatusBadGateway
	handler := newVerifier(t, server.URL, c, nil).Require(http.NotFoundHandler())
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+newSigner(t, "k", "EdDSA").sign(t, c.good()))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "127.0.0.1") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
