package verify

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// npmAnswers are requests and the answers of the npm package; they come from testdata/mcp.mjs.
type npmAnswers struct {
	Now          int64
	Keys         []any
	Introspected map[string]any
	Form         map[string]string
	Cases        []npmAnswer
}

type npmAnswer struct {
	Setup, Name             string
	Headers                 map[string]string
	Status                  int
	Challenge, Body, Thrown string
	Asked                   int
}

// authorization is an authorization server: keys at /jwks, introspection at /introspect.
type authorization struct {
	*httptest.Server
	mu    sync.Mutex
	forms []map[string]string
	basic []string
	say   map[string]any // answers by token; a number is a status
}

func newAuthorization(t testing.TB, keys []any, say map[string]any) *authorization {
	a := &authorization{say: say}
	mux := http.NewServeMux()
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
	})
	mux.HandleFunc("POST /introspect", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form := map[string]string{}
		for name := range r.PostForm {
			form[name] = r.PostForm.Get(name)
		}
		a.mu.Lock()
		a.forms, a.basic = append(a.forms, form), append(a.basic, r.Header.Get("Authorization"))
		a.mu.Unlock()
		switch answer := a.say[form["token"]].(type) {
		case nil:
			_, _ = w.Write([]byte(`{"active":false}`))
		case float64:
			w.WriteHeader(int(answer))
		case http.HandlerFunc:
			answer(w, r)
		default:
			_ = json.NewEncoder(w).Encode(answer)
		}
	})
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *authorization) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.forms)
}

const mcpServer = "https://api.example.com/mcp"

// setups are those of testdata/mcp.mjs.
func (a *authorization) setups(now int64) map[string]Protection {
	o := Options{Issuer: []string{"https://auth.example.com/api/auth"}, Type: "at+jwt", Now: func() time.Time { return time.Unix(now, 0) }}
	keys := o
	keys.JWKS = a.URL + "/jwks"
	ask := &Introspection{URL: a.URL + "/introspect", ClientID: "api", ClientSecret: "s3cret"}
	lax := *ask
	lax.AllowMissingAudience = true
	return map[string]Protection{
		"plain":            {Options: keys, JSONRPC: true},
		"scopes":           {Options: keys, JSONRPC: true, Scopes: []string{"mcp:read"}},
		"more":             {Options: keys, JSONRPC: true, Scopes: []string{"mcp:read", "mcp:write", "mcp:delete"}, ChallengeScopes: []string{"mcp:read"}},
		"introspection":    {Options: o, JSONRPC: true, Scopes: []string{"mcp:read"}, Introspection: ask},
		"without audience": {Options: o, JSONRPC: true, Introspection: &lax},
		"both":             {Options: keys, JSONRPC: true, Introspection: ask},
	}
}

func protect(t testing.TB, p Protection) *Resource {
	t.Helper()
	p.Resource = mcpServer
	r, err := NewResource(p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var challengeParam = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)

// parseChallenge returns the scheme and the parameters of a WWW-Authenticate header.
func parseChallenge(header string) (scheme string, params map[string]string) {
	params = map[string]string{}
	for _, m := range challengeParam.FindAllStringSubmatch(header, -1) {
		params[m[1]] = m[2]
	}
	scheme, _, _ = strings.Cut(header, " ")
	return scheme, params
}

// TestResourceAnswersAsTheNpmPackage: a Resource decides every request as createMcpProtectedRequestHandler of
// @better-auth/mcp 1.7.5 does, asks the server as often, and its challenges say the same and a little more.
func TestResourceAnswersAsTheNpmPackage(t *testing.T) {
	data, err := os.ReadFile("testdata/mcp.json")
	if err != nil {
		t.Fatal(err)
	}
	var npm npmAnswers
	if err := json.Unmarshal(data, &npm); err != nil {
		t.Fatal(err)
	}
	if len(npm.Cases) != 79 {
		t.Errorf("%d cases", len(npm.Cases))
	}
	a := newAuthorization(t, npm.Keys, npm.Introspected)
	handlers := map[string]http.Handler{}
	for name, p := range a.setups(npm.Now) {
		handlers[name] = protect(t, p).Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			claims, _ := FromContext(r.Context())
			_, _ = w.Write([]byte(claims.Subject))
		}))
	}
	for _, c := range npm.Cases {
		t.Run(c.Setup+"/"+c.Name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, mcpServer, nil)
			for name, value := range c.Headers {
				r.Header.Set(name, value)
			}
			w, before := httptest.NewRecorder(), a.asked()
			handlers[c.Setup].ServeHTTP(w, r)
			if got := a.asked() - before; got != c.Asked {
				t.Errorf("the server was asked %d times, want %d", got, c.Asked)
			}
			compareWithNpm(t, c, w)
		})
	}
	for name, want := range npm.Form {
		if got := a.forms[0][name]; got != want {
			t.Errorf("introspection was sent %s=%q, want %q", name, got, want)
		}
	}
}

func compareWithNpm(t *testing.T, c npmAnswer, w *httptest.ResponseRecorder) {
	t.Helper()
	status := c.Status
	switch c.Thrown { // the handler of the npm package fails
	case "introspection failed":
		status = http.StatusServiceUnavailable
	case "invalid error_description":
		status = http.StatusUnauthorized
	}
	if w.Code != status {
		t.Fatalf("%d %s %s, want %d %s%s", w.Code, w.Header(), w.Body, status, c.Body, c.Thrown)
	}
	if status == http.StatusOK {
		if w.Body.String() != c.Body {
			t.Errorf("%s, want %s", w.Body, c.Body)
		}
		return
	}
	var body struct {
		JSONRPC string
		Error   struct {
			Code    int
			Message string
		}
		ID any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.JSONRPC != "2.0" || body.Error.Code != -32000 || body.Error.Message == "" || !strings.Contains(w.Body.String(), `"id":null`) {
		t.Errorf("%s", w.Body)
	}
	if c.Thrown != "" {
		return
	}
	header := w.Header().Get("WWW-Authenticate")
	if strings.Contains(c.Body, "missing authorization header") || status == http.StatusForbidden {
		if header != c.Challenge || w.Body.String() != c.Body {
			t.Errorf("got  %s %s\nwant %s %s", header, w.Body, c.Challenge, c.Body)
		}
		return
	}
	scheme, params := parseChallenge(header)
	wantScheme, want := parseChallenge(c.Challenge)
	switch {
	case strings.Contains(c.Body, "authorization scheme must be"):
		// Another scheme is no token at all; one without a token is a bad one.
		wantScheme, want = "Bearer", map[string]string{}
	case wantScheme == "Bearer":
		want["error"] = "invalid_token" // RFC 6750, section 3.1
	}
	delete(want, "error_description") // the words differ
	for name, value := range want {
		if params[name] != value {
			t.Errorf("%s=%q in %s, want %q", name, params[name], header, value)
		}
	}
	if scheme != wantScheme || params["resource_metadata"] != "https://api.example.com/.well-known/oauth-protected-resource/mcp" {
		t.Errorf("%s, want %s", header, wantScheme)
	}
}
