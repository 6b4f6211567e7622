package auth

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Mode says in which environment a server runs. The defaults of the rate limiter, the rules for secrets and cookies
// and the fallback of the base URL depend on it.
type Mode string

// The modes. The zero value is production.
const (
	Production  Mode = ""
	Development Mode = "development"
	Test        Mode = "test"
)

// Options configures a server. Names and defaults are those of Better Auth; durations are in seconds unless a field
// says otherwise. Fields without a json name are set from Go, or by package config from parts of the file that have a
// grammar of their own (database, plugins, secondaryStorage).
type Options struct {
	// Name of the application, shown in messages and pages.
	AppName string `json:"appName" default:"Better Auth"`
	// Public address of the server, like `https://example.com`, or `{ allowedHosts,
	// fallback, protocol }` to derive it from each request.
	BaseURL BaseURL `json:"baseURL" unset:"BETTER_AUTH_URL; in development the listen address"`
	// Path below which the endpoints are served. A path in `baseURL` replaces it.
	BasePath string `json:"basePath" default:"/api/auth"`
	Mode     Mode   `json:"-"`

	// Signs cookies and encrypts stored values.
	Secret string `json:"secret" unset:"BETTER_AUTH_SECRET, AUTH_SECRET"`
	// Versioned secrets, the current one first. They take precedence over `secret`, which
	// then only verifies and decrypts.
	Secrets []secret.Version `json:"secrets" unset:"BETTER_AUTH_SECRETS"`
	// Lets a production server start with a secret that is short, quoted, padded with
	// blanks, a placeholder or repetitive, for databases that already depend on it. Not in
	// the npm package.
	AllowShortSecret bool `json:"allowShortSecret"`

	Database store.Driver `json:"-"` // nil: stateless mode, as in the reference, on a memory store
	// Casing "snake" converts the names of tables and columns to snake_case unless other options name them.
	Casing           string   `json:"-"`
	SecondaryStorage kv.Store `json:"-"`
	Plugins          []Plugin `json:"-"`
	// SocialProviders are the providers that users can sign in with; package oauth/provider creates them.
	SocialProviders []oauth.Provider `json:"-"`

	// Sign-up and sign-in with a password.
	EmailAndPassword EmailAndPassword `json:"emailAndPassword"`
	// Verification of e-mail addresses.
	EmailVerification EmailVerification `json:"emailVerification"`
	// Who may become a user, over every way of signing up. Not in the npm package. See
	// docs/sign-up.md.
	SignUp SignUpOptions `json:"signUp"`
	// Users: their table, changing the address, deleting an account.
	User UserOptions `json:"user"`
	// Sessions: their table, lifetime and cookie cache.
	Session SessionOptions `json:"session"`
	// Accounts: their table, linking, tokens of providers.
	Account AccountOptions `json:"account"`
	// Values that are used once, such as the tokens of links: their table and storage.
	Verification Verification `json:"verification"`
	// Limits on how often endpoints may be called.
	RateLimit RateLimitOptions `json:"rateLimit"`
	// Origins that may call the server and that it may redirect to: a list in which `*`
	// and `?` are wildcards, or a callback. `BETTER_AUTH_TRUSTED_ORIGINS` adds to it.
	TrustedOrigins TrustedOrigins `json:"trustedOrigins" unset:"the origin of baseURL"`
	// Endpoint paths that answer 404, like `/sign-up/email`.
	DisabledPaths []string `json:"disabledPaths"`
	// Hooks that run around every endpoint.
	Hooks HookOptions `json:"hooks"`
	// Hooks that run around writes to users, sessions, accounts and verifications.
	DatabaseHooks DatabaseHooks `json:"databaseHooks"`
	// What happens when an endpoint fails.
	OnAPIError OnAPIError `json:"onAPIError"`
	// Options that are rarely needed.
	Advanced Advanced `json:"advanced"`

	// Longest request body. A longer one is answered with 413. Not in the npm package.
	MaxBodyBytes int64 `json:"maxBodyBytes" default:"1048576" min:"1" max:"9007199254740991" unit:"bytes"`
	// How many passwords are hashed at once, at 32 MiB each. The default for a program
	// that embeds the server is one fewer than GOMAXPROCS, at least 1 and at most 6. See
	// docs/operations.md#size. Not in the npm package.
	PasswordHashes int `json:"passwordHashes" unset:"one per processor, at least 2 and at most 6; fewer where hashing cannot run at a lower priority" min:"1" max:"1024"`
	// Longest time that a password waits for its turn to be hashed. After it the answer is
	// 503 with `Retry-After`. Not in the npm package.
	PasswordHashWait int `json:"passwordHashWait" default:"30" unit:"seconds"`

	Logger *slog.Logger      `json:"-"`
	Now    func() time.Time  `json:"-"` // the clock; betterauth.New defaults to time.Now
	HTTP   http.RoundTripper `json:"-"` // transport of outbound requests; default http.DefaultTransport
	// Hasher hashes the passwords, with limits of its own. Servers that run in one process share it, because each hash
	// needs 32 MiB. Nil makes one from PasswordHashes and PasswordHashWait.
	Hasher *secret.Hasher `json:"-"`
	// Environ looks up environment variables such as BETTER_AUTH_SECRET. The default is os.Getenv with
	// betterauth.New, and no variables with auth.New.
	Environ func(name string) string `json:"-"`
	// OnEvent is called with events such as sign-ins, sign-ups and those that plugins list in their manifests. It
	// must not block. It may be nil.
	OnEvent func(ctx context.Context, e Event) `json:"-"`
	// Internal is for tests of this module; programs must leave it nil.
	Internal any `json:"-"`
	// CheckSchema compares the database with the models before the first call; nil skips the check.
	CheckSchema func(a *Auth) error `json:"-"`
}

// BaseURL is the public address of the server: a fixed URL, or a list of allowed hosts, of which each request selects
// one.
type BaseURL struct {
	URL          string
	AllowedHosts []string
	Fallback     string
	Protocol     string // http, https or auto
	dynamic      bool
}

// HookOptions are the hooks that run around every endpoint.
type HookOptions struct {
	// Runs before every endpoint; may rewrite the call, answer it or refuse it.
	Before callback.Func[*Context, callback.Answer] `json:"before"`
	// Runs after every endpoint; may replace the answer.
	After callback.Func[*Context, callback.Answer] `json:"after"`
}

// DatabaseHooks are the hooks that run around writes to the core models.
type DatabaseHooks struct {
	// Hooks of users.
	User ModelHooks `json:"user"`
	// Hooks of sessions.
	Session ModelHooks `json:"session"`
	// Hooks of accounts.
	Account ModelHooks `json:"account"`
	// Hooks of verifications.
	Verification ModelHooks `json:"verification"`
}

// ModelHooks are the database hooks of one model.
type ModelHooks struct {
	// When a row is created.
	Create HookPair `json:"create"`
	// When a row is updated.
	Update HookPair `json:"update"`
	// When a row is deleted.
	Delete HookPair `json:"delete"`
}

// HookPair holds the hooks before and after one kind of write. A before hook returns false to drop the write, or
// {data: {…}} to change it.
type HookPair struct {
	// Runs before the write; may change or drop it.
	Before callback.Func[RowEvent, callback.Answer] `json:"before"`
	// Called after the write.
	After callback.Func[RowEvent, callback.Answer] `json:"after"`
}
