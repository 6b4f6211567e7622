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

// Plugin extends the server. New calls Manifest once. A Manifest is a Plugin too.
type Plugin interface{ Manifest() Manifest }

// Manifest declares everything that a plugin adds, as data. All fields but ID are optional. The router, the migrator,
// the rate limiter, the OpenAPI document and the config file read it; a plugin changes nothing of the engine in other
// ways.
type Manifest struct {
	ID string // name of the plugin in a config file, such as "magic-link"

	// Models are the tables of the plugin. A model with the name of an existing one adds its fields to that.
	Models []store.Model
	// Rename is the option schema of the plugin, by model: other names for its tables and columns, and fields that
	// the program adds.
	Rename map[string]ModelOptions

	Endpoints []Endpoint
	Before    []Hook // run before an endpoint, in the order of the plugins
	After     []Hook // run after an endpoint; may replace the answer
	// SignedIn hooks run after a call that started a session, before the After hooks. They may take the session back
	// with [Context.UndoSignIn] and replace the answer.
	SignedIn []Hook
	// Admit is called before any session starts. Returning an error refuses the sign-in.
	Admit func(c *Context, user *User, how SignIn) error

	Database   map[string][]store.Hooks // run around writes, by model
	RateLimits []RateLimit
	Codes      []Code // error codes that clients know by name
	Provides   Services
	Jobs       []Job
	Events     []string // names of the events that the plugin reports with [Context.Emit]

	// OnEvent is called with every event, after the commit of the transaction in which it happened and before the
	// answer is sent.
	OnEvent func(ctx context.Context, e Event)

	// Init runs once, after all manifests are merged and the store is open: to check options, log warnings and find
	// other plugins. An error makes New fail.
	Init func(a *Auth) error

	// Screen is called with every request over HTTP, after the rate limit and before routing. An *Error is the answer
	// to the request; any other error is a 500. It is not called for calls from Go.
	Screen func(c *Context) error
	// Outside reports whether Screen answers requests for a path outside of the base path. [Auth.IsRoot] uses it.
	Outside func(a *Auth, path string) bool

	// Wrap wraps the handler of all requests, before routing and after Screen.
	Wrap func(next http.Handler) http.Handler

	// Served is called after every request, also one that a rate limit or an outage ended, to measure the server. It must
	// be fast.
	Served func(Served)
}

// Services are parts of the server that a plugin replaces or adds.
type Services struct {
	// CacheSigner signs and verifies the cached session of the strategy jwt, in place of the shared secret.
	CacheSigner CacheSigner
	// Providers creates OAuth providers after the server is assembled. They precede the social providers of the
	// options and replace those with the same id. An error makes New fail, but the providers that were returned with
	// it are still used for the remaining checks.
	Providers func(call *oauth.Call) ([]oauth.Provider, error)
	// SendVerificationEmail sends the message that verifies an address if the option
	// emailVerification.sendVerificationEmail is not set.
	SendVerificationEmail callback.Func[LinkMail, callback.Nothing]
	// TrustedOrigins returns origins, or patterns of them, that are trusted besides those of the options.
	TrustedOrigins func(o *Options) []string
	// SessionLife is the longest life of the sessions that the plugin starts, if it sets [SignIn.Life]. Secondary
	// storage remembers that long that the sessions of a user were ended.
	SessionLife time.Duration
	// FactorTime returns when the caller last proved a second factor in the session s, or the zero time if never. It
	// must read that from the server, and not from a cookie. Of several plugins the latest time counts. See [StepUp].
	FactorTime func(c *Context, s *SignedIn) (time.Time, error)
	// RevokeAccess removes what the plugin stores that lets somebody in as the user, such as passkeys. It is called, in a
	// transaction, when the owner of an address proves it that somebody else may have signed up with: nobody who had
	// access before keeps it.
	RevokeAccess func(ctx context.Context, userID string) error
	// Actor returns the user who really acts in the session s, such as the administrator who impersonates its user, or
	// "" if that is its user. Events report it.
	Actor func(s *SignedIn) string
	// Invited reports whether somebody who may do so has invited the address, and the invitation has not expired. It
	// is called when signUp.allow of the options has the entry invited.
	Invited func(ctx context.Context, email string) (bool, error)
	// Personal is data about people outside of the tables of Models, for the export and the erasure of a user.
	Personal []PersonalData
	// AcceptPassword is called before a new password is hashed. Returning an error refuses the password. From(ctx) is
	// the call in which it is set, or nil.
	AcceptPassword func(ctx context.Context, password string) error
}

// Job is background work of a plugin. [Auth.Run] runs it at each interval. It may run on several servers at the same
// time.
type Job struct {
	Name  string
	Every time.Duration
	AtEnd bool // it runs once more before Run returns, to write what is only in memory
	Do    func(ctx context.Context, a *Auth) error
}

// Manifest implements Plugin.
func (m Manifest) Manifest() Manifest { return m }

// Hook runs around the endpoints whose path matches one of On. A trailing * matches any rest. An empty On matches
// every path, and calls without a path.
type Hook struct {
	On   []string
	When func(c *Context) bool // nil for always
	Do   func(c *Context) error
}

func (h Hook) matches(c *Context) bool {
	return (len(h.On) == 0 || matchesPath(h.On, c.Route.Path)) && (h.When == nil || h.When(c))
}

func matchesPath(patterns []string, path string) bool {
	_, ok := matchingPath(patterns, path)
	return ok
}

// matchingPath returns the first of the patterns that matches path.
func matchingPath(patterns []string, path string) (pattern string, ok bool) {
	for _, p := range patterns {
		if prefix, open := strings.CutSuffix(p, "*"); p == path || open && strings.HasPrefix(path, prefix) {
			return p, true
		}
	}
	return "", false
}

// RateLimit allows each client Max calls in Window seconds to the paths in On, which are patterns as in [Hook]. The
// first match of all plugins counts.
type RateLimit struct {
	On     []string
	Window int // in seconds
	Max    int
	Off    bool // the paths are not limited
}

// Served is a request that was answered.
type Served struct {
	At     time.Time // of the end
	Took   time.Duration
	Status int
}

// Find returns the plugin of type P, so that one plugin can call another. ok is false if it is not in use.
func Find[P Plugin](a *Auth) (p P, ok bool) {
	for _, q := range a.plugins {
		if p, ok = q.(P); ok {
			return p, true
		}
	}
	return p, false
}
