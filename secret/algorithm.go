package secret

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512" // for ES384, ES512 and the RSA algorithms of these sizes
	"errors"
	"math/big"
)

// algorithm is one row of the table of signature algorithms in RFC 7518.
type algorithm struct {
	kind  keyKind
	curve string // for ECDSA
	hash  crypto.Hash
	pss   bool
}

type keyKind int

const (
	kindEd25519 keyKind = iota
	kindECDSA
	kindRSA
)

var algorithms = map[string]algorithm{
	"EdDSA":   {kind: kindEd25519},
	"Ed25519": {kind: kindEd25519},
	"ES256":   {kind: kindECDSA, curve: "P-256", hash: crypto.SHA256},
	"ES384":   {kind: kindECDSA, curve: "P-384", hash: crypto.SHA384},
	"ES512":   {kind: kindECDSA, curve: "P-521", hash: crypto.SHA512},
	"RS256":   {kind: kindRSA, hash: crypto.SHA256},
	"RS384":   {kind: kindRSA, hash: crypto.SHA384},
	"RS512":   {kind: kindRSA, hash: crypto.SHA512},
	"PS256":   {kind: kindRSA, hash: crypto.SHA256, pss: true},
	"PS384":   {kind: kindRSA, hash: crypto.SHA384, pss: true},
	"PS512":   {kind: kindRSA, hash: crypto.SHA512, pss: true},
}

// fits reports whether a key has the algorithm's kind, curve and strength. This
// prevents a token from choosing how a key is used.
func (a algorithm) fits(public crypto.PublicKey) bool {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return a.kind == kindEd25519 && len(key) == ed25519.PublicKeySize
	case *ecdsa.PublicKey:
		return a.kind == kindECDSA && key.Curve.Params().Name == a.curve
	case *rsa.PublicKey:
		return a.kind == kindRSA && key.N.BitLen() >= minRSABits
	}
	return false
}

func (a algorithm) digest(text []byte) []byte {
	h := a.hash.New()
	h.Write(text)
	return h.Sum(nil)
}

func (a algorithm) sign(private crypto.Signer, text []byte) ([]byte, error) {
	switch key := private.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, text), nil
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, a.digest(text))
		if err != nil {
			return nil, err
		}
		size := (key.Params().BitSize + 7) / 8
		signature := make([]byte, 2*size)
		r.FillBytes(signature[:size])
		s.FillBytes(signature[size:])
		return signature, nil
	case *rsa.PrivateKey:
		if a.pss {
			return rsa.SignPSS(rand.Reader, key, a.hash, a.digest(text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(rand.Reader, key, a.hash, a.digest(text))
	}
	return nil, errors.New("unknown kind of key")
}

func (a algorithm) verify(public crypto.PublicKey, text, signature []byte) bool {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, text, signature)
	case *ecdsa.PublicKey:
		size := (key.Params().BitSize + 7) / 8
		if len(signature) != 2*size {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		return ecdsa.Verify(key, a.digest(text), r, s)
	case *rsa.PublicKey:
		if a.pss {
			return rsa.VerifyPSS(key, a.hash, a.digest(text), signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(key, a.hash, a.digest(text), signature) == nil
	}
	return false
}
