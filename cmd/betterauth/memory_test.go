package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimitMemory checks that settings in the environment are not changed.
func TestLimitMemory(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(1<<40)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	wanted := int64(room)
	if runtime.GOOS != "linux" {
		wanted += 3 * hashSize
	}
	for _, c := range []struct {
		env     map[string]string
		percent int
		limit   int64
	}{
		{map[string]string{"GOGC": "100", "GOMEMLIMIT": "1TiB"}, 100, 1 << 40},
		{map[string]string{"GOMEMLIMIT": "1TiB"}, growth, 1 << 40},
		{map[string]string{"GOGC": "100"}, 100, wanted},
		{nil, growth, wanted},
	} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(1 << 40)
		limitMemory(&world{env: func(name string) string { return c.env[name] }}, 3)
		if p, l := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); p != c.percent || l != c.limit {
			t.Errorf("%v: %d%%, %d; want %d%%, %d", c.env, p, l, c.percent, c.limit)
		}
	}
}

// TestProcessors checks that hashes get every processor if they have a lower
// priority, and all but one otherwise.
func TestProcessors(t *testing.T) {
	for _, c := range []struct {
		p             processors
		wanted        int
		hashes, slots int
	}{
		{processors{"linux", 2, 2, false}, 0, 2, 4},
		{processors{"linux", 1, 1, false}, 0, 2, 3},
		{processors{"linux", 64, 64, false}, 0, maxHashes, 64 + maxHashes},
		{processors{"linux", 4, 4, false}, 1, 1, 5},
		{processors{"linux", 64, 2, false}, 0, 1, 2}, // a quota
		{processors{"linux", 64, 1, false}, 0, 1, 1},
		{processors{"linux", 4, 4, true}, 0, 3, 4}, // GOMAXPROCS in the environment
		{processors{"linux", 4, 4, true}, 4, 4, 4},
		{processors{"darwin", 8, 8, false}, 0, maxHashes, 8},
		{processors{"windows", 2, 2, false}, 0, 1, 2},
	} {
		if hashes, slots := c.p.share(c.wanted); hashes != c.hashes || slots != c.slots {
			t.Errorf("%+v, passwordHashes %d: %d hashes, %d slots; want %d, %d", c.p, c.wanted, hashes, slots, c.hashes, c.slots)
		}
	}
}

// TestSlots checks that the scheduler has more slots only while hashes may occupy
// all of the usual ones, and for a while after that.
func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var set []int
		s := &slots{usual: 2, raised: 4, set: func(n int) { set = append(set, n) }, rest: time.Second}
		step := func(running int, pause time.Duration, want ...int) {
			t.Helper()
			s.hashing(running)
			time.Sleep(pause)
			synctest.Wait()
			if !slices.Equal(set, want) {
				t.Errorf("%d hashes: %v, want %v", running, set, want)
			}
		}
		step(1, 0)
		step(2, 0, 4)
		step(1, time.Second/2, 4)
		step(2, 2*time.Second, 4)
		step(1, time.Second/2, 4)
		step(0, time.Second, 4, 2)
		step(2, 0, 4, 2, 4)
	})
}

func TestMemoryIsGivenBackWhenNothingHappens(t *testing.T) {
	before := usage{allocated: 100 << 20}
	for _, c := range []struct {
		now  usage
		want bool
	}{
		{usage{unused: 90 << 20, allocated: 101 << 20}, true},
		{usage{unused: 90 << 20, allocated: 900 << 20}, false},
		{usage{unused: 1 << 20, allocated: 101 << 20}, false},
	} {
		if got := c.now.idle(before); got != c.want {
			t.Errorf("%+v: %v", c.now, got)
		}
	}
	waste := make([]byte, 32<<20)
	waste[0] = 1
	if u := readUsage(); u.allocated < 32<<20 || u.unused == 0 {
		t.Errorf("%+v", u)
	}
	runtime.KeepAlive(waste)
}

// The pages of the program are released once after each busy time, and not while requests come.
func TestSleeps(t *testing.T) {
	at := func(mb uint64) usage { return usage{allocated: mb << 20} }
	for _, tc := range []struct {
		now, before, dropped uint64
		want                 bool
	}{
		{10, 10, 10, false}, // nothing happened
		{20, 10, 10, false}, // requests come
		{20, 20, 10, true},  // they have ended
		{20, 20, 20, false}, // and the pages were released
	} {
		if got := at(tc.now).sleeps(at(tc.before), at(tc.dropped)); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}
