// Package kv keeps short-lived texts by key: the reference's secondary storage
// (sessions, verification values, rate-limit counters). It holds the contract
// and the store in memory; Redis is in rediskv, and kvtest says what every
// store must do. It must not know what the keys and values mean.
package kv

import (
	"context"
	"errors"
	"time"
)

// ErrWindow reports a counter whose window is not a positive duration: it would
// never end, and so would lock its key for good.
var ErrWindow = errors.New("kv: the window of a counter must be positive")

// ErrNotCounter reports an Increment of a key that holds another text than a
// decimal integer.
var ErrNotCounter = errors.New("kv: the value is not a counter")

// ErrUnavailable reports that the storage cannot be reached or did not answer
// in time. The same call may work later.
var ErrUnavailable = errors.New("kv: the storage is not available")

// Store keeps texts by key. Its methods may be called from several goroutines,
// also of several processes where the storage is shared.
type Store interface {
	// Get returns the value of key; ok is false when there is none or it has expired.
	Get(ctx context.Context, key string) (value string, ok bool, err error)
	// Set stores value for the time ttl and replaces what was there, the old
	// expiry included. A ttl of 0 means no expiry; a negative one has passed
	// already, so that the key is deleted.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// Delete removes key; a missing key is no error.
	Delete(ctx context.Context, key string) error
	// Take returns the value of key and deletes it in one step: of any number of
	// racing calls exactly one has ok true.
	Take(ctx context.Context, key string) (value string, ok bool, err error)
	// Increment adds one to the counter at key and returns the new count. The
	// first call creates it with 1 and lets it expire after window; later calls
	// do not move that moment. Get shows a counter as a decimal integer.
	Increment(ctx context.Context, key string, window time.Duration) (int64, error)
}
