package apikey

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// find returns the key with this stored form, or nil.
func (p *Plugin) find(c *auth.Context, cfg *Configuration, stored string) (store.Record, error) {
	return p.lookUp(c, cfg, hashPrefix+stored, store.Given("key", stored))
}

// findByID returns the key with this id, or nil.
func (p *Plugin) findByID(c *auth.Context, cfg *Configuration, id string) (store.Record, error) {
	return p.lookUp(c, cfg, idPrefix+id, store.Given("id", id))
}

func (p *Plugin) lookUp(c *auth.Context, cfg *Configuration, cached string, where store.Where) (store.Record, error) {
	if cfg.Storage == secondary {
		row, err := p.cache(c, cfg).read(c, cached)
		if row != nil || err != nil || !cfg.FallbackToDatabase {
			return row, err
		}
	}
	row, err := c.Store.Get(c, model, where)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Text(where.Field) != where.Value {
		return nil, nil // a database may find another text that looks alike
	}
	if err == nil && cfg.Storage == secondary {
		err = p.remember(c, cfg, row)
	}
	return row, err
}

// remember writes a key to the secondary storage, if the configuration uses one.
func (p *Plugin) remember(c *auth.Context, cfg *Configuration, row store.Record) error {
	if cfg.Storage != secondary {
		return nil
	}
	cache := p.cache(c, cfg)
	if err := cache.write(c, row, c.Clock()); err != nil {
		return err
	}
	if cfg.FallbackToDatabase {
		return cache.store.remove(c, listPrefix+row.Text("referenceId"))
	}
	return p.changeList(c, cache, row, func(ids []any) []any {
		if slices.Contains(ids, row["id"]) {
			return ids
		}
		return append(ids, row["id"])
	})
}

// erase deletes a key. Of its row in the database only if it still satisfies where.
func (p *Plugin) erase(c *auth.Context, cfg *Configuration, row store.Record, where ...store.Where) error {
	if cfg.Storage == secondary {
		cache := p.cache(c, cfg)
		for _, name := range []string{hashPrefix + row.Text("key"), idPrefix + row.Text("id")} {
			if err := cache.store.remove(c, name); err != nil {
				return err
			}
		}
		list := listPrefix + row.Text("referenceId")
		if cfg.FallbackToDatabase {
			if err := cache.store.remove(c, list); err != nil {
				return err
			}
		} else if err := p.changeList(c, cache, row, func(ids []any) []any {
			return slices.DeleteFunc(ids, func(id any) bool { return id == row["id"] })
		}); err != nil {
			return err
		}
	}
	if !cfg.inDatabase() {
		return nil
	}
	return store.UnlessGone(c.Store.Delete(c, model, append(byID(row), where...)...))
}

// revokeAccess deletes all keys of a user.
func (p *Plugin) revokeAccess(ctx context.Context, userID string) error {
	c := auth.From(ctx)
	if c == nil {
		return nil // users are proven by calls
	}
	for i := range p.opts.Configurations {
		cfg := &p.opts.Configurations[i]
		if cfg.References == "organization" {
			continue
		}
		rows, err := p.listOf(c, cfg, userID, "", false)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !matches(row.Text("configId"), cfg.ConfigID) {
				continue
			}
			if err := p.erase(c, cfg, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// listOf returns the keys of an owner, sorted by a field ("" for none).
func (p *Plugin) listOf(c *auth.Context, cfg *Configuration, owner, field string, down bool) ([]store.Record, error) {
	if cfg.Storage != secondary {
		return c.Store.Find(c, model, ownedBy(owner, field, down))
	}
	cache, list := p.cache(c, cfg), listPrefix+owner
	ids, err := cache.list(c, list)
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 || !cfg.FallbackToDatabase {
		var rows []store.Record
		for _, id := range ids {
			row, err := cache.read(c, idPrefix+js.String(id))
			if err != nil {
				return nil, err
			}
			if row != nil {
				rows = append(rows, row)
			}
		}
		sortRows(rows, field, down)
		return rows, nil
	}
	rows, err := c.Store.Find(c, model, ownedBy(owner, field, down))
	if err != nil || len(rows) == 0 {
		return rows, err
	}
	for _, row := range rows {
		if err := cache.write(c, row, c.Clock()); err != nil {
			return nil, err
		}
		ids = append(ids, row["id"])
	}
	return rows, cache.store.set(c, list, string(js.Marshal(ids)), 0)
}

func ownedBy(owner, field string, down bool) store.Query {
	if down && field != "" {
		field = "-" + field
	}
	return store.Query{Where: []store.Where{store.Given("referenceId", owner)}, Sort: field}
}

// sortRows sorts keys as the reference sorts those of a secondary storage: null is the smallest value.
func sortRows(rows []store.Record, field string, down bool) {
	if field == "" {
		return
	}
	slices.SortStableFunc(rows, func(a, b store.Record) int {
		n := compare(a[field], b[field])
		if down {
			return -n
		}
		return n
	})
}

func compare(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	}
	switch x, y := js.ToNumber(a), js.ToNumber(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// cleanUp deletes expired keys, at most every ten seconds unless now is true. The periodic sweep of the server deletes
// them too.
func (p *Plugin) cleanUp(c *auth.Context, now bool) {
	at := c.Clock()
	last := p.swept.Load()
	if !now && (last != 0 && at.UnixMilli()-last < 10_000 || !p.swept.CompareAndSwap(last, at.UnixMilli())) {
		return
	}
	p.swept.Store(at.UnixMilli())
	expired := store.Where{Field: "expiresAt", Op: store.Lt, Value: at}
	if _, err := c.Store.DeleteMany(c, model, expired); err != nil {
		c.Log.ErrorContext(c, "api-key: expired keys were not deleted", "error", err)
	}
}

// changeList changes the list of keys of an owner in a secondary storage that is the only place of it.
func (p *Plugin) changeList(c *auth.Context, cache cache, row store.Record, change func(ids []any) []any) error {
	name := listPrefix + row.Text("referenceId")
	return p.locks.hold(c, cache.store, name, func(ctx context.Context) error {
		ids, err := cache.list(ctx, name)
		if err != nil {
			return err
		}
		if ids = change(ids); len(ids) == 0 {
			return cache.store.remove(ctx, name)
		}
		return cache.store.set(ctx, name, string(js.Marshal(ids)), 0)
	})
}
