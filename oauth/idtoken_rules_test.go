package oauth_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
)

func idTokenRules() oauth.IDTokens {
	return oauth.IDTokens{
		Keys: oauth.FreshKeys{URL: "https://idp.example/keys"}, Issuers: []string{"https://idp.example"}, Audience: []string{"client"},
	}
}

func idToken(s *oauthtest.Server, change map[string]any) string {
	claims := map[string]any{"iss": "https://idp.example", "aud": "client", "sub": "1"}
	for name, v := range change {
		claims[name] = v
	}
	return s.IDToken(claims)
}

// TestIDTokenNeedsEveryClaim leaves out one required claim at a time.
func TestIDTokenNeedsEveryClaim(t *testing.T) {
	s, rules := server(t), idTokenRules()
	if !rules.Accepts(call(t, s), idToken(s, nil), "") {
		t.Fatal("the whole token was refused")
	}
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
		if rules.Accepts(call(t, s), idToken(s, map[string]any{name: js.Undefined{}}), "") {
			t.Errorf("a token without %s was accepted", name)
		}
	}
}

// TestIDTokenAlgorithms: only listed algorithms are accepted, and without a list no symmetric one is, even if the key
// set contains a shared key.
func TestIDTokenAlgorithms(t *testing.T) {
	s, rules := server(t), idTokenRules()
	rules.Algorithms = []string{"ES256", "RS512"}
	if rules.Accepts(call(t, s), idToken(s, nil), "") {
		t.Error("an algorithm that is not in the list was accepted")
	}
	rules.Algorithms = nil
	key := []byte("a key that everybody can read")
	s.Exact = map[string]any{"https://idp.example/keys": map[string]any{"keys": []any{
		map[string]any{"kty": "oct", "kid": "shared", "k": base64.RawURLEncoding.EncodeToString(key)},
	}}}
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","kid":"shared"}`)) + "." +
		base64.RawURLEncoding.EncodeToString(js.Marshal(map[string]any{
			"iss": "https://idp.example", "aud": "client", "sub": "1", "iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
		}))
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(signed))
	if rules.Accepts(call(t, s), signed+"."+base64.RawURLEncoding.EncodeToString(sum.Sum(nil)), "") {
		t.Error("a token signed with a published shared key was accepted")
	}
}

// TestIDTokenClaimsHaveTheLastWord: a provider's own check can refuse a token.
func TestIDTokenClaimsHaveTheLastWord(t *testing.T) {
	s, rules := server(t), idTokenRules()
	rules.Claims = func(claims *js.Object) bool { return oauth.Text(oauth.Member(claims, "hd")) == "example.com" }
	for domain, ok := range map[string]bool{"example.com": true, "evil.example": false} {
		if got := rules.Accepts(call(t, s), idToken(s, map[string]any{"hd": domain}), ""); got != ok {
			t.Errorf("%s: accepted %v", domain, got)
		}
	}
}
