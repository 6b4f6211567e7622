package mail

import (
	"context"
	"sync"
)

// Box keeps the messages of the outbox, the newest ones only.
type Box interface {
	Keep(ctx context.Context, e *Envelope) error
	// List returns the kept messages, the newest first.
	List(ctx context.Context) ([]Envelope, error)
}

// boxSize is how many messages a box keeps.
const boxSize = 100

// outbox is the sender for development: it keeps messages and sends none.
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
	kept []Envelope // the newest last
}

// NewMemoryBox returns a box that ends with the program.
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
