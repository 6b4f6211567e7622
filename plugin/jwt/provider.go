package jwt

import (
	"cmp"
	"slices"
)

// KeySetURL returns the address of the key set of a server with this base URL.
func (p *Plugin) KeySetURL(baseURL string) string {
	return cmp.Or(p.opts.JWKS.RemoteURL, baseURL+p.opts.JWKS.JWKSPath)
}

// Algorithms returns the algorithms that tokens may be signed with. The first is that of new keys.
func (p *Plugin) Algorithms() []string {
	out := []string{p.opts.keyPair().Alg}
	for _, k := range p.opts.JWKS.KeyPairConfigs {
		if !slices.Contains(out, k.Alg) {
			out = append(out, k.Alg)
		}
	}
	return out
}

// Issuer returns the option jwt.issuer; "" if it is not set.
func (p *Plugin) Issuer() string { return p.opts.JWT.Issuer }
