package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Plugin extends the server. New calls Manifest once. A bare Manifest is a
// Plugin too.
type Plugin interface{ Manifest() Manifest }

// Manifest is all that a plugin adds, as data. Every part is optional but ID. The
// router, the migrator, the rate limiter, the OpenAPI document and the config file
// all read it; nothing of the engine is changed elsewhere.
type Manifest struct {
	ID string // the plugin's name in a config file, such as "magic-link"

	// Models are the plugin's tables, and fields that it adds to tables of others:
	// a model whose name is known already extends that one.
	Models []store.Model
	// Rename is the plugin's option schema, by model: other names of its tables and
	// columns, and fields that the program adds.
	Rename map[string]ModelOptions

	Endpoints []Endpoint
	Before    []Hook // run before an endpoint, in the order of the plugins
	After     []Hook // run after it; may replace the answer
	// SignedIn run after a call that began a session, before After. One of them may
	// take the session back with [Context.UndoSignIn] and answer otherwise.
	SignedIn []Hook
	// Admit is asked before any session begins. An error refuses the sign-in.
	Admit func(c *Context, user *User, how SignIn) error

	Database   map[string][]store.Hooks // around writes, by model
	RateLimits []RateLimit
	Codes      []Code // errors that clients know by name
	Provides   Services
	Jobs       []Job
	Events     []string // names of events that the plugin reports with [Context.Emit]

	// Init runs once, after every manifest is merged and the store is open: for
	// checks of the options, warnings, and finding other plugins. Its errors end New.
	Init func(a *Auth) error

	// Wrap sees raw requests before they are routed.
	Wrap func(next http.Handler) http.Handler
}

// Services are parts of the server that a plugin provides.
type Services struct {
	// CacheSigner signs and checks the cached session of the strategy jwt instead of
	// the shared secret.
	CacheSigner CacheSigner
	// Providers are made once the server is assembled. They come before the social
	// providers of the options, whose place they take where the ids are the same.
	// Those that could be made are used even when there is an error, which ends New.
	Providers func(call *oauth.Call) ([]oauth.Provider, error)
	// SendVerificationEmail sends the message that verifies an address where the
	// option emailVerification.sendVerificationEmail is not set.
	SendVerificationEmail callback.Func[LinkMail, callback.Nothing]
}

// Job is work that a plugin does in the background: [Auth.Run] runs it, once at
// each interval. It may run on several servers at the same time.
type Job struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context, a *Auth) error
}

// Manifest lets a bare Manifest be used as a Plugin.
func (m Manifest) Manifest() Manifest { return m }

// Hook runs around the endpoints whose path matches one of On. A trailing *
// matches any rest; an empty On matches every path, and calls without one.
type Hook struct {
	On   []string
	When func(c *Context) bool // nil means always
	Do   func(c *Context) error
}

func (h Hook) matches(c *Context) bool {
	return (len(h.On) == 0 || matchesPath(h.On, c.Route.Path)) && (h.When == nil || h.When(c))
}

func matchesPath(patterns []string, path string) bool {
	_, ok := matchingPath(patterns, path)
	return ok
}

// matchingPath is the first of the patterns that path matches.
func matchingPath(patterns []string, path string) (pattern string, ok bool) {
	for _, p := range patterns {
		if prefix, open := strings.CutSuffix(p, "*"); p == path || open && strings.HasPrefix(path, prefix) {
			return p, true
		}
	}
	return "", false
}

// RateLimit allows Max calls per client and Window of seconds to the paths in On,
// whose patterns are those of [Hook]. The first match of all plugins counts.
type RateLimit struct {
	On     []string
	Window int // in seconds
	Max    int
	Off    bool // the paths are not limited
}

// Find returns the plugin of type P, so that one plugin can call another.
func Find[P Plugin](a *Auth) (p P, ok bool) {
	for _, q := range a.plugins {
		if p, ok = q.(P); ok {
			return p, true
		}
	}
	return p, false
}
