package oauthprovider_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	out  = "https://app.example.com/out"
	told = "https://rp.example.com/logout"
)

// relying is what clients receive when a session ends.
type relying struct {
	mu     sync.Mutex
	got    []*http.Request
	tokens []string
	answer func(r *http.Request) (*http.Response, error)
}

func (r *relying) RoundTrip(q *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(q.Body)
	form, _ := url.ParseQuery(string(body))
	r.mu.Lock()
	r.got, r.tokens = append(r.got, q), append(r.tokens, form.Get("logout_token"))
	r.mu.Unlock()
	if r.answer != nil {
		return r.answer(q)
	}
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
}

func (s *idp) ending(id string, change store.Record) {
	s.T.Helper()
	row := store.Record{"skipConsent": true, "enableEndSession": true, "postLogoutRedirectUris": []any{out}}
	for k, v := range change {
		row[k] = v
	}
	s.client(id, row)
}

// tokens lets the client get tokens for the browser's session, and returns the ID token.
func (b *browser) tokens(client string, pairs ...string) string {
	b.s.T.Helper()
	got := b.s.redeem(client, code(b.s.T, b.authorize(client, pairs...)))
	token, _ := got.Want(200).Value("id_token").(string)
	return token
}

func (b *browser) endSession(pairs ...string) *authtest.Answer {
	return b.Get("/oauth2/end-session?" + form(pairs...).Encode())
}

func (b *browser) confirm() *authtest.Answer {
	return b.Do(http.MethodPost, "/oauth2/end-session/confirm", "application/x-www-form-urlencoded", "action=confirm")
}

func TestEndSession(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, authtest.PlainPasswords(o))
		s.ending("app", nil)
		b := s.browse(true)
		hint := b.tokens("app")
		b.endSession("id_token_hint", hint, "post_logout_redirect_uri", out, "state", "a b").WantRedirect(out+"?state=a+b").WantCookie("better-auth.session_token", "Max-Age=0")
		if b.SignedIn() {
			t.Error("the session still exists")
		}
	})
}

func TestEndSessionAsksFirst(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.ending("app", nil)
	b := s.browse(true)
	for _, pairs := range [][]string{{}, {"client_id", "app"}, {"client_id", "app", "post_logout_redirect_uri", out}} {
		got := b.endSession(pairs...).Want(200)
		if !strings.Contains(got.Body, `action="`+baseURL+`/oauth2/end-session/confirm"`) || !strings.Contains(got.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%v: %v", pairs, got)
		}
		if !b.SignedIn() {
			t.Fatal("the session ended unasked")
		}
		if got := b.confirm(); len(pairs) > 2 {
			got.WantRedirect(out)
		} else {
			got.Want(200)
		}
		if b.SignedIn() {
			t.Error("the session still exists")
		}
		b.SignIn("ada@example.com")
	}
}

func TestEndSessionOfOwnSecrets(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{DisableJWTPlugin: true})
	sealed, err := s.Keys.Encrypt("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	s.ending("app", store.Record{"clientSecret": sealed})
	b := s.browse(true)
	hint := b.tokens("app")
	b.endSession("id_token_hint", hint).Want(200)
	if b.SignedIn() {
		t.Error("the session still exists")
	}
}

func TestClientsAreTold(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		rp := &relying{}
		o.HTTP = rp
		s := newIDP(t, oauthprovider.Options{PairwiseSecret: strings.Repeat("p", 32)}, authtest.PlainPasswords(o))
		s.ending("app", store.Record{"backchannelLogoutUri": told})
		s.ending("pairwise", store.Record{"backchannelLogoutUri": told, "subjectType": "pairwise"})
		s.ending("silent", nil)
		s.ending("off", store.Record{"backchannelLogoutUri": told})
		b := s.browse(true)
		for _, id := range []string{"app", "pairwise", "silent", "off"} {
			b.tokens(id, "scope", "openid offline_access")
		}
		s.Change("oauthClient", store.Record{"disabled": true}, store.Is("clientId", "off"))
		b.Post("/sign-out", `{}`).Want(200)
		if len(rp.tokens) != 2 {
			t.Fatalf("%d clients were told, want 2", len(rp.tokens))
		}
		subjects, audiences := map[string]bool{}, map[any]bool{}
		for i, token := range rp.tokens {
			(relyingParty{b, t}).verified(token)
			header, claims := decode(t, token)
			if header["typ"] != "logout+jwt" || claims["nonce"] != nil || claims["iss"] != baseURL || claims["sid"] == nil || claims["jti"] == nil || claims["exp"].(float64)-claims["iat"].(float64) != 120 {
				t.Errorf("header %v, claims %v", header, claims)
			}
			if events, _ := claims["events"].(map[string]any); events["http://schemas.openid.net/event/backchannel-logout"] == nil {
				t.Errorf("events %v", claims["events"])
			}
			subjects[claims["sub"].(string)], audiences[claims["aud"]] = true, true
			if rp.got[i].Header.Get("Content-Type") != "application/x-www-form-urlencoded" || rp.got[i].URL.String() != told {
				t.Errorf("%v", rp.got[i])
			}
		}
		if !subjects[s.user] || len(subjects) != 2 || !audiences["app"] || !audiences["pairwise"] {
			t.Errorf("subjects %v, audiences %v", subjects, audiences)
		}
		s.WantRows(4, "oauthRefreshToken", store.Is("revoked", nil)) // offline access goes on
	})
}

func TestTokensEndWithTheSession(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.ending("app", nil)
	b := s.browse(true)
	b.tokens("app", "scope", "openid offline_access")
	b.tokens("app", "scope", "openid")
	b.Post("/sign-out", `{}`).Want(200)
	s.WantRows(0, "oauthAccessToken", store.Is("revoked", nil))
	s.WantRows(1, "oauthRefreshToken", store.Is("revoked", nil))
	s.WantRows(0, "oauthRefreshToken", store.Where{Field: "sessionId", Op: store.Ne, Value: nil})
}

// A session ends even if clients cannot be told.
func TestUnreachableClients(t *testing.T) {
	rp := &relying{answer: func(*http.Request) (*http.Response, error) { return nil, errors.New("no way") }}
	s := newIDP(t, oauthprovider.Options{}, auth.Options{HTTP: rp})
	s.ending("app", store.Record{"backchannelLogoutUri": told})
	s.ending("odd", store.Record{"backchannelLogoutUri": "https://[", "subjectType": "pairwise"})
	b := s.browse(true)
	b.tokens("app")
	b.tokens("odd")
	b.Post("/sign-out", `{}`).Want(200)
	if b.SignedIn() || len(rp.got) != 1 {
		t.Errorf("signed in: %v, %d requests", b.SignedIn(), len(rp.got))
	}
}

// A logout token is not sent on to where the client's address redirects.
func TestAttackLogoutTokenRedirected(t *testing.T) {
	rp := &relying{answer: func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 307, Body: http.NoBody, Header: http.Header{"Location": {"http://169.254.169.254/"}}}, nil
	}}
	s := newIDP(t, oauthprovider.Options{}, auth.Options{HTTP: rp})
	s.ending("app", store.Record{"backchannelLogoutUri": told})
	b := s.browse(true)
	b.tokens("app")
	b.Post("/sign-out", `{}`).Want(200)
	if len(rp.got) != 1 {
		t.Errorf("%d requests, want 1", len(rp.got))
	}
}

// A logout token goes to the public internet only, whatever address is registered.
func TestAttackLogoutTokenInside(t *testing.T) {
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	reached := make(chan struct{}, 10)
	go func() {
		for {
			c, err := inside.Accept()
			if err != nil {
				return
			}
			reached <- struct{}{}
			c.Close()
		}
	}()
	s := newIDP(t, oauthprovider.Options{})
	_, port, _ := net.SplitHostPort(inside.Addr().String())
	b := s.browse(true)
	for i, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"} {
		id := fmt.Sprint("app", i)
		s.ending(id, store.Record{"backchannelLogoutUri": "https://" + host + ":" + port + "/"})
		b.tokens(id)
	}
	b.Post("/sign-out", `{}`).Want(200)
	if len(reached) > 0 {
		t.Error("a connection reached this machine")
	}
}

// Another site cannot sign a user out: without a valid ID token of the session the user is asked, and a page that is
// asked cannot be framed or sent by another site.
func TestAttackForcedLogout(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.ending("app", nil)
	s.ending("other", nil)
	s.ending("barred", store.Record{"enableEndSession": false})
	b := s.browse(true)
	hint := b.tokens("app")
	header, payload, _ := strings.Cut(hint, ".")
	payload, _, _ = strings.Cut(payload, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	stranger := s.browse(false)
	stranger.SignUp("bob@example.com")
	foreign := stranger.tokens("app")
	for name, pairs := range map[string][]string{
		"nothing": {}, "a client": {"client_id", "app"}, "no token": {"id_token_hint", "x"}, "forged": {"id_token_hint", header + "." + payload + ".AAAA"}, "unsigned": {"id_token_hint", header + "." + payload + "."},
		"none": {"id_token_hint", none + "." + payload + "."}, "of another client": {"id_token_hint", hint, "client_id", "other"}, "of another user": {"id_token_hint", foreign}, "barred": {"client_id", "barred"},
		"barred, with a hint": {"id_token_hint", hint, "client_id", "barred"}, "unknown": {"id_token_hint", hint, "client_id", "nobody"},
	} {
		for _, accept := range []string{"text/html", "*/*"} {
			b.Header = http.Header{"Accept": {accept}}
			got := b.endSession(append(pairs, "post_logout_redirect_uri", "https://evil.example")...)
			if !b.SignedIn() {
				t.Fatalf("%s: signed out: %v", name, got)
			}
			if got.Header.Get("Location") != "" {
				t.Errorf("%s: sent to %s", name, got.Header.Get("Location"))
			}
		}
	}
	b.Header = http.Header{"Accept": {"text/html"}}
	if !stranger.SignedIn() {
		t.Error("the other user was signed out")
	}
	b.endSession().Want(200)
	b.Origin = "https://evil.example"
	b.confirm().Want(403)
	if b.Origin = authtest.Origin; !b.SignedIn() {
		t.Error("another site confirmed")
	}
}

// A confirmation works for the session that was asked, and not for long.
func TestAttackStaleConfirmation(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	b := s.browse(true)
	b.confirm().Want(400)
	b.endSession().Want(200)
	s.Advance(5*time.Minute + time.Second)
	b.confirm().Want(400)
	b.endSession().Want(200)
	b.Jar["better-auth.session_token.oauth_logout_confirmation"] = "%7B%22expiresAt%22%3A99999999999999%7D.AAAA"
	b.confirm().Want(400)
	b.endSession().Want(200)
	asked := b.Jar["better-auth.session_token.oauth_logout_confirmation"]
	b.Post("/sign-out", `{}`)
	b.SignIn("ada@example.com")
	b.Jar["better-auth.session_token.oauth_logout_confirmation"] = asked
	b.confirm().Want(400)
	if !b.SignedIn() {
		t.Error("signed out")
	}
}

// After a sign-out the browser goes only to addresses that the client registered, and still may use.
func TestAttackLogoutRedirect(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.ending("app", nil)
	b := s.browse(true)
	for _, to := range []string{"https://evil.example", out + "/", out + "?x=1", "https://app.example.com@evil.example/out", "myapp://out"} {
		hint := b.tokens("app")
		if got := b.endSession("id_token_hint", hint, "post_logout_redirect_uri", to); got.Header.Get("Location") != "" {
			t.Errorf("sent to %s", got.Header.Get("Location"))
		}
		b.SignIn("ada@example.com")
	}
	for _, to := range []string{"javascript:alert(1)", "x", out + "#x"} {
		b.endSession("post_logout_redirect_uri", to).Want(400, "error", "invalid_request")
	}
	b.endSession("client_id", "app", "post_logout_redirect_uri", out).Want(200)
	s.Change("oauthClient", store.Record{"postLogoutRedirectUris": []any{}})
	if got := b.confirm().Want(200); got.Header.Get("Location") != "" {
		t.Errorf("sent to %s", got.Header.Get("Location"))
	}
}

// The pages escape what they show.
func TestAttackLogoutPages(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	b := s.browse(true)
	for _, pairs := range [][]string{{"state", "<script>"}, {"client_id", "<script>"}, {"id_token_hint", "<script>"}} {
		if got := b.endSession(pairs...); strings.Contains(got.Body, "<script>") {
			t.Errorf("%v", got)
		}
	}
}

// decode reads a token without verifying it.
func decode(t testing.TB, token string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %q", token)
	}
	for i, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		v, err := js.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		*into = map[string]any{}
		for name, member := range v.(*js.Object).All() {
			if o, ok := member.(*js.Object); ok {
				inner := map[string]any{}
				for k, x := range o.All() {
					inner[k] = x
				}
				member = inner
			}
			(*into)[name] = member
		}
	}
	return header, claims
}
