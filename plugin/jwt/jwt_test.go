package jwt_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func part(t *testing.T, token string, i int) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func tokenOf(c *authtest.Client) string {
	c.Server.T.Helper()
	return c.Get("/token").Want(200).Text("token")
}

// kid returns the id of the signing key.
func kid(t *testing.T, c *authtest.Client) any {
	t.Helper()
	return part(t, tokenOf(c), 0)["kid"]
}

func TestToken(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	c := s.Client()
	id := c.SignUp("a@example.com").Text("user.id")
	token := tokenOf(c)
	header, claims := part(t, token, 0), part(t, token, 1)
	if header["alg"] != "EdDSA" || header["typ"] != nil {
		t.Errorf("header %v", header)
	}
	if claims["sub"] != id || claims["iss"] != authtest.Origin || claims["aud"] != authtest.Origin || claims["email"] != "a@example.com" {
		t.Errorf("claims %v", claims)
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 900 {
		t.Errorf("lives %v s", claims["exp"].(float64)-claims["iat"].(float64))
	}
	c.Get("/jwks").Want(200, "keys", authtest.Len(1), "keys.0.kid", header["kid"], "keys.0.kty", "OKP", "keys.0.crv", "Ed25519", "keys.0.d", authtest.Absent)
	session := c.Get("/get-session")
	if session.Header.Get("Set-Auth-Jwt") == "" || session.Header.Get("Access-Control-Expose-Headers") != "set-auth-jwt" {
		t.Errorf("get-session headers %v", session.Header)
	}
	s.Client().Get("/token").WantCode(401, "UNAUTHORIZED")
}

func TestVerifyFromGo(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	signed, err := s.Call(t.Context(), "signJWT", auth.Input{Body: js.Obj("payload", js.Obj("sub", "x", "iat", float64(s.Options.Now().Unix())))})
	if err != nil {
		t.Fatal(err)
	}
	token := js.String(mustGet(t, signed.JSON(), "token"))
	payload := func(body *js.Object) any {
		out, err := s.Call(t.Context(), "verifyJWT", auth.Input{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		return mustGet(t, out.JSON(), "payload")
	}
	if payload(js.Obj("token", token)) == nil {
		t.Error("a good token did not verify")
	}
	if payload(js.Obj("token", token, "issuer", "https://other.test")) != nil {
		t.Error("a wrong issuer verified")
	}
	s.Advance(16 * time.Minute)
	if payload(js.Obj("token", token)) != nil {
		t.Error("an expired token verified")
	}
}

func mustGet(t *testing.T, text []byte, key string) any {
	t.Helper()
	v, err := js.Parse(text)
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		t.Fatalf("%s: %v", text, err)
	}
	got, _ := o.Get(key)
	return got
}

// A hundred simultaneous first requests create one key.
func TestOneKeyWhenRacing(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { s.Client().Get("/jwks") })
	}
	wg.Wait()
	s.WantRows(1, "jwks")
}

func TestRotation(t *testing.T) {
	p := jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{RotationInterval: 3600}})
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{p}})
	c := s.Client()
	wantKeys := func(n int) {
		t.Helper()
		c.Get("/jwks").Want(200, "keys", authtest.Len(n))
	}
	c.SignUp("a@example.com")
	first := kid(t, c)
	s.Advance(2 * time.Hour)
	if second := kid(t, c); first == second {
		t.Errorf("%v still signs", first)
	}
	wantKeys(2)
	if _, err := p.Rotate(t.Context(), s.Auth); err != nil {
		t.Errorf("rotate: %v", err)
	}
	wantKeys(3)
	s.Advance(31 * 24 * time.Hour) // after the grace period
	wantKeys(0)
}

// A new key of another process is used at once for verifying, because its id is unknown, and after a minute for
// signing.
func TestAnotherProcessRotates(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	c := s.Client()
	c.SignUp("a@example.com")
	first := kid(t, c)
	other := maps.Clone(s.Row("jwks"))
	delete(other, "id")
	other["createdAt"] = s.Options.Now().Add(time.Second)
	made, err := s.Store.Create(t.Context(), "jwks", other)
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(2 * time.Minute)
	if now := kid(t, c); now != made["id"] || now == first {
		t.Errorf("signed with %v", now)
	}
}

// A key that was encrypted with another secret causes an error that says so instead of a token; the key set is still
// published.
func TestUndecryptableKey(t *testing.T) {
	p := jwt.New(jwt.Options{})
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{p}})
	c := s.Client()
	c.SignUp("a@example.com")
	if _, err := s.Store.Create(t.Context(), "jwks", store.Record{"publicKey": `{"kty":"OKP","crv":"Ed25519","x":"Ky7hClRYSi92CdsxGCsxKRHT0Liuq3R1TWQg8BY044Q"}`, "privateKey": `"00"`, "createdAt": s.Options.Now(), "alg": "EdDSA"}); err != nil {
		t.Fatal(err)
	}
	c.Get("/jwks").Want(200)
	tokenOf(c) // signed with a new key
	c.Get("/get-session").Want(200, "user.email", "a@example.com")
}

func TestAlgorithms(t *testing.T) {
	for _, alg := range []string{"ES256", "ES512", "RS256", "PS256"} {
		t.Run(alg, func(t *testing.T) {
			s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{KeyPairConfig: &jwt.KeyPair{Alg: alg}}})}})
			c := s.Client()
			c.SignUp("a@example.com")
			token := tokenOf(c)
			if part(t, token, 0)["alg"] != alg {
				t.Errorf("header %v", part(t, token, 0))
			}
			out, err := s.Call(t.Context(), "verifyJWT", auth.Input{Body: js.Obj("token", token)})
			if err != nil || mustGet(t, out.JSON(), "payload") == nil {
				t.Errorf("does not verify: %v", err)
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]jwt.Options{
		"unknown algorithm":    {JWKS: jwt.JWKSOptions{KeyPairConfig: &jwt.KeyPair{Alg: "none"}}},
		"path without a slash": {JWKS: jwt.JWKSOptions{JWKSPath: "keys"}},
		"remote without alg":   {JWKS: jwt.JWKSOptions{RemoteURL: "https://x.test/jwks"}},
		"cache without jwt":    {SessionCookieCache: true},
	} {
		if _, err := auth.New(auth.Options{Secret: authtest.Secret, Now: time.Now, Plugins: []auth.Plugin{jwt.New(o)}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestKeysInOutage: while the database is down, known keys still sign and verify, so that cached sessions stay valid
// and backends can verify tokens.
func TestKeysInOutage(t *testing.T) {
	yes := true
	var outage authtest.Outage
	o := auth.Options{Database: outage.Driver(memstore.New()), Plugins: []auth.Plugin{jwt.New(jwt.Options{})}}
	o.Session.CookieCache.Enabled, o.Session.CookieCache.Strategy = &yes, "jwt"
	s := authtest.New(t, o)
	c := s.Client()
	c.SignUp("a@example.com")
	c.Get("/jwks")
	outage.Begin(store.ErrUnavailable)
	s.Advance(2 * time.Minute)
	c.Get("/get-session").Want(200, "user.email", "a@example.com")
	c.Get("/jwks").Want(200, "keys", authtest.Len(1))
	tokenOf(c)
	outage.End()
	s.Advance(6 * time.Second)
	c.Get("/get-session?disableCookieCache=true").Want(200, "user.email", "a@example.com")
}
