package faults

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mode is what goes wrong with one call.
type mode string

const (
	before mode = "fails"            // nothing was done
	after  mode = "done, then fails" // the answer was lost on the way
	stall  mode = "stalls"           // until the caller's patience ends
)

// patience stands for the deadline that drivers give each call.
const patience = 20 * time.Millisecond

// injector counts the calls of one server and spoils the one that it is told to.
type injector struct {
	mu    sync.Mutex
	calls int
	at    int // which call, counted from 1; 0 for none
	how   mode
	hit   string // the call that was spoilt
}

// arm spoils the n-th call from now on.
func (i *injector) arm(n int, how mode) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls, i.at, i.how, i.hit = 0, n, how, ""
}

func (i *injector) disarm() (calls int, hit string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = 0
	return i.calls, i.hit
}

// around runs one call.
func (i *injector) around(ctx context.Context, what string, kind error, run func() error) error {
	i.mu.Lock()
	i.calls++
	spoilt := i.calls == i.at
	how := i.how
	if spoilt {
		i.hit = what
	}
	i.mu.Unlock()
	if !spoilt {
		return run()
	}
	switch how {
	case after:
		if err := run(); err != nil {
			return err
		}
	case stall:
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		<-ctx.Done()
	}
	return fmt.Errorf("%w: injected: %s %s", kind, what, how)
}

// driver is a database that one call of goes wrong.
type driver struct {
	store.Driver
	*injector
}

func (d driver) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (out store.Record, err error) {
	err = d.around(ctx, "insert "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.Insert(ctx, t, row); return err })
	return out, err
}

func (d driver) Select(ctx context.Context, t *store.TableSchema, q store.Select) (out []store.Record, err error) {
	err = d.around(ctx, "select "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.Select(ctx, t, q); return err })
	return out, err
}

func (d driver) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (out int64, err error) {
	err = d.around(ctx, "count "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.Count(ctx, t, where); return err })
	return out, err
}

func (d driver) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (out store.Record, err error) {
	err = d.around(ctx, "update "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.UpdateOne(ctx, t, where, c); return err })
	return out, err
}

func (d driver) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (out int64, err error) {
	err = d.around(ctx, "update many "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.UpdateMany(ctx, t, where, c); return err })
	return out, err
}

func (d driver) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (out store.Record, err error) {
	err = d.around(ctx, "delete "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.DeleteOne(ctx, t, where); return err })
	return out, err
}

func (d driver) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (out int64, err error) {
	err = d.around(ctx, "delete many "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.DeleteMany(ctx, t, where); return err })
	return out, err
}

func (d driver) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) (out []store.Record, err error) {
	err = d.around(ctx, "take many "+t.Model, store.ErrUnavailable, func() (err error) { out, err = d.Driver.TakeMany(ctx, t, where); return err })
	return out, err
}

func (d driver) Group(ctx context.Context, g store.Writes) error {
	what := "group"
	for _, in := range g.Insert {
		what += " " + in.Table.Model
	}
	return d.around(ctx, what, store.ErrUnavailable, func() error { return d.Driver.Group(ctx, g) })
}

// Tx spoils the commit: it may fail, and it may be done and its answer lost.
func (d driver) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	committed := false
	err := d.Driver.Tx(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		d.mu.Lock()
		lost := d.calls+1 == d.at && d.how == after
		d.mu.Unlock()
		if lost {
			committed = true
			return nil
		}
		return d.around(ctx, "commit", store.ErrUnavailable, func() error { return nil })
	})
	if err == nil && committed {
		return d.around(ctx, "commit", store.ErrUnavailable, func() error { return nil })
	}
	return err
}

// storage is a secondary storage that one call of goes wrong.
type storage struct {
	kv.Store
	*injector
}

func (s storage) Get(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.around(ctx, "kv get", kv.ErrUnavailable, func() (err error) { value, ok, err = s.Store.Get(ctx, key); return err })
	return value, ok, err
}

func (s storage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.around(ctx, "kv set", kv.ErrUnavailable, func() error { return s.Store.Set(ctx, key, value, ttl) })
}

func (s storage) Delete(ctx context.Context, key string) error {
	return s.around(ctx, "kv delete", kv.ErrUnavailable, func() error { return s.Store.Delete(ctx, key) })
}

func (s storage) Take(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.around(ctx, "kv take", kv.ErrUnavailable, func() (err error) { value, ok, err = s.Store.Take(ctx, key); return err })
	return value, ok, err
}

func (s storage) Increment(ctx context.Context, key string, window time.Duration) (n int64, err error) {
	err = s.around(ctx, "kv increment", kv.ErrUnavailable, func() (err error) { n, err = s.Store.Increment(ctx, key, window); return err })
	return n, err
}
