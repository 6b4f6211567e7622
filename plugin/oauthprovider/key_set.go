package oauthprovider

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// What is wrong with a key set of a client.
const (
	keysMissing    = "jwks must be an RFC 7517 JWK Set object with a non-empty keys array"
	keyUnsupported = "jwks keys must be supported public JWKs with required key parameters"
	keyPrivate     = "jwks must contain only public asymmetric keys"
	keyAlgorithm   = "jwks key alg must be supported for private_key_jwt and compatible with its key type and signing curve"
)

// checkKeySet returns what is wrong with a client's key set, a value of package js; "" if it is right. Keys must be
// public, asymmetric and of a kind with which assertions can be signed.
func checkKeySet(set any) (problem string) {
	o, _ := set.(*js.Object)
	if o == nil {
		return keysMissing
	}
	v, _ := o.Get("keys")
	keys, _ := v.([]any)
	if len(keys) == 0 {
		return keysMissing
	}
	for _, v := range keys {
		key, ok := v.(*js.Object)
		if !ok {
			return keyUnsupported
		}
		if problem := checkKey(key); problem != "" {
			return problem
		}
	}
	return ""
}

func checkKey(key *js.Object) (problem string) {
	kind := member(key, "kty")
	if kind == "oct" || slices.ContainsFunc([]string{"k", "d", "p", "q", "dp", "dq", "qi", "oth"}, key.Has) {
		return keyPrivate
	}
	algorithm := algorithmOfCurve(member(key, "crv"))
	var fits func(alg string) bool
	switch {
	case kind == "RSA" && member(key, "n") != "" && member(key, "e") != "":
		fits = func(alg string) bool { return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS") }
	case kind == "EC" && algorithm != "" && member(key, "x") != "" && member(key, "y") != "":
		fits = func(alg string) bool { return alg == algorithm }
	case kind == "OKP" && member(key, "crv") == "Ed25519" && member(key, "x") != "":
		fits = func(alg string) bool { return alg == "EdDSA" }
	default:
		return keyUnsupported
	}
	if alg, ok := key.Get("alg"); ok {
		name, _ := alg.(string)
		if !slices.Contains(assertionAlgorithms(), name) || !fits(name) {
			return keyAlgorithm
		}
	}
	return ""
}

// algorithmOfCurve returns the signing algorithm of an elliptic curve, or "".
func algorithmOfCurve(curve string) string {
	switch curve {
	case "P-256":
		return "ES256"
	case "P-384":
		return "ES384"
	case "P-521":
		return "ES512"
	}
	return ""
}

// member returns a text in an object, or "".
func member(o *js.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}
