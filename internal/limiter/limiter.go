// Package limiter counts calls for rate limits: in memory, in a database, or in
// secondary storage. The caller chooses the key and the rule of each call:
//
//	c := limiter.NewMemory(limiter.MaxEntries, clock)
//	allowed, retry, err := c.Consume(ctx, key, limiter.Rule{Window: 60, Max: 100})
package limiter

import (
	"context"
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// Rule allows Max calls per Window.
type Rule struct {
	Window int // in seconds
	Max    int
}

func (r Rule) window() time.Duration { return time.Duration(r.Window) * time.Second }

// Counter counts calls under keys.
type Counter interface {
	// Consume counts a call and reports, in one atomic step, whether it is
	// allowed; retry is the number of seconds until another attempt makes sense.
	Consume(ctx context.Context, key string, rule Rule) (allowed bool, retry int, err error)
	// Forgive resets the count of key, if the storage supports it.
	Forgive(ctx context.Context, key string) error
}

// Sweeper is a Counter whose storage does not delete expired counts.
type Sweeper interface {
	// Sweep deletes the counts that have expired at now.
	Sweep(ctx context.Context, now time.Time) error
}

// Lister is a Counter whose storage can list its counts.
type Lister interface {
	// Full returns the newest counts of keys that may be at their limit, at most most.
	Full(ctx context.Context, now time.Time, most int) ([]Full, error)
}

// Full is the count of a key. Whether it is at its limit, the storage may not know: then Until is zero.
type Full struct {
	Key    string
	Hashed bool // Key is a hash
	Count  int
	Last   time.Time // the last allowed call
	Until  time.Time // calls are refused until then
}

// KV counts in secondary storage, with a fixed window that starts at the first
// call.
type KV struct{ kv kv.Store }

// NewKV returns a Counter in secondary storage.
func NewKV(s kv.Store) KV { return KV{s} }

// Consume implements [Counter].
func (k KV) Consume(ctx context.Context, key string, rule Rule) (bool, int, error) {
	n, err := k.kv.Increment(ctx, key, rule.window())
	return n <= int64(rule.Max), rule.Window, err
}

// Forgive implements [Counter].
func (k KV) Forgive(ctx context.Context, key string) error { return k.kv.Delete(ctx, key) }

func retryAfter(last, now time.Time, window int) int {
	return int(math.Ceil(last.Add(Rule{Window: window}.window()).Sub(now).Seconds()))
}

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }
