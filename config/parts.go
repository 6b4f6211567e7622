package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/spelling"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// Database is the file's option database.
type Database struct {
	Provider       string   `json:"provider"`
	URL            string   `json:"url"`
	SchemaName     string   `json:"schemaName"`
	Casing         string   `json:"casing"`
	Transaction    *bool    `json:"transaction"`
	DebugLogs      any      `json:"debugLogs"`
	ValidateSchema *bool    `json:"validateSchema"`
	QueryTimeout   Duration `json:"queryTimeout"`
	ConnectTimeout Duration `json:"connectTimeout"`
	Synchronous    string   `json:"synchronous"`
	Pool           Pool     `json:"pool"`
	None           bool     `json:"-"` // the reference's stateless mode
	Set            bool     `json:"-"` // the file has the option
	at             position // of the option
}

// Pool are the sizes of the connection pool; zero means the default.
type Pool struct {
	Max         int      `json:"max"`
	Min         int      `json:"min"` // accepted: connections are opened when they are needed
	IdleTimeout Duration `json:"idleTimeout"`
	Lifetime    Duration `json:"lifetime"`
}

// Duration is seconds as a number, or a text such as 30s or 5m.
type Duration time.Duration

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
	b.None = b.URL == "none"
	if b.Casing != "" && b.Casing != "snake" && b.Casing != "camel" {
		d.fail(join(path, "casing"), n.at, "must be camel or snake")
	}
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

// dialectOf is the engine that a provider's name is of.
func dialectOf(provider string) string {
	switch provider {
	case "postgresql":
		return string(sqlstore.Postgres)
	case "mariadb":
		return string(sqlstore.MySQL)
	}
	return provider
}

// Storage is the file's option secondaryStorage: an engine, or five webhooks.
type Storage struct {
	Provider string `json:"provider"` // redis or memory; "" when there is none or it is webhooks
	URL      string `json:"url"`
	// KeyPrefix comes before every Redis key; nil is the reference's redis-storage
	// package's.
	KeyPrefix *string `json:"keyPrefix"`
	// Timeout is the longest time of one call to Redis; 0 is rediskv's default.
	Timeout Duration `json:"timeout"`

	Get          callback.Func[string, callback.Answer]                    `json:"get"`
	Put          callback.Func[StoragePut, callback.Nothing]               `json:"set"`
	Delete       callback.Func[string, callback.Nothing]                   `json:"delete"`
	GetAndDelete callback.Func[string, callback.Answer]                    `json:"getAndDelete"`
	Increment    callback.Func[StorageIncrement, callback.Result[float64]] `json:"increment"`
}

// Set reports whether the file asks for a secondary storage.
func (s *Storage) Set() bool { return s.Provider != "" || s.webhooks() }

func (s *Storage) webhooks() bool {
	return s.Get != nil || s.Put != nil || s.Delete != nil || s.GetAndDelete != nil || s.Increment != nil
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

// needsAll: get, set and delete have no substitute; getAndDelete and increment
// must be atomic, which no other three calls are.
func (s *Storage) needsAll(d *decoder, path string, n *node) {
	if s.Provider != "" || s.URL != "" {
		d.fail(path, n.at, "has both a provider and webhooks: say one of them")
	}
	for name, missing := range map[string]bool{"get": s.Get == nil, "set": s.Put == nil, "delete": s.Delete == nil} {
		if missing {
			d.fail(join(path, name), n.at, "is missing")
		}
	}
}

// loggerOption is the option logger as the file has it.
type loggerOption struct {
	Level    string `json:"level"`
	Disabled bool   `json:"disabled"`
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
		d.into(at, e.value, reflect.ValueOf(options).Elem())
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

// build makes the plugins, once their options are bound.
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
