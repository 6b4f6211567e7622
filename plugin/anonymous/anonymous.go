// Package anonymous signs people in without asking who they are: POST /sign-in/anonymous creates a user with a made-up
// name and address. When that person later signs in or up for real, in the same browser, onLinkAccount is called with
// both users, to move data from one to the other, and the anonymous user is deleted.
//
//	plugins:
//	  anonymous:
//	    onLinkAccount: { webhook: https://app.example.com/hooks/link }
//
// or from Go:
//
//	Plugins: []auth.Plugin{anonymous.New(anonymous.Options{
//		OnLinkAccount: func(ctx context.Context, l anonymous.Link) (callback.Nothing, error) {
//			return callback.Nothing{}, carts.Move(ctx, l.AnonymousUser.User.ID, l.NewUser.User.ID)
//		},
//	})},
package anonymous

// This package does not know in which ways people sign in for real, except by the paths of the endpoints.

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Domain of the made-up addresses, which are then `temp-<id>@<domain>`.
	EmailDomainName string `json:"emailDomainName" unset:"anonymous.placeholder.invalid, without temp-"`
	// Called when an anonymous user signs in for real, before the anonymous user is deleted.
	OnLinkAccount callback.Func[Link, callback.Nothing] `json:"onLinkAccount"`
	// Keeps anonymous users: neither a real sign-in nor a request deletes them.
	DisableDeleteAnonymousUser bool `json:"disableDeleteAnonymousUser"`
	// Makes the name of an anonymous user; an empty result is the default.
	GenerateName callback.Func[*auth.Context, string] `json:"generateName" unset:"Anonymous"`
	// Makes the address of an anonymous user, which no other user may have; an empty result is the default.
	GenerateRandomEmail callback.Func[callback.Nothing, string] `json:"generateRandomEmail" unset:"see emailDomainName"`
	// Name of the column in the table of users.
	Schema SchemaOptions `json:"schema"`
}

// Link is the argument of onLinkAccount.
type Link struct {
	AnonymousUser auth.SignedIn
	NewUser       auth.SignedIn
	Call          *auth.Context
}

// Arguments implements [callback.Arguer].
func (l Link) Arguments() []any {
	return []any{js.Obj("anonymousUser", l.AnonymousUser.Object(), "newUser", l.NewUser.Object(), "ctx", l.Call.Described())}
}

// Plugin is the anonymous plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "anonymous",
		Models:    models(),
		Rename:    p.opts.Schema.rename(),
		Endpoints: []auth.Endpoint{p.signIn(), p.deleteUser()},
		Before:    []auth.Hook{{On: []string{"/sign-in/social"}, Do: rememberInFlow}},
		After:     []auth.Hook{{On: realSignIns, When: startsSession, Do: p.link}},
		Codes:     codes(),
		Init:      func(*auth.Auth) error { return option.Check(&p.opts) },
	}
}
