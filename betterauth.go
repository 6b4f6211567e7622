// Package betterauth is the Better Auth server for Go: an http.Handler that
// speaks the wire format, cookies, password hashes and database schema of the
// npm package better-auth.
//
//	a, err := betterauth.New(auth.Options{
//		Secret:           os.Getenv("BETTER_AUTH_SECRET"),
//		BaseURL:          auth.Static("https://example.com"),
//		Database:         db, // sqlstore.Open(ctx, "sqlite:auth.db", …)
//		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
//	})
//	http.Handle("/api/auth/", a)
package betterauth

import (
	"os"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/base"
)

// New assembles a server: the built-in endpoints and the plugins of o. All
// problems come in one error.
func New(o auth.Options) (*auth.Auth, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Environ == nil {
		o.Environ = os.Getenv
	}
	return auth.New(o, base.New(&o))
}
