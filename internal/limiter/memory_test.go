package limiter

import (
	"context"
	"fmt"
	"testing"
	"time"
)

type timeKey struct{}

// at returns the context of a call at now.
func at(now time.Time) context.Context {
	return context.WithValue(context.Background(), timeKey{}, now)
}

func timeOf(ctx context.Context) time.Time { now, _ := ctx.Value(timeKey{}).(time.Time); return now }

// TestMemoryLimiterIsBounded checks that a burst of many addresses stays within
// the limit, and that no active count is lost before the limiter is full.
func TestMemoryLimiterIsBounded(t *testing.T) {
	m := NewMemory(MaxEntries, timeOf)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rule := Rule{Window: 600, Max: 1}
	for i := range 3 * MaxEntries {
		key := fmt.Sprintf("2001:0db8:0000:%04x:%04x::|/sign-in/email", i>>16, i&0xffff)
		if allowed, _, err := m.Consume(at(now), key, rule); !allowed || err != nil {
			t.Fatalf("%d: %v %v", i, allowed, err)
		}
	}
	if len(m.at) != MaxEntries || len(m.slots) > MaxEntries+1 {
		t.Errorf("%d keys in %d slots", len(m.at), len(m.slots))
	}
	if err := m.Sweep(context.Background(), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if len(m.at) != 0 || cap(m.slots) > fewSlots {
		t.Errorf("after the burst: %d keys in %d slots", len(m.at), cap(m.slots))
	}
}

func TestMemoryLimiterEvictsTheOldest(t *testing.T) {
	m := NewMemory(3, timeOf)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	count := func(key string) bool {
		now = now.Add(time.Second)
		allowed, _, err := m.Consume(at(now), key, Rule{Window: 600, Max: 2})
		if err != nil {
			t.Fatal(err)
		}
		return allowed
	}
	for _, key := range []string{"a", "b", "c", "a", "d"} { // b is the oldest when d is added
		if !count(key) {
			t.Errorf("%s was refused", key)
		}
	}
	if count("a") {
		t.Error("a is counted no more")
	}
	if first := count("c"); !first || count("c") {
		t.Error("c is counted no more")
	}
	for i, want := range []bool{true, true, false} {
		if count("b") != want {
			t.Errorf("b, call %d: it was not the one that made room", i)
		}
	}
}

// TestMemoryLimiterForgetsByItself checks that expired counts and their memory
// are released without a sweep.
func TestMemoryLimiterForgetsByItself(t *testing.T) {
	m := NewMemory(MaxEntries, timeOf)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i := range 20_000 {
		now = now.Add(time.Millisecond)
		m.Consume(at(now), fmt.Sprint("burst", i), Rule{Window: 1, Max: 3})
	}
	for i := range 20_000 {
		now = now.Add(time.Second)
		m.Consume(at(now), fmt.Sprint("later", i%5), Rule{Window: 1, Max: 3})
	}
	if len(m.at) > 20 || cap(m.slots) > 2*fewSlots {
		t.Errorf("%d keys in %d slots", len(m.at), cap(m.slots))
	}
}
