package kv

import (
	"container/heap"
	"context"
	"math"
	"strconv"
	"sync"
	"time"
)

// DefaultMaxEntries is the limit of a Memory created without one. It is the limit
// of the reference's in-memory rate limiter (api/rate-limiter/index.mjs).
const DefaultMaxEntries = 100_000

// maxBytes limits the keys and values of a Memory. 100,000 sessions with their
// users need less; 100,000 texts of the size that a request may send need far
// more.
const maxBytes = 128 << 20

// perEntry is the approximate size of an entry without its key and value.
const perEntry = 160

// fewEntries is the map size below which memory is never released.
const fewEntries = 1024

// sweepPerWrite is the largest number of expired entries that one write removes:
// more than one, so that writes keep up, and few, so that no write has to wait.
const sweepPerWrite = 4

// Memory is a Store in the memory of this process. It is limited in entries and in
// bytes (128 MiB). When it is full, it removes the entry that would expire first,
// or the oldest one if none expires.
type Memory struct {
	now      func(ctx context.Context) time.Time
	max      int
	maxBytes int

	mu      sync.Mutex
	entries map[string]*entry
	most    int // largest number of entries since the map was made
	bytes   int
	queue   queue
	written uint64
}

type entry struct {
	key, value string
	expires    time.Time // zero: does not expire
	written    uint64    // order of writing
	place      int       // index in the queue
}

// NewMemory returns an empty Memory for at most maxEntries keys, or
// DefaultMaxEntries if that is not positive. now is called once per call, with that
// call's context.
func NewMemory(now func(ctx context.Context) time.Time, maxEntries int) *Memory {
	if maxEntries <= 0 {
		maxEntries = DefaultMaxEntries
	}
	return &Memory{now: now, max: maxEntries, maxBytes: maxBytes, entries: map[string]*entry{}}
}

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key string) (string, bool, error) {
	now := m.now(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.live(key, now)
	if e == nil {
		return "", false, nil
	}
	return e.value, true, nil
}

// Set implements Store.
func (m *Memory) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	now := m.now(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ttl < 0:
		m.remove(m.entries[key])
	case ttl == 0:
		m.put(key, value, time.Time{}, now)
	default:
		m.put(key, value, now.Add(ttl), now)
	}
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(m.entries[key])
	return nil
}

// Take implements Store.
func (m *Memory) Take(ctx context.Context, key string) (string, bool, error) {
	now := m.now(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.live(key, now)
	if e == nil {
		return "", false, nil
	}
	m.remove(e)
	return e.value, true, nil
}

// Increment implements Store.
func (m *Memory) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if window <= 0 {
		return 0, ErrWindow
	}
	now := m.now(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.live(key, now)
	if e == nil {
		m.put(key, "1", now.Add(window), now)
		return 1, nil
	}
	n, err := strconv.ParseInt(e.value, 10, 64)
	if err != nil || n == math.MaxInt64 {
		return 0, ErrNotCounter
	}
	next := strconv.FormatInt(n+1, 10)
	m.bytes += len(next) - len(e.value)
	e.value = next
	return n + 1, nil
}

// Len returns the number of entries, including expired ones that are not swept
// yet.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

func (m *Memory) live(key string, now time.Time) *entry {
	e := m.entries[key]
	if e == nil || e.expired(now) {
		return nil
	}
	return e
}

func (m *Memory) put(key, value string, expires, now time.Time) {
	m.written++
	if e := m.entries[key]; e != nil {
		m.bytes += len(value) - len(e.value)
		e.value, e.expires, e.written = value, expires, m.written
		heap.Fix(&m.queue, e.place)
		m.makeRoom(0)
		return
	}
	for range sweepPerWrite {
		if len(m.queue) == 0 || !m.queue[0].expired(now) {
			break
		}
		m.remove(m.queue[0])
	}
	if len(m.entries) >= m.max {
		m.remove(m.queue[0])
	}
	e := &entry{key: key, value: value, expires: expires, written: m.written}
	m.makeRoom(e.size())
	m.bytes += e.size()
	m.entries[key] = e
	m.most = max(m.most, len(m.entries))
	heap.Push(&m.queue, e)
}

// makeRoom removes entries until size more bytes fit.
func (m *Memory) makeRoom(size int) {
	for m.bytes+size > m.maxBytes && len(m.queue) > 0 {
		m.remove(m.queue[0])
	}
}

func (e *entry) size() int { return perEntry + len(e.key) + len(e.value) }

func (m *Memory) remove(e *entry) {
	if e == nil {
		return
	}
	delete(m.entries, e.key)
	heap.Remove(&m.queue, e.place)
	m.bytes -= e.size()
	if m.most > fewEntries && len(m.entries) < m.most/4 {
		m.shrink()
	}
}

// shrink releases the memory of removed entries by copying the rest: Go's maps and
// slices never shrink.
func (m *Memory) shrink() {
	entries := make(map[string]*entry, len(m.entries))
	for key, e := range m.entries {
		entries[key] = e
	}
	m.entries, m.most = entries, len(entries)
	m.queue = append(make(queue, 0, len(m.queue)), m.queue...)
}

func (e *entry) expired(now time.Time) bool {
	return !e.expires.IsZero() && !now.Before(e.expires)
}

// queue is a heap: entries that expire first, by expiry, then the others by age.
type queue []*entry

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.expires.IsZero() != b.expires.IsZero() {
		return b.expires.IsZero()
	}
	if !a.expires.Equal(b.expires) {
		return a.expires.Before(b.expires)
	}
	return a.written < b.written
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *queue) Push(x any) {
	e := x.(*entry)
	e.place = len(*q)
	*q = append(*q, e)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return e
}
