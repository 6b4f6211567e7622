// Package auth is the engine of the server: it turns options and plugins into an http.Handler and gives plugins what
// they work with. It has no endpoint of its own; the built-in ones are the plugin in package base.
//
// Most programs create a server with betterauth.New, which adds the built-in endpoints, and use this package for its
// options and for the functions that find out who is signed in:
//
//	a, err := betterauth.New(auth.Options{
//		BaseURL:          auth.Static("https://example.com"),
//		Secret:           os.Getenv("BETTER_AUTH_SECRET"),
//		Database:         db, // a driver of package sqlstore
//		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
//	})
//	mux.Handle("/api/auth/", a)
//	mux.Handle("/account", a.Require(account)) // CurrentUser inside
//
// # Plugins
//
// A plugin returns a [Manifest]: its endpoints, tables, hooks, rate limits and error codes, as data. An [Endpoint] is
// a [Route] joined with a handler by [Handle]. The handler gets the [Context] of the call, through which it reaches
// users, accounts, sessions and single-use values (c.Users, c.Accounts, c.Sessions, c.Once), signs a user in
// ([Context.SignIn]) and sets cookies. It fails by returning an [Error], such as BadRequest(code).
// docs/plugins/writing.md explains it step by step.
//
// # Calls from Go
//
// [Auth.Call] and [Invoke] run an endpoint without HTTP. [Auth.Session] returns the session and the user of a
// request. [Auth.Run] does the background work.
package auth

// This package imports no plugin, database driver, config file or page; rooms_test.go checks it.

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/internal/clientip"
	"github.com/seed-32bd42cb/betterauth/internal/levers"
	"github.com/seed-32bd42cb/betterauth/internal/limiter"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// DefaultSecret is the secret that the reference uses outside production when none is set.
const DefaultSecret = "better-auth-secret-12345678901234567890"

// Auth is a configured server. It is an http.Handler.
type Auth struct {
	// Registry gives access to Users, Accounts, Sessions, Once and Passwords.
	identity.Registry
	Options Options
	Store   *store.Store
	Keys    *secret.Keys
	Log     *slog.Logger
	KV      kv.Store // nil without secondary storage
	Codes   []Code
	Hasher  *secret.Hasher

	// Providers holds the social providers of the options and of the plugins.
	Providers *oauth.Registry

	plugins       []Plugin
	builtin       int // how many of them, the first, are the built-in endpoints
	manifests     []Manifest
	endpoints     []Endpoint
	byID          map[string]*Endpoint
	router        router
	hasAnyOrigin  bool // at least one endpoint has CORS AnyOrigin
	before        []Hook
	after         []Hook
	signedInHooks []Hook
	builtinLimits []RateLimit // of the built-in endpoints; limits of plugins take precedence
	rateLimits    []RateLimit
	events        []string
	listeners     []func(context.Context, Event)
	jobs          []Job
	expiring      []store.Model // models of plugins whose rows expire
	cacheSigner   CacheSigner
	acceptors     []func(ctx context.Context, password string) error // of the plugins
	personal      []PersonalData                                     // of the plugins
	gate          *SignUpGate                                        // nil if everybody may sign up
	levers        levers.Levers
	limiter       limiter.Counter
	// While the storage of the limiter fails, calls of storeless endpoints are counted in memory. The storage is not
	// asked again before limiterPause (milliseconds since 1970).
	spareLimiter limiter.Counter
	limiterPause atomic.Int64
	keepsFactors atomic.Bool // see KeepFactorTimes
	wrapped      http.Handler
	served       []func(Served) // of the plugins

	cookies     cookie.Options
	set         cookie.Set
	static      trustList // the trusted origins that do not depend on the request
	baseURL     string    // empty if it is derived from each request
	baseOrigin  string    // of baseURL
	ips         *clientip.Resolver
	fields      map[string][]inputField
	databaseSet bool // a database was given; accounts are then bound to it
	hasStore    bool // sessions are kept in a database or in secondary storage
	schema      schemaCheck
	told        toldOnce
	tooLarge    sync.Map // names of cookies that were once left out because their value was too large
}

// CacheSigner signs and verifies the session that is cached in a cookie.
type CacheSigner interface {
	SignCache(c *Context, payload []byte, userID, token string, ttl time.Duration) (string, error)
	// OpenCache returns the payload of token, or an error if the token does not verify.
	OpenCache(c *Context, token string) (payload []byte, err error)
}

type schemaCheck struct {
	mu   sync.Mutex
	done bool
	err  error
	next time.Time // after a failure, no check before this time
}

// schemaPause is how long the result of a failed schema check is reused, so that calls which waited for it do not
// each wait for another one.
const schemaPause = time.Second

// New creates a server from its options. builtin are the endpoints that every server has; betterauth.New passes those
// of package base. The error lists all problems.
func New(o Options, builtin ...Plugin) (*Auth, error) {
	a := &Auth{byID: map[string]*Endpoint{}, router: newRouter(), levers: levers.Of(o.Internal)}
	var errs []error
	problem := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	a.applyDefaults(o)
	o = a.Options
	problem(a.checkOptions())
	problem(a.openSecrets())
	problem(a.openProviders())
	problem(a.openAddress())
	problem(a.openGate())
	a.plugins = append(append([]Plugin{}, builtin...), a.own()...)
	a.plugins = append(a.plugins, o.Plugins...)
	a.builtin = len(builtin)
	schema, hooks := a.mergeManifests(len(builtin), problem)
	problem(a.checkGate())
	a.cleanDisabledPaths()
	problem(a.openCookies())
	problem(a.openIPs())
	a.fields = a.inputFields(len(builtin))
	hooks = a.addUserHooks(hooks)
	st, err := store.New(store.Options{
		Driver: watchedDriver{o.Database}, Schema: schema, Hooks: hooks, IDs: o.Advanced.Database.GenerateID.Kind,
		FindLimit: o.Advanced.Database.DefaultFindManyLimit, TablePrefix: o.Advanced.Database.TablePrefix, NewID: a.newID, Now: func(ctx context.Context) time.Time { return a.now(ctx) },
	})
	problem(err)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	a.Store = st
	a.openRegistry()
	if a.limiter, err = a.openLimiter(); err != nil {
		return nil, err
	}
	a.spareLimiter = limiter.NewMemory(limiter.MaxEntries, a.now)
	err = a.startPlugins()
	a.wrap()
	return a, err
}

// Endpoints returns all endpoints, the built-in ones first.
func (a *Auth) Endpoints() []Endpoint { return a.endpoints }

// Manifests returns the manifests of the plugins, in their order.
func (a *Auth) Manifests() []Manifest { return a.manifests }

// HasPlugin reports whether a plugin with this id is in use.
func (a *Auth) HasPlugin(id string) bool {
	for _, m := range a.manifests {
		if m.ID == id {
			return true
		}
	}
	return false
}

// applyDefaults gives unset options their values: first the defaults that depend on other options, then those of the
// fields.
func (a *Auth) applyDefaults(o Options) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Environ == nil {
		o.Environ = func(string) string { return "" }
	}
	if o.PasswordHashes == 0 {
		o.PasswordHashes = min(max(1, runtime.GOMAXPROCS(0)-1), 6)
	}
	a.databaseSet = o.Database != nil
	a.hasStore = o.Database != nil || o.SecondaryStorage != nil
	if !a.hasStore {
		o.Session = statelessSessions(o.Session)
	}
	if o.Database == nil {
		yes := true
		if o.Account.StoreAccountCookie == nil {
			o.Account.StoreAccountCookie = &yes
		}
		o.Database = memstore.NewSparse()
	}
	if a.hasStore && o.Session.CookieCache.RefreshCache.Enabled {
		o.Logger.Warn("session.cookieCache.refreshCache is meant for servers without a store; it is off")
		o.Session.CookieCache.RefreshCache = RefreshCache{}
	}
	option.Defaults(&o)
	o.Advanced.Limits.PublicBody = min(o.Advanced.Limits.PublicBody, o.MaxBodyBytes)
	a.Log = o.Logger
	if o.SecondaryStorage != nil {
		a.KV = watchedKV{o.SecondaryStorage}
	}
	if a.Hasher = o.Hasher; a.Hasher == nil {
		a.Hasher = secret.NewHasher(secret.HasherOptions{Parallel: o.PasswordHashes, Wait: seconds(o.PasswordHashWait)})
	}
	a.Options = o
}

// statelessSessions applies the defaults for sessions without a store, where the cookie cache is the only copy of a
// session.
func statelessSessions(o SessionOptions) SessionOptions {
	cache := &o.CookieCache
	if cache.Enabled == nil {
		yes := true
		cache.Enabled = &yes
	}
	if cache.Strategy == "" {
		cache.Strategy = "jwe"
	}
	if !cache.RefreshCache.Set {
		cache.RefreshCache = RefreshCache{Set: true, Enabled: true}
	}
	age := cache.MaxAge
	option.Defaults(&o)
	if age == 0 {
		cache.MaxAge = o.ExpiresIn
	}
	return o
}

func isTrue(b *bool, def bool) bool {
	if b == nil {
		return def
	}
	return *b
}

func (a *Auth) wrap() {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := From(r.Context())
		c.Request, c.RequestHeader = r, r.Header
		a.route(w, c)
	})
	wrapped := false
	for i := len(a.manifests) - 1; i >= 0; i-- {
		if w := a.manifests[i].Wrap; w != nil {
			h, wrapped = w(h), true
		}
	}
	if wrapped {
		a.wrapped = h
	}
}

func withCall(ctx context.Context, c *Context) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

func (a *Auth) now(ctx context.Context) time.Time {
	if c := From(ctx); c != nil {
		return c.now
	}
	return a.Options.Now()
}

// newCall returns the Context of the call that r starts.
func (a *Auth) newCall(r *http.Request) *Context {
	c := begin(Context{Context: r.Context(), Auth: a, Request: r, Method: r.Method, RequestHeader: r.Header, ResponseHeader: http.Header{}, cookies: &a.cookies, set: &a.set, Body: noBody})
	c.now, c.steered = a.requestTime(r)
	return c
}

func (a *Auth) requestTime(r *http.Request) (at time.Time, steered bool) {
	if a.levers.RequestNow != nil {
		if t, ok := a.levers.RequestNow(r); ok {
			return t, true
		}
	}
	return a.Options.Now(), false
}

// CheckSchema compares the database with the models. It runs before the first call, and again after a failure. A
// program may call it before it serves, so that no request waits for it.
func (a *Auth) CheckSchema() error {
	if a.Options.CheckSchema == nil {
		return nil
	}
	a.schema.mu.Lock()
	defer a.schema.mu.Unlock()
	if now := a.Options.Now(); !a.schema.done && !now.Before(a.schema.next) {
		a.schema.err = a.Options.CheckSchema(a)
		a.schema.done = a.schema.err == nil
		a.schema.next = a.Options.Now().Add(schemaPause)
	}
	return a.schema.err
}

// IsBuiltin reports whether the plugin at this position of Manifests is one of the built-in endpoints.
func (a *Auth) IsBuiltin(position int) bool { return position < a.builtin }
