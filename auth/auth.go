// Package auth is the engine: it turns plugins into an http.Handler. It knows
// sessions, users and accounts because every plugin needs them, and it holds
// no endpoint of its own: those are plugins, the built-in ones in base.
//
// It must not know a plugin, a database driver, a config file or a page.
package auth

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

// DefaultSecret is what the reference signs with when no secret is set outside
// production.
const DefaultSecret = "better-auth-secret-12345678901234567890"

// Auth is a configured server. It is an http.Handler.
type Auth struct {
	// Registry holds Users, Accounts, Sessions, Once and Passwords.
	identity.Registry
	Options Options
	Store   *store.Store
	Keys    *secret.Keys
	Log     *slog.Logger
	KV      kv.Store // nil without secondary storage
	Codes   []Code
	Hasher  *secret.Hasher

	// Providers are the social providers; plugins may add some.
	Providers *oauth.Registry

	plugins       []Plugin
	manifests     []Manifest
	endpoints     []Endpoint
	byID          map[string]*Endpoint
	router        router
	hasAnyOrigin  bool // some endpoint may be read by all pages
	before        []Hook
	after         []Hook
	signedInHooks []Hook
	builtinLimits []RateLimit // of the built-in endpoints; those of plugins win
	rateLimits    []RateLimit
	events        []string
	jobs          []Job
	expiring      []store.Model // of plugins, whose rows end
	cacheSigner   CacheSigner
	levers        levers.Levers
	limiter       limiter.Counter
	// While the limiter's storage fails, storeless endpoints are counted in memory,
	// until limiterPause (milliseconds since 1970) without asking it.
	spareLimiter limiter.Counter
	limiterPause atomic.Int64
	wrapped      http.Handler

	cookies     cookie.Options
	set         cookie.Set
	static      trustList // trusted origins that do not hang on the request
	baseURL     string    // "" when told apart by request
	baseOrigin  string    // of baseURL
	ips         *clientip.Resolver
	fields      map[string][]inputField
	databaseSet bool // a database was given: accounts are bound to it
	hasStore    bool // sessions live in a database or in secondary storage
	schema      schemaCheck
	told        toldOnce
	tooLarge    sync.Map // names of cookies whose value was too large once
}

// CacheSigner signs and checks cached sessions.
type CacheSigner interface {
	SignCache(c *Context, payload []byte, userID, token string, ttl time.Duration) (string, error)
	// OpenCache returns the payload of a token that verifies.
	OpenCache(c *Context, token string) (payload []byte, err error)
}

type schemaCheck struct {
	mu   sync.Mutex
	done bool
	err  error
	next time.Time // after a failure: not looked at again before
}

// schemaPause is how long a failed look at the database stands: calls that
// waited for it must not each wait as long again.
const schemaPause = time.Second

// New assembles a server from its options. builtin are the endpoints that every
// server has: betterauth.New gives those of package base. All problems come in one
// error.
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
	a.plugins = append(append([]Plugin{}, builtin...), o.Plugins...)
	schema, hooks := a.mergeManifests(len(builtin), problem)
	a.cleanDisabledPaths()
	problem(a.openCookies())
	problem(a.openIPs())
	a.fields = a.inputFields(len(builtin))
	hooks = a.addUserHooks(hooks)
	st, err := store.New(store.Options{
		Driver: watchedDriver{o.Database}, Schema: schema, Hooks: hooks, IDs: o.Advanced.Database.GenerateID.Kind,
		FindLimit: o.Advanced.Database.DefaultFindManyLimit, NewID: a.newID, Now: func(ctx context.Context) time.Time { return a.now(ctx) },
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

// Endpoints lists every endpoint, the built-in ones first.
func (a *Auth) Endpoints() []Endpoint { return a.endpoints }

// Manifests lists what the plugins declared, in their order.
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

// applyDefaults gives unset options their values: first those that depend on what
// else is set, then those of the fields.
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
	a.Hasher = secret.NewHasher(secret.HasherOptions{Parallel: o.PasswordHashes, Wait: seconds(o.PasswordHashWait)})
	a.Options = o
}

// statelessSessions has other defaults than sessions that live in a store: the
// cookie cache is all there is of a session.
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

// newCall is the call that r begins.
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

// CheckSchema looks the database over before the first call, and again after a
// failure. A server that has just looked calls it before it serves, so that no
// request waits for it.
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
