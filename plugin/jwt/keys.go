package jwt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// parsedKey names a parsed key: the stored text, and the id of the row for a private one.
type parsedKey struct{ id, text string }

// keyCache keeps the rows for a short time, and parsed keys for as long as their row is unchanged. A rotation by
// another process is noticed when the rows are read again: after rowsFor at the latest, and at once for an unknown
// key.
type keyCache struct {
	mu     sync.Mutex
	rows   []KeyRow
	readAt time.Time
	parsed map[parsedKey]*secret.JWK
	shown  *JWKS // the key set of rows, until one of its keys expires
	fresh  bool  // read the rows for every call
}

const (
	rowsFor   = time.Minute
	rowsAgain = 5 * time.Second // after a failure; the known rows stay in use
)

// rows returns the keys, newest first.
func (p *Plugin) rows(ctx context.Context, a *auth.Auth, now time.Time, again bool) ([]KeyRow, error) {
	p.keys.mu.Lock()
	cached, at := p.keys.rows, p.keys.readAt
	p.keys.mu.Unlock()
	if age := now.Sub(at); !again && !p.keys.fresh && len(cached) > 0 && age >= 0 && age < rowsFor {
		return cached, nil
	}
	rows, err := p.readRows(ctx, a)
	if err != nil && !again && !p.keys.fresh && len(cached) > 0 {
		a.Log.WarnContext(ctx, "the signing keys could not be read; the known ones stay in use", "error", err)
		p.keys.mu.Lock()
		defer p.keys.mu.Unlock()
		p.keys.readAt = now.Add(rowsAgain - rowsFor)
		return cached, nil
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(x, y KeyRow) int { return cmp.Compare(y.CreatedAt.UnixMilli(), x.CreatedAt.UnixMilli()) })
	p.keys.mu.Lock()
	defer p.keys.mu.Unlock()
	p.keys.rows, p.keys.readAt, p.keys.shown = rows, now, nil
	return rows, nil
}

func (p *Plugin) readRows(ctx context.Context, a *auth.Auth) ([]KeyRow, error) {
	if get := p.opts.Adapter.GetJWKS; get != nil {
		rows, err := get(ctx, KeysRequest{auth.From(ctx)})
		if err != nil || rows == nil {
			return nil, auth.FromCallback(err)
		}
		return *rows, nil
	}
	found, err := keysOf(a).Find(ctx, store.Query{})
	if err != nil {
		return nil, err
	}
	rows := make([]KeyRow, len(found))
	for i, k := range found {
		rows[i] = *k
	}
	return rows, nil
}

// keysOf returns the table of keys. Its writes run no hooks.
func keysOf(a *auth.Auth) store.Table[KeyRow] { return store.TableOf[KeyRow](a.Store.Quiet(), model) }

func (p *Plugin) alg(k *KeyRow) string {
	if k.Alg != "" {
		return k.Alg
	}
	return p.opts.keyPair().Alg
}

// signingKey returns the newest valid key of the configured algorithm, or else the newest valid key, considering only
// keys that our secret decrypts. If there is none, it creates one.
func (p *Plugin) signingKey(ctx context.Context, a *auth.Auth, now time.Time) (*KeyRow, *secret.JWK, error) {
	row, key, err := p.pick(ctx, a, now, false)
	if row != nil || err != nil {
		return row, key, err
	}
	p.mint.Lock()
	defer p.mint.Unlock()
	if row, key, err = p.pick(ctx, a, now, true); row != nil || err != nil {
		return row, key, err // a simultaneous call has just created it
	}
	if row, err = p.create(ctx, a, now); err != nil {
		return nil, nil, err
	}
	key, err = p.private(a, row)
	return row, key, err
}

func (p *Plugin) pick(ctx context.Context, a *auth.Auth, now time.Time, again bool) (*KeyRow, *secret.JWK, error) {
	rows, err := p.rows(ctx, a, now, again)
	if err != nil {
		return nil, nil, err
	}
	for _, preferred := range []bool{true, false} {
		for i := range rows {
			k := &rows[i]
			if !k.live(now) || preferred != (p.alg(k) == p.opts.keyPair().Alg) {
				continue
			}
			key, err := p.private(a, k)
			if err == nil {
				return k, key, nil
			}
			a.Log.ErrorContext(ctx, "a signing key cannot be used", "error", err)
		}
	}
	return nil, nil, nil
}

// createPair creates a key pair and stores it.
func (p *Plugin) createPair(ctx context.Context, a *auth.Auth, now time.Time, pair KeyPair) (*KeyRow, error) {
	public, private, err := secret.GenerateJWK(pair.Alg, secret.JWKOptions{Curve: pair.Crv, ModulusLength: pair.ModulusLength})
	if err != nil {
		return nil, err
	}
	k := KeyRow{PublicKey: string(public), PrivateKey: string(private), CreatedAt: now, Alg: pair.Alg, Crv: pair.Crv}
	if k.Crv == "" {
		k.Crv = curveOf(public)
	}
	if !p.opts.JWKS.DisablePrivateKeyEncryption {
		sealed, err := a.Keys.Encrypt(string(private))
		if err != nil {
			return nil, err
		}
		k.PrivateKey = string(js.Marshal(sealed))
	}
	if n := p.opts.JWKS.RotationInterval; n != 0 {
		ends := now.Add(time.Duration(n) * time.Second)
		k.ExpiresAt = &ends
	}
	if err := p.keep(ctx, a, &k); err != nil {
		return nil, err
	}
	p.forget()
	return &k, nil
}

func (p *Plugin) forget() {
	p.keys.mu.Lock()
	defer p.keys.mu.Unlock()
	p.keys.rows, p.keys.shown = nil, nil
}

func (p *Plugin) keep(ctx context.Context, a *auth.Auth, k *KeyRow) error {
	if create := p.opts.Adapter.CreateJWK; create != nil {
		made, err := create(ctx, NewKey{*k, auth.From(ctx)})
		if err != nil || made == nil {
			return errors.Join(auth.FromCallback(err), missing(made))
		}
		*k = *made
		return nil
	}
	made, err := keysOf(a).Create(ctx, k)
	if err != nil {
		return err
	}
	*k = *made
	return nil
}

func missing(made *KeyRow) error {
	if made == nil {
		return errors.New("adapter.createJwk returned no key")
	}
	return nil
}

func curveOf(public []byte) string {
	v, _ := js.Parse(public)
	o, ok := v.(*js.Object)
	if !ok {
		return ""
	}
	crv, _ := o.Get("crv")
	s, _ := crv.(string)
	return s
}

// private decrypts and parses the private key of a row.
func (p *Plugin) private(a *auth.Auth, k *KeyRow) (*secret.JWK, error) {
	return p.parse(parsedKey{k.ID, k.PrivateKey}, p.alg(k), func() (string, error) {
		if p.opts.JWKS.DisablePrivateKeyEncryption {
			return k.PrivateKey, nil
		}
		v, err := js.Parse([]byte(k.PrivateKey))
		sealed, ok := v.(string)
		if err != nil || !ok {
			return "", fmt.Errorf("jwt: the private key %s is not encrypted; set jwks.disablePrivateKeyEncryption if that is intended", k.ID)
		}
		plain, err := a.Keys.Decrypt(sealed)
		if err != nil {
			return "", fmt.Errorf("jwt: the private key %s was encrypted with another secret: add that secret to secrets, or rotate the keys: %w", k.ID, err)
		}
		return plain, nil
	})
}

func (p *Plugin) public(k *KeyRow) (*secret.JWK, error) {
	return p.parse(parsedKey{text: k.PublicKey}, p.alg(k), func() (string, error) { return k.PublicKey, nil })
}

func (p *Plugin) parse(name parsedKey, alg string, open func() (string, error)) (*secret.JWK, error) {
	p.keys.mu.Lock()
	key := p.keys.parsed[name]
	p.keys.mu.Unlock()
	if key != nil {
		return key, nil
	}
	text, err := open()
	if err != nil {
		return nil, err
	}
	if key, err = secret.ParseJWK([]byte(text)); err != nil {
		return nil, err
	}
	if key, err = key.WithAlgorithm(alg); err != nil {
		return nil, err
	}
	p.keys.mu.Lock()
	defer p.keys.mu.Unlock()
	if p.keys.parsed == nil || len(p.keys.parsed) > 1000 {
		p.keys.parsed = map[parsedKey]*secret.JWK{}
	}
	p.keys.parsed[name] = key
	return key, nil
}

// Keys returns the keys from their storage, newest first.
func (p *Plugin) Keys(ctx context.Context, a *auth.Auth) ([]KeyRow, error) {
	return p.rows(ctx, a, a.Options.Now(), true)
}

// Rotate creates a new key and lets the earlier ones expire now. They still verify tokens until the grace period has
// passed.
func (p *Plugin) Rotate(ctx context.Context, a *auth.Auth) (*KeyRow, error) {
	p.mint.Lock()
	defer p.mint.Unlock()
	now := a.Options.Now()
	old, err := p.rows(ctx, a, now, true)
	if err != nil {
		return nil, err
	}
	made, err := p.create(ctx, a, now)
	if err != nil || p.opts.Adapter.GetJWKS != nil {
		return made, err
	}
	for _, k := range old {
		if k.live(now) {
			if _, err := a.Store.Quiet().Update(ctx, "jwks", []store.Where{store.Is("id", k.ID)}, store.Record{"expiresAt": now}); err != nil {
				return made, err
			}
		}
	}
	p.forget()
	return made, nil
}

// JWKS is the key set that verifies tokens.
type JWKS struct {
	Keys []*js.Object `json:"keys"`
}

func (p *Plugin) getJWKS() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getJwks", Methods: []string{http.MethodGet}, Session: auth.Public, Path: p.opts.JWKS.JWKSPath, Summary: "Get the JSON Web Key Set", OpenAPI: jwksDoc(),
	}, func(c *auth.Context, _ *auth.None) (*JWKS, error) {
		if p.opts.JWKS.RemoteURL != "" {
			return nil, auth.NotFound(auth.Code{})
		}
		rows, err := p.rows(c, c.Auth, c.Now(), false)
		if err == nil && len(rows) == 0 {
			if _, _, err = p.signingKey(c, c.Auth, c.Now()); err == nil {
				rows, err = p.rows(c, c.Auth, c.Now(), true)
			}
		}
		if err != nil {
			return nil, err
		}
		// Not in the reference: services that verify tokens may cache the set for a minute.
		c.SetResponseHeader("Cache-Control", "public, max-age=60")
		return p.shownSet(rows, c.Now())
	})
}

// shownSet returns the key set of rows. It is created once for as long as the rows are kept.
func (p *Plugin) shownSet(rows []KeyRow, now time.Time) (*JWKS, error) {
	p.keys.mu.Lock()
	shown := p.keys.shown
	p.keys.mu.Unlock()
	if shown != nil {
		return shown, nil
	}
	set, err := p.set(rows, now)
	if err == nil && !p.keys.fresh && !slices.ContainsFunc(rows, func(k KeyRow) bool { return k.ExpiresAt != nil }) {
		p.keys.mu.Lock()
		p.keys.shown = set
		p.keys.mu.Unlock()
	}
	return set, err
}

func (p *Plugin) set(rows []KeyRow, now time.Time) (*JWKS, error) {
	grace := time.Duration(*p.opts.JWKS.GracePeriod) * time.Second
	set := &JWKS{Keys: []*js.Object{}}
	for i := len(rows) - 1; i >= 0; i-- { // oldest first, the order of the table
		k := &rows[i]
		if k.ExpiresAt != nil && !k.ExpiresAt.Add(grace).After(now) {
			continue
		}
		v, err := js.Parse([]byte(k.PublicKey))
		members, ok := v.(*js.Object)
		if err != nil || !ok {
			return nil, fmt.Errorf("jwt: the public key %s is not a JWK", k.ID)
		}
		o := js.Obj("alg", p.alg(k))
		if crv := cmp.Or(k.Crv, p.opts.keyPair().Crv); crv != "" && (k.Crv != "" || p.opts.JWKS.KeyPairConfig != nil) {
			o.Set("crv", crv)
		}
		for name, value := range members.All() {
			o.Set(name, value)
		}
		o.Set("kid", k.ID)
		set.Keys = append(set.Keys, o)
	}
	return set, nil
}
