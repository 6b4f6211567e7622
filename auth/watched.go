package auth

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// watchedDriver reports every failure of its driver to the call.
type watchedDriver struct{ driver store.Driver }

// Insert implements store.Driver.
func (w watchedDriver) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	out, err := w.driver.Insert(ctx, t, row)
	noteFailure(ctx, err)
	return out, err
}

// Select implements store.Driver.
func (w watchedDriver) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	out, err := w.driver.Select(ctx, t, q)
	noteFailure(ctx, err)
	return out, err
}

// Count implements store.Driver.
func (w watchedDriver) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	n, err := w.driver.Count(ctx, t, where)
	noteFailure(ctx, err)
	return n, err
}

// UpdateOne implements store.Driver.
func (w watchedDriver) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	out, err := w.driver.UpdateOne(ctx, t, where, c)
	noteFailure(ctx, err)
	return out, err
}

// UpdateMany implements store.Driver.
func (w watchedDriver) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	n, err := w.driver.UpdateMany(ctx, t, where, c)
	noteFailure(ctx, err)
	return n, err
}

// DeleteOne implements store.Driver.
func (w watchedDriver) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	out, err := w.driver.DeleteOne(ctx, t, where)
	noteFailure(ctx, err)
	return out, err
}

// DeleteMany implements store.Driver.
func (w watchedDriver) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	n, err := w.driver.DeleteMany(ctx, t, where)
	noteFailure(ctx, err)
	return n, err
}

// TakeMany implements store.Driver.
func (w watchedDriver) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	out, err := w.driver.TakeMany(ctx, t, where)
	noteFailure(ctx, err)
	return out, err
}

// Group implements store.Driver.
func (w watchedDriver) Group(ctx context.Context, g store.Writes) error {
	err := w.driver.Group(ctx, g)
	noteFailure(ctx, err)
	return err
}

// Tx reports a failed begin or commit. Errors of fn are returned without a report, because hooks and handlers end
// transactions with errors of their own.
func (w watchedDriver) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	refused := false
	err := w.driver.Tx(ctx, func(ctx context.Context) error {
		err := fn(ctx)
		refused = err != nil
		return err
	})
	if !refused {
		noteFailure(ctx, err)
	}
	return err
}

// watchedKV reports every failure of its storage to the call.
type watchedKV struct{ kv kv.Store }

// Get implements kv.Store.
func (w watchedKV) Get(ctx context.Context, key string) (string, bool, error) {
	value, ok, err := w.kv.Get(ctx, key)
	noteFailure(ctx, err)
	return value, ok, err
}

// Set implements kv.Store.
func (w watchedKV) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	err := w.kv.Set(ctx, key, value, ttl)
	noteFailure(ctx, err)
	return err
}

// Delete implements kv.Store.
func (w watchedKV) Delete(ctx context.Context, key string) error {
	err := w.kv.Delete(ctx, key)
	noteFailure(ctx, err)
	return err
}

// Take implements kv.Store.
func (w watchedKV) Take(ctx context.Context, key string) (string, bool, error) {
	value, ok, err := w.kv.Take(ctx, key)
	noteFailure(ctx, err)
	return value, ok, err
}

// Increment implements kv.Store.
func (w watchedKV) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	n, err := w.kv.Increment(ctx, key, window)
	noteFailure(ctx, err)
	return n, err
}

// Lock implements store.Locker, where the driver does.
func (w watchedDriver) Lock(ctx context.Context, t *store.TableSchema, where []store.Where) error {
	l, ok := w.driver.(store.Locker)
	if !ok {
		return nil
	}
	err := l.Lock(ctx, t, where)
	noteFailure(ctx, err)
	return err
}

// LongestID implements store.IDLimiter, where the driver does.
func (w watchedDriver) LongestID() int {
	if l, ok := w.driver.(store.IDLimiter); ok {
		return l.LongestID()
	}
	return 0
}
