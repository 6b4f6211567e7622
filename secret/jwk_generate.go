package secret

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"math/big"
)

// JWKOptions are the options of jwks.keyPairConfig apart from alg.
type JWKOptions struct {
	// Curve is crv; it must match the algorithm.
	Curve string
	// ModulusLength is the size of an RSA key in bits, at least 2048; 0 means
	// 2048.
	ModulusLength int
}

// The fields of these types are in the order in which Node's exportKey writes them,
// because other programs read the stored text.

type okpJWK struct {
	Crv string `json:"crv"`
	D   string `json:"d,omitempty"`
	X   string `json:"x"`
	Kty string `json:"kty"`
}

type ecJWK struct {
	Kty string `json:"kty"`
	X   string `json:"x"`
	Y   string `json:"y"`
	Crv string `json:"crv"`
	D   string `json:"d,omitempty"`
}

type rsaJWK struct {
	Kty string `json:"kty"`
	N   string `json:"n"`
	E   string `json:"e"`
	D   string `json:"d,omitempty"`
	P   string `json:"p,omitempty"`
	Q   string `json:"q,omitempty"`
	Dp  string `json:"dp,omitempty"`
	Dq  string `json:"dq,omitempty"`
	Qi  string `json:"qi,omitempty"`
}

// GenerateJWK generates a key pair for EdDSA, Ed25519, ES256, ES384, ES512, RS256,
// RS384, RS512, PS256, PS384 or PS512. It returns both keys as JSON texts in the
// form of jose's exportJWK, without alg and kid. The error wraps ErrKey.
func GenerateJWK(alg string, opts JWKOptions) (public, private []byte, err error) {
	entry, ok := algorithms[alg]
	if !ok {
		return nil, nil, fmt.Errorf("%w: unsupported algorithm %q", ErrKey, alg)
	}
	curve := entry.curve
	if entry.kind == kindEd25519 {
		curve = "Ed25519"
	}
	if curve != "" && opts.Curve != "" && opts.Curve != curve {
		return nil, nil, fmt.Errorf("%w: the only curve for %s is %s", ErrKey, alg, curve)
	}
	signer, err := entry.generate(opts)
	if err != nil {
		return nil, nil, err
	}
	if public, err = exportPublic(signer.Public()); err != nil {
		return nil, nil, err
	}
	private, err = exportPrivate(signer)
	return public, private, err
}

func (a algorithm) generate(opts JWKOptions) (crypto.Signer, error) {
	switch a.kind {
	case kindEd25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case kindECDSA:
		curves := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}
		return ecdsa.GenerateKey(curves[a.curve], rand.Reader)
	}
	bits := opts.ModulusLength
	if bits == 0 {
		bits = minRSABits
	}
	if bits < minRSABits || bits > 16384 {
		return nil, fmt.Errorf("%w: modulusLength must be 2048 bits or larger", ErrKey)
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

func exportPublic(public crypto.PublicKey) ([]byte, error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return json.Marshal(okpJWK{Crv: "Ed25519", X: b64.EncodeToString(key), Kty: "OKP"})
	case *ecdsa.PublicKey:
		jwk, err := exportPoint(key)
		if err != nil {
			return nil, err
		}
		return json.Marshal(jwk)
	case *rsa.PublicKey:
		return json.Marshal(exportModulus(key))
	}
	return nil, fmt.Errorf("%w: unknown kind", ErrKey)
}

func exportPrivate(private crypto.Signer) ([]byte, error) {
	switch key := private.(type) {
	case ed25519.PrivateKey:
		x := key.Public().(ed25519.PublicKey)
		return json.Marshal(okpJWK{Crv: "Ed25519", D: b64.EncodeToString(key.Seed()), X: b64.EncodeToString(x), Kty: "OKP"})
	case *ecdsa.PrivateKey:
		jwk, err := exportPoint(&key.PublicKey)
		if err != nil {
			return nil, err
		}
		d, err := key.Bytes()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
		jwk.D = b64.EncodeToString(d)
		return json.Marshal(jwk)
	case *rsa.PrivateKey:
		jwk := exportModulus(&key.PublicKey)
		jwk.D = encodeInt(key.D)
		jwk.P, jwk.Q = encodeInt(key.Primes[0]), encodeInt(key.Primes[1])
		jwk.Dp, jwk.Dq, jwk.Qi = encodeInt(key.Precomputed.Dp), encodeInt(key.Precomputed.Dq), encodeInt(key.Precomputed.Qinv)
		return json.Marshal(jwk)
	}
	return nil, fmt.Errorf("%w: unknown kind", ErrKey)
}

func exportPoint(key *ecdsa.PublicKey) (ecJWK, error) {
	point, err := key.Bytes() // 4, X, Y
	if err != nil {
		return ecJWK{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	size := (len(point) - 1) / 2
	return ecJWK{
		Kty: "EC",
		X:   b64.EncodeToString(point[1 : 1+size]),
		Y:   b64.EncodeToString(point[1+size:]),
		Crv: key.Params().Name,
	}, nil
}

func exportModulus(key *rsa.PublicKey) rsaJWK {
	return rsaJWK{Kty: "RSA", N: encodeInt(key.N), E: encodeInt(big.NewInt(int64(key.E)))}
}

func encodeInt(n *big.Int) string { return b64.EncodeToString(n.Bytes()) }
