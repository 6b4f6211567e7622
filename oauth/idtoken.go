package oauth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// idTokenTolerance is the clock difference that is tolerated.
const idTokenTolerance = 30 * time.Second

// ErrIDToken is returned, wrapped, for an ID token that is not valid.
var ErrIDToken = errors.New("oauth: the ID token is not valid")

// IDTokens says how the ID tokens of a provider are verified. A provider without it accepts no ID tokens from
// clients.
type IDTokens struct {
	Keys        Keys
	Issuers     []string // empty accepts any, for providers whose issuers differ by tenant
	Audience    []string
	Algorithms  []string // empty accepts any asymmetric one that fits the key
	MaxAge      time.Duration
	HashedNonce bool // the SHA-256 of the nonce, in hexadecimal, is accepted as the nonce
	// AllowOpaque accepts a token that is not a JWT; the user info endpoint then verifies it.
	AllowOpaque bool
	// Claims makes the final decision; nil accepts.
	Claims func(claims *js.Object) bool
	// Verify replaces all other checks, for providers that verify tokens themselves.
	Verify func(c *Call, token, nonce string) (bool, error)
}

// Keys finds the key that signed a token.
type Keys interface {
	// Find returns the keys that may have signed a token with this kid and alg; "" means that the token has none.
	Find(c *Call, kid, alg string) ([]*secret.JWK, error)
}

// Check verifies a token: its signature, its claims, and the nonce if one is given. It returns the claims.
func (v *IDTokens) Check(c *Call, token, nonce string) (*js.Object, error) {
	if !slices.ContainsFunc(v.Audience, func(a string) bool { return a != "" }) {
		return nil, fmt.Errorf("%w: no audience is configured", ErrIDToken)
	}
	header, err := secret.TokenHeader(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	kid, _ := header.String("kid")
	alg, _ := header.String("alg")
	if !v.allows(alg) {
		return nil, fmt.Errorf("%w: algorithm %q", ErrIDToken, alg)
	}
	keys, err := v.Keys.Find(c, kid, alg)
	if err != nil {
		return nil, err
	}
	payload, err := v.verify(c, keys, token, alg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	parsed, err := js.Parse(payload)
	claims, ok := parsed.(*js.Object)
	if err != nil || !ok {
		return nil, fmt.Errorf("%w: the claims are not an object", ErrIDToken)
	}
	if nonce != "" && !v.nonceMatches(Text(Member(claims, "nonce")), nonce) {
		return nil, fmt.Errorf("%w: the nonce does not match", ErrIDToken)
	}
	if v.Claims != nil && !v.Claims(claims) {
		return nil, fmt.Errorf("%w: the claims were refused", ErrIDToken)
	}
	return claims, nil
}

func (v *IDTokens) allows(alg string) bool {
	if len(v.Algorithms) > 0 {
		return slices.Contains(v.Algorithms, alg)
	}
	return alg != "" && alg != "none" && !strings.HasPrefix(alg, "HS")
}

func (v *IDTokens) verify(c *Call, keys []*secret.JWK, token, alg string) ([]byte, error) {
	err := errors.New("no key matches")
	for _, key := range keys {
		header, payload, failed := key.VerifyJWT(token, alg)
		if failed != nil {
			err = failed
			continue
		}
		return payload, secret.CheckClaims(header, payload, secret.Checks{
			Issuer: v.Issuers, Audience: v.Audience, Required: []string{"iss", "sub", "aud", "exp", "iat"},
			Tolerance: idTokenTolerance, MaxAge: v.MaxAge,
		}, c.Now)
	}
	return nil, err
}

func (v *IDTokens) nonceMatches(claim, nonce string) bool {
	if claim == nonce {
		return true
	}
	return v.HashedNonce && claim == secret.HexDigest(nonce)
}

// Accepts reports whether an ID token from a client is authentic.
func (v *IDTokens) Accepts(c *Call, token, nonce string) bool {
	if v == nil {
		return false
	}
	if v.Verify != nil {
		ok, err := v.Verify(c, token, nonce)
		return err == nil && ok
	}
	if strings.Count(token, ".") != 2 {
		return v.AllowOpaque
	}
	_, err := v.Check(c, token, nonce)
	if err != nil {
		c.Log.WarnContext(c, "an ID token was refused", "error", err)
	}
	return err == nil
}

// DecodeIDToken returns the claims of a token without verifying it. It is for tokens that come from the provider
// itself over TLS.
func DecodeIDToken(token string) (*js.Object, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || strings.ContainsAny(token, "\r\n") {
		return nil, fmt.Errorf("%w: not a JWT", ErrIDToken)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	v, err := js.Parse(payload)
	claims, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil, fmt.Errorf("%w: the claims are not an object", ErrIDToken)
	}
	return claims, nil
}
