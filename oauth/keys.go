package oauth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
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
	keysAccepted = "application/json, application/jwk-set+json"
)

// CachedKeys keeps the keys of a provider for ten minutes. It also reads them again for an unknown kid, at most every
// thirty seconds (as jose's createRemoteJWKSet). Simultaneous calls share one request, also if it fails.
type CachedKeys struct {
	URL    string
	Header [][2]string
	MaxAge time.Duration // 0 means ten minutes
	Accept string        // the header Accept; "" means that of jose
	// Eager asks for an unknown kid even if the keys were read less than thirty seconds ago, and for nothing but an
	// unknown kid (as the reference reads jwks.remoteUrl).
	Eager bool

	requests atomic.Uint64 // the number of requests so far

	mu      sync.Mutex
	list    []any
	fetched time.Time
	asked   time.Time // the last request for an unknown kid
	failed  error     // of the last request; nil if it succeeded
}

// Find implements [Keys].
func (k *CachedKeys) Find(c *Call, kid, alg string) ([]*secret.JWK, error) {
	seen := k.requests.Load()
	k.mu.Lock()
	defer k.mu.Unlock()
	old := k.list == nil || c.Now.Sub(k.fetched) >= cmp.Or(k.MaxAge, keysMaxAge)
	if old {
		if err := k.load(c, seen); err != nil {
			return nil, err
		}
	}
	found := k.fitting(kid, alg)
	if len(found) == 0 && !old && k.mayAsk(c, kid) {
		k.asked = c.Now
		if err := k.load(c, seen); err != nil {
			return nil, err
		}
		found = k.fitting(kid, alg)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: kid %q", ErrNoKey, kid)
	}
	return found, nil
}

// mayAsk reports whether the keys are read again for a token that no key fits.
func (k *CachedKeys) mayAsk(c *Call, kid string) bool {
	if c.Now.Sub(k.asked) < keysCooldown {
		return false
	}
	if !k.Eager {
		return c.Now.Sub(k.fetched) >= keysCooldown
	}
	return kid != "" && !slices.ContainsFunc(k.list, func(entry any) bool { return Member(entry, "kid") == kid })
}

// load reads the keys. seen is the number of requests when the call began: if one has failed since, its error is
// returned, so that calls do not wait one after the other for a provider that does not answer.
func (k *CachedKeys) load(c *Call, seen uint64) error {
	if k.failed != nil && k.requests.Load() > seen {
		return k.failed
	}
	k.failed = k.read(c)
	k.requests.Add(1)
	return k.failed
}

func (k *CachedKeys) read(c *Call) error {
	header := append([][2]string{{"Accept", cmp.Or(k.Accept, keysAccepted)}}, k.Header...)
	res, err := c.Fetch(Request{URL: k.URL, Header: header, Final: true, Exact: true})
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
