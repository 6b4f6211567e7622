package oauth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func call(t *testing.T, s *oauthtest.Server) *oauth.Call {
	t.Helper()
	return &oauth.Call{Context: t.Context(), Now: noon, HTTP: s, Log: slog.New(slog.DiscardHandler)}
}

func server(t *testing.T) *oauthtest.Server {
	t.Helper()
	return oauthtest.New(t, func() time.Time { return noon })
}

const tokenURL = "https://idp.example/token"

func TestClientsMakeThemselvesKnown(t *testing.T) {
	sign := func(context.Context, oauth.AssertionRequest) (string, error) { return "signed", nil }
	code := oauth.CodeRequest{Code: "c", CodeVerifier: "v", RedirectURI: "https://app/cb", DeviceID: "d"}
	const body = "grant_type=authorization_code&code=c&code_verifier=v&device_id=d&redirect_uri=https%3A%2F%2Fapp%2Fcb"
	tests := []struct {
		name   string
		client oauth.Client
		body   string
		header string
		fails  string
	}{
		{"secret in the body", oauth.Client{ID: "i", Secret: "s"}, body + "&client_id=i&client_secret=s", "", ""},
		{"secret in the header", oauth.Client{ID: "i d", Secret: "s:%"}, "", "", ""},
		{"no secret", oauth.Client{ID: "i"}, body + "&client_id=i", "", ""},
		{"private key", oauth.Client{ID: "i", Auth: &oauth.TokenEndpointAuth{Method: oauth.PrivateKey, GetClientAssertion: sign}},
			body + "&client_id=i&client_assertion=signed&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer", "", ""},
		{"private key and secret", oauth.Client{ID: "i", Secret: "s", Auth: &oauth.TokenEndpointAuth{Method: oauth.PrivateKey, GetClientAssertion: sign}}, "", "", "cannot be combined"},
		{"none and secret", oauth.Client{ID: "i", Secret: "s", Auth: &oauth.TokenEndpointAuth{Method: oauth.NoSecret}}, "", "", "cannot be combined"},
		{"post without secret", oauth.Client{ID: "i", Auth: &oauth.TokenEndpointAuth{Method: oauth.SecretPost}}, "", "", "requires clientSecret"},
		{"basic without secret", oauth.Client{ID: "i", Basic: true}, "", "", "requires clientSecret"},
		{"nobody", oauth.Client{}, "", "", "no client id"},
		{"half an assertion", oauth.Client{ID: "i", CodeParams: oauth.Params{{Name: "client_assertion", Value: "x"}}}, "", "", "must both be provided"},
		{"unknown", oauth.Client{ID: "i", Auth: &oauth.TokenEndpointAuth{Method: "magic"}}, "", "", "unknown method"},
		{"parameters replace nothing", oauth.Client{ID: "i", CodeParams: oauth.Params{{Name: "code", Value: "evil"}, {Name: "more", Value: "m"}}}, body + "&more=m&client_id=i", "", ""},
	}
	tests[1].client.Basic, tests[1].body = true, body
	tests[1].header = oauth.BasicCredentials("i d", "s:%")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := server(t)
			tt.client.Endpoint = tokenURL
			_, err := tt.client.Exchange(call(t, s), code)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || len(s.Requests()) != 0 {
					t.Fatalf("error %v after %d requests, want one that says %q and none", err, len(s.Requests()), tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r := s.Requests()[0]
			if r.Body != tt.body || r.Header.Get("Authorization") != tt.header || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
				t.Errorf("sent %s\n%v\nwant %s", r.Body, r.Header, tt.body)
			}
		})
	}
	if got := oauth.BasicCredentials("i d", "s:%"); got != "Basic aStkOnMlM0ElMjU=" {
		t.Error(got)
	}
}

func TestTokensAreRead(t *testing.T) {
	s := server(t)
	s.Tokens = map[string]any{"expires_in": "60", "refresh_token_expires_in": 120, "scope": []string{"a ", "", "b"}, "more": 1}
	client := oauth.Client{Endpoint: tokenURL, ID: "i"}
	got, err := client.Exchange(call(t, s), oauth.CodeRequest{Code: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if !got.AccessTokenExpiresAt.Equal(noon.Add(time.Minute)) || !got.RefreshTokenExpiresAt.Equal(noon.Add(2*time.Minute)) ||
		strings.Join(got.Scopes, "|") != "a|b" || !got.Raw.Has("more") || got.AccessToken != "access-1" {
		t.Errorf("%+v", got)
	}
	s.Tokens = map[string]any{"access_token": ""}
	if _, err := client.Refresh(call(t, s), "r"); !errors.Is(err, oauth.ErrNoAnswer) {
		t.Errorf("no access token: %v", err)
	}
	s.Refuse = true
	if _, err := client.Refresh(call(t, s), "r"); !errors.Is(err, oauth.ErrNoAnswer) {
		t.Errorf("refused: %v", err)
	}
}

// TestAttackRedirectOfTheTokenEndpoint: a code and a secret are sent only to the configured address.
func TestAttackRedirectOfTheTokenEndpoint(t *testing.T) {
	s := server(t)
	s.Answers["idp.example/token"] = http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://evil.example/token"}}}
	client := oauth.Client{Endpoint: tokenURL, ID: "i", Secret: "s"}
	if _, err := client.Exchange(call(t, s), oauth.CodeRequest{Code: "c"}); !errors.Is(err, oauth.ErrRedirect) {
		t.Errorf("error %v", err)
	}
	for _, r := range s.Requests() {
		if u, _ := url.Parse(r.URL); u.Host != "idp.example" {
			t.Errorf("a request went to %s", u.Host)
		}
	}
}

func TestIDTokens(t *testing.T) {
	s := server(t)
	good := map[string]any{"iss": "https://idp.example", "aud": "client", "sub": "1", "nonce": "n"}
	with := func(name string, v any) map[string]any {
		m := map[string]any{}
		for k, old := range good {
			m[k] = old
		}
		if m[name] = v; v == nil {
			delete(m, name)
		}
		return m
	}
	stranger := server(t)
	rules := oauth.IDTokens{
		Keys: oauth.FreshKeys{URL: "https://idp.example/keys"}, Issuers: []string{"https://idp.example"}, Audience: []string{"client", "second"},
		Algorithms: []string{"RS256"}, MaxAge: time.Hour,
	}
	tests := []struct {
		name, token, nonce string
		ok                 bool
	}{
		{"good", s.IDToken(good), "n", true},
		{"no nonce wanted", s.IDToken(good), "", true},
		{"second audience", s.IDToken(with("aud", []string{"x", "second"})), "n", true},
		{"just expired, within the tolerance", s.IDToken(with("exp", noon.Unix()-20)), "n", true},
		{"expired", s.IDToken(with("exp", noon.Unix()-40)), "n", false},
		{"too old", s.IDToken(with("iat", noon.Unix()-3700)), "n", false},
		{"from the future", s.IDToken(with("iat", noon.Unix()+100)), "n", false},
		{"another audience", s.IDToken(with("aud", "other")), "n", false},
		{"another issuer", s.IDToken(with("iss", "https://evil.example")), "n", false},
		{"another nonce", s.IDToken(with("nonce", "m")), "n", false},
		{"no nonce", s.IDToken(with("nonce", nil)), "n", false},
		{"hashed nonce where that is not allowed", s.IDToken(with("nonce", "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9")), "n", false},
		{"no subject", s.IDToken(with("sub", nil)), "n", false},
		{"no end", s.IDToken(with("exp", nil)), "n", true}, // the test server sets one
		{"another key", stranger.IDToken(good), "n", false},
		{"not signed", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0.", "n", false},
		{"no token", "x", "", false},
		{"empty", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rules.Accepts(call(t, s), tt.token, tt.nonce); got != tt.ok {
				t.Errorf("accepted: %v", got)
			}
		})
	}
	hashed := rules
	hashed.HashedNonce = true
	if !hashed.Accepts(call(t, s), s.IDToken(with("nonce", "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9")), "n") {
		t.Error("the hash of the nonce was refused")
	}
	nobody := rules
	nobody.Audience = []string{""}
	if nobody.Accepts(call(t, s), s.IDToken(with("aud", "")), "n") {
		t.Error("a token for nobody was accepted")
	}
	if (*oauth.IDTokens)(nil).Accepts(call(t, s), s.IDToken(good), "") {
		t.Error("a provider without rules accepted a token")
	}
}

func TestCachedKeys(t *testing.T) {
	s := server(t)
	c := call(t, s)
	keys := &oauth.CachedKeys{URL: "https://idp.example/keys"}
	find := func(kid string) error { _, err := keys.Find(c, kid, "RS256"); return err }
	if err := find("key-1"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(find("key-1"), find("")); err != nil || len(s.Requests()) != 1 {
		t.Errorf("%v after %d requests, want one", err, len(s.Requests()))
	}
	if find("other") == nil || len(s.Requests()) != 1 {
		t.Error("an unknown kid was asked for before the cooldown was over")
	}
	c.Now = noon.Add(time.Minute)
	if find("other") == nil || len(s.Requests()) != 2 {
		t.Error("an unknown kid was not asked for after the cooldown")
	}
	c.Now = noon.Add(12 * time.Minute)
	if find("key-1") != nil || len(s.Requests()) != 3 {
		t.Error("old keys were not read again")
	}
}

// TestEagerKeys: an unknown kid is asked for at once, and then not again for a while; nothing else is.
func TestEagerKeys(t *testing.T) {
	s := server(t)
	c := call(t, s)
	keys := &oauth.CachedKeys{URL: "https://idp.example/keys", Eager: true, MaxAge: 5 * time.Minute}
	steps := []struct {
		kid, alg string
		after    time.Duration
		found    bool
		requests int
	}{
		{"other", "RS256", 0, false, 1}, // just read: not read again for the same call
		{"key-1", "ES256", 0, false, 1},
		{"", "ES256", 0, false, 1},
		{"other", "RS256", time.Second, false, 2},
		{"third", "RS256", 2 * time.Second, false, 2},
		{"third", "RS256", 32 * time.Second, false, 3},
		{"key-1", "RS256", 5 * time.Minute, true, 3},
		{"key-1", "RS256", 6 * time.Minute, true, 4},
	}
	for _, step := range steps {
		c.Now = noon.Add(step.after)
		if _, err := keys.Find(c, step.kid, step.alg); (err == nil) != step.found || len(s.Requests()) != step.requests {
			t.Errorf("%+v: %v after %d requests", step, err, len(s.Requests()))
		}
	}
}

// stalling answers no request before all callers wait.
type stalling struct {
	requests atomic.Int32
	release  chan struct{}
}

func (s *stalling) RoundTrip(*http.Request) (*http.Response, error) {
	s.requests.Add(1)
	<-s.release
	return nil, errors.New("no answer")
}

// TestSimultaneousKeys: calls that wait for keys at the same time share one request and its failure.
func TestSimultaneousKeys(t *testing.T) {
	site := &stalling{release: make(chan struct{})}
	keys := &oauth.CachedKeys{URL: "https://idp.example/keys"}
	var failed atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			c := &oauth.Call{Context: t.Context(), Now: noon, HTTP: site, Log: slog.New(slog.DiscardHandler)}
			if _, err := keys.Find(c, "key-1", "RS256"); err != nil {
				failed.Add(1)
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	close(site.release)
	all.Wait()
	// A call that began late, on a busy machine, makes a request of its own.
	if failed.Load() != 20 || site.requests.Load() > 5 {
		t.Errorf("%d failed, %d requests, want 20 and 1", failed.Load(), site.requests.Load())
	}
}

// A provider may close a kept connection while a code is on its way to it.
func TestConnectionClosedByTheProvider(t *testing.T) {
	used := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if used[r.RemoteAddr] {
			panic(http.ErrAbortHandler)
		}
		used[r.RemoteAddr] = true
	}))
	t.Cleanup(s.Close)
	c := &oauth.Call{Context: t.Context(), Now: noon, HTTP: s.Client().Transport, Log: slog.New(slog.DiscardHandler)}
	for range 3 {
		if _, err := c.Fetch(oauth.Request{Method: http.MethodPost, URL: s.URL, Body: "code=c"}); err != nil {
			t.Fatal(err)
		}
	}
}
