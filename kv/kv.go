// Package kv defines storage for short-lived texts by key: the reference's
// secondary storage for sessions, verification values and rate-limit counters. It
// contains the Store interface and an implementation in memory; package rediskv
// stores in Redis. Package kvtest tests any implementation:
//
//	s := kv.NewMemory(clock, 0)
//	err := s.Set(ctx, "key", "value", time.Minute)
//	value, ok, err := s.Get(ctx, "key")
package kv

// This package does not interpret keys and values.

import (
	"context"
	"errors"
	"time"
)

// ErrWindow reports a counter whose window is not positive. Such a counter would
// never expire and would lock its key forever.
var ErrWindow = errors.New("kv: the window of a counter must be positive")

// ErrNotCounter reports an Increment of a key whose value is not a decimal
// integer.
var ErrNotCounter = errors.New("kv: the value is not a counter")

// ErrUnavailable reports that the storage cannot be reached or did not answer
// in time. The same call may work later.
var ErrUnavailable = errors.New("kv: the storage is not available")

// Store keeps texts by key. Its methods may be called from several goroutines and,
// if the storage is shared, from several processes.
type Store interface {
	// Get returns the value of key; ok is false if there is none or it has
	// expired.
	Get(ctx context.Context, key string) (value string, ok bool, err error)
	// Set stores value for the time ttl. It replaces any previous value and expiry.
	// With a ttl of 0 the value does not expire; with a negative ttl the key is
	// deleted.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// Delete deletes key. It is not an error if key is missing.
	Delete(ctx context.Context, key string) error
	// Take returns the value of key and deletes it in one step: exactly one of any
	// number of concurrent calls gets ok true.
	Take(ctx context.Context, key string) (value string, ok bool, err error)
	// Increment adds one to the counter at key and returns the new count. The first
	// call sets it to 1 and lets it expire after window; later calls do not change
	// the expiry. Get returns a counter as a decimal integer.
	Increment(ctx context.Context, key string, window time.Duration) (int64, error)
}
