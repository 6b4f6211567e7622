package verify

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	issuer      = "https://auth.example.com"
	ourAudience = "https://auth.example.com"
)

// authServer publishes keys, counts requests and can be shut down.
type authServer struct {
	*httptest.Server

	mu      sync.Mutex
	keys    []any
	fetches int
	status  int // instead of 200
	hold    chan struct{}
}

func newAuthServer(t *testing.T, keys ...any) *authServer {
	t.Helper()
	s := &authServer{keys: keys}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *authServer) serve(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.fetches++
	keys, status, hold := s.keys, s.status, s.hold
	s.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
}

func (s *authServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *authServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetches
}

// signer is a key pair with an id.
type signer struct {
	id, algorithm string
	private       any
	public        any
}

func newSigner(t testing.TB, id, algorithm string) signer {
	t.Helper()
	s := signer{id: id, algorithm: algorithm}
	var err error
	switch algorithm {
	case "EdDSA":
		s.public, s.private, err = ed25519.GenerateKey(rand.Reader)
	case "ES256":
		s.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES512":
		s.private, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	default:
		s.private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	switch private := s.private.(type) {
	case *ecdsa.PrivateKey:
		s.public = &private.PublicKey
	case *rsa.PrivateKey:
		s.public = &private.PublicKey
	}
	return s
}

func (s signer) jwk() jose.JSONWebKey {
	return jose.JSONWebKey{Key: s.public, KeyID: s.id, Algorithm: s.algorithm}
}

func (s signer) sign(t testing.TB, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return signWith(t, jose.SignatureAlgorithm(s.algorithm), s.private, s.id, string(payload), nil)
}

func signWith(t testing.TB, algorithm jose.SignatureAlgorithm, private any, id, payload string, extra map[jose.HeaderKey]any) string {
	t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: extra}
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: private}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// good returns claims that are valid for the next 15 minutes.
func (c *clock) good() map[string]any {
	return map[string]any{
		"iss": issuer, "aud": ourAudience, "sub": "u1", "email": "ada@example.com", "name": "Ada", "emailVerified": true,
		"id": "u1", "iat": c.Now().Unix(), "exp": c.Now().Unix() + 900,
	}
}

func (c *clock) with(name string, value any) map[string]any {
	claims := c.good()
	claims[name] = value
	if value == nil {
		delete(claims, name)
	}
	return claims
}

func newVerifier(t testing.TB, address string, c *clock, change func(*Options)) *Verifier {
	t.Helper()
	o := Options{JWKS: address, Issuer: []string{issuer}, Audience: []string{ourAudience}, Now: c.Now}
	if change != nil {
		change(&o)
	}
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
