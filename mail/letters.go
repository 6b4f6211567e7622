package mail

import (
	"context"
	"errors"
	"time"
)

// Letters gives access to the messages that a queue gave up and keeps for a
// while.
type Letters interface {
	// Failed returns the newest of them. Content is empty for one that cannot be
	// read.
	Failed(ctx context.Context, limit int) ([]Item, error)
	// Again puts one back into the queue like a new one, or returns ErrNoLetter.
	Again(ctx context.Context, id string, now time.Time) error
	// Discard deletes one, or returns ErrNoLetter.
	Discard(ctx context.Context, id string) error
}

// ErrNoLetter reports that there is no given-up message with this id.
var ErrNoLetter = errors.New("mail: no message with this id was given up")

// ErrNotKept reports that the queue is in memory, which does not keep given-up
// messages.
var ErrNotKept = errors.New("mail: the queue is in memory and does not keep messages that were given up")

// Letter is a message that was given up.
type Letter struct {
	ID       string    `json:"id"`
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
	Cause    string    `json:"cause"`
	Message  *Envelope `json:"message,omitempty"` // nil if it cannot be read
}

// Failed returns the newest messages that were given up.
func (m *Mailer) Failed(ctx context.Context, limit int) ([]Letter, error) {
	q, err := m.letters()
	if err != nil {
		return nil, err
	}
	items, err := q.Failed(ctx, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Letter, len(items))
	for i, it := range items {
		out[i] = Letter{ID: it.ID, Attempts: it.Attempts, Created: it.Created, Cause: it.Cause}
		if e, err := m.open(it.Content); err == nil && it.Content != "" {
			out[i].Message = e
		}
	}
	return out, nil
}

// SendAgain puts a message that was given up back into the queue. A running
// server sends it within ten seconds.
func (m *Mailer) SendAgain(ctx context.Context, id string) error {
	q, err := m.letters()
	if err != nil {
		return err
	}
	return q.Again(ctx, id, m.settings.Now())
}

// Discard deletes a message that was given up.
func (m *Mailer) Discard(ctx context.Context, id string) error {
	q, err := m.letters()
	if err != nil {
		return err
	}
	return q.Discard(ctx, id)
}

func (m *Mailer) letters() (Letters, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q, ok := m.queue.(Letters)
	if !ok {
		return nil, ErrNotKept
	}
	return q, nil
}
