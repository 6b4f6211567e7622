package oauth

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// ErrNoKey is returned, wrapped, if no published key is the one that a token names.
var ErrNoKey = errors.New("oauth: no published key matches the ID token")

// FreshKeys reads the keys of a provider for every token. The key must have the kid of the token.
type FreshKeys struct {
	URL       string
	Algorithm string // of all keys; "" uses the alg of each key
	AnyKid    bool   // a token without a kid may be signed with any key
}

// Find implements [Keys].
func (k FreshKeys) Find(c *Call, kid, _ string) ([]*secret.JWK, error) {
	res, err := c.Fetch(Request{URL: k.URL, Final: true})
	if err != nil {
		return nil, err
	}
	var found []*secret.JWK
	list, ok := Member(res.Data, "keys").([]any)
	if !res.OK() || !ok {
		return nil, errors.New("oauth: keys not found")
	}
	for _, entry := range list {
		own, _ := Member(entry, "kid").(string)
		if own != kid && (kid != "" || !k.AnyKid) {
			continue
		}
		key, err := parseKey(entry, k.Algorithm)
		if err != nil {
			return nil, err
		}
		found = append(found, key)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: kid %q", ErrNoKey, kid)
	}
	return found, nil
}

func parseKey(entry any, algorithm string) (*secret.JWK, error) {
	key, err := secret.ParseJWK(js.Marshal(entry))
	if err != nil {
		return nil, err
	}
	if algorithm != "" {
		return key.WithAlgorithm(algorithm)
	}
	return key, nil
}

const (
	keysMaxAge   = 10 * time.Minute
	keysCooldown = 30 * time.Second
)

// CachedKeys keeps the keys of a provider for ten minutes. It also reads them again for an unknown kid, at most every
// thirty seconds (as jose's createRemoteJWKSet).
type CachedKeys struct {
	URL    string
	Header [][2]string

	mu      sync.Mutex
	list    []any
	fetched time.Time
}

// Find implements [Keys].
func (k *CachedKeys) Find(c *Call, kid, alg string) ([]*secret.JWK, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil || c.Now.Sub(k.fetched) >= keysMaxAge {
		if err := k.load(c); err != nil {
			return nil, err
		}
	}
	found := k.fitting(kid, alg)
	if len(found) == 0 && c.Now.Sub(k.fetched) >= keysCooldown {
		if err := k.load(c); err != nil {
			return nil, err
		}
		found = k.fitting(kid, alg)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: kid %q", ErrNoKey, kid)
	}
	return found, nil
}

func (k *CachedKeys) load(c *Call) error {
	res, err := c.Fetch(Request{URL: k.URL, Header: append([][2]string{{"Accept", "application/json, application/jwk-set+json"}}, k.Header...), Final: true, Exact: true})
	if err != nil {
		return err
	}
	list, ok := Member(res.Data, "keys").([]any)
	if res.Status != 200 || !ok {
		return fmt.Errorf("oauth: the key set could not be read: status %d", res.Status)
	}
	k.list, k.fetched = list, c.Now
	return nil
}

func (k *CachedKeys) fitting(kid, alg string) []*secret.JWK {
	var found []*secret.JWK
	for _, entry := range k.list {
		if kid != "" && Member(entry, "kid") != kid {
			continue
		}
		if own := Member(entry, "alg"); IsSet(own) && own != alg {
			continue
		}
		if use := Member(entry, "use"); IsSet(use) && use != "sig" {
			continue
		}
		if key, err := parseKey(entry, ""); err == nil && !key.Private() {
			found = append(found, key)
		}
	}
	return found
}
