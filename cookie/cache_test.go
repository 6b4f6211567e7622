package cookie_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
)

const (
	sessionText = `{"expiresAt":"2030-01-01T00:00:00.000Z","token":"DupGEH9DnACcyvGS9vPAwmyytGUYjEqI","createdAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:00.000Z","ipAddress":"127.0.0.1","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","userId":"eYrOsUQWmqDxaYnxeB3bEZkM6dO0FBdZ","id":"pJxnQ0KPFvTrFUuVJcyPHK7VyPJuVWhZ"}`
	userText    = `{"name":"Ada Lovelace","email":"ada@example.com","emailVerified":true,"image":null,"createdAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:00.000Z","id":"eYrOsUQWmqDxaYnxeB3bEZkM6dO0FBdZ"}`
)

func sample() cookie.Cache {
	return cookie.Cache{Session: []byte(sessionText), User: []byte(userText), UpdatedAt: 1795520119145, Version: "1"}
}

func now() time.Time { return time.UnixMilli(1795520119145) }

func TestSharedCompactVector(t *testing.T) {
	keys := secret.New("ref-secret-0123456789-abcdefghijklmnop")
	cache := cookie.Cache{
		Session:   []byte(`{"id":"s1","token":"t1","userId":"u1","expiresAt":"2030-01-01T00:00:00.000Z"}`),
		User:      []byte(`{"id":"u1","email":"a@b.c"}`),
		UpdatedAt: 1795520119145, Version: "1",
	}
	value, err := cookie.EncodeCache(keys, cookie.Compact, cache, 300, now())
	if err != nil {
		t.Fatal(err)
	}
	const want = "eyJzZXNzaW9uIjp7InNlc3Npb24iOnsiaWQiOiJzMSIsInRva2VuIjoidDEiLCJ1c2VySWQiOiJ1MSIsImV4cGlyZXNBdCI6IjIwMzAtMDEtMDFUMDA6MDA6MDAuMDAwWiJ9LCJ1c2VyIjp7ImlkIjoidTEiLCJlbWFpbCI6ImFAYi5jIn0sInVwZGF0ZWRBdCI6MTc5NTUyMDExOTE0NSwidmVyc2lvbiI6IjEifSwiZXhwaXJlc0F0IjoxNzk1NTIwNDE5MTQ1LCJzaWduYXR1cmUiOiJnbUlsTml6T1dlVzRxMVpldkc2S3RSY3VrLVQ3TGgyeHJ5Y0NMa01RYmZJIn0"
	if value != want {
		t.Errorf("got %s", value)
	}
	if _, ok := cookie.DecodeCache(keys, cookie.Compact, value, now()); ok {
		t.Error("a user without a name was accepted")
	}
}

func TestCacheTimes(t *testing.T) {
	keys := secret.New("s")
	for _, c := range []struct {
		strategy       cookie.Strategy
		maxAge         int
		expires        time.Duration
		after          time.Duration
		stillAtExpires bool
	}{
		{cookie.Compact, 0, 60 * time.Second, time.Hour, true},
		{cookie.Compact, 100, 100 * time.Second, time.Hour, true},
		{cookie.JWT, 0, 300*time.Second - 145*time.Millisecond, 0, false},
		{cookie.JWE, 0, 300*time.Second - 145*time.Millisecond, 15 * time.Second, true},
	} {
		value, err := cookie.EncodeCache(keys, c.strategy, sample(), c.maxAge, now())
		if err != nil {
			t.Fatal(err)
		}
		d, ok := cookie.DecodeCache(keys, c.strategy, value, now())
		if !ok || d.ExpiresAt != now().Add(c.expires).UnixMilli() || !d.Current {
			t.Errorf("%s: %v, expires %d", c.strategy, ok, d.ExpiresAt-now().UnixMilli())
		}
		end := time.UnixMilli(d.ExpiresAt)
		if _, ok := cookie.DecodeCache(keys, c.strategy, value, end); ok != c.stillAtExpires {
			t.Errorf("%s at its end: %v", c.strategy, ok)
		}
		if _, ok := cookie.DecodeCache(keys, c.strategy, value, end.Add(c.after)); ok != (c.strategy == cookie.Compact) {
			t.Errorf("%s long after: %v", c.strategy, ok)
		}
	}
	if _, err := cookie.EncodeCache(keys, "other", sample(), 0, now()); err == nil {
		t.Error("unknown strategy")
	}
}

func TestAttackCacheForgeries(t *testing.T) {
	keys := secret.New("s")
	value, err := cookie.EncodeCache(keys, cookie.Compact, sample(), 300, now())
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{
		"another user":        strings.Replace(string(text), "ada@", "eve@", 1),
		"longer life":         strings.Replace(string(text), `},"expiresAt":1795`, `},"expiresAt":1895`, 1),
		"life in other units": strings.Replace(string(text), `},"expiresAt":1`, `},"expiresAt":01`, 1),
		"no signature":        strings.Split(string(text), `,"signature"`)[0] + `}`,
		"second payload":      strings.Replace(string(text), `},"expiresAt":1`, `},"session":{},"expiresAt":1`, 1),
		"expiresAt twice":     strings.Replace(string(text), `,"signature"`, `,"expiresAt":9999999999999,"signature"`, 1),
		"signature twice":     string(text[:len(text)-1]) + `,"signature":"` + strings.Repeat("A", 43) + `"}`,
	} {
		if forged == string(text) {
			t.Fatalf("%s: nothing forged", name)
		}
		if d, ok := cookie.DecodeCache(keys, cookie.Compact, base64.RawURLEncoding.EncodeToString([]byte(forged)), now()); ok {
			t.Errorf("%s: accepted %s", name, d.User)
		}
	}
	if _, ok := cookie.DecodeCache(secret.New("t"), cookie.Compact, value, now()); ok {
		t.Error("foreign secret")
	}
	rotated, err := secret.NewVersioned([]secret.Version{{Version: 2, Value: "t"}, {Version: 1, Value: "s"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := cookie.DecodeCache(rotated, cookie.Compact, value, now()); !ok || d.Current {
		t.Errorf("older secret: %v, current %v", ok, d.Current)
	}
}

func TestDecodedTextsAreOwned(t *testing.T) {
	keys := secret.New("s")
	value, err := cookie.EncodeCache(keys, cookie.Compact, sample(), 300, now())
	if err != nil {
		t.Fatal(err)
	}
	d, ok := cookie.DecodeCache(keys, cookie.Compact, value, now())
	if !ok {
		t.Fatal("refused")
	}
	_ = append(d.Session, "xxxx"...)
	if !json.Valid(d.Session) || !json.Valid(d.User) {
		t.Errorf("%s %s", d.Session, d.User)
	}
}

func FuzzDecodeCache(f *testing.F) {
	v := load(f)
	for _, c := range v.Cache {
		f.Add(c.Value)
	}
	for _, c := range v.Payloads {
		if text, err := base64.RawURLEncoding.DecodeString(c.Value); err == nil {
			f.Add(string(text))
		}
	}
	keys := secret.New(v.Secret)
	f.Fuzz(func(t *testing.T, text string) {
		for _, strategy := range []cookie.Strategy{cookie.Compact, cookie.JWT, cookie.JWE} {
			for _, value := range []string{text, base64.RawURLEncoding.EncodeToString([]byte(text))} {
				if d, ok := cookie.DecodeCache(keys, strategy, value, time.UnixMilli(v.Now)); ok && !(json.Valid(d.Session) && json.Valid(d.User)) {
					t.Fatalf("%q: %s %s", text, d.Session, d.User)
				}
			}
		}
		if d, ok := cookie.DecodePayload([]byte(text), now()); ok && !(json.Valid(d.Session) && json.Valid(d.User)) {
			t.Fatalf("%q: %s %s", text, d.Session, d.User)
		}
	})
}

func BenchmarkDecodeCache(b *testing.B) {
	keys := secret.New("ref-secret-0123456789-abcdefghijklmnop")
	for _, strategy := range []cookie.Strategy{cookie.Compact, cookie.JWT, cookie.JWE} {
		value, err := cookie.EncodeCache(keys, strategy, sample(), 300, now())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(strategy), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := cookie.DecodeCache(keys, strategy, value, now()); !ok {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkEncodeCache(b *testing.B) {
	keys := secret.New("ref-secret-0123456789-abcdefghijklmnop")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cookie.EncodeCache(keys, cookie.Compact, sample(), 300, now()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	keys := secret.New("s")
	header := "theme=dark; better-auth.session_token=" + cookie.EncodeURIComponent(cookie.Sign("DupGEH9DnACcyvGS9vPAwmyytGUYjEqI", keys)) + "; better-auth.session_data=" + strings.Repeat("e", 900)
	b.ReportAllocs()
	for b.Loop() {
		jar := cookie.Parse(header)
		if _, ok, _ := jar.Signed("better-auth.session_token", keys); !ok {
			b.Fatal("refused")
		}
	}
}
