package apikey

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The names of values in a secondary storage, which the reference uses too.
const (
	hashPrefix = "api-key:"        // a key by its stored form
	idPrefix   = "api-key:by-id:"  // the same by its id
	listPrefix = "api-key:by-ref:" // ids of the keys of an owner
)

// CustomStorage is a storage for keys in place of secondaryStorage. The plugin calls get, set and delete only.
type CustomStorage struct {
	// Reads a value.
	Get callback.Func[string, callback.Answer] `json:"get" unset:"needed"`
	// Writes a value.
	Put callback.Func[Put, callback.Nothing] `json:"set" unset:"needed"`
	// Deletes a value.
	Delete callback.Func[string, callback.Nothing] `json:"delete" unset:"needed"`
	// Is not called.
	GetAndDelete callback.Func[string, callback.Answer] `json:"getAndDelete" unset:"nothing needs it"`
	// Is not called.
	Increment callback.Func[string, callback.Answer] `json:"increment" unset:"nothing needs it"`
}

func (s *CustomStorage) check() error {
	if s != nil && (s.Get == nil || s.Put == nil || s.Delete == nil) {
		return errors.New("customStorage needs get, set and delete")
	}
	return nil
}

// Put is the argument of customStorage.set. A TTL of 0 means that the value does not expire.
type Put struct {
	Key, Value string
	TTL        time.Duration
}

// Arguments implements [callback.Arguer]. The time to live is in seconds, and left out if the value does not expire.
func (p Put) Arguments() []any {
	if p.TTL == 0 {
		return []any{p.Key, p.Value}
	}
	return []any{p.Key, p.Value, math.Ceil(p.TTL.Seconds())}
}

// values is a storage of texts.
type values interface {
	get(ctx context.Context, name string) (value any, err error)
	set(ctx context.Context, name, value string, ttl time.Duration) error
	remove(ctx context.Context, name string) error
}

type custom struct{ hooks *CustomStorage }

func (s custom) get(ctx context.Context, name string) (any, error) {
	a, err := s.hooks.Get(ctx, name)
	return a.Result, err
}

func (s custom) set(ctx context.Context, name, value string, ttl time.Duration) error {
	_, err := s.hooks.Put(ctx, Put{name, value, ttl})
	return err
}

func (s custom) remove(ctx context.Context, name string) error {
	_, err := s.hooks.Delete(ctx, name)
	return err
}

type shared struct{ kv kv.Store }

func (s shared) get(ctx context.Context, name string) (any, error) {
	text, ok, err := s.kv.Get(ctx, name)
	if !ok || err != nil {
		return nil, err
	}
	return text, nil
}

func (s shared) set(ctx context.Context, name, value string, ttl time.Duration) error {
	return s.kv.Set(ctx, name, value, ttl)
}

func (s shared) remove(ctx context.Context, name string) error { return s.kv.Delete(ctx, name) }

// cache is a secondary storage for the keys of one configuration.
type cache struct {
	store values
	table *store.TableSchema
}

func (p *Plugin) cache(c *auth.Context, cfg *Configuration) cache {
	table := c.Store.Table(model)
	if cfg.CustomStorage != nil {
		return cache{custom{cfg.CustomStorage}, table}
	}
	return cache{shared{c.KV}, table}
}

// read returns the key under a name, or nil.
func (k cache) read(ctx context.Context, name string) (store.Record, error) {
	v, err := k.store.get(ctx, name)
	if err != nil {
		return nil, err
	}
	text, _ := v.(string)
	o, _ := parsed(text, nil).(*js.Object)
	if o == nil {
		return nil, nil
	}
	row := store.Record{}
	for field, v := range o.All() {
		row[field] = v
	}
	for _, column := range k.table.Columns {
		if v, there := row[column.Name].(string); there && column.Type == store.Date {
			row[column.Name] = nil
			if at, ok := js.ParseDate(v); ok {
				row[column.Name] = at
			}
		}
	}
	return row, nil
}

// write stores a key until it expires.
func (k cache) write(ctx context.Context, row store.Record, now time.Time) error {
	var ttl time.Duration
	if end := row.Time("expiresAt"); end.After(now) {
		ttl = end.Sub(now).Truncate(time.Second)
	}
	text := string(js.Marshal(k.table.Whole(row)))
	for _, name := range []string{hashPrefix + row.Text("key"), idPrefix + row.Text("id")} {
		if err := k.store.set(ctx, name, text, ttl); err != nil {
			return err
		}
	}
	return nil
}

// list returns a list of ids.
func (k cache) list(ctx context.Context, name string) ([]any, error) {
	v, err := k.store.get(ctx, name)
	if err != nil {
		return nil, err
	}
	if text, ok := v.(string); ok {
		v = parsed(text, nil)
	}
	ids, _ := v.([]any)
	return ids, nil
}
