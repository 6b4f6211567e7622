package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// room is what the server may take before the collector works harder to stay
// below. The memory that passwords are hashed in is not part of it on Linux.
const room = 128 << 20

// growth is by how many percent the heap may grow before the collector runs.
// About a megabyte is in use: at Go's usual 100 the collector would run every
// four, which is every few hundred requests.
const growth = 400

// hashSize is what one password hash works in.
const hashSize = 32 << 20

// maxHashes is how many passwords are hashed at once unless the options say
// otherwise: more would take more memory than a server of this kind should.
const maxHashes = 6

// limitMemory lets the collector rest while little is in use. GOGC and
// GOMEMLIMIT in the environment win.
func limitMemory(w *world, hashes int) {
	if w.env("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	if w.env("GOMEMLIMIT") == "" {
		limit := int64(room)
		if runtime.GOOS != "linux" { // there the hashes' memory is the collector's
			limit += int64(hashes) * hashSize
		}
		debug.SetMemoryLimit(limit)
	}
}

// processors are what the program may use.
type processors struct {
	system string // runtime.GOOS
	all    int    // that the system lets this process run on
	slots  int    // GOMAXPROCS: fewer than all under a quota of processor time
	fixed  bool   // by GOMAXPROCS in the environment
}

// share divides processors between requests and hashes. It returns how many
// passwords are hashed at once, where the options do not say, and how many
// slots Go's scheduler needs.
//
// Threads that hash have a low priority on Linux, so they may use every
// processor, if Go has slots beside them for requests. Priorities do not help
// where a quota stops all threads alike, where the system knows none, or where
// the operator says how many slots there are: then hashes leave one free.
func (p processors) share(wanted int) (hashes, slots int) {
	hashes = wanted
	if p.system != "linux" || p.fixed || p.slots < p.all {
		if hashes == 0 {
			hashes = min(max(1, p.slots-1), maxHashes)
		}
		return hashes, p.slots
	}
	if hashes == 0 {
		hashes = min(max(2, p.slots), maxHashes)
	}
	return hashes, p.slots + hashes
}

// shareProcessors gives requests the right of way before password hashes. What
// it returns is to be told of the hashes being computed.
func shareProcessors(w *world, o *auth.Options) *slots {
	p := processors{runtime.GOOS, runtime.NumCPU(), runtime.GOMAXPROCS(0), w.env("GOMAXPROCS") != ""}
	hashes, raised := p.share(o.PasswordHashes)
	o.PasswordHashes = hashes
	return &slots{usual: p.slots, raised: raised, set: func(n int) { runtime.GOMAXPROCS(n) }, rest: slotsRest}
}

// slotsRest is how long the scheduler keeps the slots that a storm needed.
const slotsRest = 3 * time.Second

// slots gives Go's scheduler more slots while hashes may hold all the usual ones.
// At other times more slots than processors would cost every request a little.
type slots struct {
	usual, raised int
	set           func(slots int)
	rest          time.Duration

	mu    sync.Mutex
	high  bool
	lower *time.Timer
}

// hashing is told how many hashes are being computed.
func (s *slots) hashing(running int) {
	if s.raised == s.usual {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch crowded := running >= s.usual; {
	case crowded:
		if s.lower != nil {
			s.lower.Stop()
			s.lower = nil
		}
		if !s.high {
			s.high = true
			s.set(s.raised)
		}
	case s.high && s.lower == nil:
		s.lower = time.AfterFunc(s.rest, s.relax)
	}
}

func (s *slots) relax() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lower != nil { // not stopped in the last moment
		s.lower, s.high = nil, false
		s.set(s.usual)
	}
}

const (
	// giveBackEvery is how often memory is looked over.
	giveBackEvery = time.Minute
	// worthwhile is how much unused memory is worth a collection.
	worthwhile = 8 << 20
	// quiet is how much may have been allocated since the last look: a busy
	// server collects by itself, and would soon take again what it gives.
	quiet = 32 << 20
)

// usage is what the collector says of memory, in bytes.
type usage struct {
	unused    uint64 // taken from the system, and used for nothing
	allocated uint64 // since the start
}

func readUsage() usage {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	garbage := value(4) - min(value(3), value(4)) // since the last collection, most of it
	return usage{unused: value(0) + value(1) + garbage, allocated: value(2)}
}

// idle reports whether to give memory back.
func (u usage) idle(before usage) bool {
	return u.unused >= worthwhile && u.allocated-before.allocated < quiet
}

// giveBack returns memory to the system that only starting needed, and later
// what a busy hour has left. The collector alone keeps five times what was in
// use when it last ran, and does not run while nothing is allocated.
func giveBack(ctx context.Context) {
	debug.FreeOSMemory()
	ticker := time.NewTicker(giveBackEvery)
	defer ticker.Stop()
	last := readUsage()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := readUsage()
		if now.idle(last) {
			debug.FreeOSMemory()
		}
		last = now
	}
}
