package oauthprovider

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
)

// Expiry says when something ends: some time after its beginning ("5m"), or, as a number, at that many seconds since
// 1970. The zero value says nothing.
type Expiry = jwt.Expiration

// Step is the result of signup.shouldRedirect: no step, the page of the option, or another page.
type Step struct {
	Needed bool
	Page   string
}

// UnmarshalJSON reads true, false, null or a page.
func (s *Step) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	page, _ := v.(string)
	*s = Step{Needed: js.Truthy(v), Page: page}
	return nil
}

// Registrar is the result of validateInitialAccessToken. Allowed is false if the token is refused.
type Registrar struct {
	Allowed     bool
	ReferenceID string // of the owner of the client; "" for none
}

// UnmarshalJSON reads false, or an object with the member referenceId.
func (r *Registrar) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	*r = Registrar{Allowed: js.Truthy(v)}
	if o, ok := v.(*js.Object); ok {
		id, _ := o.Get("referenceId")
		r.ReferenceID, _ = id.(string)
	}
	return nil
}

// The ways to store secrets and tokens that have a name.
const (
	hashed    = "hashed"
	encrypted = "encrypted"
)

// SecretStorage says how secrets of clients are stored.
type SecretStorage struct {
	Kind string // "hashed", "encrypted", or "" for the callbacks
	// Either Hash, with an optional Verify, or Encrypt and Decrypt.
	Hash    callback.Func[string, string]
	Verify  callback.Func[SecretCheck, bool]
	Encrypt callback.Func[string, string]
	Decrypt callback.Func[string, string]
}

// SecretCheck is the argument of storeClientSecret.verify.
type SecretCheck struct {
	Secret string `arg:"0"`
	Stored string `arg:"1"`
}

// secretStorageMap is the option storeClientSecret in its map form.
type secretStorageMap struct {
	// Makes the hash that is stored.
	Hash callback.Func[string, string] `json:"hash"`
	// Compares a secret with the stored hash.
	Verify callback.Func[SecretCheck, bool] `json:"verify" unset:"the hashes are compared"`
	// Makes the text that is stored.
	Encrypt callback.Func[string, string] `json:"encrypt"`
	// Makes the secret of the stored text.
	Decrypt callback.Func[string, string] `json:"decrypt"`
}

// OptionShape implements [option.Shaper].
func (SecretStorage) OptionShape() option.Shape {
	return option.Shape{Texts: []string{hashed, encrypted}, Map: reflect.TypeFor[secretStorageMap]()}
}

// UnmarshalJSON reads a name or callbacks.
func (s *SecretStorage) UnmarshalJSON(text []byte) error {
	if kind, ok, err := named(text, hashed, encrypted); ok || err != nil {
		*s = SecretStorage{Kind: kind}
		return err
	}
	var m secretStorageMap
	if err := unmarshal(text, &m); err != nil {
		return err
	}
	*s = SecretStorage{Hash: m.Hash, Verify: m.Verify, Encrypt: m.Encrypt, Decrypt: m.Decrypt}
	return nil
}

// BindCallback implements [callback.Binder].
func (s *SecretStorage) BindCallback(event string, c *callback.Caller) error {
	return errors.Join(
		s.Hash.BindCallback(event+".hash", c), s.Verify.BindCallback(event+".verify", c),
		s.Encrypt.BindCallback(event+".encrypt", c), s.Decrypt.BindCallback(event+".decrypt", c),
	)
}

// TokenStorage says how codes and tokens are stored: hashed with SHA-256 if Hash is nil.
type TokenStorage struct {
	Hash callback.Func[TokenHash, string]
}

// TokenHash is the argument of storeTokens.hash. Type is `access_token`, `refresh_token` or `authorization_code`.
type TokenHash struct {
	Token string `arg:"0"`
	Type  string `arg:"1"`
}

// tokenStorageMap is the option storeTokens in its map form.
type tokenStorageMap struct {
	// Makes the hash that is stored.
	Hash callback.Func[TokenHash, string] `json:"hash"`
}

// OptionShape implements [option.Shaper].
func (TokenStorage) OptionShape() option.Shape {
	return option.Shape{Texts: []string{hashed}, Map: reflect.TypeFor[tokenStorageMap]()}
}

// UnmarshalJSON reads hashed or a callback.
func (s *TokenStorage) UnmarshalJSON(text []byte) error {
	*s = TokenStorage{}
	if _, ok, err := named(text, hashed); ok || err != nil {
		return err
	}
	var m tokenStorageMap
	err := unmarshal(text, &m)
	s.Hash = m.Hash
	return err
}

// BindCallback implements [callback.Binder].
func (s *TokenStorage) BindCallback(event string, c *callback.Caller) error {
	return s.Hash.BindCallback(event+".hash", c)
}

// Limit says how often an endpoint may be called. A nil number is the default.
type Limit struct {
	Off    bool // calls are not limited
	Window *int
	Max    *int
}

// limitMap is a limit in its map form.
type limitMap struct {
	// Length of the window.
	Window *int `json:"window" unit:"seconds" unset:"60"`
	// Calls in one window.
	Max *int `json:"max" unset:"by endpoint"`
}

// OptionShape implements [option.Shaper].
func (Limit) OptionShape() option.Shape {
	return option.Shape{False: true, Map: reflect.TypeFor[limitMap]()}
}

// UnmarshalJSON reads false or numbers.
func (l *Limit) UnmarshalJSON(text []byte) error {
	if string(text) == "false" {
		*l = Limit{Off: true}
		return nil
	}
	var m limitMap
	if err := unmarshal(text, &m); err != nil {
		return errors.New("must be false, or window and max")
	}
	*l = Limit{Window: m.Window, Max: m.Max}
	return nil
}

// RateLimits says how often the endpoints may be called.
type RateLimits struct {
	// `/oauth2/token`.
	Token Limit `json:"token" unset:"20 calls in 60 seconds"`
	// `/oauth2/authorize`.
	Authorize Limit `json:"authorize" unset:"30 calls in 60 seconds"`
	// `/oauth2/introspect`.
	Introspect Limit `json:"introspect" unset:"100 calls in 60 seconds"`
	// `/oauth2/revoke`.
	Revoke Limit `json:"revoke" unset:"30 calls in 60 seconds"`
	// `/oauth2/register`.
	Register Limit `json:"register" unset:"5 calls in 60 seconds"`
	// `/oauth2/userinfo`.
	UserInfo Limit `json:"userinfo" unset:"60 calls in 60 seconds"`
}

func (l RateLimits) limits() []auth.RateLimit {
	var out []auth.RateLimit
	add := func(path string, l Limit, most int) {
		if l.Off {
			return
		}
		limit := auth.RateLimit{On: []string{path}, Window: 60, Max: most}
		if l.Window != nil {
			limit.Window = *l.Window
		}
		if l.Max != nil {
			limit.Max = *l.Max
		}
		out = append(out, limit)
	}
	add("/oauth2/token", l.Token, 20)
	add("/oauth2/authorize", l.Authorize, 30)
	add("/oauth2/introspect", l.Introspect, 100)
	add("/oauth2/revoke", l.Revoke, 30)
	add("/oauth2/register", l.Register, 5)
	add("/oauth2/userinfo", l.UserInfo, 60)
	return out
}

// named reads one of these texts. ok is false if the value is no text.
func named(text []byte, names ...string) (name string, ok bool, err error) {
	if json.Unmarshal(text, &name) != nil {
		return "", false, nil
	}
	if !slices.Contains(names, name) {
		return "", true, errors.New("must be " + strings.Join(names, " or ") + ", or callbacks")
	}
	return name, true, nil
}

// unmarshal reads an object into the struct that dst points to, and refuses members that it does not have.
func unmarshal(text []byte, dst any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(dst)
}
