package verify_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
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

// An MCP server, or another API that takes access tokens of OAuth: clients without a token are led to the authorization
// server, tools ask for scopes of their own.
func ExampleForMCP() {
	// The first address is the BETTER_AUTH_URL of the server with the plugin mcp, the second that of this program.
	resource, err := verify.ForMCP("https://auth.example.com", "https://api.example.com/mcp", "mcp:read")
	if err != nil {
		fmt.Println(err)
		return
	}
	tools := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := verify.FromContext(r.Context())
		if !slices.Contains(claims.Scopes(), "mcp:write") {
			resource.RefuseScopes(w, "mcp:write")
			return
		}
		fmt.Fprintf(w, "a tool for %s", claims.Subject)
	})
	handler := resource.Handler(tools) // for http.ListenAndServe

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/mcp", nil))
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	fmt.Println(w.Body)

	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/.well-known/oauth-protected-resource/mcp", nil))
	fmt.Println(w.Code, w.Body)
	// Output:
	// 401 Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="mcp:read"
	// {"jsonrpc":"2.0","error":{"code":-32000,"message":"missing authorization header"},"id":null}
	// 200 {"resource":"https://api.example.com/mcp","authorization_servers":["https://auth.example.com/api/auth"],"bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["EdDSA","ES256","ES512","PS256","RS256"],"scopes_supported":["mcp:read"]}
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
