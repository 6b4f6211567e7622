package jwt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Signing says how another plugin wants a token to be signed. The zero value means the usual key and no typ.
type Signing struct {
	Type      string // typ of the header, such as "at+jwt"
	KeyID     string // the id of the key that must sign
	Algorithm string // the algorithm that the signing key must have
	Key       *Key   // a key that SigningKey returned; KeyID and Algorithm are then ignored
}

// Key is a key that can sign. Its algorithm is known before the claims are complete, as the hashes in ID tokens need.
type Key struct {
	ID        string
	Algorithm string

	key *secret.JWK
}

// SignsElsewhere reports whether a callback signs the tokens in place of the keys of this plugin.
func (p *Plugin) SignsElsewhere() bool { return p.opts.JWT.Sign != nil }

// SigningKey returns the key that signs tokens now. It creates one if there is none.
func (p *Plugin) SigningKey(c *auth.Context) (*Key, error) { return p.keyFor(c, Signing{}) }

// SignAs signs claims as another plugin needs it. It adds exp, iss and aud if they are missing. A key that is named but
// does not exist, has another algorithm or has expired is an error.
func (p *Plugin) SignAs(c *auth.Context, claims *js.Object, how Signing) (string, error) {
	p.complete(c, claims)
	header := js.NewObject()
	if how.Type != "" {
		header.Set("typ", how.Type)
	}
	if sign := p.opts.JWT.Sign; sign != nil {
		ask := SignRequest{Payload: claims, KeyID: how.KeyID, Algorithm: how.Algorithm}
		if header.Len() > 0 {
			ask.Header = header
		}
		token, err := sign(c, ask)
		return token, auth.FromCallback(err)
	}
	key := how.Key
	if key == nil {
		var err error
		if key, err = p.keyFor(c, how); err != nil {
			return "", err
		}
	}
	header.Set("alg", key.Algorithm)
	header.Set("kid", key.ID)
	return key.key.SignJWT(js.Marshal(header), js.Marshal(claims))
}

// complete adds the claims exp, iss and aud if they are missing.
func (p *Plugin) complete(c *auth.Context, claims *js.Object) {
	o := p.opts.JWT
	iat := c.Now().Unix()
	if v, ok := claims.Get("iat"); ok {
		if n, ok := v.(float64); ok {
			iat = int64(n)
		}
	}
	setMissing(claims, "exp", float64(o.ExpirationTime.From(iat)))
	issuer := o.Issuer
	if issuer == "" {
		issuer = c.BaseOrigin
	}
	setMissing(claims, "iss", issuer)
	audience := any(c.BaseOrigin)
	if len(o.Audience) > 0 {
		audience = o.Audience.claim()
	}
	setMissing(claims, "aud", audience)
}

// keyFor returns the key that how asks for.
func (p *Plugin) keyFor(c *auth.Context, how Signing) (*Key, error) {
	if how.KeyID == "" && how.Algorithm == "" {
		row, key, err := p.signingKey(c, c.Auth, c.Now())
		if err != nil {
			return nil, err
		}
		return &Key{ID: row.ID, Algorithm: p.alg(row), key: key}, nil
	}
	row, err := p.pinned(c, how)
	if err != nil {
		return nil, err
	}
	if !row.live(c.Now()) {
		return nil, fmt.Errorf("jwt: the signing key %s has expired; rotate the keys", row.ID)
	}
	key, err := p.private(c.Auth, row)
	if err != nil {
		return nil, err
	}
	return &Key{ID: row.ID, Algorithm: p.alg(row), key: key}, nil
}

func (p *Plugin) pinned(c *auth.Context, how Signing) (*KeyRow, error) {
	if how.KeyID == "" {
		return p.ofAlgorithm(c, how.Algorithm)
	}
	for _, again := range []bool{false, true} {
		rows, err := p.rows(c, c.Auth, c.Now(), again)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(rows, func(k KeyRow) bool { return k.ID == how.KeyID }); i >= 0 {
			if alg := p.alg(&rows[i]); how.Algorithm != "" && alg != how.Algorithm {
				return nil, fmt.Errorf("jwt: the signing key %s is for %s, not for %s", how.KeyID, alg, how.Algorithm)
			}
			return &rows[i], nil
		}
	}
	return nil, fmt.Errorf("jwt: there is no signing key %q", how.KeyID)
}

// ofAlgorithm returns the newest valid key of an algorithm. It creates one if the options name the algorithm.
func (p *Plugin) ofAlgorithm(c *auth.Context, alg string) (*KeyRow, error) {
	find := func(again bool) (*KeyRow, error) {
		rows, err := p.rows(c, c.Auth, c.Now(), again)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if p.alg(&rows[i]) == alg && rows[i].live(c.Now()) {
				return &rows[i], nil
			}
		}
		return nil, nil
	}
	if row, err := find(false); row != nil || err != nil {
		return row, err
	}
	p.mint.Lock()
	defer p.mint.Unlock()
	if row, err := find(true); row != nil || err != nil {
		return row, err
	}
	pair, ok := p.pairFor(alg)
	if !ok {
		return nil, fmt.Errorf("jwt: there is no key for %s, and neither jwks.keyPairConfig nor jwks.keyPairConfigs names it", alg)
	}
	return p.createPair(c, c.Auth, c.Now(), pair)
}

func (p *Plugin) pairFor(alg string) (KeyPair, bool) {
	for _, pair := range p.opts.JWKS.KeyPairConfigs {
		if pair.Alg == alg {
			return pair, true
		}
	}
	pair := p.opts.keyPair()
	return pair, pair.Alg == alg
}

// ErrRemoteKeys is returned, wrapped, if the keys at jwks.remoteUrl cannot be read.
var ErrRemoteKeys = errors.New("jwt: the keys at jwks.remoteUrl cannot be read")

// remoteKeysMaxAge is how long the keys at jwks.remoteUrl are kept.
const remoteKeysMaxAge = 5 * time.Minute

// Open verifies the signature of a token of this server with the key that its header names, whatever the token is for,
// and returns header and claims. It does not check the claims; use [secret.CheckClaims]. The error of a token that is
// not one of this server's wraps [secret.ErrToken]. If nothing can be said about the token because the keys are published
// elsewhere and cannot be read, the error wraps [ErrRemoteKeys].
func (p *Plugin) Open(c *auth.Context, token string) (header, payload []byte, err error) {
	if p.remote == nil {
		return p.open(c, token)
	}
	members, err := secret.TokenHeader(token)
	if err != nil {
		return nil, nil, err
	}
	kid, _ := members.String("kid")
	alg, _ := members.String("alg")
	keys, err := p.remote.Find(&oauth.Call{Context: c, Now: c.Now(), HTTP: c.Options.HTTP, Log: c.Log, BaseURL: c.BaseURL}, kid, alg)
	if errors.Is(err, oauth.ErrNoKey) {
		return nil, nil, fmt.Errorf("%w: %w", secret.ErrToken, err)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRemoteKeys, err)
	}
	err = fmt.Errorf("%w: signature verification failed", secret.ErrToken)
	for _, key := range keys {
		if header, payload, err = key.VerifyJWT(token, alg); err == nil {
			break
		}
	}
	return header, payload, err
}

// create creates a key pair of the usual algorithm and stores it.
func (p *Plugin) create(ctx context.Context, a *auth.Auth, now time.Time) (*KeyRow, error) {
	return p.createPair(ctx, a, now, p.opts.keyPair())
}
