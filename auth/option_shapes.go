package auth

import (
	"reflect"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The forms that options with a grammar of their own may take in a config file. The types read them in UnmarshalJSON.

// baseURLMap is the option baseURL in its map form.
type baseURLMap struct {
	// Hosts that a request may be sent to; `*` is a wildcard.
	AllowedHosts []string `json:"allowedHosts" unset:"needed"`
	// Address that is used for a host that is not allowed. Without it such a request
	// fails.
	Fallback string `json:"fallback"`
	// Scheme of the address; `auto` takes it from the request.
	Protocol string `json:"protocol" default:"auto" enum:"auto,http,https"`
}

// OptionShape implements [option.Shaper].
func (BaseURL) OptionShape() option.Shape {
	return option.Shape{Text: true, Map: reflect.TypeFor[baseURLMap]()}
}

// refreshCacheMap is the option session.cookieCache.refreshCache in its map form.
type refreshCacheMap struct {
	// How long before its end the cookie is renewed.
	UpdateAge int `json:"updateAge" unset:"a fifth of maxAge" unit:"seconds"`
}

// OptionShape implements [option.Shaper].
func (RefreshCache) OptionShape() option.Shape {
	return option.Shape{Bool: true, Map: reflect.TypeFor[refreshCacheMap]()}
}

// OptionShape implements [option.Shaper].
func (CacheVersion) OptionShape() option.Shape { return option.Shape{Text: true, Callback: true} }

// OptionShape implements [option.Shaper].
func (Names[In]) OptionShape() option.Shape {
	return option.Shape{List: reflect.TypeFor[string](), Callback: true}
}

// OptionShape implements [option.Shaper].
func (OriginCheckOff) OptionShape() option.Shape {
	return option.Shape{Bool: true, List: reflect.TypeFor[string]()}
}

// OptionShape implements [option.Shaper].
func (GenerateID) OptionShape() option.Shape {
	return option.Shape{Texts: []string{string(store.UUID), string(store.SerialID)}, False: true, Callback: true}
}

// OptionShape implements [option.Shaper].
func (AdditionalFields) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string]AdditionalField]()}
}

// OptionShape implements [option.Shaper].
func (FieldType) OptionShape() option.Shape {
	return option.Shape{Texts: fieldTypes(), List: reflect.TypeFor[string]()}
}

// OptionShape implements [option.Shaper].
func (CustomRules) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string]ruleValue]()}
}

// ruleValue is one member of rateLimit.customRules.
type ruleValue struct{ RuleSize }

// OptionShape implements [option.Shaper].
func (ruleValue) OptionShape() option.Shape {
	return option.Shape{False: true, Map: reflect.TypeFor[RuleSize](), Callback: true}
}

// identifierMap is the option verification.storeIdentifier in its map form: either hash, or default and overrides.
type identifierMap struct {
	// Makes the identifier that is stored.
	Hash callback.Func[string, string] `json:"hash"`
	// For identifiers without an override.
	Default identifierValue `json:"default" unset:"needed"`
	// By the prefix of the identifier.
	Overrides map[string]identifierValue `json:"overrides"`
}

// OptionShape implements [option.Shaper].
func (StoreIdentifier) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"plain", "hashed"}, Map: reflect.TypeFor[identifierMap]()}
}

// identifierValue says how identifiers with one prefix are stored.
type identifierValue struct{}

// OptionShape implements [option.Shaper].
func (identifierValue) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"plain", "hashed"}, Map: reflect.TypeFor[identifierHash]()}
}

type identifierHash struct {
	// Makes the identifier that is stored.
	Hash callback.Func[string, string] `json:"hash"`
}

// tokenStorageMap is the option storeToken in its map form.
type tokenStorageMap struct {
	// Kind of storage.
	Type string `json:"type" unset:"needed" enum:"custom-hasher"`
	// Makes the token that is stored.
	Hash callback.Func[string, string] `json:"hash" unset:"needed"`
}

// OptionShape implements [option.Shaper].
func (TokenStorage) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"plain", "hashed"}, Map: reflect.TypeFor[tokenStorageMap]()}
}
