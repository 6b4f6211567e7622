// Package betterauth is the Better Auth server for Go: an http.Handler with the endpoints, cookies, password hashes
// and database schema of the npm package better-auth, so that its clients work unchanged.
//
//	a, err := betterauth.New(auth.Options{
//		Secret:           os.Getenv("BETTER_AUTH_SECRET"),
//		BaseURL:          auth.Static("https://example.com"),
//		Database:         db, // sqlstore.Open(ctx, "sqlite:auth.db", …)
//		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
//	})
//	http.Handle("/api/auth/", a)
//	http.Handle("/account", a.Require(account)) // only for signed-in users
//
// Package auth documents the options. Plugins are the packages below plugin.
package betterauth

import (
	"os"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/base"
)

// New creates a server with the built-in endpoints and the plugins of o. The error lists all problems of the options.
func New(o auth.Options) (*auth.Auth, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Environ == nil {
		o.Environ = os.Getenv
	}
	return auth.New(o, base.New(&o))
}
