package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// room is the amount of memory above which the garbage collector works harder. On
// Linux it does not include the memory of password hashes.
const room = 128 << 20

// growth is the percentage by which the heap may grow before the collector runs.
// About a megabyte is in use: with Go's default of 100 the collector would run
// every four megabytes, which is every few hundred requests.
const growth = 400

// hashSize is the memory of one password hash.
const hashSize = 32 << 20

// maxHashes is the default limit of passwords that are hashed at once; more would
// need too much memory for a server of this kind.
const maxHashes = 6

// limitMemory makes the collector run rarely while little memory is in use. GOGC
// and GOMEMLIMIT in the environment take precedence.
func limitMemory(w *world, hashes int) {
	if w.env("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	if w.env("GOMEMLIMIT") == "" {
		limit := int64(room)
		if runtime.GOOS != "linux" { // on other systems, the memory of hashes is in Go's heap
			limit += int64(hashes) * hashSize
		}
		debug.SetMemoryLimit(limit)
	}
}

// processors describes the processors that the program may use.
type processors struct {
	system string // runtime.GOOS
	all    int    // on which the system lets this process run
	slots  int    // GOMAXPROCS: less than all under a quota of processor time
	fixed  bool   // set by GOMAXPROCS in the environment
}

// share divides processors between requests and hashes. It returns the number of
// passwords that are hashed at once, if the options do not set it, and the number
// of slots that Go's scheduler needs.
//
// Threads that hash have a low priority on Linux, so they may use every
// processor, provided that Go has additional slots for requests. Priorities do
// not help if a quota stops all threads alike, if the system has no priorities of
// threads, or if the operator sets the number of slots: then hashes leave one
// free.
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

// shareProcessors gives requests priority over password hashes, and makes one Hasher
// for all servers of the process. The result must be notified of the number of
// hashes being computed.
func shareProcessors(w *world, confs []*setup) (*slots, *secret.Hasher) {
	p := processors{runtime.GOOS, runtime.NumCPU(), runtime.GOMAXPROCS(0), w.env("GOMAXPROCS") != ""}
	o := confs[0].file.Options
	hashes, raised := p.share(o.PasswordHashes)
	for _, conf := range confs {
		conf.file.Options.PasswordHashes = hashes
	}
	hasher := secret.NewHasher(secret.HasherOptions{Parallel: hashes, Wait: time.Duration(o.PasswordHashWait) * time.Second})
	return &slots{usual: p.slots, raised: raised, set: func(n int) { runtime.GOMAXPROCS(n) }, rest: slotsRest}, hasher
}

// slotsRest is how long the scheduler keeps the additional slots after many
// hashes.
const slotsRest = 3 * time.Second

// slots gives Go's scheduler more slots while hashes may occupy all the usual
// ones. At other times, more slots than processors would make every request a
// little slower.
type slots struct {
	usual, raised int
	set           func(slots int)
	rest          time.Duration

	mu    sync.Mutex
	high  bool
	lower *time.Timer
}

// hashing sets the number of hashes being computed.
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
	if s.lower != nil { // unless it was stopped in the meantime
		s.lower, s.high = nil, false
		s.set(s.usual)
	}
}

const (
	// giveBackEvery is the time between two checks of the memory.
	giveBackEvery = time.Minute
	// worthwhile is the amount of unused memory that justifies a collection.
	worthwhile = 8 << 20
	// quiet is the largest amount allocated since the last check at which memory
	// is released: a busy server collects anyway, and would soon need the memory
	// again.
	quiet = 32 << 20
	// asleep is the same for the pages of the program file, which a server that
	// answers a request now and then would need again.
	asleep = 1 << 20
)

// usage is the collector's statistics of memory, in bytes.
type usage struct {
	unused    uint64 // taken from the system and not used
	allocated uint64 // since the start of the program
}

func readUsage() usage {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	garbage := value(4) - min(value(3), value(4)) // most of what was allocated since the last collection
	return usage{unused: value(0) + value(1) + garbage, allocated: value(2)}
}

// idle reports whether memory should be released.
func (u usage) idle(before usage) bool {
	return u.unused >= worthwhile && u.allocated-before.allocated < quiet
}

// sleeps reports whether the pages of the program file should be released: they
// were used since the time of dropped, and are not used now.
func (u usage) sleeps(before, dropped usage) bool {
	return u.allocated-before.allocated < asleep && u.allocated-dropped.allocated >= asleep
}

// giveBack releases memory to the system that only the start needed, and later
// what a busy time has left. The collector alone keeps five times what was in use
// at its last run, and does not run while nothing is allocated.
func giveBack(ctx context.Context) {
	debug.FreeOSMemory()
	dropProgram()
	ticker := time.NewTicker(giveBackEvery)
	defer ticker.Stop()
	last := readUsage()
	dropped := last
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
		if now.sleeps(last, dropped) {
			dropProgram()
			dropped = now
		}
		last = now
	}
}
