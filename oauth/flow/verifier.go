package flow

import (
	"encoding/base64"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// A flow must end at the provider where it started; otherwise one provider could make the browser deliver its code to
// the callback of another. The reference does not store the provider, and it must be able to read a stored state. The
// provider is therefore part of the code verifier, which only the two servers know: its last part is a MAC over the
// provider and the random first part. Verifiers of the reference look the same and are not bound to a provider.
const (
	verifierLength = 128
	macLength      = 43 // SHA-256 in base64url
)

func boundTo(provider, random string) []byte {
	return []byte("oauth-verifier\x00" + provider + "\x00" + random)
}

func newVerifier(c *auth.Context, provider string) string {
	random := secret.Random(verifierLength - macLength)
	sum := c.Keys.MAC(boundTo(provider, random))
	return random + base64.RawURLEncoding.EncodeToString(sum[:])
}

// belongsElsewhere reports whether a verifier was created for another provider.
func belongsElsewhere(c *auth.Context, verifier, provider string) bool {
	if isFor(c, verifier, provider) {
		return false
	}
	return providerOf(c, verifier) != nil
}

// isFor reports whether a verifier was created for a provider.
func isFor(c *auth.Context, verifier, provider string) bool {
	if len(verifier) != verifierLength {
		return false
	}
	random, encoded := verifier[:verifierLength-macLength], verifier[verifierLength-macLength:]
	sum, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return false
	}
	ok, _ := c.Keys.VerifyMAC(boundTo(provider, random), sum)
	return ok
}

// providerOf returns the configured provider for which a verifier was created, or nil if it names none, as those of
// the reference.
func providerOf(c *auth.Context, verifier string) oauth.Provider {
	for _, p := range c.Providers.All() {
		if isFor(c, verifier, p.Info().ID) {
			return p
		}
	}
	return nil
}
