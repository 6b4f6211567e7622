// Package dpop verifies DPoP proofs (RFC 9449): a client signs each request with a key of its own, and a token that is
// bound to that key is of no use to somebody who has only the token.
//
//	proof, err := dpop.Verify(header, dpop.Expected{Method: "POST", URL: url, Now: now})
//	…
//	first, err := once.Reserve(ctx, "dpop-proof:"+proof.ReplayKey, proof.ReplayKey, proof.ExpiresAt)
//
// Verify keeps nothing, so the caller must note the key of the proof: a proof may be used once.
package dpop

// This package knows neither requests nor storage.

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Type is the typ in the header of a proof.
const Type = "dpop+jwt"

const (
	defaultMaxAge = 300 * time.Second
	ahead         = 5 // seconds that the clock of a client may be fast
	longestID     = 512
	longestProof  = 16 << 10
)

// Algorithms returns the signature algorithms that are accepted if none are configured.
func Algorithms() []string { return []string{"EdDSA", "ES256", "ES512", "PS256", "RS256"} }

// Error says what is wrong with a proof. Clients may see its text.
type Error string

func (e Error) Error() string { return string(e) }

// Used is the error of a proof that was used before.
const Used = Error("DPoP proof jti has already been used")

// Expected says what a proof has to show.
type Expected struct {
	Method     string
	URL        string // of the request; its query is ignored
	Token      string // access token that is sent with the proof; "" if none is
	Thumbprint string // of the key; "" if any key may sign
	Now        time.Time
	MaxAge     time.Duration // 0 means five minutes
	Algorithms []string      // nil means Algorithms()
}

// Proof is a valid proof.
type Proof struct {
	Thumbprint string // of the key that signed it: the jkt of tokens
	ReplayKey  string // equal for two requests with the same proof
	ExpiresAt  time.Time
}

// Verify verifies a proof, the value of the header DPoP. The error is an [Error].
func Verify(proof string, want Expected) (*Proof, error) {
	if want.MaxAge == 0 {
		want.MaxAge = defaultMaxAge
	}
	if want.Algorithms == nil {
		want.Algorithms = Algorithms()
	}
	if strings.Count(proof, ".") != 2 || len(proof) > longestProof {
		return nil, Error("DPoP proof must be a compact JWT")
	}
	key, err := keyOf(proof, want.Algorithms)
	if err != nil {
		return nil, err
	}
	header, payload, err := key.VerifyJWT(proof)
	if err != nil {
		return nil, Error(reason(err))
	}
	if err := secret.CheckClaims(header, payload, secret.Checks{Type: Type}, want.Now); err != nil {
		return nil, Error(reason(err))
	}
	claims, err := secret.ParseMembers(payload)
	if err != nil {
		return nil, Error("DPoP proof signature is invalid")
	}
	return check(claims, key, &want)
}

// keyOf checks the header of a proof and returns the public key in it.
func keyOf(proof string, algorithms []string) (*secret.JWK, error) {
	header, err := secret.TokenHeader(proof)
	if err != nil {
		return nil, Error("Invalid Token or Protected Header formatting")
	}
	if typ, _ := header.String("typ"); typ != Type {
		return nil, Error(`DPoP proof typ must be "dpop+jwt"`)
	}
	alg, _ := header.String("alg")
	if alg == "" || alg == "none" || strings.HasPrefix(alg, "HS") {
		return nil, Error("DPoP proof must use an asymmetric JWS algorithm")
	}
	if !slices.Contains(algorithms, alg) {
		return nil, Error("DPoP proof uses an unsupported JWS algorithm")
	}
	members, ok := header.Object("jwk")
	if !ok {
		return nil, Error("DPoP proof header must include a public jwk")
	}
	if symmetric, _ := members.String("kty"); symmetric == "oct" {
		return nil, Error("DPoP proof jwk must be asymmetric")
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if members.Get(name) != nil {
			return nil, Error("DPoP proof jwk must not contain private key material")
		}
	}
	kind, _ := members.String("kty")
	switch fits := kindOf(alg); {
	case kind != "RSA" && kind != "EC" && kind != "OKP":
		return nil, Error(`Unsupported "kty" (Key Type) Parameter value`)
	case kind != fits:
		return nil, Error(`Invalid or unsupported JWK "alg" (Algorithm) Parameter value`)
	}
	key, err := secret.ParseJWK(bare(members))
	if err == nil {
		key, err = key.WithAlgorithm(alg)
	}
	if err != nil {
		return nil, Error("Invalid keyData")
	}
	return key, nil
}

// kindOf returns the kty of the keys of an algorithm.
func kindOf(alg string) string {
	switch alg[0] {
	case 'R', 'P':
		return "RSA"
	}
	if alg == "EdDSA" {
		return "OKP"
	}
	return "EC"
}

// bare returns the text of a key with only the members that define it: an alg, a certificate or an address in the key
// has no meaning here.
func bare(members secret.Members) []byte {
	o := js.NewObject()
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e"} {
		if text, ok := members.String(name); ok {
			o.Set(name, text)
		}
	}
	return js.Marshal(o)
}

func check(claims secret.Members, key *secret.JWK, want *Expected) (*Proof, error) {
	htm, _ := claims.String("htm")
	htu, _ := claims.String("htu")
	id, _ := claims.String("jti")
	issued, ok := number(claims.Get("iat"))
	if htm == "" || htu == "" || id == "" || !ok {
		return nil, Error("DPoP proof must include htm, htu, jti, and iat claims")
	}
	if js.Length(id) > longestID {
		return nil, Error("DPoP proof jti is too large")
	}
	if !strings.EqualFold(htm, want.Method) {
		return nil, Error("DPoP proof htm does not match the request method")
	}
	address, err := Address(want.URL)
	if err != nil {
		return nil, err
	}
	shown, err := Address(htu)
	if err != nil {
		return nil, err
	}
	if shown != address {
		return nil, Error("DPoP proof htu does not match the request URL")
	}
	now := float64(want.Now.Unix())
	if issued > now+ahead || now-issued > want.MaxAge.Seconds() {
		return nil, Error("DPoP proof iat is outside the accepted window")
	}
	thumbprint, err := checkBinding(claims, key, want)
	if err != nil {
		return nil, err
	}
	return &Proof{
		Thumbprint: thumbprint,
		ReplayKey:  secret.Digest(thumbprint + "\n" + strings.ToUpper(htm) + "\n" + address + "\n" + id),
		ExpiresAt:  time.UnixMilli(int64((issued + want.MaxAge.Seconds()) * 1000)).UTC(),
	}, nil
}

// checkBinding checks that the proof is for this token and by the key that the token is bound to.
func checkBinding(claims secret.Members, key *secret.JWK, want *Expected) (thumbprint string, err error) {
	if want.Token != "" {
		hash, _ := claims.String("ath")
		if hash == "" {
			return "", Error("DPoP proof must include an ath claim")
		}
		if !secret.Equal(hash, secret.Digest(want.Token)) {
			return "", Error("DPoP proof ath does not match the access token")
		}
	}
	if thumbprint, err = key.Thumbprint(); err != nil {
		return "", Error("DPoP proof signature is invalid")
	}
	if want.Thumbprint != "" && !secret.Equal(thumbprint, want.Thumbprint) {
		return "", Error("DPoP proof key does not match the bound token")
	}
	return thumbprint, nil
}

// Address returns origin and path of a URL, by which htu is compared.
func Address(url string) (string, error) {
	u, ok := origin.ParseURL(url)
	switch {
	case !ok:
		return "", Error("Invalid URL")
	case u.Hash != "":
		return "", Error("DPoP proof htu must not contain a fragment")
	}
	return u.Origin + u.Pathname, nil
}

func number(text []byte) (float64, bool) {
	if len(text) == 0 || text[0] == '"' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// reason returns the text of an error of package secret without its kind, which is the text of the reference.
func reason(err error) string {
	text := err.Error()
	for _, kind := range []error{secret.ErrToken, secret.ErrExpired} {
		if errors.Is(err, kind) {
			text = strings.TrimPrefix(text, kind.Error()+": ")
		}
	}
	return text
}

// Thumbprint returns the jkt of a confirmation (RFC 7800), a value of package js, or "" if it has none.
func Thumbprint(confirmation any) string {
	o, ok := confirmation.(*js.Object)
	if !ok {
		return ""
	}
	jkt, _ := o.Get("jkt")
	text, _ := jkt.(string)
	return text
}
