package jwt_test

import (
	"encoding/base64"
	"encoding/json"
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

func TestToken(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	c := s.Client()
	id := c.SignUp("a@example.com").JSON(t)["user"].(map[string]any)["id"]
	got := c.Get("/token")
	if got.Status != 200 {
		t.Fatalf("/token: %d %s", got.Status, got.Body)
	}
	token := got.JSON(t)["token"].(string)
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
	set := c.Get("/jwks")
	key := set.JSON(t)["keys"].([]any)[0].(map[string]any)
	if key["kid"] != header["kid"] || key["kty"] != "OKP" || key["crv"] != "Ed25519" || key["d"] != nil {
		t.Errorf("jwks %s", set.Body)
	}
	session := c.Get("/get-session")
	if session.Header.Get("Set-Auth-Jwt") == "" || session.Header.Get("Access-Control-Expose-Headers") != "set-auth-jwt" {
		t.Errorf("get-session headers %v", session.Header)
	}
	if anonymous := s.Client().Get("/token"); anonymous.Status != 401 {
		t.Errorf("without a session: %d", anonymous.Status)
	}
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

// A hundred first requests make one key.
func TestOneKeyWhenRacing(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { s.Client().Get("/jwks") })
	}
	wg.Wait()
	if n, err := s.Store.Count(t.Context(), "jwks"); n != 1 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
}

func TestRotation(t *testing.T) {
	p := jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{RotationInterval: 3600}})
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{p}})
	c := s.Client()
	keys := func() int { return len(c.Get("/jwks").JSON(t)["keys"].([]any)) }
	c.SignUp("a@example.com")
	first := part(t, c.Get("/token").JSON(t)["token"].(string), 0)["kid"]
	s.Advance(2 * time.Hour)
	second := part(t, c.Get("/token").JSON(t)["token"].(string), 0)["kid"]
	if first == second || keys() != 2 {
		t.Errorf("kids %v %v, %d keys", first, second, keys())
	}
	if _, err := p.Rotate(t.Context(), s.Auth); err != nil || keys() != 3 {
		t.Errorf("rotate: %v, %d keys", err, keys())
	}
	s.Advance(31 * 24 * time.Hour)
	if n := keys(); n != 0 {
		t.Errorf("after the grace period %d keys are shown", n)
	}
}

// Another process's new key is used at once where an unknown key is asked for,
// and after a minute for signing.
func TestAnotherProcessRotates(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{})}})
	c := s.Client()
	c.SignUp("a@example.com")
	first := part(t, c.Get("/token").JSON(t)["token"].(string), 0)["kid"]
	rows, err := s.Store.Find(t.Context(), "jwks", store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	other := store.Record{}
	for k, v := range rows[0] {
		if k != "id" {
			other[k] = v
		}
	}
	other["createdAt"] = s.Options.Now().Add(time.Second)
	made, err := s.Store.Create(t.Context(), "jwks", other)
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(2 * time.Minute)
	if kid := part(t, c.Get("/token").JSON(t)["token"].(string), 0)["kid"]; kid != made["id"] || kid == first {
		t.Errorf("signed with %v", kid)
	}
}

// A key from another secret is an error that says so, not a token, and the key
// set is still shown.
func TestUndecryptableKey(t *testing.T) {
	p := jwt.New(jwt.Options{})
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{p}})
	c := s.Client()
	c.SignUp("a@example.com")
	if _, err := s.Store.Create(t.Context(), "jwks", store.Record{"publicKey": `{"kty":"OKP","crv":"Ed25519","x":"Ky7hClRYSi92CdsxGCsxKRHT0Liuq3R1TWQg8BY044Q"}`, "privateKey": `"00"`, "createdAt": s.Options.Now(), "alg": "EdDSA"}); err != nil {
		t.Fatal(err)
	}
	if got := c.Get("/jwks"); got.Status != 200 {
		t.Errorf("/jwks %d", got.Status)
	}
	if got := c.Get("/token"); got.Status != 200 {
		t.Errorf("/token %d: a new key should have been made", got.Status)
	}
	if got := c.Get("/get-session"); got.Status != 200 {
		t.Errorf("/get-session %d", got.Status)
	}
}

func TestAlgorithms(t *testing.T) {
	for _, alg := range []string{"ES256", "ES512", "RS256", "PS256"} {
		t.Run(alg, func(t *testing.T) {
			s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{KeyPairConfig: &jwt.KeyPair{Alg: alg}}})}})
			c := s.Client()
			c.SignUp("a@example.com")
			token := c.Get("/token").JSON(t)["token"].(string)
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

// TestKeysInOutage: while the database is down, keys that are known sign and
// verify, so that cached sessions stay good and backends can check tokens.
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
	for _, path := range []string{"/get-session", "/jwks", "/token"} {
		if got := c.Get(path); got.Status != 200 || got.Body == "null" {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	outage.End()
	s.Advance(6 * time.Second)
	if got := c.Get("/get-session?disableCookieCache=true"); got.Status != 200 || got.Body == "null" {
		t.Errorf("afterwards: %d %s", got.Status, got.Body)
	}
}
