// Package jwt gives signed-in users JSON Web Tokens that any backend can check
// against the key set at /jwks. It must not know who checks them.
package jwt

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	JWKS JWKSOptions  `json:"jwks"`
	JWT  TokenOptions `json:"jwt"`
	// SessionCookieCache signs the jwt strategy's cached session with these keys.
	SessionCookieCache bool `json:"sessionCookieCache"`
	// DisableSettingJWTHeader keeps set-auth-jwt off /get-session.
	DisableSettingJWTHeader bool          `json:"disableSettingJwtHeader"`
	Adapter                 KeyAdapter    `json:"adapter"`
	Schema                  SchemaOptions `json:"schema"`
}

// JWKSOptions are the options of the keys.
type JWKSOptions struct {
	KeyPairConfig               *KeyPair  `json:"keyPairConfig"`  // default EdDSA with Ed25519
	KeyPairConfigs              []KeyPair `json:"keyPairConfigs"` // more algorithms that may be asked for
	DisablePrivateKeyEncryption bool      `json:"disablePrivateKeyEncryption"`
	RotationInterval            int       `json:"rotationInterval"` // seconds; 0: keys don't expire
	GracePeriod                 *int      `json:"gracePeriod"`      // seconds an expired key still verifies; default 30 days
	JWKSPath                    string    `json:"jwksPath"`         // default /jwks
	RemoteURL                   string    `json:"remoteUrl"`        // keys are elsewhere: /jwks is then a 404
}

// KeyPair is an algorithm and how to make keys for it.
type KeyPair struct {
	Alg           string `json:"alg"` // EdDSA, ES256, ES512, RS256, PS256
	Crv           string `json:"crv,omitempty"`
	ModulusLength int    `json:"modulusLength,omitempty"` // bits, RSA only
}

// TokenOptions are the options of the tokens.
type TokenOptions struct {
	Issuer         string                                   `json:"issuer"`         // default: the origin of baseURL
	Audience       Audience                                 `json:"audience"`       // default: the origin of baseURL
	ExpirationTime Expiration                               `json:"expirationTime"` // default 15m
	DefinePayload  callback.Func[auth.SignedIn, *js.Object] `json:"definePayload"`  // default: the user
	GetSubject     callback.Func[auth.SignedIn, string]     `json:"getSubject"`     // default: the user's id
	Sign           callback.Func[SignRequest, string]       `json:"sign"`           // signs elsewhere; needs jwks.remoteUrl
}

// SignRequest asks for a token to be signed elsewhere.
type SignRequest struct {
	Payload *js.Object
}

// Arguments implements [callback.Arguer]: payload, header, key.
func (r SignRequest) Arguments() []any {
	return []any{r.Payload, js.Undefined{}, js.NewObject()}
}

// KeyAdapter keeps the keys elsewhere than in the jwks table.
type KeyAdapter struct {
	GetJWKS   callback.Func[KeysRequest, *[]KeyRow] `json:"getJwks"`
	CreateJWK callback.Func[NewKey, *KeyRow]        `json:"createJwk"`
}

// KeysRequest asks for all keys.
type KeysRequest struct{ Call *auth.Context } // nil outside a call

// Arguments implements [callback.Arguer].
func (r KeysRequest) Arguments() []any { return []any{r.Call.Described()} }

// NewKey is a key to be kept; its answer has the id.
type NewKey struct {
	Key  KeyRow
	Call *auth.Context // nil outside a call
}

// Arguments implements [callback.Arguer].
func (k NewKey) Arguments() []any { return []any{k.Key, k.Call.Described()} }

// Plugin is the jwt plugin.
type Plugin struct {
	opts Options
	keys keyCache
	mint sync.Mutex // one key is made, however many first calls race
}

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{opts: o} }

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
		errs = append(errs, errors.New("jwt.sign needs jwks.remoteUrl: whoever checks the tokens must find the keys"))
	}
	if o.JWKS.RemoteURL != "" && (o.JWKS.KeyPairConfig == nil || o.JWKS.KeyPairConfig.Alg == "") {
		errs = append(errs, errors.New("jwks.remoteUrl needs jwks.keyPairConfig.alg: the algorithm of those keys"))
	}
	if path := o.JWKS.JWKSPath; path != "" && (!strings.HasPrefix(path, "/") || strings.Contains(path, "..") || strings.HasSuffix(path, "/")) {
		errs = append(errs, errors.New("jwks.jwksPath must begin with a slash, end without one and hold no dot-dot segment"))
	}
	for _, k := range append([]KeyPair{o.keyPair()}, o.JWKS.KeyPairConfigs...) {
		switch k.Alg {
		case "EdDSA", "ES256", "ES512", "RS256", "PS256":
		default:
			errs = append(errs, fmt.Errorf("unknown algorithm %q (known: EdDSA, ES256, ES512, RS256, PS256)", k.Alg))
		}
	}
	errs = append(errs, auth.CheckTime("jwks.rotationInterval", o.JWKS.RotationInterval))
	if grace := o.JWKS.GracePeriod; grace != nil {
		errs = append(errs, auth.CheckTime("jwks.gracePeriod", *grace))
	}
	if o.SessionCookieCache && o.JWT.Sign != nil {
		errs = append(errs, errors.New("sessionCookieCache needs keys of this server, so it can't be used with jwt.sign"))
	}
	return errors.Join(errs...)
}

func (o Options) keyPair() KeyPair {
	if o.JWKS.KeyPairConfig != nil && o.JWKS.KeyPairConfig.Alg != "" {
		return *o.JWKS.KeyPairConfig
	}
	return KeyPair{Alg: "EdDSA", Crv: "Ed25519"}
}

func (o Options) path() string {
	if o.JWKS.JWKSPath != "" {
		return o.JWKS.JWKSPath
	}
	return "/jwks"
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
	if grace := p.opts.JWKS.GracePeriod; grace != nil && a.Options.Session.CookieCache.MaxAge > *grace {
		a.Log.Warn("session.cookieCache.maxAge is longer than jwks.gracePeriod: cached sessions may stop verifying before they end")
	}
	return nil
}

// setHeader adds a fresh token to what /get-session answers.
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
