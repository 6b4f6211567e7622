package apikey

import (
	"errors"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's, except those that are not in the reference.
type Options struct {
	// Kinds of keys. Calls name one by its `configId`.
	Configurations []Configuration `json:"configurations" unset:"one with the defaults"`
	// Names of the table and its columns.
	Schema SchemaOptions `json:"schema"`
	// A route over which other backends verify keys. Not in the reference.
	VerifyRoute VerifyRoute `json:"verifyRoute"`
}

// Configuration configures one kind of keys.
type Configuration struct {
	// Name of the configuration. Each of several needs one.
	ConfigID string `json:"configId" unset:"default"`
	// Headers in which a key is sent that stands for a session: a text or a list of texts.
	APIKeyHeaders Headers `json:"apiKeyHeaders" default:"x-api-key"`
	// Reads the key of a request that stands for a session, in place of the headers.
	CustomAPIKeyGetter callback.Func[*auth.Context, any] `json:"customAPIKeyGetter" unset:"the headers"`
	// May refuse a key before it is looked up.
	CustomAPIKeyValidator callback.Func[Check, bool] `json:"customAPIKeyValidator" unset:"no key is refused"`
	// Makes new keys. They must not be guessable.
	CustomKeyGenerator callback.Func[KeyRequest, string] `json:"customKeyGenerator" unset:"random letters"`
	// Storage for keys in place of `secondaryStorage`.
	CustomStorage *CustomStorage `json:"customStorage" unset:"secondaryStorage"`
	// Letters of a new key, without its prefix; shorter keys cannot stand for sessions.
	DefaultKeyLength int `json:"defaultKeyLength" default:"64" min:"1" max:"4096" unit:"characters"`
	// Prefix of new keys.
	DefaultPrefix string `json:"defaultPrefix" unset:"none"`
	// Changes nothing: counts are written in the same statement that checks them.
	DeferUpdates bool `json:"deferUpdates"`
	// Stores keys as plain text, so that a copy of the database contains them.
	DisableKeyHashing bool `json:"disableKeyHashing"`
	// Keys may have metadata.
	EnableMetadata bool `json:"enableMetadata"`
	// A key in a header stands for a session of its owner.
	EnableSessionForAPIKeys bool `json:"enableSessionForAPIKeys"`
	// Keys are in the database as well; the secondary storage is a cache.
	FallbackToDatabase bool `json:"fallbackToDatabase"`
	// When keys expire.
	KeyExpiration KeyExpiration `json:"keyExpiration"`
	// Writes the last use of a key that has no quota and no rate limit at this interval, for all keys together. Uses
	// since the last interval are lost if the server crashes, and `updatedAt` stays the time of the last change. Not
	// in the reference.
	LastRequestInterval int `json:"lastRequestInterval" min:"0" max:"86400" unit:"seconds" unset:"each use is written at once"`
	// Longest name of a key.
	MaximumNameLength *int `json:"maximumNameLength" default:"32" unit:"characters"`
	// Longest prefix of a key.
	MaximumPrefixLength *int `json:"maximumPrefixLength" default:"32" unit:"characters"`
	// Shortest name of a key.
	MinimumNameLength *int `json:"minimumNameLength" default:"1" unit:"characters"`
	// Shortest prefix of a key.
	MinimumPrefixLength *int `json:"minimumPrefixLength" default:"1" unit:"characters"`
	// Permissions of new keys.
	Permissions PermissionOptions `json:"permissions"`
	// How often one key may be used.
	RateLimit RateLimit `json:"rateLimit"`
	// Owner of the keys. Keys of organizations need the plugin organization.
	References string `json:"references" default:"user" enum:"user,organization"`
	// Every key needs a name.
	RequireName bool `json:"requireName"`
	// The first characters of a key, which are stored as plain text to be shown in lists.
	StartingCharactersConfig Start `json:"startingCharactersConfig"`
	// Where keys are stored.
	Storage string `json:"storage" default:"database" enum:"database,secondary-storage"`
}

// The values of the option storage.
const (
	database  = "database"
	secondary = "secondary-storage"
)

func (o *Configuration) inDatabase() bool { return o.Storage != secondary || o.FallbackToDatabase }

// KeyExpiration says when keys expire.
type KeyExpiration struct {
	// Life of a key that is created without one.
	DefaultExpiresIn *int `json:"defaultExpiresIn" unit:"seconds" unset:"it does not expire"`
	// Only `defaultExpiresIn` counts; a call cannot choose.
	DisableCustomExpiresTime bool `json:"disableCustomExpiresTime"`
	// Longest life that a call may choose.
	MaxExpiresIn *float64 `json:"maxExpiresIn" default:"365" unit:"days"`
	// Shortest life that a call may choose.
	MinExpiresIn *float64 `json:"minExpiresIn" default:"1" unit:"days"`
}

// RateLimit says how often one key may be used.
type RateLimit struct {
	// Keys are limited.
	Enabled *bool `json:"enabled" default:"true"`
	// Uses in one window.
	MaxRequests *int `json:"maxRequests" default:"10"`
	// Length of a window.
	TimeWindow *int `json:"timeWindow" default:"86400000" unit:"milliseconds"`
}

// Start configures the part of a key that is stored as plain text.
type Start struct {
	// Length, including the prefix.
	CharactersLength *int `json:"charactersLength" default:"6" unit:"characters"`
	// It is stored.
	ShouldStore *bool `json:"shouldStore" default:"true"`
}

// PermissionOptions configures the permissions of new keys.
type PermissionOptions struct {
	// Permissions of a key that is created without any: lists of actions by resource, or a callback.
	DefaultPermissions DefaultPermissions `json:"defaultPermissions" unset:"none"`
}

// DefaultPermissions are lists of actions by resource, or the result of a callback.
type DefaultPermissions struct {
	Fixed *js.Object
	Func  callback.Func[PermissionRequest, *js.Object]
}

// PermissionRequest is the argument of defaultPermissions.
type PermissionRequest struct {
	ReferenceID string        `arg:"0"` // owner of the new key
	Call        *auth.Context `arg:"1"`
}

// OptionShape implements [option.Shaper].
func (DefaultPermissions) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string][]string](), Callback: true}
}

// UnmarshalJSON reads lists of actions or a webhook.
func (d *DefaultPermissions) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	o, ok := v.(*js.Object)
	if !ok || o.Has("webhook") {
		return d.Func.UnmarshalJSON(text)
	}
	for _, actions := range o.All() {
		list, ok := actions.([]any)
		for _, action := range list {
			if _, text := action.(string); !text {
				ok = false
			}
		}
		if !ok {
			return errors.New("must be lists of actions by resource")
		}
	}
	d.Fixed = o
	return nil
}

// BindCallback implements [callback.Binder].
func (d *DefaultPermissions) BindCallback(event string, c *callback.Caller) error {
	return d.Func.BindCallback(event, c)
}

// of returns the permissions for a new key, or nil if there are none.
func (d *DefaultPermissions) of(c *auth.Context, owner string) (*js.Object, error) {
	if d.Func == nil {
		return d.Fixed, nil
	}
	o, err := d.Func(c, PermissionRequest{owner, c})
	return o, auth.FromCallback(err)
}

// Check is the argument of customAPIKeyValidator.
type Check struct {
	Call *auth.Context `arg:"0.ctx"`
	Key  string        `arg:"0.key"`
}

// KeyRequest is the argument of customKeyGenerator. Prefix is nil if there is none.
type KeyRequest struct {
	Length int     `arg:"0.length"`
	Prefix *string `arg:"0.prefix,omitempty"`
}

// Headers is one name of a header, or several.
type Headers []string

// OptionShape implements [option.Shaper].
func (Headers) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// UnmarshalJSON reads a text or a list of texts.
func (h *Headers) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make(Headers, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return errors.New("must be a text or a list of texts")
		}
	}
	*h = out
	return nil
}

// SchemaOptions rename the table and its columns.
type SchemaOptions struct {
	// The table of keys.
	APIKey TableOptions `json:"apikey"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"apikey"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o SchemaOptions) rename() map[string]auth.ModelOptions {
	return map[string]auth.ModelOptions{model: {ModelName: o.APIKey.ModelName, Fields: o.APIKey.Fields}}
}
