package jwt

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Token returns a token for a signed-in user.
func (p *Plugin) Token(c *auth.Context, s auth.SignedIn) (string, error) {
	claims := js.Obj("iat", float64(c.Now().Unix()))
	claims.Grow(usualClaims)
	if define := p.opts.JWT.DefinePayload; define != nil {
		payload, err := define(c, s)
		if err != nil {
			return "", auth.FromCallback(err)
		}
		if payload != nil {
			for name, v := range payload.All() {
				claims.Set(name, v)
			}
		}
	} else {
		s.User.Public().Each(claims.Set)
	}
	subject := s.User.ID
	if get := p.opts.JWT.GetSubject; get != nil {
		given, err := get(c, s)
		if err != nil {
			return "", auth.FromCallback(err)
		}
		if given != "" {
			subject = given
		}
	}
	claims.Set("sub", subject)
	return p.Sign(c, claims)
}

// Sign signs claims. It adds exp, iss and aud if they are missing.
func (p *Plugin) Sign(c *auth.Context, claims *js.Object) (string, error) {
	return p.SignAs(c, claims, Signing{})
}

// usualClaims is the number of claims of a token: those of a user, and iat, sub,
// exp, iss and aud.
const usualClaims = 12

// setMissing sets a claim that is absent or null.
func setMissing(claims *js.Object, name string, v any) {
	if have, _ := claims.Get(name); have == nil {
		claims.Set(name, v)
	}
}

type signRequest struct {
	Payload         *js.Object `json:"payload"`
	OverrideOptions *js.Object `json:"overrideOptions,omitempty"`
}

func (p *Plugin) signJWT() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signJWT", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Sign a payload; from Go only",
	}, func(c *auth.Context, in *signRequest) (*tokenAnswer, error) {
		signer := p
		if in.OverrideOptions != nil {
			over, err := p.with(in.OverrideOptions)
			if err != nil {
				return nil, err
			}
			signer = over
		}
		token, err := signer.Sign(c, in.Payload.Clone())
		return &tokenAnswer{token}, err
	})
}

// with returns the plugin with some of its top-level options replaced.
func (p *Plugin) with(over *js.Object) (*Plugin, error) {
	o := p.opts
	if over.Has("jwt") {
		o.JWT = TokenOptions{}
	}
	if over.Has("jwks") {
		o.JWKS = JWKSOptions{}
	}
	if err := json.Unmarshal(js.Marshal(over), &o); err != nil {
		return nil, fmt.Errorf("jwt: overrideOptions: %w", err)
	}
	return &Plugin{opts: o, keys: keyCache{fresh: true}}, nil
}

type verifyRequest struct {
	Token  string  `json:"token"`
	Issuer *string `json:"issuer,omitempty"`
}

type verifyAnswer struct {
	Payload any `json:"payload"` // the claims, or null
}

func (p *Plugin) verifyJWT() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyJWT", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Verify a token of this server; from Go only",
	}, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		issuer := p.opts.JWT.Issuer
		if in.Issuer != nil && *in.Issuer != "" {
			issuer = *in.Issuer
		}
		claims, err := p.Verify(c, in.Token, issuer)
		if err != nil {
			c.Log.DebugContext(c, "a token did not verify", "error", err)
			return &verifyAnswer{}, nil
		}
		return &verifyAnswer{Payload: claims}, nil
	})
}

// Verify verifies a token of this server and returns its claims. An empty issuer means the origin of the base URL.
func (p *Plugin) Verify(c *auth.Context, token, issuer string) (*js.Object, error) {
	header, payload, err := p.open(c, token)
	if err != nil {
		return nil, err
	}
	checks := secret.Checks{}
	if issuer == "" {
		issuer = c.BaseOrigin
	}
	if issuer != "" {
		checks.Issuer = []string{issuer}
	}
	if checks.Audience = p.opts.JWT.Audience; len(checks.Audience) == 0 && c.BaseOrigin != "" {
		checks.Audience = []string{c.BaseOrigin}
	}
	if err := secret.CheckClaims(header, payload, checks, c.Now()); err != nil {
		return nil, err
	}
	v, err := js.Parse(payload)
	claims, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil, errors.New("the payload is not an object")
	}
	for _, needed := range []string{"sub", "aud"} {
		if v, _ := claims.Get(needed); !js.Truthy(v) {
			return nil, errors.New("the token has no " + needed)
		}
	}
	return claims, nil
}

// open verifies the signature of a token with the key that its header names.
func (p *Plugin) open(c *auth.Context, token string) (header, payload []byte, err error) {
	members, err := secret.TokenHeader(token)
	if err != nil {
		return nil, nil, err
	}
	kid, _ := members.String("kid")
	if kid == "" {
		return nil, nil, fmt.Errorf("%w: it does not name a key", secret.ErrToken)
	}
	for _, again := range []bool{false, true} {
		rows, err := p.rows(c, c.Auth, c.Now(), again)
		if err != nil {
			return nil, nil, err
		}
		for i := range rows {
			if rows[i].ID == kid {
				key, err := p.public(&rows[i])
				if err != nil {
					return nil, nil, err
				}
				return key.VerifyJWT(token, p.alg(&rows[i]))
			}
		}
	}
	return nil, nil, fmt.Errorf("%w: there is no key %q", secret.ErrToken, kid)
}

// The cached session as a token signed with these keys (plugins/jwt/cookie-cache.mjs).
const (
	cacheType     = "better-auth.session-cache+jwt"
	cacheAudience = "better-auth:session-cache"
)

func cacheIssuer(c *auth.Context) string {
	if c.BaseOrigin != "" {
		return c.BaseOrigin
	}
	return cacheAudience
}

// SignCache implements [auth.CacheSigner].
func (p *Plugin) SignCache(c *auth.Context, payload []byte, userID, token string, ttl time.Duration) (string, error) {
	v, err := js.Parse(payload)
	claims, ok := v.(*js.Object)
	if err != nil || !ok {
		return "", errors.New("jwt: the cached session is not an object")
	}
	row, key, err := p.signingKey(c, c.Auth, c.Now())
	if err != nil {
		return "", err
	}
	now := c.Now().Unix()
	claims.Set("sid", token)
	claims.Set("iat", float64(now))
	claims.Set("exp", float64(now+int64(ttl.Seconds())))
	claims.Set("iss", cacheIssuer(c))
	claims.Set("aud", cacheAudience)
	claims.Set("sub", userID)
	return key.SignJWT(js.Marshal(js.Obj("alg", p.alg(row), "kid", row.ID, "typ", cacheType)), js.Marshal(claims))
}

// OpenCache implements [auth.CacheSigner].
func (p *Plugin) OpenCache(c *auth.Context, token string) ([]byte, error) {
	header, payload, err := p.open(c, token)
	if err != nil {
		return nil, err
	}
	err = secret.CheckClaims(header, payload, secret.Checks{
		Issuer: []string{cacheIssuer(c)}, Audience: []string{cacheAudience}, Type: cacheType, Tolerance: 15 * time.Second,
	}, c.Now())
	if err != nil {
		return nil, err
	}
	return payload, boundTo(payload)
}

// boundTo returns an error if the sub and sid of a token differ from its content.
func boundTo(payload []byte) error {
	var t struct {
		Sub, Sid string
		User     struct{ ID string }
		Session  struct{ Token string }
	}
	if err := json.Unmarshal(payload, &t); err != nil {
		return err
	}
	if t.Sub != t.User.ID || t.Sid != t.Session.Token {
		return errors.New("the sub or sid of the token differs from the session in it")
	}
	return nil
}
