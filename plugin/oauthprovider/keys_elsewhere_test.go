package oauthprovider_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// elsewhere is a server whose tokens a callback signs, and the address where the keys are published.
type elsewhere struct {
	*idp
	key      key
	answer   func() *http.Response // of jwks.remoteUrl
	requests int
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{key: newKey(t, "ES256")}
	e.publish(e.key.named("elsewhere"))
	o := authtest.PlainPasswords(auth.Options{HTTP: site(func(*http.Request) *http.Response { e.requests++; return e.answer() })})
	o.Plugins = []auth.Plugin{jwt.New(jwt.Options{
		JWKS: jwt.JWKSOptions{RemoteURL: "https://keys.example.com/jwks", KeyPairConfig: &jwt.KeyPair{Alg: "ES256"}},
		JWT: jwt.TokenOptions{Sign: func(_ context.Context, in jwt.SignRequest) (string, error) {
			header := js.Obj("kid", "elsewhere")
			if in.Header != nil {
				for name, v := range in.Header.All() {
					header.Set(name, v)
				}
			}
			return e.key.sign(t, header, in.Payload), nil
		}},
	})}
	e.idp = newIDP(t, oauthprovider.Options{}, o)
	e.ending("app", nil)
	e.resource(api, nil, "app")
	return e
}

// named returns the public key under the name of a key.
func (k key) named(kid string) *js.Object {
	out := k.public.Clone()
	out.Set("kid", kid)
	out.Set("alg", "ES256")
	return out
}

func (e *elsewhere) publish(keys ...*js.Object) {
	e.answer = func() *http.Response { return respond(200, "application/json", keySet(keys...)) }
}

func (e *elsewhere) revoke(token string) *authtest.Answer {
	return e.call("/oauth2/revoke", form("client_id", "app", "client_secret", "s3cret", "token", token))
}

// endSession asks for the end of the browser's session, as a program or as a page that the browser opens.
func (e *elsewhere) endSession(navigates bool, pairs ...string) *authtest.Answer {
	e.browser.Header = http.Header{}
	if navigates {
		e.browser.Header = http.Header{"Accept": {"text/html"}, "Sec-Fetch-Mode": {"navigate"}}
	}
	return e.browser.Get("/oauth2/end-session?" + form(pairs...).Encode())
}

func (e *elsewhere) tokens() *authtest.Answer {
	return e.redeem("app", e.code("app", "openid", "resource", []any{api})).Want(200)
}

// TestKeysElsewhere: tokens that a callback signs are verified with the keys that it publishes.
func TestKeysElsewhere(t *testing.T) {
	s := newElsewhere(t)
	got := s.tokens()
	token := got.Text("access_token")
	if header := part(t, token, 0); header["typ"] != "at+jwt" || header["kid"] != "elsewhere" {
		t.Errorf("%v", header)
	}
	s.userInfo(token).Want(200, "sub", s.user)
	s.introspect("app", token).Want(200, "active", true)
	wantError(s.revoke(token), 400, "unsupported_token_type", "JWT access tokens are self-contained and cannot be revoked server-side")
	if hash := part(t, got.Text("id_token"), 1)["at_hash"]; hash != secret.HalfDigest(token, "ES256") {
		t.Errorf("at_hash %v", hash)
	}
	if s.requests != 1 {
		t.Errorf("%d requests for the keys, want 1", s.requests)
	}
	s.endSession(true, "id_token_hint", got.Text("id_token"), "post_logout_redirect_uri", out).WantRedirect(out)
	s.userInfo(token).Want(401)
}

// TestAttackForgedKeysElsewhere: nobody else's key verifies, and a stranger cannot make the server fetch keys at will.
func TestAttackForgedKeysElsewhere(t *testing.T) {
	s := newElsewhere(t)
	got := s.tokens()
	claims := js.NewObject()
	for name, v := range part(t, got.Text("id_token"), 1) {
		claims.Set(name, v)
	}
	stranger := newKey(t, "ES256")
	s.userInfo(got.Text("access_token")).Want(200)
	for _, kid := range []string{"elsewhere", "other", "third", "fourth"} {
		forged := stranger.sign(t, js.Obj("kid", kid), claims)
		wantError(s.userInfo(forged), 401, "invalid_token", "Invalid access token")
		s.introspect("app", forged).Want(200, "active", false)
		wantError(s.revoke(forged), 400, "invalid_request", "token not found")
		wantError(s.endSession(false, "id_token_hint", forged, "client_id", "app"), 401, "invalid_token", "The id_token_hint is invalid")
	}
	if s.requests != 2 {
		t.Errorf("%d requests for the keys, want 2: the first, and one for an unknown name", s.requests)
	}
	s.browser.Get("/get-session").Want(200, "user.id", s.user)
}

// TestKeysElsewhereOutOfReach: while the keys cannot be read, nothing is said about tokens, and the user is asked before the
// session ends.
func TestKeysElsewhereOutOfReach(t *testing.T) {
	for name, answer := range map[string]func() *http.Response{
		"an error": func() *http.Response { return respond(503, "text/plain", "later") },
		"a page":   func() *http.Response { return respond(200, "text/html", "<p>") },
		"no set":   func() *http.Response { return respond(200, "application/json", `{"other":1}`) },
		"a redirect": func() *http.Response {
			r := respond(302, "text/plain", "")
			r.Header.Set("Location", "https://evil.example/jwks")
			return r
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newElsewhere(t)
			got, publish := s.tokens(), s.answer
			s.answer = answer
			token, hint := got.Text("access_token"), got.Text("id_token")
			for _, a := range []*authtest.Answer{s.userInfo(token), s.introspect("app", token), s.revoke(token)} {
				a.Want(503, "code", "SERVICE_UNAVAILABLE")
				if a.Header.Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
			}
			wantError(s.endSession(false, "id_token_hint", hint, "post_logout_redirect_uri", out), 401, "invalid_token", "The id_token_hint is invalid")
			s.endSession(true, "id_token_hint", hint, "client_id", "app", "post_logout_redirect_uri", out).Want(200)
			s.browser.Get("/get-session").Want(200, "user.id", s.user)
			s.browser.Do(http.MethodPost, "/oauth2/end-session/confirm", "application/x-www-form-urlencoded", "action=confirm").WantRedirect(out)
			s.answer = publish
			s.Advance(time.Minute)
			s.introspect("app", token).Want(200, "active", false) // the session has ended
		})
	}
}
