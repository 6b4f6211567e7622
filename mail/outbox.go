package mail

import (
	"context"
	"sync"
)

// Box stores the newest messages of the outbox.
type Box interface {
	Keep(ctx context.Context, e *Envelope) error
	// List returns the stored messages, newest first.
	List(ctx context.Context) ([]Envelope, error)
}

// boxSize is the number of messages that a box stores.
const boxSize = 100

// outbox is the sender for development: it stores messages and sends none.
type outbox struct {
	box   Box
	print func(*Envelope)
}

// Send implements [Sender].
func (o outbox) Send(ctx context.Context, e *Envelope) error {
	if o.print != nil {
		o.print(e)
	}
	return o.box.Keep(ctx, e)
}

type memoryBox struct {
	mu   sync.Mutex
	kept []Envelope // newest last
}

// NewMemoryBox returns a box in memory, which is lost when the program ends.
func NewMemoryBox() Box { return &memoryBox{} }

// Keep implements [Box].
func (b *memoryBox) Keep(_ context.Context, e *Envelope) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) == boxSize {
		b.kept = b.kept[1:]
	}
	b.kept = append(b.kept, *e)
	return nil
}

// List implements [Box].
func (b *memoryBox) List(context.Context) ([]Envelope, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Envelope, 0, len(b.kept))
	for i := len(b.kept) - 1; i >= 0; i-- {
		out = append(out, b.kept[i])
	}
	return out, nil
}
