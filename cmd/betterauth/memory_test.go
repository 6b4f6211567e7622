package main

import (
	"runtime/debug"
	"testing"
)

// TestLimitMemory leaves what the environment says alone.
func TestLimitMemory(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(1<<40)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	for _, c := range []struct {
		env     map[string]string
		percent int
		limit   int64
	}{
		{map[string]string{"GOGC": "100", "GOMEMLIMIT": "1TiB"}, 100, 1 << 40},
		{map[string]string{"GOMEMLIMIT": "1TiB"}, growth, 1 << 40},
		{map[string]string{"GOGC": "100"}, 100, room + 3*hashSize},
		{nil, growth, room + 3*hashSize},
	} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(1 << 40)
		limitMemory(&world{env: func(name string) string { return c.env[name] }}, 3)
		if p, l := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); p != c.percent || l != c.limit {
			t.Errorf("%v: %d%%, %d; want %d%%, %d", c.env, p, l, c.percent, c.limit)
		}
	}
}
