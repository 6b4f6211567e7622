// Package kvtest tests implementations of kv.Store. Their tests call Run.
package kvtest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// Advancer is a store under test whose clock can be moved forward. For other
// stores, Run uses short lifetimes and waits until they end.
type Advancer interface{ Advance(d time.Duration) }

// racers is the number of goroutines in a race.
const racers = 100

// patience is how long Run waits for an event before it fails. No test passes
// because of this limit.
const patience = 30 * time.Second

// Run tests the stores that open returns. Every test gets a new, empty one. The
// storage may contain other keys: open may use a key prefix.
func Run(t *testing.T, open func(t *testing.T) kv.Store) {
	tests := []struct {
		name string
		run  func(t *testing.T, s kv.Store)
	}{
		{"get and set", getAndSet},
		{"texts are kept byte for byte", keepsBytes},
		{"delete", deletes},
		{"take", takes},
		{"increment", increments},
		{"expiry", expires},
		{"set replaces the expiry", replacesExpiry},
		{"window is not moved", windowStays},
		{"racing takes", racingTakes},
		{"racing increments", racingIncrements},
		{"racing increments and takes", racingBoth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

func getAndSet(t *testing.T, s kv.Store) {
	wantNone(t, s, "k")
	set(t, s, "k", "one", 0)
	wantValue(t, s, "k", "one")
	wantValue(t, s, "k", "one")
	set(t, s, "k", "two", time.Hour)
	wantValue(t, s, "k", "two")
	set(t, s, "other", "three", 0)
	wantValue(t, s, "k", "two")
	set(t, s, "k", "gone", -time.Second)
	wantNone(t, s, "k")
	wantValue(t, s, "other", "three")
}

func keepsBytes(t *testing.T, s kv.Store) {
	for i, text := range []string{"", " ", "\x00\x01\xff", "line\r\nline", `{"a":"é☃"}`, string(make([]byte, 1<<16))} {
		key := fmt.Sprintf("verification:é:%d *[\\?", i)
		set(t, s, key, text, time.Hour)
		wantValue(t, s, key, text)
	}
}

func deletes(t *testing.T, s kv.Store) {
	for range 2 {
		if err := s.Delete(t.Context(), "k"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		wantNone(t, s, "k")
		set(t, s, "k", "v", 0)
	}
}

func takes(t *testing.T, s kv.Store) {
	if _, ok := take(t, s, "k"); ok {
		t.Error("took a missing key")
	}
	for _, value := range []string{"v", ""} {
		set(t, s, "k", value, time.Hour)
		if got, ok := take(t, s, "k"); !ok || got != value {
			t.Errorf("Take = %q, %v; want %q", got, ok, value)
		}
		if _, ok := take(t, s, "k"); ok {
			t.Error("took the key twice")
		}
		wantNone(t, s, "k")
	}
}

func increments(t *testing.T, s kv.Store) {
	for want := int64(1); want <= 3; want++ {
		wantCount(t, s, "n", time.Hour, want)
	}
	wantValue(t, s, "n", "3")
	wantCount(t, s, "other", time.Hour, 1)
	if got, ok := take(t, s, "n"); !ok || got != "3" {
		t.Errorf("Take of a counter = %q, %v; want 3", got, ok)
	}
	wantCount(t, s, "n", time.Hour, 1)

	for _, window := range []time.Duration{0, -time.Second} {
		if _, err := s.Increment(t.Context(), "w", window); !errors.Is(err, kv.ErrWindow) {
			t.Errorf("Increment with window %v: %v, want ErrWindow", window, err)
		}
	}
	wantNone(t, s, "w")
	set(t, s, "text", "abc", 0)
	if _, err := s.Increment(t.Context(), "text", time.Hour); !errors.Is(err, kv.ErrNotCounter) {
		t.Errorf("Increment of a text: %v, want ErrNotCounter", err)
	}
	wantValue(t, s, "text", "abc")
}

func expires(t *testing.T, s kv.Store) {
	life := life(s)
	set(t, s, "long", "v", time.Hour)
	set(t, s, "never", "v", 0)
	set(t, s, "short", "v", life)
	pass(t, s, life, func() bool { _, ok, _ := s.Get(t.Context(), "short"); return !ok })
	if _, ok := take(t, s, "short"); ok {
		t.Error("took an expired key")
	}
	wantCount(t, s, "short", time.Hour, 1)
	wantValue(t, s, "long", "v")
	wantValue(t, s, "never", "v")
}

func replacesExpiry(t *testing.T, s kv.Store) {
	life := life(s)
	set(t, s, "mark", "v", life)
	set(t, s, "a", "v", life)
	set(t, s, "a", "w", 0)
	set(t, s, "b", "v", 0)
	set(t, s, "b", "w", life)
	gone := func() bool {
		_, mark, _ := s.Get(t.Context(), "mark")
		_, b, _ := s.Get(t.Context(), "b")
		return !mark && !b
	}
	pass(t, s, life, gone)
	wantValue(t, s, "a", "w")
}

// windowStays would never return for a store whose increments move the window.
func windowStays(t *testing.T, s kv.Store) {
	life := life(s)
	increment := func() int64 {
		n, err := s.Increment(t.Context(), "n", life)
		if err != nil {
			t.Fatalf("Increment: %v", err)
		}
		return n
	}
	increment()
	if a, ok := s.(Advancer); ok {
		a.Advance(life / 2)
		if n := increment(); n != 2 {
			t.Errorf("within the window: count %d, want 2", n)
		}
		a.Advance(life / 2)
		if n := increment(); n != 1 {
			t.Errorf("after the window: count %d, want 1", n)
		}
		return
	}
	pass(t, s, life, func() bool { return increment() == 1 })
}

func racingTakes(t *testing.T, s kv.Store) {
	for round := range 5 {
		key := fmt.Sprint("k", round)
		set(t, s, key, "prize", time.Hour)
		var won atomic.Int64
		race(func(int) {
			value, ok, err := s.Take(t.Context(), key)
			if err != nil {
				t.Errorf("Take: %v", err)
			}
			if ok && value == "prize" {
				won.Add(1)
			}
		})
		if n := won.Load(); n != 1 {
			t.Errorf("%d of %d racing takes won, want exactly one", n, racers)
		}
	}
}

func racingIncrements(t *testing.T, s kv.Store) {
	var seen [racers + 1]atomic.Int64
	race(func(int) {
		n, err := s.Increment(t.Context(), "n", time.Hour)
		if err != nil || n < 1 || n > racers {
			t.Errorf("Increment = %d, %v", n, err)
			return
		}
		seen[n].Add(1)
	})
	for n := 1; n <= racers; n++ {
		if got := seen[n].Load(); got != 1 {
			t.Errorf("count %d was handed out %d times", n, got)
		}
	}
	wantValue(t, s, "n", fmt.Sprint(racers))
}

func racingBoth(t *testing.T, s kv.Store) {
	var taken atomic.Int64
	add := func() {
		value, ok, err := s.Take(t.Context(), "n")
		var n int64
		if ok {
			_, err = fmt.Sscan(value, &n)
		}
		if err != nil {
			t.Errorf("Take: %v", err)
		}
		taken.Add(n)
	}
	race(func(i int) {
		if i%2 == 1 {
			add()
			return
		}
		if _, err := s.Increment(t.Context(), "n", time.Hour); err != nil {
			t.Errorf("Increment: %v", err)
		}
	})
	add()
	if n := taken.Load(); n != racers/2 {
		t.Errorf("the takes saw %d increments, want %d", n, racers/2)
	}
}

// race calls do in many goroutines that start together.
func race(do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// life returns a time to live that pass can wait for.
func life(s kv.Store) time.Duration {
	if _, ok := s.(Advancer); ok {
		return time.Minute
	}
	return 60 * time.Millisecond
}

// pass moves the store's clock forward by d, or waits until over returns true.
func pass(t *testing.T, s kv.Store, d time.Duration, over func() bool) {
	t.Helper()
	if a, ok := s.(Advancer); ok {
		a.Advance(d)
		if !over() {
			t.Fatalf("not over after %v", d)
		}
		return
	}
	for waited := time.Duration(0); !over(); waited += d / 10 {
		if waited > patience {
			t.Fatalf("not over after %v", waited)
		}
		time.Sleep(d / 10)
	}
}

func set(t *testing.T, s kv.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, value, ttl); err != nil {
		t.Fatalf("Set(%q): %v", key, err)
	}
}

func take(t *testing.T, s kv.Store, key string) (string, bool) {
	t.Helper()
	value, ok, err := s.Take(t.Context(), key)
	if err != nil {
		t.Fatalf("Take(%q): %v", key, err)
	}
	return value, ok
}

func wantValue(t *testing.T, s kv.Store, key, want string) {
	t.Helper()
	if got, ok, err := s.Get(t.Context(), key); err != nil || !ok || got != want {
		t.Errorf("Get(%q) = %.80q, %v, %v; want %.80q", key, got, ok, err, want)
	}
}

func wantNone(t *testing.T, s kv.Store, key string) {
	t.Helper()
	if got, ok, err := s.Get(t.Context(), key); err != nil || ok || got != "" {
		t.Errorf("Get(%q) = %.80q, %v, %v; want none", key, got, ok, err)
	}
}

func wantCount(t *testing.T, s kv.Store, key string, window time.Duration, want int64) {
	t.Helper()
	if got, err := s.Increment(t.Context(), key, window); err != nil || got != want {
		t.Errorf("Increment(%q) = %d, %v; want %d", key, got, err, want)
	}
}
