package secret

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/go-jose/go-jose/v4"
)

// ErrKey is returned, wrapped, for a JSON Web Key that is malformed or unsuitable
// for the operation.
var ErrKey = errors.New("invalid key")

const minRSABits = 2048

// JWK is a parsed asymmetric JSON Web Key. It is immutable and safe for concurrent
// use. Keep it: parsing costs more than an Ed25519 signature.
type JWK struct {
	// Algorithm is the JWS algorithm of the key, such as "EdDSA".
	Algorithm string
	// ID is the JWK's kid, "" if it has none.
	ID string
	// Use is the JWK's use, "" if it has none.
	Use string

	alg     algorithm
	public  crypto.PublicKey
	private crypto.Signer // nil for a public key

	header atomic.Pointer[checkedHeader] // the last one: most tokens of a key have the same
}

// checkedHeader is the header of a token whose alg fits the key.
type checkedHeader struct{ text, encoded string }

// ParseJWK parses the JSON text of a public or private key. The algorithm is the
// JWK's alg. If there is none, as in the output of exportJWK, it is the usual one
// for the key: EdDSA for Ed25519, ES256, ES384 or ES512 by curve, RS256 for RSA.
// The error wraps ErrKey.
func ParseJWK(text []byte) (*JWK, error) {
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	key := &JWK{ID: parsed.KeyID, Use: parsed.Use}
	key.public = parsed.Public().Key
	if signer, ok := parsed.Key.(crypto.Signer); ok {
		key.private = signer
	}
	name := parsed.Algorithm
	if name == "" {
		name = usualAlgorithm(key.public)
	}
	return key.WithAlgorithm(name)
}

// WithAlgorithm returns the key for another algorithm, such as PS256 for an RSA
// key. The reference keeps the algorithm in the table, beside the key. The error
// wraps ErrKey if the key is of another kind.
func (k *JWK) WithAlgorithm(name string) (*JWK, error) {
	alg, ok := algorithms[name]
	if !ok || !alg.fits(k.public) {
		return nil, fmt.Errorf("%w: not for algorithm %q", ErrKey, name)
	}
	return &JWK{Algorithm: name, ID: k.ID, Use: k.Use, alg: alg, public: k.public, private: k.private}, nil
}

// Private reports whether the key can sign.
func (k *JWK) Private() bool { return k.private != nil }

// Public returns the JSON text of the public key with only the members that define
// it, as jose's exportJWK writes it.
func (k *JWK) Public() []byte {
	text, err := exportPublic(k.public)
	if err != nil {
		return nil // impossible: ParseJWK accepts no other kinds of key
	}
	return text
}

// Thumbprint returns the key's SHA-256 thumbprint (RFC 7638) in base64url.
func (k *JWK) Thumbprint() (string, error) {
	sum, err := (&jose.JSONWebKey{Key: k.public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return b64.EncodeToString(sum), nil
}

// SignJWT signs claims under a header. Both are JSON objects as text and are copied
// into the token unchanged. The header's alg must be the key's algorithm.
func (k *JWK) SignJWT(header, claims []byte) (string, error) {
	if k.private == nil {
		return "", fmt.Errorf("%w: a public key cannot sign", ErrKey)
	}
	first, err := k.encodeHeader(header)
	if err != nil {
		return "", err
	}
	if len(claims) < 2 || claims[0] != '{' || claims[len(claims)-1] != '}' {
		return "", fmt.Errorf("secret: claims are %w", errNotObject)
	}
	size := 512 // of an RSA signature of 4096 bits
	if k.Algorithm == "EdDSA" {
		size = ed25519.SignatureSize
	}
	token := make([]byte, 0, len(first)+b64.EncodedLen(len(claims))+2+b64.EncodedLen(size))
	token = append(append(token, first...), '.')
	token = b64.AppendEncode(token, claims)
	signature, err := k.alg.sign(k.private, token)
	if err != nil {
		return "", fmt.Errorf("secret: signing: %w", err)
	}
	token = append(token, '.')
	return string(b64.AppendEncode(token, signature)), nil
}

// encodeHeader checks the alg of a header and returns its base64url.
func (k *JWK) encodeHeader(header []byte) (string, error) {
	if last := k.header.Load(); last != nil && last.text == string(header) {
		return last.encoded, nil
	}
	members, err := ParseMembers(header)
	if err != nil {
		return "", fmt.Errorf("secret: header is %w", err)
	}
	if alg, _ := members.String("alg"); alg != k.Algorithm {
		return "", fmt.Errorf("%w: header says %q, key is for %q", ErrKey, alg, k.Algorithm)
	}
	encoded := b64.EncodeToString(header)
	k.header.Store(&checkedHeader{text: string(header), encoded: encoded})
	return encoded, nil
}

// VerifyJWT checks the signature of a token and returns the texts of header and
// payload. It does not check the claims; use CheckClaims. If no algorithms are
// given, the token's must be the key's. The error wraps ErrToken.
func (k *JWK) VerifyJWT(token string, algs ...string) (header, payload []byte, err error) {
	parts, err := splitToken(token, 3)
	if err != nil {
		return nil, nil, err
	}
	name, header, err := tokenAlgorithm(parts[0])
	if err != nil {
		return nil, nil, err
	}
	if len(algs) == 0 {
		algs = []string{k.Algorithm}
	}
	alg, known := algorithms[name]
	if !known || !slices.Contains(algs, name) || !alg.fits(k.public) {
		return nil, nil, fmt.Errorf("%w: algorithm %q not allowed", ErrToken, name)
	}
	signature, err := b64.DecodeString(parts[2])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: signature is not base64url", ErrToken)
	}
	signed := token[:len(parts[0])+1+len(parts[1])]
	if !alg.verify(k.public, []byte(signed), signature) {
		return nil, nil, fmt.Errorf("%w: signature verification failed", ErrToken)
	}
	payload, err = b64.DecodeString(parts[1])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: payload is not base64url", ErrToken)
	}
	return header, payload, nil
}

func usualAlgorithm(public crypto.PublicKey) string {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return "EdDSA"
	case *rsa.PublicKey:
		return "RS256"
	case *ecdsa.PublicKey:
		switch key.Curve.Params().Name {
		case "P-256":
			return "ES256"
		case "P-384":
			return "ES384"
		case "P-521":
			return "ES512"
		}
	}
	return ""
}
