package mail

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Kept is a message that a queue or an outbox keeps.
type Kept struct {
	ID       string    `json:"id"`
	State    string    `json:"state"` // queued, failed or outbox
	Created  time.Time `json:"created"`
	Attempts int       `json:"attempts"`
	To       string    `json:"to"`
	Kind     string    `json:"kind"`
}

// keeper is a queue whose messages can be listed and deleted in every state.
type keeper interface {
	// each calls fn for every message. The message may be deleted in it.
	each(ctx context.Context, fn func(it Item, state string) error) error
	// forget deletes a message.
	forget(ctx context.Context, it Item, state string) error
}

// EachTo calls fn for the messages to one of the addresses that the queue or the outbox keeps. Their words are left out,
// because they contain links and codes. A queue in memory keeps none for other programs.
func (m *Mailer) EachTo(ctx context.Context, addresses []string, fn func(k Kept) error) error {
	return m.eachTo(ctx, addresses, func(_ keeper, it Item, state string, e *Envelope) error {
		return fn(Kept{ID: it.ID, State: state, Created: it.Created, Attempts: it.Attempts, To: e.To, Kind: e.Kind})
	})
}

// ForgetTo deletes the messages to one of the addresses.
func (m *Mailer) ForgetTo(ctx context.Context, addresses []string) error {
	return m.eachTo(ctx, addresses, func(k keeper, it Item, state string, _ *Envelope) error { return k.forget(ctx, it, state) })
}

func (m *Mailer) eachTo(ctx context.Context, addresses []string, fn func(k keeper, it Item, state string, e *Envelope) error) error {
	k := m.keeper()
	if k == nil {
		return nil
	}
	return k.each(ctx, func(it Item, state string) error {
		e, err := m.open(it.Content)
		if err != nil { // nobody can tell whose it is
			return nil
		}
		if !slices.ContainsFunc(addresses, func(address string) bool { return strings.EqualFold(address, e.To) }) {
			return nil
		}
		return fn(k, it, state, e)
	})
}

// keeper returns what keeps the messages, or nil.
func (m *Mailer) keeper() keeper {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, ok := m.queue.(keeper); ok {
		return k
	}
	if o, ok := m.sender.(outbox); ok {
		k, _ := o.box.(keeper)
		return k
	}
	return nil
}

// each implements keeper.
func (t *Table) each(ctx context.Context, fn func(it Item, state string) error) error {
	const page = 200
	var last any
	for {
		q := store.Query{Sort: "id", Limit: page, Fields: []string{"state", "attempts", "createdAt"}}
		if last != nil {
			q.Where = []store.Where{{Field: "id", Op: store.Gt, Value: last}}
		}
		rows, err := t.store.Find(ctx, model, q)
		if err != nil {
			return err
		}
		for _, row := range rows {
			it := itemOf(row)
			if err := t.read(ctx, it); err != nil {
				if errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
					return err
				}
				continue // an unreadable content
			}
			if err := fn(*it, row.Text("state")); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		last = rows[len(rows)-1]["id"]
	}
}

// forget implements keeper.
func (t *Table) forget(ctx context.Context, it Item, _ string) error { return t.Done(ctx, &it) }

// each implements keeper.
func (q kvQueue) each(ctx context.Context, fn func(it Item, state string) error) error {
	head, err := q.number(ctx, kvHead)
	if err != nil {
		return err
	}
	tail, err := q.number(ctx, kvTail)
	if err != nil {
		return err
	}
	for n := head + 1; n <= tail; n++ {
		it, ok, err := q.load(ctx, kvMessage(n))
		if errors.Is(err, errUnreadable) || err == nil && (!ok || it.Over) {
			continue
		}
		if err == nil {
			err = fn(Item{ID: strconv.FormatInt(n, 10), Content: it.Content, Attempts: it.Attempts, Created: it.Created}, queued)
		}
		if err != nil {
			return err
		}
	}
	given, err := q.Failed(ctx, mostFailed)
	for _, it := range given {
		if err := fn(it, failed); err != nil {
			return err
		}
	}
	return err
}

// mostFailed is the largest number of messages that were given up in which somebody's are looked for.
const mostFailed = 100_000

// forget implements keeper. A message that is being sent at this moment is still sent.
func (q kvQueue) forget(ctx context.Context, it Item, state string) error {
	if state == failed {
		return q.Discard(ctx, it.ID)
	}
	return q.Done(ctx, &it)
}
