package secret_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

type item map[string]any

// TestReferenceReadsOurs passes the output of this package to the npm package.
func TestReferenceReadsOurs(t *testing.T) {
	v := load[more](t, "more.json")
	k, rotated := secret.New(v.Secret), versioned(t, v)
	now := made() // ahead of the reference's clock, which is only compared with exp
	var items []item
	var wants []string
	add := func(want string, it item) { items, wants = append(items, it), append(wants, want) }

	const password = "Ångström ﬁ 😀"
	hash, err := secret.NewHasher(secret.HasherOptions{Parallel: 1}).Hash(t.Context(), password)
	must(t, err)
	add("true", item{"kind": "password", "hash": hash, "password": password})
	add(k.Sign("välue"), item{"kind": "sign", "value": "välue", "secret": v.Secret})
	for _, plain := range []string{"", "wörld"} {
		sealed, err := k.Encrypt(plain)
		must(t, err)
		add(plain, item{"kind": "decrypt", "text": sealed, "secret": v.Secret})
		sealed, err = rotated.Encrypt(plain)
		must(t, err)
		add(plain, item{"kind": "decrypt", "text": sealed, "list": v.List, "legacy": v.Legacy})
	}
	claims := []byte(`{"a":"<ü>","b":[1]}`)
	token := k.SignJWT(claims, now, 10*365*24*time.Hour)
	payload, err := k.VerifyJWT(token, now)
	must(t, err)
	add(string(payload), item{"kind": "jwt", "text": token, "secret": v.Secret})
	token, err = rotated.SealJWE(claims, "better-auth-account", now, 10*365*24*time.Hour)
	must(t, err)
	payload, err = rotated.OpenJWE(token, "better-auth-account", now)
	must(t, err)
	add(string(payload), item{"kind": "jwe", "text": token, "salt": "better-auth-account", "list": v.List, "legacy": v.Legacy})
	for _, alg := range []string{"EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "PS256"} {
		public, private, err := secret.GenerateJWK(alg, secret.JWKOptions{})
		must(t, err)
		token, err := parseKey(t, string(private), alg).SignJWT([]byte(`{"alg":"`+alg+`","kid":"k"}`), claims)
		must(t, err)
		add(string(claims), item{"kind": "jwk", "alg": alg, "text": token, "public": string(public), "private": string(private)})
	}

	for i, got := range askReference(t, items) {
		if got != wants[i] {
			t.Errorf("%s: the reference says %s, want %s", items[i]["kind"], got, wants[i])
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func askReference(t *testing.T, items []item) (results []string) {
	t.Helper()
	skip := t.Skip
	if os.Getenv("CI") == "true" {
		skip = t.Fatal
	}
	if os.Getenv("BETTERAUTH_REFERENCE") == "" {
		skip("BETTERAUTH_REFERENCE does not name a node_modules folder with better-auth")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		skip("node is not installed")
	}
	input, err := json.Marshal(items)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), node, "testdata/verify.mjs")
	cmd.Stdin = bytes.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	must(t, json.Unmarshal(output, &results))
	if len(results) != len(items) {
		t.Fatalf("%d results for %d items", len(results), len(items))
	}
	return results
}
