// Package limiter counts calls: in memory, in a database, or in secondary storage.
// Which call is counted under which key, and by which rule, is the caller's business.
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
	// Consume counts a call and says, in one atomic step, whether it may go on; retry
	// is after how many seconds to try again.
	Consume(ctx context.Context, key string, rule Rule) (allowed bool, retry int, err error)
	// Forgive forgets what was counted under key, where the storage can.
	Forgive(ctx context.Context, key string) error
}

// Sweeper is a Counter whose storage does not end counts by itself.
type Sweeper interface {
	// Sweep drops what has ended at now.
	Sweep(ctx context.Context, now time.Time) error
}

// KV counts in secondary storage: a fixed window from the first call.
type KV struct{ kv kv.Store }

// NewKV counts in secondary storage.
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
