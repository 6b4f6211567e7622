package limiter

import (
	"context"
	"hash/maphash"
	"math"
	"strconv"
	"sync"
	"time"
)

// MaxEntries is the number of pairs of client and path that the limiter in memory
// counts, as in the reference. They take about 6 MB.
const MaxEntries = 100_000

// Memory counts in the memory of this process. Each allowed call moves the
// window; rejected ones do not prolong it.
//
// Its size does not depend on the length of keys: a key is kept as a hash with a
// seed of this process. If there are too many, the key that was counted longest
// ago is removed. Every step takes constant time.
type Memory struct {
	now   func(ctx context.Context) time.Time
	mu    sync.Mutex
	max   int
	seed  maphash.Seed
	at    map[uint64]int32 // hash of a key -> its slot
	slots []memorySlot     // slot 0 is the head and tail of the list of used slots
	free  int32            // first unused slot, 0 if there is none
	hand  int32            // the slot that is checked next for expiry
}

// memorySlot is the count of one key, or an unused slot (count 0).
type memorySlot struct {
	key           uint64
	last, ends    int64 // in nanoseconds
	count, max    int32 // max is that of the rule of the last call
	before, after int32 // neighbours by the time of the last counted call
}

// fewSlots is the size below which memory is never released.
const fewSlots = 1024

// NewMemory returns a Memory that counts at most max keys; now returns the time
// of a call.
func NewMemory(max int, now func(ctx context.Context) time.Time) *Memory {
	m := &Memory{max: max, now: now, seed: maphash.MakeSeed()}
	m.rebuild()
	return m
}

// Consume implements [Counter].
func (m *Memory) Consume(ctx context.Context, key string, rule Rule) (bool, int, error) {
	now, window := m.now(ctx), rule.window()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(now, 2) // more slots than one call adds, so that expired ones never accumulate
	hash := maphash.String(m.seed, key)
	i, counted := m.at[hash]
	if !counted {
		i = m.place(hash)
	}
	s := &m.slots[i]
	s.max = int32(min(rule.Max, math.MaxInt32))
	at := now.UnixNano()
	switch {
	case !counted || at >= s.ends || at-s.last >= int64(window):
		s.count = 1
	case int(s.count) >= rule.Max:
		return false, retryAfter(time.Unix(0, s.last), now, rule.Window), nil
	default:
		s.count++
	}
	s.last, s.ends = at, now.Add(window).UnixNano()
	m.unlink(i)
	m.link(i)
	return true, 0, nil
}

// Forgive implements [Counter].
func (m *Memory) Forgive(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i, ok := m.at[maphash.String(m.seed, key)]; ok {
		m.remove(i)
	}
	return nil
}

// Sweep removes all expired counts and releases their memory.
func (m *Memory) Sweep(_ context.Context, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(now, len(m.slots))
	return nil
}

// Full implements [Lister]. Keys are hashes that mean nothing outside of this process.
func (m *Memory) Full(_ context.Context, now time.Time, most int) ([]Full, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := []Full{}
	for i := m.slots[0].before; i != 0 && len(out) < most; i = m.slots[i].before {
		s := &m.slots[i]
		if s.count >= s.max && s.ends > now.UnixNano() {
			out = append(out, Full{Key: strconv.FormatUint(s.key, 16), Hashed: true, Count: int(s.count), Last: time.Unix(0, s.last), Until: time.Unix(0, s.ends)})
		}
	}
	return out, nil
}

// drop checks the next n slots, frees the expired ones, and shrinks the whole if
// most of it is unused.
func (m *Memory) drop(now time.Time, n int) {
	for range n {
		if m.hand++; int(m.hand) >= len(m.slots) {
			m.hand = 0
			continue
		}
		if s := &m.slots[m.hand]; s.count > 0 && now.UnixNano() >= s.ends {
			m.remove(m.hand)
		}
	}
	if len(m.slots) > fewSlots && len(m.at) < len(m.slots)/4 {
		m.rebuild()
	}
}

// rebuild moves the counts to a map and a list of the needed size: Go's maps and
// slices never shrink.
func (m *Memory) rebuild() {
	old := m.slots
	m.at = make(map[uint64]int32, len(m.at))
	m.slots = make([]memorySlot, 1, max(2*(len(m.at)+1), 16))
	m.free, m.hand = 0, 0
	if len(old) == 0 {
		return
	}
	for i := old[0].after; i != 0; i = old[i].after {
		to := m.place(old[i].key)
		s := &m.slots[to]
		s.last, s.ends, s.count, s.max = old[i].last, old[i].ends, old[i].count, old[i].max
	}
}

// place returns a slot for a new key, the newest of the list.
func (m *Memory) place(hash uint64) int32 {
	if len(m.at) >= m.max {
		m.remove(m.slots[0].after)
	}
	i := m.free
	if i != 0 {
		m.free = m.slots[i].after
	} else {
		i = int32(len(m.slots))
		m.slots = append(m.slots, memorySlot{})
	}
	m.slots[i] = memorySlot{key: hash}
	m.at[hash] = i
	m.link(i)
	return i
}

func (m *Memory) remove(i int32) {
	delete(m.at, m.slots[i].key)
	m.unlink(i)
	m.slots[i] = memorySlot{after: m.free}
	m.free = i
}

func (m *Memory) link(i int32) {
	newest := m.slots[0].before
	m.slots[i].before, m.slots[i].after = newest, 0
	m.slots[newest].after = i
	m.slots[0].before = i
}

func (m *Memory) unlink(i int32) {
	before, after := m.slots[i].before, m.slots[i].after
	m.slots[before].after = after
	m.slots[after].before = before
}
