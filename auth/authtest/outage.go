package authtest

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Outage lets a store fail: between Begin and End all its operations return an error.
type Outage struct{ err atomic.Pointer[error] }

// Begin makes all operations fail with err.
func (o *Outage) Begin(err error) { o.err.Store(&err) }

// End lets all operations work again.
func (o *Outage) End() { o.err.Store(nil) }

func (o *Outage) failure() error {
	if err := o.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Driver returns a driver that uses d and fails during the outage.
func (o *Outage) Driver(d store.Driver) store.Driver { return brittleDriver{o, d} }

// KV returns a secondary storage that uses s and fails during the outage.
func (o *Outage) KV(s kv.Store) kv.Store { return brittleKV{o, s} }

type brittleDriver struct {
	outage *Outage
	driver store.Driver
}

// Insert implements store.Driver.
func (b brittleDriver) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	if err := b.outage.failure(); err != nil {
		return nil, err
	}
	return b.driver.Insert(ctx, t, row)
}

// Select implements store.Driver.
func (b brittleDriver) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	if err := b.outage.failure(); err != nil {
		return nil, err
	}
	return b.driver.Select(ctx, t, q)
}

// Count implements store.Driver.
func (b brittleDriver) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	if err := b.outage.failure(); err != nil {
		return 0, err
	}
	return b.driver.Count(ctx, t, where)
}

// UpdateOne implements store.Driver.
func (b brittleDriver) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	if err := b.outage.failure(); err != nil {
		return nil, err
	}
	return b.driver.UpdateOne(ctx, t, where, c)
}

// UpdateMany implements store.Driver.
func (b brittleDriver) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	if err := b.outage.failure(); err != nil {
		return 0, err
	}
	return b.driver.UpdateMany(ctx, t, where, c)
}

// DeleteOne implements store.Driver.
func (b brittleDriver) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	if err := b.outage.failure(); err != nil {
		return nil, err
	}
	return b.driver.DeleteOne(ctx, t, where)
}

// DeleteMany implements store.Driver.
func (b brittleDriver) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	if err := b.outage.failure(); err != nil {
		return 0, err
	}
	return b.driver.DeleteMany(ctx, t, where)
}

// TakeMany implements store.Driver.
func (b brittleDriver) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	if err := b.outage.failure(); err != nil {
		return nil, err
	}
	return b.driver.TakeMany(ctx, t, where)
}

// Group implements store.Driver.
func (b brittleDriver) Group(ctx context.Context, g store.Writes) error {
	if err := b.outage.failure(); err != nil {
		return err
	}
	return b.driver.Group(ctx, g)
}

// Tx implements store.Driver: begin and commit fail.
func (b brittleDriver) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := b.outage.failure(); err != nil {
		return err
	}
	return b.driver.Tx(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		return b.outage.failure()
	})
}

type brittleKV struct {
	outage *Outage
	kv     kv.Store
}

// Get implements kv.Store.
func (b brittleKV) Get(ctx context.Context, key string) (string, bool, error) {
	if err := b.outage.failure(); err != nil {
		return "", false, err
	}
	return b.kv.Get(ctx, key)
}

// Set implements kv.Store.
func (b brittleKV) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if err := b.outage.failure(); err != nil {
		return err
	}
	return b.kv.Set(ctx, key, value, ttl)
}

// Delete implements kv.Store.
func (b brittleKV) Delete(ctx context.Context, key string) error {
	if err := b.outage.failure(); err != nil {
		return err
	}
	return b.kv.Delete(ctx, key)
}

// Take implements kv.Store.
func (b brittleKV) Take(ctx context.Context, key string) (string, bool, error) {
	if err := b.outage.failure(); err != nil {
		return "", false, err
	}
	return b.kv.Take(ctx, key)
}

// Increment implements kv.Store.
func (b brittleKV) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if err := b.outage.failure(); err != nil {
		return 0, err
	}
	return b.kv.Increment(ctx, key, window)
}
