package verify_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/seed-32bd42cb/betterauth/verify"
)

func ExampleVerifier_Require() {
	// This stands for the Better Auth server; yours is at its BETTER_AUTH_URL.
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	auth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "1", Algorithm: "EdDSA"}}}
		_ = json.NewEncoder(w).Encode(keys)
	}))
	defer auth.Close()

	v, err := verify.ForServer(auth.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	orders := v.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := verify.FromContext(r.Context())
		fmt.Fprintf(w, "orders of %s", claims.Name)
	}))

	for _, token := range []string{tokenFor("Ada", auth.URL, private), "stolen"} {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		orders.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 orders of Ada
	// 401 {"error":"invalid_token","error_description":"the token is malformed"}
}

// Without middleware: a token that came in another way, such as over a queue.
func ExampleVerifier_Verify() {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	auth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "1", Algorithm: "EdDSA"}}}
		_ = json.NewEncoder(w).Encode(keys)
	}))
	defer auth.Close()

	v, err := verify.ForServer(auth.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := v.Verify(context.Background(), tokenFor("Ada", auth.URL, private))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(claims.Name)

	_, err = v.Verify(context.Background(), tokenFor("Eve", "https://elsewhere.example", private))
	fmt.Println(err != nil)
	// Output:
	// Ada
	// true
}

func tokenFor(name, issuer string, private ed25519.PrivateKey) string {
	key := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: private, KeyID: "1"}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		return err.Error()
	}
	claims, _ := json.Marshal(map[string]any{"iss": issuer, "aud": issuer, "name": name, "exp": time.Now().Add(time.Minute).Unix()})
	signed, err := signer.Sign(claims)
	if err != nil {
		return err.Error()
	}
	token, _ := signed.CompactSerialize()
	return token
}
