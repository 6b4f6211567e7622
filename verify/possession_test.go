package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// holder is a client with a key of its own.
type holder struct {
	key        *ecdsa.PrivateKey
	thumbprint string
}

func newHolder(t *testing.T) holder {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return holder{key, base64.RawURLEncoding.EncodeToString(sum)}
}

func (h holder) proof(t *testing.T, typ string, claims map[string]any) string {
	opts := (&jose.SignerOptions{EmbedJWK: true}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: h.key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// TestAttackBoundToken: a token that is bound to a key is of no use without a proof for exactly this request, and a proof
// works once.
func TestAttackBoundToken(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, nil)
	owner, thief := newHolder(t), newHolder(t)
	token := s.sign(t, c.with("cnf", map[string]any{"jkt": owner.thumbprint}))
	plain := s.sign(t, c.good())
	served := v.Require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	call := func(authorization string, proofs ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://api.test/orders?page=2", nil)
		r.Header.Set("Authorization", authorization)
		for _, p := range proofs {
			r.Header.Add("DPoP", p)
		}
		w := httptest.NewRecorder()
		served.ServeHTTP(w, r)
		return w
	}
	claims := func(change map[string]any) map[string]any {
		all := map[string]any{"htm": "GET", "htu": "http://api.test/orders", "jti": rand.Text(), "iat": c.Now().Unix(), "ath": hashOf(token)}
		for k, v := range change {
			all[k] = v
			if v == nil {
				delete(all, k)
			}
		}
		return all
	}
	good := owner.proof(t, "dpop+jwt", claims(nil))
	if got := call("DPoP "+token, good); got.Code != http.StatusNoContent {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if got := call("dpop "+token, owner.proof(t, "dpop+jwt", claims(map[string]any{"htu": "http://API.test:80/orders?other=1"}))); got.Code != http.StatusNoContent {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	for name, got := range map[string]*httptest.ResponseRecorder{
		"as a bearer token": call("Bearer " + token), "without a proof": call("DPoP " + token), "used before": call("DPoP "+token, good), "not bound": call("DPoP "+plain, good),
		"two proofs": call("DPoP "+token, good, good), "another key": call("DPoP "+token, thief.proof(t, "dpop+jwt", claims(nil))), "nonsense": call("DPoP "+token, "a.b.c"),
		"another type": call("DPoP "+token, owner.proof(t, "JWT", claims(nil))),
	} {
		if got.Code != http.StatusUnauthorized || !strings.HasPrefix(got.Header().Get("WWW-Authenticate"), `DPoP error="invalid_dpop_proof"`) {
			t.Errorf("%s: %d %v", name, got.Code, got.Header())
		}
	}
	for name, change := range map[string]map[string]any{
		"method": {"htm": "POST"}, "no method": {"htm": nil}, "address": {"htu": "http://api.test/users"}, "host": {"htu": "http://evil.test/orders"}, "scheme": {"htu": "https://api.test/orders"},
		"no address": {"htu": nil}, "token": {"ath": hashOf(plain)}, "no token": {"ath": nil}, "no id": {"jti": nil}, "long id": {"jti": strings.Repeat("x", 513)},
		"old": {"iat": c.Now().Add(-301 * time.Second).Unix()}, "early": {"iat": c.Now().Add(6 * time.Second).Unix()}, "no time": {"iat": nil}, "time is a text": {"iat": "1"},
	} {
		if got := call("DPoP "+token, owner.proof(t, "dpop+jwt", claims(change))); got.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got.Code)
		}
	}
}

func TestProofStore(t *testing.T) {
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	noted := map[string]time.Time{}
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, func(o *Options) {
		o.Origin = "https://api.example.com/"
		o.ProofUsed = func(id string, expires time.Time) bool {
			_, used := noted[id]
			noted[id] = expires
			return !used
		}
	})
	owner := newHolder(t)
	token := s.sign(t, c.with("cnf", map[string]any{"jkt": owner.thumbprint}))
	proof := owner.proof(t, "dpop+jwt", map[string]any{"htm": "GET", "htu": "https://api.example.com/x", "jti": "1", "iat": c.Now().Unix(), "ath": hashOf(token)})
	for _, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		r := httptest.NewRequest(http.MethodGet, "http://10.0.0.1/x", nil)
		r.Header.Set("Authorization", "DPoP "+token)
		r.Header.Set("DPoP", proof)
		w := httptest.NewRecorder()
		v.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if len(noted) != 1 {
		t.Errorf("%v", noted)
	}
}

func TestScopesAndType(t *testing.T) {
	o, err := ResourceOptions("https://auth.example.com", "https://api.example.com")
	if err != nil || o.Type != "at+jwt" || o.Issuer[0] != "https://auth.example.com/api/auth" || o.Audience[0] != "https://api.example.com" {
		t.Errorf("%+v, %v", o, err)
	}
	c := newClock()
	s := newSigner(t, "k", "EdDSA")
	v := newVerifier(t, newAuthServer(t, s.jwk()).URL, c, func(o *Options) { o.Type = "at+jwt" })
	payload, err := json.Marshal(c.with("scope", "read write"))
	if err != nil {
		t.Fatal(err)
	}
	typed := func(typ string) string {
		return signWith(t, jose.EdDSA, s.private, "k", string(payload), map[jose.HeaderKey]any{jose.HeaderType: typ})
	}
	call := func(token string, scopes ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		v.RequireScopes(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), scopes...).ServeHTTP(w, r)
		return w
	}
	for _, token := range []string{typed("at+jwt"), typed("application/AT+JWT")} {
		if got := call(token, "read"); got.Code != http.StatusOK {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	}
	got := call(typed("at+jwt"), "read", "admin")
	if got.Code != http.StatusForbidden || got.Header().Get("WWW-Authenticate") != `Bearer error="insufficient_scope", scope="read admin"` {
		t.Errorf("%d %v", got.Code, got.Header())
	}
	for _, token := range []string{typed("JWT"), s.sign(t, c.good())} { // an ID token is no access token
		if got := call(token); got.Code != http.StatusUnauthorized {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	}
}
