package verify

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestResourceMetadata(t *testing.T) {
	r, err := ForMCP("https://auth.example.com", mcpServer, "mcp:read")
	if err != nil {
		t.Fatal(err)
	}
	unreached := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })
	const document = `{"resource":"https://api.example.com/mcp","authorization_servers":["https://auth.example.com/api/auth"],"bearer_methods_supported":["header"],` +
		`"dpop_signing_alg_values_supported":["EdDSA","ES256","ES512","PS256","RS256"],"scopes_supported":["mcp:read"]}`
	tests := []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/.well-known/oauth-protected-resource", 200, document},
		{"GET", "/.well-known/oauth-protected-resource/mcp", 200, document},
		{"GET", "/.well-known/oauth-protected-resource/mcp/", 200, document},
		{"HEAD", "/.well-known/oauth-protected-resource/mcp", 200, ""},
		{"POST", "/.well-known/oauth-protected-resource/mcp", 405, ""},
		{"GET", "/.well-known/oauth-protected-resource/other", 401, ""},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		r.Handler(unreached).ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
		if w.Code != test.status || test.status != 401 && w.Body.String() != test.body {
			t.Errorf("%s %s: %d %s", test.method, test.path, w.Code, w.Body)
		}
		if test.status == 200 && (w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != metadataCache) {
			t.Errorf("%s %s: %v", test.method, test.path, w.Header())
		}
		if test.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%v", w.Header())
		}
	}
	bound := protect(t, Protection{Options: Options{JWKS: "https://a.example/jwks", Issuer: []string{"https://a.example"}}, RequirePossession: true})
	w := httptest.NewRecorder()
	bound.Metadata().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(w.Body.String(), `"dpop_bound_access_tokens_required":true`) || strings.Contains(w.Body.String(), "scopes_supported") {
		t.Errorf("%s", w.Body)
	}
}

func TestResourceOrigins(t *testing.T) {
	preflight := func(path string) *http.Request {
		r := httptest.NewRequest("OPTIONS", path, nil)
		r.Header.Set("Origin", "https://app.example.com")
		r.Header.Set("Access-Control-Request-Method", "POST")
		return r
	}
	calls := 0
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ })
	o := Options{JWKS: "https://a.example/jwks", Issuer: []string{"https://a.example"}}
	open, closed := protect(t, Protection{Options: o, AnyOrigin: true}), protect(t, Protection{Options: o})
	for _, path := range []string{"/mcp", "/.well-known/oauth-protected-resource"} {
		w := httptest.NewRecorder()
		open.Handler(next).ServeHTTP(w, preflight(path))
		h := w.Header()
		if w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "DPoP") || calls != 0 {
			t.Errorf("%s: %d %v, %d calls", path, w.Code, h, calls)
		}
	}
	r := httptest.NewRequest("POST", "/mcp", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	if open.Handler(next).ServeHTTP(w, r); w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "WWW-Authenticate") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = httptest.NewRecorder()
	if closed.Handler(next).ServeHTTP(w, preflight("/mcp")); calls != 1 || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d calls, %v", calls, w.Header())
	}
	// Only a preflight passes without a token.
	w = httptest.NewRecorder()
	if closed.Handler(next).ServeHTTP(w, httptest.NewRequest("OPTIONS", "/mcp", nil)); w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
}

func TestResourceScopes(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k1", "ES256")
	o := Options{JWKS: newAuthServer(t, s.jwk()).URL, Issuer: []string{issuer}, Now: c.Now}
	claims := func(scope string) map[string]any {
		all := c.good()
		all["aud"], all["scope"] = mcpServer, scope
		return all
	}
	r := protect(t, Protection{Options: o, Scopes: []string{"read"}, Satisfied: func(needed string, granted []string) bool {
		for _, g := range granted {
			if g == needed || g == "all" {
				return true
			}
		}
		return false
	}})
	fine := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	tools := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { r.RefuseScopes(w, "tools:run") })
	tests := []struct {
		scope   string
		handler http.Handler
		status  int
		scopes  string
	}{
		{"read", r.Require(fine), 204, ""},
		{"all", r.Require(fine), 204, ""},
		{"write", r.Require(fine), 403, "read"},
		{"read", r.RequireScopes(fine, "read", "write"), 403, "write"},
		{"all", r.RequireScopes(fine, "read", "write"), 204, ""},
		{"read", r.Require(tools), 403, "tools:run"},
	}
	for _, test := range tests {
		q := httptest.NewRequest("GET", mcpServer, nil)
		q.Header.Set("Authorization", "Bearer "+s.sign(t, claims(test.scope)))
		w := httptest.NewRecorder()
		test.handler.ServeHTTP(w, q)
		_, params := parseChallenge(w.Header().Get("WWW-Authenticate"))
		if w.Code != test.status || params["scope"] != test.scopes || test.status == 403 && (params["error"] != "insufficient_scope" || !strings.Contains(w.Body.String(), `"error":"insufficient_scope"`)) {
			t.Errorf("%s: %d %v %s", test.scope, w.Code, w.Header(), w.Body)
		}
	}
	if _, err := r.Verify(t.Context(), s.sign(t, claims("write"))); !errors.Is(err, ErrScope) {
		t.Errorf("%v", err)
	}
}

// TestAttackUnboundToken: where tokens must be bound to a key, one that is not, and that somebody stole, is refused.
func TestAttackUnboundToken(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k1", "ES256")
	claims := c.good()
	claims["aud"] = mcpServer
	r := protect(t, Protection{Options: Options{JWKS: newAuthServer(t, s.jwk()).URL, Issuer: []string{issuer}, Now: c.Now}, RequirePossession: true})
	q := httptest.NewRequest("GET", mcpServer, nil)
	q.Header.Set("Authorization", "Bearer "+s.sign(t, claims))
	w := httptest.NewRecorder()
	r.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })).ServeHTTP(w, q)
	if scheme, params := parseChallenge(w.Header().Get("WWW-Authenticate")); w.Code != 401 || scheme != "DPoP" || params["error"] != "invalid_token" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// TestAttackIntrospectionRedirect: the token and the secret go to no other address.
func TestAttackIntrospectionRedirect(t *testing.T) {
	elsewhere := newAuthorization(t, nil, nil)
	a := newAuthorization(t, nil, map[string]any{
		"moved": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/introspect", http.StatusTemporaryRedirect)
		}),
		"here": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/introspect", http.StatusTemporaryRedirect)
		}),
		"page": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>")) }),
		"big": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"active":true,"x":"` + strings.Repeat("x", maxBody) + `"}`))
		}),
		"odd": map[string]any{"active": "true"},
	})
	var reported []error
	p := a.setups(time.Now().Unix())["introspection"]
	p.OnError = func(err error) { reported = append(reported, err) }
	p.Introspection.Basic = true
	r := protect(t, p)
	for token, want := range map[string]error{"moved": ErrUnavailable, "here": ErrUnavailable, "page": ErrUnavailable, "big": ErrUnavailable, "odd": ErrInactive, strings.Repeat("x", maxToken+1): ErrMalformed} {
		if _, err := r.Verify(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("%.10s: %v, want %v", token, err, want)
		}
	}
	if elsewhere.asked() != 0 || a.asked() != 5 || len(reported) != 4 {
		t.Errorf("the other server was asked %d times, this one %d times; %v", elsewhere.asked(), a.asked(), reported)
	}
	if a.basic[0] != "Basic YXBpOnMzY3JldA==" || a.forms[0]["client_secret"] != "" {
		t.Errorf("%s %v", a.basic[0], a.forms[0])
	}
	a.Close()
	w := httptest.NewRecorder()
	q := httptest.NewRequest("GET", mcpServer, nil)
	q.Header.Set("Authorization", "Bearer opaque")
	r.Require(http.NotFoundHandler()).ServeHTTP(w, q)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// The server may close a kept connection while a token is on its way to it.
func TestConnectionClosedByTheServer(t *testing.T) {
	used := map[string]bool{}
	active := map[string]any{"active": true, "aud": mcpServer, "scope": "mcp:read", "iss": "https://auth.example.com/api/auth", "exp": time.Now().Unix() + 60}
	a := newAuthorization(t, nil, map[string]any{"opaque": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if used[r.RemoteAddr] {
			panic(http.ErrAbortHandler)
		}
		used[r.RemoteAddr] = true
		_ = json.NewEncoder(w).Encode(active)
	})})
	r := protect(t, a.setups(time.Now().Unix())["introspection"])
	for range 3 {
		if _, err := r.Verify(t.Context(), "opaque"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestIntrospectionOfOpaqueTokensOnly: a JWT costs no request then.
func TestIntrospectionOfOpaqueTokensOnly(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k1", "ES256")
	claims := c.good()
	claims["aud"] = mcpServer
	a := newAuthorization(t, []any{s.jwk()}, nil)
	p := Protection{Options: Options{JWKS: a.URL + "/jwks", Issuer: []string{issuer}, Now: c.Now}, Introspection: &Introspection{URL: a.URL + "/introspect", ClientID: "api", ClientSecret: "s3cret"}}
	token := s.sign(t, claims)
	if _, err := protect(t, p).Verify(t.Context(), token); !errors.Is(err, ErrInactive) || a.asked() != 1 {
		t.Errorf("%v after %d requests", err, a.asked())
	}
	p.Introspection.OpaqueOnly = true
	if _, err := protect(t, p).Verify(t.Context(), token); err != nil || a.asked() != 1 {
		t.Errorf("%v after %d requests", err, a.asked())
	}
}

func TestResourceRefusesOptions(t *testing.T) {
	good := func() Protection {
		return Protection{Resource: mcpServer, Options: Options{JWKS: "https://a.example/jwks", Issuer: []string{"https://a.example"}}}
	}
	ask := Introspection{URL: "https://a.example/introspect", ClientID: "a", ClientSecret: "b"}
	for name, change := range map[string]func(p *Protection){
		"no resource":      func(p *Protection) { p.Resource = "" },
		"a path":           func(p *Protection) { p.Resource = "/mcp" },
		"http":             func(p *Protection) { p.Resource = "http://api.example.com/mcp" },
		"credentials":      func(p *Protection) { p.Resource = "https://a:b@api.example.com/mcp" },
		"a query":          func(p *Protection) { p.Resource = mcpServer + "?" },
		"a fragment":       func(p *Protection) { p.Resource = mcpServer + "#x" },
		"a broken scope":   func(p *Protection) { p.Scopes = []string{`a" b`} },
		"an empty scope":   func(p *Protection) { p.ChallengeScopes = []string{""} },
		"no issuer":        func(p *Protection) { p.Issuer = nil },
		"no keys":          func(p *Protection) { p.JWKS = "" },
		"no secret":        func(p *Protection) { i := ask; i.ClientSecret = ""; p.Introspection = &i },
		"no introspection": func(p *Protection) { i := ask; i.URL = "introspect"; p.Introspection = &i },
	} {
		p := good()
		if change(&p); true {
			if _, err := NewResource(p); err == nil {
				t.Errorf("%s was accepted", name)
			}
		}
	}
	for _, resource := range []string{mcpServer, "http://localhost:8080/mcp", "http://127.0.0.1:1", "http://[::1]/mcp", "https://api.example.com"} {
		p := good()
		p.Resource = resource
		if _, err := NewResource(p); err != nil {
			t.Errorf("%s: %v", resource, err)
		}
	}
	if _, err := ForMCP("not a url", mcpServer); err == nil {
		t.Error("a broken base URL was accepted")
	}
}
