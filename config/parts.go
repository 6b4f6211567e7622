package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/spelling"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// Database is the option database of the file.
type Database struct {
	// Must agree with `database.url`.
	Provider string `json:"provider" unset:"from the URL" enum:"sqlite,postgres,postgresql,mysql,mariadb"`
	// Address of the database; `none` is stateless mode.
	URL string `json:"url" unset:"DATABASE_URL, else sqlite:betterauth.db"`
	// PostgreSQL schema.
	SchemaName string `json:"schemaName" unset:"the search path"`
	// Begins the name of every table, so that several servers can use one database: at most 32 letters, digits and
	// underscores. Not in the npm package.
	TablePrefix string `json:"tablePrefix"`
	// Accepted and changes nothing, as in the npm package. Rename with `modelName` and
	// `fields`.
	Casing string `json:"casing" unset:"camel" enum:"camel,snake"`
	// Accepted; writes that belong together are always in one transaction.
	Transaction *bool `json:"transaction" unset:"true"`
	// Logs every statement.
	DebugLogs any `json:"debugLogs" unset:"false"`
	// The same as `advanced.database.validateSchema`.
	ValidateSchema *bool `json:"validateSchema" unset:"true"`
	// Longest time of one call, including the wait for a connection and a second attempt.
	// See docs/operations.md#connections-to-the-database.
	QueryTimeout Duration `json:"queryTimeout" unset:"5s"`
	// Longest time to open a connection to a database server.
	ConnectTimeout Duration `json:"connectTimeout" unset:"3s"`
	// For SQLite: `normal` is faster, but a power failure may undo the last commits.
	Synchronous string `json:"synchronous" unset:"full" enum:"full,normal"`
	// The pool of connections.
	Pool Pool     `json:"pool"`
	None bool     `json:"-"` // stateless mode, as in the reference
	Set  bool     `json:"-"` // the file has the option
	at   position // position of the option
}

// Pool holds the sizes of the connection pool; zero means the default.
type Pool struct {
	// Open connections.
	Max int `json:"max" unset:"10" min:"1"`
	// Accepted; connections are opened when they are needed.
	Min int `json:"min" min:"0" unset:"0"`
	// Closes a connection that was idle for this long.
	IdleTimeout Duration `json:"idleTimeout" unset:"45s; none for SQLite"`
	// Closes a connection that is this old.
	Lifetime Duration `json:"lifetime" unset:"1h; none for SQLite"`
}

// Duration is a number of seconds, or a text such as 30s or 5m.
type Duration time.Duration

// OptionShape implements [option.Shaper].
func (Duration) OptionShape() option.Shape { return option.Shape{Number: true, Text: true} }

func (t *Duration) fromFile(d *decoder, path string, n *node) {
	switch v := scalar(n).(type) {
	case nil:
		return
	case float64:
		if v >= 0 && v < 1e9 {
			*t = Duration(v * float64(time.Second))
			return
		}
	case string:
		if parsed, err := time.ParseDuration(v); err == nil && parsed >= 0 {
			*t = Duration(parsed)
			return
		}
	}
	d.fail(path, n.at, "must be a number of seconds, or a text such as 30s or 5m")
}

// OptionShape implements [option.Shaper].
func (Database) OptionShape() option.Shape {
	return option.Shape{Text: true, Map: reflect.TypeFor[Database]()}
}

func (b *Database) fromFile(d *decoder, path string, n *node) {
	b.at = n.at
	switch v := n.value.(type) {
	case nil:
		return
	case string:
		b.URL = v
	default:
		d.structure(path, n, reflect.ValueOf(b).Elem())
	}
	b.Set = true
	if b.TablePrefix != "" && !tablePrefix.MatchString(b.TablePrefix) {
		d.fail(join(path, "tablePrefix"), n.at, "must be at most 32 letters, digits and underscores, and begin with no digit")
	}
	b.None = b.URL == "none"
	if b.Transaction != nil && !*b.Transaction {
		d.notes = append(d.notes, path+".transaction is ignored: what belongs together is always written in one transaction")
	}
	if b.Pool.Min > 0 {
		d.notes = append(d.notes, path+".pool.min is ignored: connections are opened when they are needed")
	}
	if b.URL == "" || b.None {
		return
	}
	a, err := sqlstore.ReadAddress(b.URL)
	if err != nil {
		d.fail(path, n.at, "%s", err)
		return
	}
	if b.Provider != "" && string(a.Dialect) != dialectOf(b.Provider) {
		d.fail(join(path, "provider"), n.at, "%s does not go with the url, which is of %s", b.Provider, a.Dialect)
	}
}

// tablePrefix is the form that package store accepts.
var tablePrefix = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,31}$`)

// dialectOf returns the engine for the name of a provider.
func dialectOf(provider string) string {
	switch provider {
	case "postgresql":
		return string(sqlstore.Postgres)
	case "mariadb":
		return string(sqlstore.MySQL)
	}
	return provider
}

// Storage is the option secondaryStorage of the file: an engine, or five webhooks.
type Storage struct {
	// `redis` (also Valkey), or `memory` of this process.
	Provider string `json:"provider" unset:"redis" enum:"redis,memory"`
	// Address that begins with `redis://`, `rediss://` or `unix://`, of one server, a cluster or sentinels. See
	// docs/operations.md#redis.
	URL string `json:"url" unset:"needed for Redis"`
	// Prefix of every Redis key. The default is that of @better-auth/redis-storage, so that both servers can share
	// one Redis. For webhooks, a realm's keys begin with it, and others with nothing.
	KeyPrefix *string `json:"keyPrefix" unset:"better-auth:"`
	// Longest time of one call to Redis, including a second attempt.
	Timeout Duration `json:"timeout" unset:"3s"`

	// Reads a key.
	Get callback.Func[string, callback.Answer] `json:"get"`
	// Writes a key.
	Put callback.Func[StoragePut, callback.Nothing] `json:"set" unset:"needed with get"`
	// Deletes a key.
	Delete callback.Func[string, callback.Nothing] `json:"delete" unset:"needed with get"`
	// Reads and deletes a key in one step. Values that are used once need it.
	GetAndDelete callback.Func[string, callback.Answer] `json:"getAndDelete"`
	// Counts in one step. The rate limiter needs it.
	Increment callback.Func[StorageIncrement, callback.Result[float64]] `json:"increment"`
}

// Set reports whether the file has a secondary storage.
func (s *Storage) Set() bool { return s.Provider != "" || s.webhooks() }

// prefix returns the beginning of every key.
func (s *Storage) prefix() string {
	if s.KeyPrefix != nil {
		return *s.KeyPrefix
	}
	return rediskv.ReferencePrefix
}

func (s *Storage) webhooks() bool {
	return s.Get != nil || s.Put != nil || s.Delete != nil || s.GetAndDelete != nil || s.Increment != nil
}

// OptionShape implements [option.Shaper].
func (Storage) OptionShape() option.Shape {
	return option.Shape{Text: true, Map: reflect.TypeFor[Storage]()}
}

func (s *Storage) fromFile(d *decoder, path string, n *node) {
	switch v := n.value.(type) {
	case nil:
		return
	case string:
		if v == "memory" {
			s.Provider = v
			return
		}
		s.Provider, s.URL = "redis", v
	default:
		before := len(d.problems)
		d.structure(path, n, reflect.ValueOf(s).Elem())
		if len(d.problems) > before || isEmpty(n) {
			return
		}
	}
	if s.webhooks() {
		s.needsAll(d, path, n)
		return
	}
	if s.Provider == "" && s.URL != "" {
		s.Provider = "redis"
	}
	if s.Provider == "" {
		d.fail(path, n.at, "needs a provider (redis or memory), or the webhooks get, set, delete, getAndDelete and increment")
	}
	if s.Provider == "redis" {
		if err := rediskv.CheckAddress(s.URL); err != nil {
			d.fail(path, n.at, "%s", err)
		}
	}
}

// needsAll reports missing webhooks for get, set and delete. getAndDelete and increment are optional, but the other
// three cannot replace them, because they must be atomic.
func (s *Storage) needsAll(d *decoder, path string, n *node) {
	if s.Provider != "" || s.URL != "" {
		d.fail(path, n.at, "has both a provider and webhooks; use only one of them")
	}
	for name, missing := range map[string]bool{"get": s.Get == nil, "set": s.Put == nil, "delete": s.Delete == nil} {
		if missing {
			d.fail(join(path, name), n.at, "is missing")
		}
	}
}

// loggerOption is the option logger in the file.
type loggerOption struct {
	// Lowest level that is written.
	Level string `json:"level" unset:"info" enum:"debug,info,warn,error"`
	// Writes no log.
	Disabled bool `json:"disabled"`
}

func (o loggerOption) logger() Logger {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return Logger{Level: levels[o.Level], Disabled: o.Disabled}
}

// pluginOption is the option plugins: a map whose order is that of the hooks.
type pluginOption struct {
	known map[string]all.Entry
	named []Plugin
	built []auth.Plugin

	places []position
}

func (o *pluginOption) fromFile(d *decoder, path string, n *node) {
	if n.value == nil {
		return
	}
	m, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map of plugins and their options, like { jwt: {}, bearer: {} }, not %s", n.kind())
		return
	}
	for _, e := range m.members {
		at := join(path, e.key)
		entry, ok := o.known[e.key]
		if !ok {
			o.refuse(d, at, e)
			continue
		}
		options := entry.Options()
		d.into(at, e.value, reflect.ValueOf(options).Elem(), nil)
		o.named = append(o.named, Plugin{ID: e.key, Options: options})
		o.places = append(o.places, e.at)
	}
}

func (o *pluginOption) refuse(d *decoder, path string, e member) {
	if slices.Contains(unbuiltPlugins, e.key) {
		d.report(path, e.at, fmt.Errorf("the plugin %s is %w", e.key, ErrNotBuilt))
		return
	}
	known := slices.Clone(unbuiltPlugins)
	for name := range o.known {
		known = append(known, name)
	}
	hint := ""
	if near := spelling.Nearest(e.key, known); near != "" {
		hint = " (did you mean " + near + "?)"
	}
	d.fail(path, e.at, "there is no such plugin%s", hint)
}

// build creates the plugins after their callbacks are bound.
func (o *pluginOption) build(d *decoder) {
	if len(d.problems) > 0 {
		return
	}
	for i, p := range o.named {
		plugin, err := o.known[p.ID].New(p.Options)
		if err != nil {
			d.report("plugins."+p.ID, o.places[i], err)
			continue
		}
		o.built = append(o.built, plugin)
	}
}
