package verify

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// key is a public key with the algorithms that it may be used for. Because both
// are fixed here, the header of a token never chooses how a key is used.
type key struct {
	public     any
	algorithms []string
}

func (k key) allows(algorithm string) bool { return slices.Contains(k.algorithms, algorithm) }

var (
	curveAlgorithm   = map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
	rsaAlgorithms    = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	defaultAlgorithm = []string{"EdDSA", "ES256", "ES512", "RS256", "PS256"}
)

const minRSABits = 2048

func parseAlgorithms(names []string) ([]jose.SignatureAlgorithm, error) {
	if len(names) == 0 {
		names = defaultAlgorithm
	}
	var algorithms []jose.SignatureAlgorithm
	for _, name := range names {
		known := name == "EdDSA" || name == "ES256" || name == "ES384" || name == "ES512" || slices.Contains(rsaAlgorithms, name)
		if !known {
			return nil, fmt.Errorf("verify: %q is not a supported asymmetric signature algorithm", name)
		}
		algorithms = append(algorithms, jose.SignatureAlgorithm(name))
	}
	return algorithms, nil
}

// wireKey holds the members of a JWK that are used. Only these public ones are
// passed on, so that certificates and addresses in a key are never read.
type wireKey struct {
	publicParts
	ID         string   `json:"kid"`
	Algorithm  string   `json:"alg"`
	Use        string   `json:"use"`
	Operations []string `json:"key_ops"`
}

type publicParts struct {
	Type  string `json:"kty"`
	Curve string `json:"crv,omitempty"`
	X     string `json:"x,omitempty"`
	Y     string `json:"y,omitempty"`
	N     string `json:"n,omitempty"`
	E     string `json:"e,omitempty"`
}

func parseKey(data []byte) (id string, k key, ok bool) {
	var wire wireKey
	if err := json.Unmarshal(data, &wire); err != nil || wire.ID == "" {
		return "", key{}, false
	}
	if wire.Use != "" && wire.Use != "sig" || wire.Operations != nil && !slices.Contains(wire.Operations, "verify") {
		return "", key{}, false
	}
	algorithms := wire.algorithms()
	if len(algorithms) == 0 {
		return "", key{}, false
	}
	public, err := json.Marshal(wire.publicParts)
	if err != nil {
		return "", key{}, false
	}
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON(public); err != nil || !parsed.Valid() || !parsed.IsPublic() {
		return "", key{}, false
	}
	if r, isRSA := parsed.Key.(*rsa.PublicKey); isRSA && r.N.BitLen() < minRSABits {
		return "", key{}, false
	}
	return wire.ID, key{public: parsed.Key, algorithms: algorithms}, true
}

// algorithms returns the algorithms that the kind of key allows, or the one that
// it names.
func (w wireKey) algorithms() []string {
	var possible []string
	switch w.Type {
	case "OKP":
		if w.Curve == "Ed25519" {
			possible = []string{"EdDSA"}
		}
	case "EC":
		if algorithm, ok := curveAlgorithm[w.Curve]; ok {
			possible = []string{algorithm}
		}
	case "RSA":
		possible = rsaAlgorithms
	}
	if w.Algorithm == "" {
		return possible
	}
	if !slices.Contains(possible, w.Algorithm) {
		return nil
	}
	return []string{w.Algorithm}
}
