package auth

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func at(now time.Time) *Context { return &Context{Context: context.Background(), now: now} }

// A burst of many addresses takes no more than the bound, and nothing that
// counts is lost before it is full.
func TestMemoryLimiterIsBounded(t *testing.T) {
	m := newMemoryLimiter(maxMemoryEntries)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rule := RuleSize{Window: 600, Max: 1}
	for i := range 3 * maxMemoryEntries {
		key := fmt.Sprintf("2001:0db8:0000:%04x:%04x::|/sign-in/email", i>>16, i&0xffff)
		if allowed, _, err := m.consume(at(now), key, rule); !allowed || err != nil {
			t.Fatalf("%d: %v %v", i, allowed, err)
		}
	}
	if len(m.at) != maxMemoryEntries || len(m.slots) > maxMemoryEntries+1 {
		t.Errorf("%d keys in %d slots", len(m.at), len(m.slots))
	}
	if err := m.sweep(context.Background(), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if len(m.at) != 0 || cap(m.slots) > fewSlots {
		t.Errorf("after the burst: %d keys in %d slots", len(m.at), cap(m.slots))
	}
}

func TestMemoryLimiterEvictsTheOldest(t *testing.T) {
	m := newMemoryLimiter(3)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	count := func(key string) bool {
		now = now.Add(time.Second)
		allowed, _, err := m.consume(at(now), key, RuleSize{Window: 600, Max: 2})
		if err != nil {
			t.Fatal(err)
		}
		return allowed
	}
	for _, key := range []string{"a", "b", "c", "a", "d"} { // b is the oldest when d comes
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

// What has ended goes without a sweep too, and its memory with it.
func TestMemoryLimiterForgetsByItself(t *testing.T) {
	m := newMemoryLimiter(maxMemoryEntries)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i := range 20_000 {
		now = now.Add(time.Millisecond)
		m.consume(at(now), fmt.Sprint("burst", i), RuleSize{Window: 1, Max: 3})
	}
	for i := range 20_000 {
		now = now.Add(time.Second)
		m.consume(at(now), fmt.Sprint("later", i%5), RuleSize{Window: 1, Max: 3})
	}
	if len(m.at) > 20 || cap(m.slots) > 2*fewSlots {
		t.Errorf("%d keys in %d slots", len(m.at), cap(m.slots))
	}
}
