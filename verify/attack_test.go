package verify

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestAttackUnsignedToken(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, nil)
	payload, _ := json.Marshal(c.good())
	body := base64.RawURLEncoding.EncodeToString(payload)
	for _, algorithm := range []string{"none", "None", "NONE", "nOnE", ""} {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + algorithm + `","kid":"k"}`))
		for _, signature := range []string{"", "AA"} {
			if _, err := v.Verify(t.Context(), header+"."+body+"."+signature); !errors.Is(err, ErrAlgorithm) && !errors.Is(err, ErrMalformed) {
				t.Errorf("alg %q: %v", algorithm, err)
			}
		}
	}
}

func TestAttackPublicKeyAsSecret(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "RS256")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, nil)
	payload, _ := json.Marshal(c.good())
	der, err := x509.MarshalPKIXPublicKey(s.public)
	if err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512} {
		token := signWith(t, algorithm, der, "k", string(payload), nil)
		if _, err := v.Verify(t.Context(), token); !errors.Is(err, ErrAlgorithm) {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func TestAttackKeyForOtherAlgorithm(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "PS256")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, nil)
	payload, _ := json.Marshal(c.good())
	if _, err := v.Verify(t.Context(), signWith(t, jose.RS256, s.private, "k", string(payload), nil)); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("RS256 with a PS256 key: %v", err)
	}
	other := newSigner(t, "k", "ES256")
	if _, err := v.Verify(t.Context(), other.sign(t, c.good())); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("ES256 with an RSA key: %v", err)
	}
	pinned := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, func(o *Options) { o.Algorithms = []string{"EdDSA"} })
	if _, err := pinned.Verify(t.Context(), s.sign(t, c.good())); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("PS256 where EdDSA is pinned: %v", err)
	}
}

func TestAttackForeignSignature(t *testing.T) {
	c := newClock()
	ours, theirs := newSigner(t, "k", "EdDSA"), newSigner(t, "k", "EdDSA")
	v := newVerifier(t, newAuthServer(t, ours.jwk()).URL, c, nil)
	payload, _ := json.Marshal(c.good())
	parts := strings.Split(ours.sign(t, c.good()), ".")
	evil := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), "u1", "admin", 1)))
	for name, token := range map[string]string{
		"foreign key":       theirs.sign(t, c.good()),
		"embedded key":      signWith(t, jose.EdDSA, theirs.private, "k", string(payload), map[jose.HeaderKey]any{"jwk": theirs.jwk()}),
		"foreign key url":   signWith(t, jose.EdDSA, theirs.private, "k", string(payload), map[jose.HeaderKey]any{"jku": "https://evil.com/jwks"}),
		"changed claims":    parts[0] + "." + evil + "." + parts[2],
		"no signature":      parts[0] + "." + parts[1] + ".",
		"changed signature": parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
	} {
		if _, err := v.Verify(t.Context(), token); !errors.Is(err, ErrSignature) && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAttackMalformedTokens(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	server := newAuthServer(t, s.jwk())
	v := newVerifier(t, server.URL, c, nil)
	good := s.sign(t, c.good())
	payload, _ := json.Marshal(c.good())
	signed := func(payload string, id string, extra map[jose.HeaderKey]any) string {
		return signWith(t, jose.EdDSA, s.private, id, payload, extra)
	}
	for name, token := range map[string]string{
		"empty": "", "four parts": good + ".x", "spaces": " " + good, "padding": good + "=", "line end": good + "\n", "line ends": strings.ReplaceAll(good, ".", "\r\n."),
		"long": good + strings.Repeat("A", maxToken), "json": `{"payload":"","signatures":[]}`, "no header": "." + good,
		"no key id":       signed(string(payload), "", nil),
		"critical header": signed(string(payload), "k", map[jose.HeaderKey]any{"crit": []string{"exp"}, "exp": 1}),
		"unencoded":       signed(string(payload), "k", map[jose.HeaderKey]any{"crit": []string{"b64"}, "b64": true}),
		"text":            signed(`"text"`, "k", nil),
		"null":            signed(`null`, "k", nil),
		"list":            signed(`[]`, "k", nil),
		"two objects":     signed(string(payload)+string(payload), "k", nil),
		"no JSON":         signed(`{`, "k", nil),
	} {
		if _, err := v.Verify(t.Context(), token); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := v.Verify(t.Context(), good); err != nil {
		t.Error(err)
	}
}

func TestAttackUnknownKeyFlood(t *testing.T) {
	c := newClock()
	s, evil := newSigner(t, "k", "EdDSA"), newSigner(t, "x", "EdDSA")
	server := newAuthServer(t, s.jwk())
	v := newVerifier(t, server.URL, c, nil)
	flood := func() {
		for i := range 200 {
			evil.id = fmt.Sprint("evil", i)
			if _, err := v.Verify(t.Context(), evil.sign(t, c.good())); !errors.Is(err, ErrUnknownKey) {
				t.Fatal(err)
			}
		}
	}
	flood()
	if n := server.count(); n != 1+refreshBurst {
		t.Errorf("%d fetches", n)
	}
	flood()
	c.advance(30 * time.Second)
	flood()
	if n := server.count(); n != 2+refreshBurst {
		t.Errorf("%d fetches after half a minute", n)
	}
	c.advance(24 * time.Hour)
	flood()
	if n := server.count(); n != 3+2*refreshBurst {
		t.Errorf("%d fetches after a day", n)
	}
	if _, err := v.Verify(t.Context(), s.sign(t, c.good())); err != nil {
		t.Error(err)
	}
	rotated := newSigner(t, "new", "EdDSA")
	server.set(func() { server.keys = []any{rotated.jwk()} })
	c.advance(30 * time.Second)
	if _, err := v.Verify(t.Context(), rotated.sign(t, c.good())); err != nil {
		t.Errorf("a rotation behind a flood: %v", err)
	}
}

func TestAttackKeySets(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("this Go makes no weak keys: ", err)
	}
	private := jose.JSONWebKey{Key: s.private, KeyID: "k", Algorithm: "EdDSA"}
	edit := func(name, value string) any {
		data, _ := json.Marshal(s.jwk())
		object := map[string]any{}
		_ = json.Unmarshal(data, &object)
		object[name] = value
		return object
	}
	weakToken := signWith(t, jose.RS256, weak, "k", "{}", nil)
	for name, test := range map[string]struct {
		keys  []any
		token string
		want  error
	}{
		"secret":            {[]any{map[string]any{"kty": "oct", "k": "AAAA", "kid": "k", "alg": "EdDSA"}}, s.sign(t, c.good()), ErrUnknownKey},
		"weak":              {[]any{jose.JSONWebKey{Key: &weak.PublicKey, KeyID: "k"}}, weakToken, ErrUnknownKey},
		"for encryption":    {[]any{edit("use", "enc")}, s.sign(t, c.good()), ErrUnknownKey},
		"of two algorithms": {[]any{edit("alg", "ES256")}, s.sign(t, c.good()), ErrUnknownKey},
		"of HS256":          {[]any{edit("alg", "HS256")}, s.sign(t, c.good()), ErrUnknownKey},
		"short":             {[]any{edit("x", "AAAA")}, s.sign(t, c.good()), ErrUnknownKey},
		"rubbish":           {[]any{1, "x", nil, map[string]any{}, s.jwk()}, s.sign(t, c.good()), nil},
		"private published": {[]any{private}, s.sign(t, c.good()), nil},
		"certificate":       {[]any{edit("x5u", "http://169.254.169.254/")}, s.sign(t, c.good()), nil},
		"same id twice":     {[]any{s.jwk(), newSigner(t, "k", "EdDSA").jwk()}, s.sign(t, c.good()), nil},
		"too many":          {make([]any, maxKeys+1), s.sign(t, c.good()), ErrUnavailable},
		"too long":          {[]any{strings.Repeat("x", maxBody)}, s.sign(t, c.good()), ErrUnavailable},
		"none":              {nil, s.sign(t, c.good()), ErrUnavailable},
	} {
		v := newVerifier(t, newAuthServer(t, test.keys...).URL, c, nil)
		if _, err := v.Verify(t.Context(), test.token); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAttackRedirectedKeys(t *testing.T) {
	c := newClock()
	evil := newSigner(t, "k", "EdDSA")
	target := newAuthServer(t, evil.jwk())
	for name, to := range map[string]string{
		"other port": target.URL, "other name": strings.Replace(target.URL, "127.0.0.1", "localhost", 1), "file": "file:///etc/passwd",
	} {
		door := httptest.NewServer(http.RedirectHandler(to, http.StatusFound))
		v := newVerifier(t, door.URL, c, func(o *Options) { o.Client = &http.Client{} })
		if _, err := v.Verify(t.Context(), evil.sign(t, c.good())); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		door.Close()
	}
	if target.count() != 0 {
		t.Error("a redirect to another host was followed")
	}
	mux := http.NewServeMux()
	mux.Handle("/old", http.RedirectHandler("/new", http.StatusFound))
	mux.HandleFunc("/new", target.serve)
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	server := httptest.NewServer(mux)
	defer server.Close()
	if _, err := newVerifier(t, server.URL+"/old", c, nil).Verify(t.Context(), evil.sign(t, c.good())); err != nil {
		t.Errorf("on the same host: %v", err)
	}
	if _, err := newVerifier(t, server.URL+"/loop", c, nil).Verify(t.Context(), evil.sign(t, c.good())); !errors.Is(err, ErrUnavailable) {
		t.Errorf("in circles: %v", err)
	}
}

func TestRaces(t *testing.T) {
	c := newClock()
	s, evil := newSigner(t, "k", "EdDSA"), newSigner(t, "x", "EdDSA")
	server := newAuthServer(t, s.jwk())
	v := newVerifier(t, server.URL, c, func(o *Options) { o.CacheFor = time.Minute })
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 50 {
				if _, err := v.Verify(t.Context(), s.sign(t, c.good())); err != nil {
					t.Error(err)
				}
				if _, err := v.Verify(t.Context(), evil.sign(t, c.good())); !errors.Is(err, ErrUnknownKey) {
					t.Error(err)
				}
				if i == 0 {
					c.advance(10 * time.Second)
				}
			}
		})
	}
	wg.Wait()
}
