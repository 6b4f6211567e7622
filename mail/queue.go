package mail

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Queue keeps messages until they are sent. Several servers may share one.
type Queue interface {
	// Put adds a message, due at once.
	Put(ctx context.Context, content string, now time.Time) error
	// Claim returns a message that is due and hides it from other callers until
	// the time until; nil if there is none. If no outcome is recorded, the
	// message comes back.
	Claim(ctx context.Context, now, until time.Time) (*Item, error)
	// Done removes a message that was sent.
	Done(ctx context.Context, it *Item) error
	// Retry makes a message due again at next.
	Retry(ctx context.Context, it *Item, next time.Time, cause string) error
	// Fail gives a message up. It is kept for a while for inspection.
	Fail(ctx context.Context, it *Item, cause string) error
}

// Item is a message in a queue.
type Item struct {
	ID       string
	Content  string
	Attempts int // including this one
	Created  time.Time
	Cause    string // why it was given up
}

type memoryQueue struct {
	mu    sync.Mutex
	last  int
	items []*memoryItem
	bytes int
}

// maxQueued and maxQueuedBytes limit a queue in memory while messages cannot be
// sent.
const (
	maxQueued      = 10_000
	maxQueuedBytes = 32 << 20
)

var errFull = errors.New("mail: the queue in memory is full")

type memoryItem struct {
	Item
	due time.Time
}

// NewMemoryQueue returns a queue in memory. Its messages are lost when the
// program ends.
func NewMemoryQueue() Queue { return &memoryQueue{} }

// waiting returns the number of messages that would be lost with the program.
func (q *memoryQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// Put implements [Queue].
func (q *memoryQueue) Put(_ context.Context, content string, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) >= maxQueued || q.bytes+len(content) > maxQueuedBytes {
		return errFull
	}
	q.bytes += len(content)
	q.last++
	q.items = append(q.items, &memoryItem{Item{ID: strconv.Itoa(q.last), Content: content, Created: now}, now})
	return nil
}

// Claim implements [Queue].
func (q *memoryQueue) Claim(_ context.Context, now, until time.Time) (*Item, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, it := range q.items {
		if it.due.After(now) {
			continue
		}
		it.due = until
		it.Attempts++
		claimed := it.Item
		return &claimed, nil
	}
	return nil, nil
}

// Done implements [Queue].
func (q *memoryQueue) Done(_ context.Context, it *Item) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = slices.DeleteFunc(q.items, func(have *memoryItem) bool {
		if have.ID == it.ID {
			q.bytes -= len(have.Content)
			return true
		}
		return false
	})
	return nil
}

// Retry implements [Queue].
func (q *memoryQueue) Retry(_ context.Context, it *Item, next time.Time, _ string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, have := range q.items {
		if have.ID == it.ID {
			have.due = next
		}
	}
	return nil
}

// Fail implements [Queue].
func (q *memoryQueue) Fail(ctx context.Context, it *Item, _ string) error { return q.Done(ctx, it) }
