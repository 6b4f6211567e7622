// Package username gives users a unique name to sign in with, beside the address, and a form of it to show.
//
//	plugins:
//	  username: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{username.New(username.Options{})},
package username

// This package checks usernames wherever users are created or changed, also by other plugins, of which it knows none.

import (
	"context"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Length of the shortest username, in UTF-16 units.
	MinUsernameLength int `json:"minUsernameLength" default:"3" unit:"characters"`
	// Length of the longest username, in UTF-16 units.
	MaxUsernameLength int `json:"maxUsernameLength" default:"30" unit:"characters"`
	// Says whether a username is allowed.
	UsernameValidator callback.Func[string, bool] `json:"usernameValidator" unset:"ASCII letters, digits, underscores and dots"`
	// Says whether a display username is allowed.
	DisplayUsernameValidator callback.Func[string, bool] `json:"displayUsernameValidator" unset:"every text is"`
	// Makes the form of a username that is stored and looked up; false leaves it as it is.
	UsernameNormalization Normalization `json:"usernameNormalization" unset:"lower case"`
	// Makes the form of a display username that is stored.
	DisplayUsernameNormalization callback.Func[string, string] `json:"displayUsernameNormalization" unset:"as it is"`
	// Whether the validators see a name before or after it is normalized.
	ValidationOrder ValidationOrder `json:"validationOrder"`
	// A user cannot change a username once it is set.
	ImmutableUsername bool `json:"immutableUsername"`
	// Users have the field `displayUsername`.
	DisplayUsername *bool `json:"displayUsername" default:"true"`
	// Names of the plugin's columns. The table itself is renamed by `user.modelName`.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// ValidationOrder says, by field, which form of a name the validators see.
type ValidationOrder struct {
	// For usernames; it applies to the limits of length, too.
	Username Order `json:"username" default:"pre-normalization" enum:"pre-normalization,post-normalization"`
	// For display usernames.
	DisplayUsername Order `json:"displayUsername" default:"pre-normalization" enum:"pre-normalization,post-normalization"`
}

// Order says which form of a name a validator sees.
type Order string

// The orders.
const (
	PreNormalization  Order = "pre-normalization"  // the name as it was sent
	PostNormalization Order = "post-normalization" // the normalized name
)

// Plugin is the username plugin.
type Plugin struct {
	opts Options
	auth *auth.Auth // set by init
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	signUp := []string{signUpPath}
	return auth.Manifest{
		ID:        "username",
		Models:    []store.Model{p.userFields()},
		Rename:    p.opts.Schema,
		Endpoints: []auth.Endpoint{p.signIn(), p.isAvailable()},
		Before: []auth.Hook{
			{On: signUp, Do: p.takeFromDisplay},
			{On: []string{signUpPath, updatePath}, Do: p.checkRequest},
			{On: signUp, Do: p.showUsername},
		},
		Database: map[string][]store.Hooks{"user": {{Source: "plugin:username", BeforeCreate: p.beforeCreate, BeforeUpdate: p.beforeUpdate}}},
		Codes: []auth.Code{
			InvalidUsernameOrPassword, EmailNotVerified, UnexpectedError, UsernameIsAlreadyTaken, UsernameTooShort,
			UsernameTooLong, InvalidUsername, InvalidDisplayUsername, UsernameIsImmutable,
		},
		Init: p.init,
	}
}

// userFields returns the fields that the plugin adds to users. The names are normalized once more when they are
// stored.
func (p *Plugin) userFields() store.Model {
	m := store.Model{Name: "user", Fields: []store.Field{
		{
			Name: "username", Type: store.String, Optional: true, Unique: true, Sortable: true, In: onText(p.normalized),
			Need: store.Need{UpTo: p.opts.MaxUsernameLength},
		},
	}}
	if p.shows() {
		m.Fields = append(m.Fields, store.Field{Name: "displayUsername", Type: store.String, Optional: true, In: onText(p.displayed)})
	}
	return m
}

// shows reports whether users have a display username.
func (p *Plugin) shows() bool { return *p.opts.DisplayUsername }

// onText returns a conversion that leaves values alone that are not texts.
func onText(f func(ctx context.Context, s string) (string, error)) func(ctx context.Context, v any) (any, error) {
	return func(ctx context.Context, v any) (any, error) {
		if text, ok := v.(string); ok {
			return f(ctx, text)
		}
		return v, nil
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.auth = a
	if o := p.opts; o.MinUsernameLength > o.MaxUsernameLength {
		return fmt.Errorf("minUsernameLength is %d, but maxUsernameLength is %d", o.MinUsernameLength, o.MaxUsernameLength)
	}
	return option.Check(&p.opts)
}
