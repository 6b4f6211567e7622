// Package verify checks the tokens of a Better Auth server in another Go program:
// it fetches the server's public keys from its JWKS address, caches them, and checks
// signature, issuer, audience and times of each token. It needs no secret and no
// database.
//
//	v, err := verify.ForServer("https://auth.example.com")
//	…
//	http.Handle("/orders", v.Require(orders))
//
// In the handler, verify.FromContext(r.Context()) returns the claims.
//
// An API or MCP server that takes access tokens of OAuth is a [Resource]: it also leads
// clients to the authorization server, and asks it about opaque tokens.
package verify

// This package imports nothing of this module, so that other programs can use it alone.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Options say whose tokens are accepted. The first three are required.
type Options struct {
	// JWKS is the http or https address of the key set. Use https on any network
	// that is not your own: a person who controls this address can issue tokens.
	JWKS string
	// Issuer and Audience are the accepted values of the claims iss and aud; one
	// of each has to match. A Better Auth server sets both to the origin of its
	// base URL.
	Issuer, Audience []string
	// Algorithms are the accepted signature algorithms, by default EdDSA, ES256,
	// ES512, RS256 and PS256. Symmetric algorithms are not possible.
	Algorithms []string
	// CacheFor is how long fetched keys are used before they are fetched again,
	// by default one hour. A key removed from the server is accepted for that
	// long.
	CacheFor time.Duration
	// StaleFor is how much longer keys are used if the server is unreachable, by
	// default 24 hours; negative means not at all.
	StaleFor time.Duration
	// RefreshEvery is how often a token with an unknown key may cause a new
	// fetch, by default every 30 seconds. A few fetches may follow faster, so
	// that a key rotation is noticed at once.
	RefreshEvery time.Duration
	// Type is the required typ in the header of a token, such as "at+jwt" for access
	// tokens of OAuth. Empty means that any type is accepted.
	Type string
	// Origin is the origin under which clients reach this program, such as
	// https://api.example.com. A proof of possession (DPoP) must name it. By default
	// it is that of the request, which is wrong behind a proxy that ends TLS.
	Origin string
	// ProofUsed notes the id of a proof of possession until it expires, and returns
	// false if it was noted before. By default ids are kept in memory, which is not
	// enough for several servers.
	ProofUsed func(id string, expires time.Time) bool
	// Leeway is the tolerated difference between the clocks.
	Leeway time.Duration
	// Client fetches the keys. Its transport is used unchanged, but redirects to
	// another host are never followed. Without a timeout, it gets one of five
	// seconds.
	Client *http.Client
	// OnError is called with the error of every failed fetch, even if older keys
	// are still usable. Calls come from one goroutine at a time.
	OnError func(error)
	// Now is the clock, time.Now by default.
	Now func() time.Time
}

// maxToken is the largest accepted token in bytes; headers are not longer.
const maxToken = 16 << 10

// Verifier checks tokens. It is safe for concurrent use; make one and keep it.
type Verifier struct {
	issuer, audience []string
	algorithms       []jose.SignatureAlgorithm
	leeway           time.Duration
	now              func() time.Time
	keys             *keySet
	kind, origin     string
	proofUsed        func(id string, expires time.Time) bool
	proofs           usedProofs
}

// New returns a Verifier. It fetches nothing yet. It returns an error if a
// required option is missing, the address is invalid, or an algorithm is unknown
// or symmetric.
func New(o Options) (*Verifier, error) { return newVerifierOf(o, false) }

// newVerifierOf returns a Verifier; with keyless it may do without JWKS, and then
// verifies no signatures.
func newVerifierOf(o Options, keyless bool) (*Verifier, error) {
	address, err := url.Parse(o.JWKS)
	keyless = keyless && o.JWKS == ""
	if !keyless && (err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http") {
		return nil, fmt.Errorf("verify: JWKS %q is not an http or https URL", o.JWKS)
	}
	if blank(o.Issuer) || blank(o.Audience) {
		return nil, errors.New("verify: Issuer and Audience must be set, or tokens meant for others would pass")
	}
	algorithms, err := parseAlgorithms(o.Algorithms)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	v := &Verifier{
		issuer:     slices.Clone(o.Issuer),
		audience:   slices.Clone(o.Audience),
		algorithms: algorithms,
		leeway:     o.Leeway,
		now:        o.Now,
		kind:       strings.ToLower(o.Type), origin: strings.TrimRight(o.Origin, "/"), proofUsed: o.ProofUsed,
	}
	if !keyless {
		v.keys = newKeySet(o)
	}
	return v, nil
}

// ForServer returns a Verifier for the Better Auth server at baseURL, the value
// of its BETTER_AUTH_URL, with all defaults.
func ForServer(baseURL string) (*Verifier, error) {
	o, err := ServerOptions(baseURL)
	if err != nil {
		return nil, err
	}
	return New(o)
}

// ServerOptions returns the Options for the Better Auth server at baseURL, for
// changes before New: the keys are at /api/auth/jwks, or under the path of
// baseURL if it has one; issuer and audience are its origin.
func ServerOptions(baseURL string) (Options, error) {
	u, err := url.Parse(strings.TrimSpace(baseURL))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Options{}, fmt.Errorf("verify: %q is not an http or https URL", baseURL)
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			origin = strings.TrimSuffix(origin, port)
		}
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if path == "" {
		path = "/api/auth"
	}
	return Options{JWKS: origin + path + "/jwks", Issuer: []string{origin}, Audience: []string{origin}}, nil
}

// Verify checks a token and returns its claims. It does not check that the sender of
// a token that is bound to a key has the key; use [Verifier.Require] for that. The error matches one of this
// package's errors with errors.Is, or is that of ctx. Keys are fetched if they
// are missing, too old, or do not include the key of this token.
func (v *Verifier) Verify(ctx context.Context, token string) (*Claims, error) {
	signed, keyID, err := v.parse(token)
	if err != nil {
		return nil, err
	}
	key, err := v.keys.get(ctx, keyID)
	if err != nil {
		return nil, err
	}
	if algorithm := signed.Signatures[0].Protected.Algorithm; !key.allows(algorithm) {
		return nil, fmt.Errorf("%w: the key is not for %s", ErrAlgorithm, algorithm)
	}
	payload, err := signed.Verify(key.public)
	if err != nil {
		return nil, ErrSignature
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return nil, err
	}
	if err := v.check(claims); err != nil {
		return nil, err
	}
	return claims, nil
}

// parse parses a token. It verifies nothing.
func (v *Verifier) parse(token string) (*jose.JSONWebSignature, string, error) {
	if len(token) > maxToken {
		return nil, "", fmt.Errorf("%w: too long", ErrMalformed)
	}
	// encoding/base64 skips line ends, so one token could have many texts.
	if strings.ContainsAny(token, "\r\n") {
		return nil, "", ErrMalformed
	}
	signed, err := jose.ParseSignedCompact(token, v.algorithms)
	if unexpected := (*jose.ErrUnexpectedSignatureAlgorithm)(nil); errors.As(err, &unexpected) {
		return nil, "", ErrAlgorithm
	}
	if err != nil || len(signed.Signatures) != 1 {
		return nil, "", ErrMalformed
	}
	header := signed.Signatures[0].Protected
	// An extension may change what the signature covers, and none is supported.
	if _, found := header.ExtraHeaders["crit"]; found {
		return nil, "", fmt.Errorf("%w: unknown critical header", ErrMalformed)
	}
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); v.kind != "" && strings.TrimPrefix(strings.ToLower(typ), "application/") != v.kind {
		return nil, "", fmt.Errorf("%w: not of the type %s", ErrMalformed, v.kind)
	}
	if header.KeyID == "" {
		return nil, "", fmt.Errorf("%w: no key id", ErrMalformed)
	}
	return signed, header.KeyID, nil
}

func (v *Verifier) check(c *Claims) error {
	switch {
	case !slices.Contains(v.issuer, c.Issuer):
		return ErrIssuer
	case !slices.ContainsFunc(c.Audience, func(a string) bool { return slices.Contains(v.audience, a) }):
		return ErrAudience
	}
	return v.checkTimes(c)
}

func (v *Verifier) checkTimes(c *Claims) error {
	now := v.now()
	switch {
	case !now.Before(c.ExpiresAt.Add(v.leeway)):
		return ErrExpired
	case c.NotBefore.After(now.Add(v.leeway)):
		return ErrNotYetValid
	}
	return nil
}

func blank(values []string) bool { return len(values) == 0 || slices.Contains(values, "") }
