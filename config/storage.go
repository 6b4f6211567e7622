package config

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// StoragePut are the arguments of secondaryStorage.set. A TTL of 0 means that the
// value does not expire.
type StoragePut struct {
	Key, Value string
	TTL        time.Duration
}

// Arguments implements callback.Arguer. The time to live is in seconds, and left
// out if the value does not expire.
func (p StoragePut) Arguments() []any {
	if p.TTL == 0 {
		return []any{p.Key, p.Value}
	}
	return []any{p.Key, p.Value, seconds(p.TTL)}
}

// StorageIncrement are the arguments of secondaryStorage.increment: a counter, and
// how long after its first increment it ends.
type StorageIncrement struct {
	Key    string
	Window time.Duration
}

// Arguments implements callback.Arguer.
func (i StorageIncrement) Arguments() []any { return []any{i.Key, seconds(i.Window)} }

// seconds rounds up, so that nothing expires too early.
func seconds(t time.Duration) float64 { return math.Ceil(t.Seconds()) }

// webhookStore is a kv.Store whose operations are callbacks.
type webhookStore struct {
	hooks  *Storage
	prefix string // of every key
}

// Get implements kv.Store.
func (s webhookStore) Get(ctx context.Context, key string) (string, bool, error) {
	return stored(s.hooks.Get(ctx, s.prefix+key))
}

// Set implements kv.Store.
func (s webhookStore) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if ttl < 0 {
		return s.Delete(ctx, key)
	}
	_, err := s.hooks.Put(ctx, StoragePut{s.prefix + key, value, ttl})
	return err
}

// Delete implements kv.Store.
func (s webhookStore) Delete(ctx context.Context, key string) error {
	_, err := s.hooks.Delete(ctx, s.prefix+key)
	return err
}

// Take implements kv.Store. It needs getAndDelete: a get followed by a delete could return one value twice.
func (s webhookStore) Take(ctx context.Context, key string) (string, bool, error) {
	if s.hooks.GetAndDelete == nil {
		return "", false, errors.New("secondaryStorage.getAndDelete is not set, but single-use values need it")
	}
	return stored(s.hooks.GetAndDelete(ctx, s.prefix+key))
}

// Increment implements kv.Store.
func (s webhookStore) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if s.hooks.Increment == nil {
		return 0, errors.New("secondaryStorage.increment is not set, but the rate limiter needs it")
	}
	n, err := s.hooks.Increment(ctx, StorageIncrement{s.prefix + key, window})
	if err != nil {
		return 0, err
	}
	if !n.Set || n.Value != math.Trunc(n.Value) || math.Abs(n.Value) > 1<<53 {
		return 0, fmt.Errorf("secondaryStorage.increment did not return a number")
	}
	return int64(n.Value), nil
}

// stored reads the result of a webhook: a text, nothing, or the value that a storage which parses JSON itself made of
// the text.
func stored(a callback.Answer, err error) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	switch v := a.Result.(type) {
	case nil, js.Undefined:
		return "", false, nil
	case string:
		return v, v != "", nil
	case time.Time:
		return js.ISO(v), true, nil
	default:
		return string(js.Marshal(v)), a.Set, nil
	}
}
