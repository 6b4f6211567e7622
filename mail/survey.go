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

// Survey is what a queue keeps: how many messages, and the newest of them.
type Survey struct {
	Waiting, Failed int
	Messages        []Notice // failed ones first, then newest first
}

// Notice is a message without its words: they contain links and codes.
type Notice struct {
	ID       string
	State    string // queued, failed or outbox
	To, Kind string // "" if the message cannot be read
	Subject  string // without the code
	Attempts int
	Cause    string // why it is not sent yet, or was given up
	At       time.Time
}

// surveyor is a queue or an outbox whose messages can be listed.
type surveyor interface {
	// survey returns the messages without their words in Item.Content, at most limit of each state.
	survey(ctx context.Context, limit int) (waiting, failed int, items []surveyed, err error)
}

type surveyed struct {
	Item
	state string
}

// Survey returns what the queue keeps, and at most limit messages. Those of an outbox count neither as waiting nor as
// failed.
func (m *Mailer) Survey(ctx context.Context, limit int) (*Survey, error) {
	out := &Survey{Messages: []Notice{}}
	for _, one := range m.surveyors() {
		waiting, given, items, err := one.survey(ctx, limit)
		if err != nil {
			return nil, err
		}
		out.Waiting, out.Failed = out.Waiting+waiting, out.Failed+given
		for _, it := range items {
			out.Messages = append(out.Messages, m.notice(it))
		}
	}
	slices.SortStableFunc(out.Messages, func(x, y Notice) int {
		if (x.State == failed) != (y.State == failed) {
			if x.State == failed {
				return -1
			}
			return 1
		}
		return y.At.Compare(x.At)
	})
	out.Messages = out.Messages[:min(limit, len(out.Messages))]
	return out, nil
}

// surveyors returns the queue and, in development, the outbox, which may be the same table.
func (m *Mailer) surveyors() []surveyor {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []surveyor
	if q, ok := m.queue.(surveyor); ok {
		out = append(out, q)
	}
	if o, ok := m.sender.(outbox); ok {
		if box, ok := o.box.(*Table); ok && m.queue != Queue(box) {
			out = append(out, box)
		}
	}
	return out
}

func (m *Mailer) notice(it surveyed) Notice {
	n := Notice{ID: it.ID, State: it.state, Attempts: it.Attempts, Cause: it.Cause, At: it.Created}
	e, err := m.open(it.Content)
	if err != nil {
		return n
	}
	n.To, n.Kind, n.Subject, n.Cause = e.To, e.Kind, e.masked(e.Subject), e.masked(it.Cause)
	return n
}

// mask stands for a code.
const mask = "••••••"

// masked returns a text without the code and the link of the message: somebody who reads them can sign in as somebody else.
func (e *Envelope) masked(text string) string {
	for _, value := range []string{e.Code, e.URL} {
		if value != "" {
			text = strings.ReplaceAll(text, value, mask)
		}
	}
	return text
}

// Drop deletes a message that waits, was given up or is in the outbox, and reports whether there was one. A message
// that is being sent at this moment may still be sent.
func (m *Mailer) Drop(ctx context.Context, id string) (bool, error) {
	if q, err := m.letters(); err == nil {
		err := q.Discard(ctx, id)
		if !errors.Is(err, ErrNoLetter) {
			return err == nil, err
		}
	}
	for _, one := range m.surveyors() {
		if d, ok := one.(dropper); ok {
			dropped, err := d.drop(ctx, id)
			if dropped || err != nil {
				return dropped, err
			}
		}
	}
	return false, nil
}

// dropper is a queue or an outbox from which single messages can be deleted.
type dropper interface {
	drop(ctx context.Context, id string) (bool, error)
}

// survey implements surveyor.
func (t *Table) survey(ctx context.Context, limit int) (waiting, given int, out []surveyed, err error) {
	for _, state := range []string{failed, queued, kept} {
		n, err := t.store.Count(ctx, model, store.Is("state", state))
		if err != nil {
			return 0, 0, nil, err
		}
		switch state {
		case failed:
			given = int(n)
		case queued:
			waiting = int(n)
		}
		if n == 0 {
			continue
		}
		rows, err := t.store.Find(ctx, model, store.Query{
			Where: []store.Where{store.Is("state", state)}, Sort: "-createdAt", Limit: limit, Fields: []string{"state", "attempts", "createdAt", "cause"},
		})
		if err != nil {
			return 0, 0, nil, err
		}
		for _, row := range rows {
			it := itemOf(row)
			if err := t.read(ctx, it); err != nil && (errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil) {
				return 0, 0, nil, err
			}
			out = append(out, surveyed{*it, state})
		}
	}
	return waiting, given, out, nil
}

// drop implements dropper.
func (t *Table) drop(ctx context.Context, id string) (bool, error) {
	n, err := t.store.DeleteMany(ctx, model, store.Given("id", id))
	return n > 0, err
}

// mostCounted is the largest number of messages in secondary storage that are counted.
const mostCounted = 1000

// kvWaiting begins the id of a waiting message in a survey, because messages that were given up have numbers of their
// own.
const kvWaiting = "waiting-"

// drop implements dropper.
func (q kvQueue) drop(ctx context.Context, id string) (bool, error) {
	number, ok := strings.CutPrefix(id, kvWaiting)
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return false, nil
	}
	it, ok, err := q.load(ctx, kvMessage(n))
	if err != nil || !ok || it.Over {
		return false, err
	}
	return true, q.Done(ctx, &Item{ID: number})
}

// survey implements surveyor. It counts at most mostCounted messages of each state.
func (q kvQueue) survey(ctx context.Context, limit int) (waiting, given int, out []surveyed, err error) {
	items, err := q.Failed(ctx, mostCounted)
	if err != nil {
		return 0, 0, nil, err
	}
	for i, it := range items {
		if i < limit {
			out = append(out, surveyed{it, failed})
		}
	}
	head, err := q.number(ctx, kvHead)
	if err != nil {
		return 0, 0, nil, err
	}
	tail, err := q.number(ctx, kvTail)
	if err != nil {
		return 0, 0, nil, err
	}
	for n := tail; n > head && n > tail-mostCounted; n-- {
		it, ok, err := q.load(ctx, kvMessage(n))
		if errors.Is(err, errUnreadable) || err == nil && (!ok || it.Over) {
			continue
		}
		if err != nil {
			return 0, 0, nil, err
		}
		if waiting++; waiting <= limit {
			out = append(out, surveyed{Item{ID: kvWaiting + strconv.FormatInt(n, 10), Content: it.Content, Attempts: it.Attempts, Created: it.Created, Cause: it.Cause}, queued})
		}
	}
	return waiting, len(items), out, nil
}

// survey implements surveyor.
func (q *memoryQueue) survey(_ context.Context, limit int) (waiting, given int, out []surveyed, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := len(q.items) - 1; i >= 0 && len(out) < limit; i-- {
		out = append(out, surveyed{q.items[i].Item, queued})
	}
	return len(q.items), 0, out, nil
}

// drop implements dropper.
func (q *memoryQueue) drop(ctx context.Context, id string) (bool, error) {
	before := q.waiting()
	err := q.Done(ctx, &Item{ID: id})
	return q.waiting() < before, err
}
