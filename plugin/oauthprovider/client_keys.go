package oauthprovider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

const (
	keysFor      = 5 * time.Minute // how long fetched keys are used
	keysLimit    = 500             // clients whose keys are kept
	keysTimeout  = 5 * time.Second
	longestKeys  = 64 << 10
	minKeyRefill = 10 * time.Second // between two fetches because of an unknown key
)

// errNoKey reports that none of a client's keys is the one that signed.
var errNoKey = fmt.Errorf("%w: no applicable key found in the JSON Web Key Set", secret.ErrToken)

// clientKeySet is the key set of a client.
type clientKeySet []secret.Members

// keySetOf reads a key set, as checkKeySet accepts it.
func keySetOf(document []byte) (clientKeySet, error) {
	v, err := js.Parse(document)
	if err != nil {
		return nil, err
	}
	set, _ := v.(*js.Object)
	list, _ := set.Get("keys")
	keys, ok := list.([]any)
	if !ok || len(keys) == 0 {
		return nil, errors.New("oauthprovider: the key set has no keys")
	}
	out := make(clientKeySet, 0, len(keys))
	for _, key := range keys {
		if _, ok := key.(*js.Object); !ok {
			return nil, errors.New("oauthprovider: a key of the set is not an object")
		}
		members, err := secret.ParseMembers(js.Marshal(key))
		if err != nil {
			return nil, err
		}
		out = append(out, members)
	}
	return out, nil
}

// open verifies the signature of a token with the one key that fits its header.
func (s clientKeySet) open(header secret.Members, token string) (headerText, payload []byte, err error) {
	alg, _ := header.String("alg")
	kid, named := header.String("kid")
	var found []secret.Members
	for _, key := range s {
		if own, ok := key.String("kid"); named && (!ok || own != kid) {
			continue
		}
		if fits(key, alg) {
			found = append(found, key)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil, errNoKey
	case 1:
		key, err := publicKey(found[0], alg)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", secret.ErrToken, err)
		}
		return key.VerifyJWT(token, alg)
	}
	return nil, nil, fmt.Errorf("%w: multiple matching keys found in the JSON Web Key Set", secret.ErrToken)
}

// fits reports whether a key may verify signatures of an algorithm.
func fits(key secret.Members, alg string) bool {
	kinds := map[string]string{"R": "RSA", "P": "RSA", "E": "EC"}
	kind := kinds[alg[:1]]
	curve := map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}[alg]
	if alg == "EdDSA" {
		kind = "OKP"
	}
	if own, _ := key.String("kty"); own != kind {
		return false
	}
	if own, _ := key.String("crv"); curve != "" && own != curve {
		return false
	}
	if own, ok := key.String("alg"); ok && own != alg {
		return false
	}
	if use, ok := key.String("use"); ok && use != "sig" {
		return false
	}
	return verifies(key.Get("key_ops"))
}

// verifies reports whether the key_ops of a key, if it has any, allow it to verify signatures.
func verifies(operations []byte) bool {
	v, err := js.Parse(operations)
	list, ok := v.([]any)
	return err != nil || !ok || slices.Contains(list, any("verify"))
}

func publicKey(members secret.Members, alg string) (*secret.JWK, error) {
	o := js.NewObject()
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e"} {
		if value, ok := members.String(name); ok {
			o.Set(name, value)
		}
	}
	key, err := secret.ParseJWK(js.Marshal(o))
	if err != nil {
		return nil, err
	}
	return key.WithAlgorithm(alg)
}

// fetchedKeys holds the key sets that were read from the addresses of clients.
type fetchedKeys struct {
	mu     sync.Mutex
	sets   map[string]*fetchedSet
	public http.RoundTripper
}

type fetchedSet struct {
	keys clientKeySet
	at   time.Time
}

func (f *fetchedKeys) get(name string) *fetchedSet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sets[name]
}

func (f *fetchedKeys) put(name string, set *fetchedSet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sets == nil || len(f.sets) >= keysLimit && f.sets[name] == nil {
		f.sets = map[string]*fetchedSet{}
	}
	f.sets[name] = set
}

// keysName is the name under which the keys of a client are kept.
func keysName(client *Client) string {
	manager := "managed"
	if client.ClientDiscoveryID != nil {
		manager = *client.ClientDiscoveryID
	}
	return manager + ":" + text(client.JWKSURI)
}

// clientKeys returns the keys of a client: those that it registered, or those at its address.
func (p *Plugin) clientKeys(c *auth.Context, client *Client) (clientKeySet, error) {
	if own := text(client.JWKS); own != "" {
		return keySetOf([]byte(own))
	}
	if text(client.JWKSURI) == "" {
		return nil, badClient("client has no JWKS configured")
	}
	if err := p.checkKeysAddress(c, client); err != nil {
		return nil, err
	}
	kept := p.keys.get(keysName(client))
	if kept != nil && age(c, kept.at) < keysFor {
		return kept.keys, nil
	}
	keys, err := p.fetchKeys(c, client)
	if err == nil {
		return keys, nil
	}
	if kept != nil && age(c, kept.at) < 2*keysFor && !isBadDocument(err) {
		return kept.keys, nil
	}
	return nil, badClient("failed to fetch client JWKS").Because(err)
}

// clientKeysAgain reads the keys at the address of a client because none of the known ones fits.
func (p *Plugin) clientKeysAgain(c *auth.Context, client *Client) (clientKeySet, error) {
	if kept := p.keys.get(keysName(client)); kept != nil && age(c, kept.at) < minKeyRefill {
		return nil, errNoKey // they have just been read; a stranger must not cause a request per call
	}
	return p.fetchKeys(c, client)
}

func age(c *auth.Context, at time.Time) time.Duration { return c.Now().Sub(at) }

// checkKeysAddress refuses addresses at which a client could make the server call its own network.
func (p *Plugin) checkKeysAddress(c *auth.Context, client *Client) error {
	if client.ClientDiscoveryID != nil && p.discoveryOf(client) == nil {
		return badClient("client discovery does not provide a metadata resource transport")
	}
	owner := ""
	if client.ClientDiscoveryID != nil {
		owner = client.ClientID
	}
	return p.checkKeySetURL(c, *client.JWKSURI, owner)
}

// badDocument is the error of a key set that was read and is invalid.
type badDocument struct{ error }

func isBadDocument(err error) bool { _, bad := err.(badDocument); return bad }

// fetchKeys reads the keys at the address of a client and keeps them.
func (p *Plugin) fetchKeys(c *auth.Context, client *Client) (clientKeySet, error) {
	ctx, cancel := context.WithTimeout(c, keysTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, *client.JWKSURI, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	body, err := p.fetchDocument(c, req, client)
	if err != nil {
		return nil, err
	}
	document, err := js.Parse(body)
	if err != nil {
		return nil, badDocument{err}
	}
	if flaw := checkKeySet(document); flaw != "" {
		return nil, badDocument{errors.New("oauthprovider: " + flaw)}
	}
	keys, err := keySetOf(body)
	if err != nil {
		return nil, badDocument{err}
	}
	p.keys.put(keysName(client), &fetchedSet{keys, c.Now()})
	return keys, nil
}

func (p *Plugin) fetchDocument(c *auth.Context, req *http.Request, client *Client) ([]byte, error) {
	send := (&http.Client{Transport: p.strangers(c), CheckRedirect: func(*http.Request, []*http.Request) error { return oauth.ErrRedirect }}).Do
	if discovery := p.discoveryOf(client); discovery != nil && discovery.Fetch != nil {
		send = discovery.Fetch
	}
	res, err := send(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("oauthprovider: the address of the keys answered %d", res.StatusCode)
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && !(strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")) {
		return nil, fmt.Errorf("oauthprovider: the address of the keys answered %q, which is not JSON", kind)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, longestKeys+1))
	if err != nil {
		return nil, err
	}
	if len(body) > longestKeys {
		return nil, fmt.Errorf("oauthprovider: the address of the keys answered more than %d bytes", longestKeys)
	}
	return body, nil
}

// discoveryOf returns the extension that found the client, or nil.
func (p *Plugin) discoveryOf(client *Client) *Discovery {
	for _, d := range p.discoveries() {
		if text(client.ClientDiscoveryID) == d.ID {
			return d
		}
	}
	return nil
}

// strangers returns the transport for addresses that clients name. It reaches public addresses only, unless the program
// sets a transport of its own.
func (p *Plugin) strangers(c *auth.Context) http.RoundTripper {
	if own := c.Options.HTTP; own != nil && own != http.DefaultTransport {
		return own
	}
	p.keys.mu.Lock()
	defer p.keys.mu.Unlock()
	if p.keys.public == nil {
		p.keys.public = oauth.PublicTransport()
	}
	return p.keys.public
}
