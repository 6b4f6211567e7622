// Package jwt issues signed session tokens (JSON Web Tokens) and publishes the keys that verify them. GET /token
// returns a token for the signed-in user, /get-session returns one in the header set-auth-jwt, and GET /jwks returns
// the key set, with which other services verify tokens offline.
//
//	plugins:
//	  jwt:
//	    jwt: { issuer: https://auth.example.com, expirationTime: 15m }
//
// or from Go:
//
//	Plugins: []auth.Plugin{jwt.New(jwt.Options{JWT: jwt.TokenOptions{Issuer: "https://auth.example.com"}})},
//
// Go services verify the tokens with package verify.
package jwt

// This package does not know who verifies the tokens.

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// The keys.
	JWKS JWKSOptions `json:"jwks"`
	// The tokens.
	JWT TokenOptions `json:"jwt"`
	// Signs the session cache with these keys. Needs `session.cookieCache.strategy: jwt`.
	SessionCookieCache bool `json:"sessionCookieCache"`
	// Leaves the header `set-auth-jwt` off /get-session.
	DisableSettingJWTHeader bool `json:"disableSettingJwtHeader"`
	// Keeps the keys elsewhere than in the table `jwks`.
	Adapter KeyAdapter `json:"adapter"`
	// Names of the plugin's tables and columns.
	Schema SchemaOptions `json:"schema"`
}

// JWKSOptions are the options for the keys.
type JWKSOptions struct {
	// The algorithm of new keys.
	KeyPairConfig *KeyPair `json:"keyPairConfig" unset:"EdDSA with Ed25519"`
	// Further algorithms that plugins may request.
	KeyPairConfigs []KeyPair `json:"keyPairConfigs"`
	// Stores private keys unencrypted.
	DisablePrivateKeyEncryption bool `json:"disablePrivateKeyEncryption"`
	// Age at which a key is replaced by a new one.
	RotationInterval int `json:"rotationInterval" unset:"never" unit:"seconds"`
	// How long an expired key stays in the key set.
	GracePeriod *int `json:"gracePeriod" default:"2592000" unit:"seconds"`
	// Path of the key set.
	JWKSPath string `json:"jwksPath" default:"/jwks"`
	// Where the keys are published instead. The path of the key set is then a 404.
	RemoteURL string `json:"remoteUrl"`
}

// KeyPair is an algorithm and the parameters of its keys.
type KeyPair struct {
	// Algorithm.
	Alg string `json:"alg" unset:"EdDSA" enum:"EdDSA,ES256,ES512,RS256,PS256"`
	// Curve.
	Crv string `json:"crv,omitempty" unset:"by algorithm"`
	// Size of an RSA key.
	ModulusLength int `json:"modulusLength,omitempty" unset:"2048" unit:"bits"`
}

// TokenOptions are the options for the tokens.
type TokenOptions struct {
	// Claim iss.
	Issuer string `json:"issuer" unset:"the origin of baseURL"`
	// Claim aud: a text, or a list.
	Audience Audience `json:"audience" unset:"the origin of baseURL"`
	// When a token expires: a time like `15m` after it is issued. A number or a date is
	// the claim exp itself.
	ExpirationTime Expiration `json:"expirationTime" default:"15m"`
	// Makes the claims.
	DefinePayload callback.Func[auth.SignedIn, *js.Object] `json:"definePayload" unset:"the user"`
	// Makes the claim sub.
	GetSubject callback.Func[auth.SignedIn, string] `json:"getSubject" unset:"the user's id"`
	// Signs tokens elsewhere. Needs `jwks.remoteUrl`.
	Sign callback.Func[SignRequest, string] `json:"sign" unset:"the plugin's keys"`
}

// SignRequest is the argument of the callback that signs tokens elsewhere.
type SignRequest struct {
	Payload   *js.Object
	Header    *js.Object // members of the header that the token needs, such as typ; nil for none
	KeyID     string     // the key that must sign; empty for any
	Algorithm string     // the algorithm that must be used; empty for any
}

// Arguments implements [callback.Arguer]: the arguments are payload, header and key.
func (r SignRequest) Arguments() []any {
	var header any = js.Undefined{}
	if r.Header != nil {
		header = r.Header
	}
	key := js.NewObject()
	if r.KeyID != "" {
		key.Set("signingKeyId", r.KeyID)
	}
	if r.Algorithm != "" {
		key.Set("signingAlgorithm", r.Algorithm)
	}
	return []any{r.Payload, header, key}
}

// KeyAdapter replaces the table jwks as the storage of the keys.
type KeyAdapter struct {
	// Reads all keys.
	GetJWKS callback.Func[KeysRequest, *[]KeyRow] `json:"getJwks" unset:"the table jwks"`
	// Stores a new key.
	CreateJWK callback.Func[NewKey, *KeyRow] `json:"createJwk" unset:"the table jwks"`
}

// KeysRequest is the argument of getJwks.
type KeysRequest struct {
	Call *auth.Context `arg:"0"` // nil outside of a call
}

// NewKey is a key to be stored, the argument of createJwk, which returns it with its id.
type NewKey struct {
	Key  KeyRow        `arg:"0"`
	Call *auth.Context `arg:"1"` // nil outside of a call
}

// Plugin is the jwt plugin.
type Plugin struct {
	opts   Options
	keys   keyCache
	remote *oauth.CachedKeys // the keys at jwks.remoteUrl; nil without it
	mint   sync.Mutex        // held while a key is created, so that simultaneous first calls create only one
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	p := &Plugin{opts: o}
	if o.JWKS.RemoteURL != "" {
		p.remote = &oauth.CachedKeys{URL: o.JWKS.RemoteURL, MaxAge: remoteKeysMaxAge, Accept: "application/json", Eager: true}
	}
	return p
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "jwt",
		Models: []store.Model{p.table()},
		Rename: p.opts.Schema.rename(),
		Endpoints: []auth.Endpoint{
			p.getJWKS(), p.getToken(), p.signJWT(), p.verifyJWT(),
		},
		After:    []auth.Hook{{On: []string{"/get-session"}, Do: p.setHeader}},
		Provides: p.services(),
		Init:     p.init,
	}
}

func (p *Plugin) services() auth.Services {
	if !p.opts.SessionCookieCache {
		return auth.Services{}
	}
	return auth.Services{CacheSigner: p}
}

func (o Options) check() error {
	var errs []error
	if o.JWT.Sign != nil && o.JWKS.RemoteURL == "" {
		errs = append(errs, errors.New("jwt.sign needs jwks.remoteUrl, where verifiers find the keys"))
	}
	if o.JWKS.RemoteURL != "" && (o.JWKS.KeyPairConfig == nil || o.JWKS.KeyPairConfig.Alg == "") {
		errs = append(errs, errors.New("jwks.remoteUrl needs jwks.keyPairConfig.alg, the algorithm of those keys"))
	}
	if path := o.JWKS.JWKSPath; !strings.HasPrefix(path, "/") || strings.Contains(path, "..") || strings.HasSuffix(path, "/") {
		errs = append(errs, errors.New("jwks.jwksPath must start with a slash, must not end with one and must not contain a dot-dot segment"))
	}
	for i, k := range o.JWKS.KeyPairConfigs {
		if k.Alg == "" {
			errs = append(errs, fmt.Errorf("jwks.keyPairConfigs.%d needs alg, the algorithm", i))
		}
	}
	errs = append(errs, option.Check(&o))
	if o.SessionCookieCache && o.JWT.Sign != nil {
		errs = append(errs, errors.New("sessionCookieCache needs keys of this server, so it cannot be used with jwt.sign"))
	}
	return errors.Join(errs...)
}

func (o Options) keyPair() KeyPair {
	if o.JWKS.KeyPairConfig != nil && o.JWKS.KeyPairConfig.Alg != "" {
		return *o.JWKS.KeyPairConfig
	}
	return KeyPair{Alg: "EdDSA", Crv: "Ed25519"}
}

func (p *Plugin) init(a *auth.Auth) error {
	if err := p.opts.check(); err != nil {
		return err
	}
	p.keys.fresh = a.AlwaysReads()
	if !p.opts.SessionCookieCache {
		return nil
	}
	if a.Options.Session.CookieCache.Strategy != "jwt" {
		return errors.New(`sessionCookieCache needs session.cookieCache.strategy to be "jwt"`)
	}
	if a.Options.Session.CookieCache.MaxAge > *p.opts.JWKS.GracePeriod {
		a.Log.Warn("session.cookieCache.maxAge is longer than jwks.gracePeriod: cached sessions may become invalid before they expire")
	}
	return nil
}

// setHeader adds a new token to the answer of /get-session.
func (p *Plugin) setHeader(c *auth.Context) error {
	if p.opts.DisableSettingJWTHeader {
		return nil
	}
	s := c.Session
	if s == nil {
		s = c.NewSession
	}
	if s == nil {
		return nil
	}
	token, err := p.Token(c, *s)
	if err != nil {
		return err
	}
	c.SetResponseHeader("Set-Auth-Jwt", token)
	auth.Expose(c.ResponseHeader, "set-auth-jwt")
	return nil
}

type tokenAnswer struct {
	Token string `json:"token"`
}

func (p *Plugin) getToken() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getToken", Methods: []string{http.MethodGet}, Path: "/token", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Get a JWT token", OpenAPI: tokenDoc(),
	}, func(c *auth.Context, _ *auth.None) (*tokenAnswer, error) {
		token, err := p.Token(c, *c.Session)
		return &tokenAnswer{token}, err
	})
}
