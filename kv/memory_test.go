package kv_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/kvtest"
)

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.UnixMilli(1_700_000_000_000)} }

func (c *clock) now(context.Context) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type steered struct {
	*kv.Memory
	*clock
}

func (s steered) Advance(d time.Duration) { s.advance(d) }

func TestMemory(t *testing.T) {
	kvtest.Run(t, func(*testing.T) kv.Store {
		c := newClock()
		return steered{kv.NewMemory(c.now, 0), c}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	ctx, c := t.Context(), newClock()
	m := kv.NewMemory(c.now, 10)
	set := func(key string, ttl time.Duration) {
		t.Helper()
		if err := m.Set(ctx, key, "v", ttl); err != nil {
			t.Fatal(err)
		}
	}
	has := func(key string) bool {
		_, ok, err := m.Get(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	set("keep-1", 0)
	set("keep-2", 0)
	set("hour", time.Hour)
	for i := range 1000 {
		set(fmt.Sprint("flood-", i), time.Minute)
	}
	if got := m.Len(); got != 10 {
		t.Errorf("Len = %d, want 10", got)
	}
	// A flood of short-lived keys removes its own keys, not those that live
	// longer.
	for _, key := range []string{"keep-1", "keep-2", "hour", "flood-999"} {
		if !has(key) {
			t.Errorf("%s is gone", key)
		}
	}
	if has("flood-0") {
		t.Error("flood-0 is still there")
	}
	for i := range 9 {
		set(fmt.Sprint("forever-", i), 0)
	}
	if has("keep-1") {
		t.Error("keep-1, the oldest without expiry, is still there")
	}
	if !has("keep-2") || !has("forever-8") {
		t.Error("a younger key without expiry is gone")
	}
}

func TestMemorySweepsExpired(t *testing.T) {
	ctx, c := t.Context(), newClock()
	m := kv.NewMemory(c.now, 1000)
	for i := range 100 {
		if err := m.Set(ctx, fmt.Sprint(i), "v", time.Second); err != nil {
			t.Fatal(err)
		}
	}
	c.advance(time.Second)
	for i := range 50 {
		if _, err := m.Increment(ctx, fmt.Sprint("c", i), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.Len(); got != 50 {
		t.Errorf("Len = %d, want the 50 live entries", got)
	}
}

func TestMemoryTakesTheClockOfTheCall(t *testing.T) {
	type at struct{}
	start := time.UnixMilli(0)
	m := kv.NewMemory(func(ctx context.Context) time.Time {
		d, _ := ctx.Value(at{}).(time.Duration)
		return start.Add(d)
	}, 0)
	ctx := t.Context()
	if err := m.Set(ctx, "k", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	later := context.WithValue(ctx, at{}, time.Minute)
	if _, ok, _ := m.Get(later, "k"); ok {
		t.Error("expired for the later call, yet found")
	}
	if _, ok, _ := m.Get(ctx, "k"); !ok {
		t.Error("live for the earlier call, yet not found")
	}
}

// TestMemoryIsBoundedInBytes checks that long values stay within the limit, and
// that the memory of removed entries is released.
func TestMemoryIsBoundedInBytes(t *testing.T) {
	now := time.Unix(0, 0)
	m := kv.NewMemory(func(context.Context) time.Time { return now }, 0)
	ctx := t.Context()
	if err := m.Set(ctx, "session", "s", time.Hour); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1<<20)
	for i := range 1000 {
		if err := m.Set(ctx, strconv.Itoa(i), long, time.Duration(i+1)*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.Len(); n < 100 || n > 129 {
		t.Errorf("%d values of 1 MiB are held", n)
	}
	for _, key := range []string{"session", "999"} {
		if _, ok, err := m.Get(ctx, key); !ok || err != nil {
			t.Errorf("%s made room: %v", key, err)
		}
	}
	for i := range 1000 {
		if err := m.Delete(ctx, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 { // the counted size decreases too
		if err := m.Set(ctx, "again", long, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, _ := m.Get(ctx, "session"); !ok {
		t.Error("the session made room for nothing")
	}
}
