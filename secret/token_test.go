package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestJWT(t *testing.T) {
	v := load[more](t, "more.json")
	k := secret.New(v.Secret)
	payload, err := k.VerifyJWT(v.JWT.Token, made())
	if err != nil || !strings.HasPrefix(string(payload), strings.TrimSuffix(v.JWT.Claims, "}")+`,"iat":`) {
		t.Fatalf("%s %v", payload, err)
	}
	// The result is the reference's token, byte for byte.
	var claims struct{ Iat, Exp int64 }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	now, ttl := time.Unix(claims.Iat, 999_999_999), time.Duration(claims.Exp-claims.Iat)*time.Second
	if got := k.SignJWT([]byte(v.JWT.Claims), now, ttl); got != v.JWT.Token {
		t.Errorf("got %s\nwant %s", got, v.JWT.Token)
	}
	if _, err := k.VerifyJWT(v.JWT.Token, time.Unix(claims.Exp, 0)); !errors.Is(err, secret.ErrExpired) || errors.Is(err, secret.ErrToken) {
		t.Errorf("expired: %v", err)
	}
	if _, err := secret.New("another").VerifyJWT(v.JWT.Token, now); !errors.Is(err, secret.ErrToken) {
		t.Errorf("another secret: %v", err)
	}
	old := secret.New(v.List[1].Value).SignJWT([]byte(`{}`), now, ttl)
	if _, err := versioned(t, v).VerifyJWT(old, now); err != nil {
		t.Errorf("older secret: %v", err)
	}
}

func TestSignJWTSetsClaims(t *testing.T) {
	k, now := secret.New("s"), time.Unix(100, 0)
	for _, c := range []struct{ claims, want string }{
		{`{}`, `{"iat":100,"exp":160}`},
		{` {"a":{"iat":1}} `, `{"a":{"iat":1},"iat":100,"exp":160}`},
		{`{"exp":5,"a":"}\",","iat":null}`, `{"exp":160,"a":"}\",","iat":100}`},
		{`{"\u0069at":1,"b\"":2}`, `{"iat":100,"b\"":2,"exp":160}`},
		{`[1]`, ``}, {`{"a":}`, ``}, {``, ``},
	} {
		token := k.SignJWT([]byte(c.claims), now, time.Minute)
		if c.want == "" {
			if token != "" {
				t.Errorf("%s signed", c.claims)
			}
			continue
		}
		if payload, err := k.VerifyJWT(token, now); string(payload) != c.want || err != nil {
			t.Errorf("%s became %s (%v), want %s", c.claims, payload, err, c.want)
		}
	}
}

func TestClaimsAsJose(t *testing.T) {
	v := load[more](t, "more.json")
	k, at := secret.New(v.Secret), time.Unix(1000000, 5e8)
	for _, c := range v.Claims {
		header, _ := base64.RawURLEncoding.DecodeString(strings.Split(c.Token, ".")[0])
		checks := secret.Checks{
			Issuer: texts(t, c.Options.Issuer), Audience: texts(t, c.Options.Audience),
			Subject: c.Options.Subject, Type: c.Options.Typ, Required: c.Options.RequiredClaims,
			Tolerance: time.Duration(c.Options.ClockTolerance) * time.Second,
			MaxAge:    time.Duration(c.Options.MaxTokenAge) * time.Second,
		}
		if got := outcome(secret.CheckClaims(header, []byte(c.Payload), checks, at)); got != c.Result {
			t.Errorf("%s %s with %+v: %s, jose says %s", header, c.Payload, checks, got, c.Result)
		}
		if c.Options.ClockTolerance == 0 && c.Result == "ok" {
			if _, err := k.VerifyJWT(c.Token, at); err != nil {
				t.Errorf("VerifyJWT %s: %v", c.Payload, err)
			}
		}
	}
}

func texts(t *testing.T, raw json.RawMessage) (list []string) {
	t.Helper()
	if len(raw) == 0 {
		return nil
	}
	if raw[0] == '"' {
		raw = json.RawMessage("[" + string(raw) + "]")
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, secret.ErrExpired):
		return "expired"
	}
	return "invalid"
}

func TestAttackJWTForgeries(t *testing.T) {
	k, now := secret.New("s3cret"), time.Unix(100, 0)
	good := k.SignJWT([]byte(`{"sub":"u"}`), now, time.Minute)
	parts := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	resign := func(header string) string {
		input := b64([]byte(header)) + "." + parts[1]
		return input + "." + b64(secret.HMAC("s3cret", input))
	}
	for name, token := range map[string]string{
		"alg none":            b64([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".",
		"alg none, signed":    resign(`{"alg":"none"}`),
		"alg HS512, signed":   resign(`{"alg":"HS512"}`),
		"critical extension":  resign(`{"alg":"HS256","crit":["b64"],"b64":false}`),
		"no alg":              resign(`{}`),
		"header no object":    resign(`["HS256"]`),
		"payload changed":     parts[0] + "." + b64([]byte(`{"sub":"v"}`)) + "." + parts[2],
		"signature missing":   parts[0] + "." + parts[1] + ".",
		"signature cut":       good[:len(good)-2],
		"two parts":           parts[0] + "." + parts[1],
		"four parts":          good + ".x",
		"line break in it":    parts[0] + "\n." + parts[1] + "." + parts[2],
		"padding":             good + "=",
		"empty":               "",
		"signed with nothing": parts[0] + "." + parts[1] + "." + b64(secret.HMAC("", parts[0]+"."+parts[1])),
	} {
		if _, err := k.VerifyJWT(token, now); !errors.Is(err, secret.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.VerifyJWT(resign(`{"typ":"JWT","alg":"HS256"}`), now); err != nil {
		t.Errorf("another header with HS256: %v", err)
	}
}

func TestJWE(t *testing.T) {
	v := load[more](t, "more.json")
	single, rotated := secret.New(v.Secret), versioned(t, v)
	for _, c := range []struct {
		name, token string
		keys        *secret.Keys
		want        string
	}{
		{"single", v.JWE.Single, single, "ok"},
		{"versioned", v.JWE.Versioned, rotated, "ok"},
		{"older version", v.JWE.Old, rotated, "ok"},
		{"legacy", v.JWE.Legacy, rotated, "ok"},
		{"foreign secret", v.JWE.Stranger, rotated, "invalid"},
		{"expired", v.JWE.Expired, single, "expired"},
		{"cut", v.JWE.Single[:len(v.JWE.Single)-4], single, "invalid"},
		{"tag changed", v.JWE.Single[:len(v.JWE.Single)-4] + "AAAA", single, "invalid"},
		{"a JWT", v.JWT.Token, single, "invalid"},
		{"empty", "", single, "invalid"},
	} {
		payload, err := c.keys.OpenJWE(c.token, v.JWE.Salt, made())
		if got := outcome(err); got != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if err == nil && !strings.HasPrefix(string(payload), strings.TrimSuffix(v.JWE.Claims, "}")+`,"iat":`) {
			t.Errorf("%s: payload %s", c.name, payload)
		}
	}
	if _, err := single.OpenJWE(v.JWE.Single, "another salt", made()); !errors.Is(err, secret.ErrToken) {
		t.Errorf("another salt: %v", err)
	}
}

func TestSealJWE(t *testing.T) {
	v := load[more](t, "more.json")
	k, now := versioned(t, v), time.Unix(1000, 0)
	token, err := k.SealJWE([]byte(`{"a":1}`), "salt", now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := k.OpenJWE(token, "salt", now)
	if err != nil || !strings.HasPrefix(string(payload), `{"a":1,"iat":1000,"exp":1060,"jti":"`) {
		t.Fatalf("%s %v", payload, err)
	}
	for second, want := range map[int64]string{1060: "ok", 1074: "ok", 1075: "expired"} {
		if _, err := k.OpenJWE(token, "salt", time.Unix(second, 0)); outcome(err) != want {
			t.Errorf("at %d: %v, want %s", second, err, want)
		}
	}
	header, err := secret.TokenHeader(token)
	if err != nil || len(header) != 3 || string(header[2].Name) != "kid" {
		t.Errorf("header %v %v", header, err)
	}
	if _, err := k.SealJWE([]byte(`7`), "salt", now, time.Minute); err == nil {
		t.Error("claims that are no object were sealed")
	}
}

func FuzzTokens(f *testing.F) {
	v := load[more](f, "more.json")
	k, rotated := secret.New(v.Secret), versioned(f, v)
	jwk, err := secret.ParseJWK([]byte(v.JWK[0].Public))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{v.JWT.Token, v.JWE.Single, v.JWE.Old, v.JWK[0].Token, v.Encrypt[1].Envelope, v.Encrypt[1].Bare, "..", "....", "$ba$", "{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if payload, err := k.VerifyJWT(token, made()); err == nil && !json.Valid(payload) {
			t.Errorf("payload %q", payload)
		}
		if payload, err := rotated.OpenJWE(token, v.JWE.Salt, made()); err == nil && !json.Valid(payload) {
			t.Errorf("payload %q", payload)
		}
		_, _, _ = jwk.VerifyJWT(token)
		_, _ = rotated.Decrypt(token)
		_, _ = secret.TokenHeader(token)
		_, _ = secret.ParseJWK([]byte(token))
		_ = secret.CheckClaims([]byte(token), []byte(token), secret.Checks{Type: "x", Audience: []string{"a"}}, made())
	})
}

func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1,"b":[{}," ] "],"c":{"d":"\""}}`, ` { "a" : -1.5e3 , "\u0061" : null } `, `{"a"}`, `{"":""}`, "\f{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, err := secret.ParseMembers([]byte(text))
		var want map[string]json.RawMessage
		if wantErr := json.Unmarshal([]byte(text), &want); (err == nil) != (wantErr == nil && want != nil) {
			t.Fatalf("%q: %v, encoding/json %v", text, err, wantErr)
		}
		for _, m := range members {
			if !json.Valid(m.Value) {
				t.Fatalf("%q: value %q", text, m.Value)
			}
		}
	})
}
