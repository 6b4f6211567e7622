package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The table of the queue and the outbox, which only this server uses. No table of
// the reference refers to it, so that both servers can share a database.
const (
	model     = "betterauthMail"
	tableName = "betterauth_mail"
)

// The states of a row.
const (
	queued = "queued"
	failed = "failed"
	kept   = "outbox"
)

// QueueTable returns the table that a [Table] needs. Add it to the server's
// schema.
func QueueTable() store.Model {
	return store.Model{Name: model, Table: tableName, Fields: []store.Field{
		{Name: "state", Type: store.String, Index: true},
		{Name: "content", Type: store.JSON}, // {text}; a String on MySQL would be limited to 64 KiB
		{Name: "attempts", Type: store.Number},
		{Name: "dueAt", Type: store.Date},
		{Name: "createdAt", Type: store.Date},
		{Name: "cause", Type: store.String, Optional: true, Need: store.Need{Cut: true}},
	}}
}

// Table is a queue and an outbox in a database.
type Table struct{ store *store.Store }

// NewTable returns a Table in a store whose schema contains [QueueTable].
func NewTable(s *store.Store) *Table { return &Table{s.Quiet()} }

func (t *Table) add(ctx context.Context, state, content string, now time.Time) error {
	_, err := t.store.Create(ctx, model, store.Record{
		"state": state, "content": js.Obj("text", content), "attempts": float64(0), "dueAt": now, "createdAt": now,
	})
	return err
}

// Put implements [Queue].
func (t *Table) Put(ctx context.Context, content string, now time.Time) error {
	return t.add(ctx, queued, content, now)
}

// candidates is the number of due messages that a claim considers, because other
// servers may be claiming the first ones.
const candidates = 10

// Claim implements [Queue]. If several servers try the same row, the one whose
// conditional update succeeds gets it. Contents are read one at a time, so that
// an unreadable message does not block others.
func (t *Table) Claim(ctx context.Context, now, until time.Time) (*Item, error) {
	due := []store.Where{store.Is("state", queued), {Field: "dueAt", Op: store.Lte, Value: now}}
	rows, err := t.store.Find(ctx, model, store.Query{Where: due, Sort: "dueAt", Limit: candidates, Fields: []string{"attempts", "createdAt"}})
	if err != nil {
		return nil, err
	}
	var unread error
	for _, row := range rows {
		it := itemOf(row)
		guard := append([]store.Where{store.Is("id", it.ID), store.Is("attempts", float64(it.Attempts))}, due...)
		it.Attempts++
		hit, err := t.store.UpdateMany(ctx, model, guard, store.Record{"dueAt": until, "attempts": float64(it.Attempts)})
		if err != nil {
			return nil, err
		}
		if hit == 0 {
			continue
		}
		if err = t.read(ctx, it); err == nil {
			return it, nil
		}
		if ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) {
			return nil, err
		}
		unread = errors.Join(unread, t.unreadable(ctx, it, err))
	}
	return nil, unread
}

// unreadable sets a message aside that was claimed often and could never be read.
func (t *Table) unreadable(ctx context.Context, it *Item, cause error) error {
	const patience = 5
	if it.Attempts < patience {
		return fmt.Errorf("mail: message %s cannot be read: %w", it.ID, cause)
	}
	return errors.Join(fmt.Errorf("mail: message %s cannot be read and was given up: %w", it.ID, cause), t.Fail(ctx, it, causeOf(cause)))
}

// read reads the content of a message.
func (t *Table) read(ctx context.Context, it *Item) error {
	rows, err := t.store.Find(ctx, model, store.Query{Where: []store.Where{store.Is("id", it.ID)}, Limit: 1, Fields: []string{"content"}})
	if err != nil || len(rows) == 0 {
		return err // the row is gone; an empty content is given up
	}
	it.Content = contentOf(rows[0])
	return nil
}

func itemOf(row store.Record) *Item {
	it := &Item{}
	it.ID, _ = row["id"].(string)
	it.Created, _ = row["createdAt"].(time.Time)
	attempts, _ := row["attempts"].(float64)
	it.Attempts = int(attempts)
	it.Cause, _ = row["cause"].(string)
	return it
}

func contentOf(row store.Record) string {
	o, _ := row["content"].(*js.Object)
	v, _ := o.Get("text")
	content, _ := v.(string)
	return content
}

// Done implements [Queue].
func (t *Table) Done(ctx context.Context, it *Item) error {
	_, err := t.store.DeleteMany(ctx, model, store.Is("id", it.ID))
	return err
}

// Retry implements [Queue].
func (t *Table) Retry(ctx context.Context, it *Item, next time.Time, cause string) error {
	return t.set(ctx, it, store.Record{"dueAt": next, "cause": cause})
}

// Fail implements [Queue].
func (t *Table) Fail(ctx context.Context, it *Item, cause string) error {
	return t.set(ctx, it, store.Record{"state": failed, "cause": cause})
}

// set changes a row without reading it, because its content may be long.
func (t *Table) set(ctx context.Context, it *Item, change store.Record) error {
	_, err := t.store.UpdateMany(ctx, model, []store.Where{store.Is("id", it.ID)}, change)
	return err
}

// Failed implements [Letters].
func (t *Table) Failed(ctx context.Context, limit int) ([]Item, error) {
	rows, err := t.store.Find(ctx, model, store.Query{
		Where: []store.Where{store.Is("state", failed)}, Sort: "-createdAt", Limit: limit, Fields: []string{"attempts", "cause"},
	})
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(rows))
	for i, row := range rows {
		out[i] = *itemOf(row)
		if err := t.read(ctx, &out[i]); err != nil && ctx.Err() != nil {
			return nil, err
		}
	}
	return out, nil
}

// Again implements [Letters].
func (t *Table) Again(ctx context.Context, id string, now time.Time) error {
	change := store.Record{"state": queued, "attempts": float64(0), "dueAt": now, "createdAt": now}
	n, err := t.store.UpdateMany(ctx, model, givenUp(id), change)
	if err == nil && n == 0 {
		err = ErrNoLetter
	}
	return err
}

// Discard implements [Letters].
func (t *Table) Discard(ctx context.Context, id string) error {
	n, err := t.store.DeleteMany(ctx, model, givenUp(id)...)
	if err == nil && n == 0 {
		err = ErrNoLetter
	}
	return err
}

func givenUp(id string) []store.Where {
	return []store.Where{store.Given("id", id), store.Is("state", failed)}
}

// failedFor is how long given-up messages are kept.
const failedFor = 30 * 24 * time.Hour

// Sweep deletes messages that were given up long ago and returns their number.
func (t *Table) Sweep(ctx context.Context, now time.Time) (int64, error) {
	return t.store.DeleteMany(ctx, model, store.Is("state", failed), store.Where{Field: "createdAt", Op: store.Lt, Value: now.Add(-failedFor)})
}

// Keep implements [Box].
func (t *Table) Keep(ctx context.Context, e *Envelope) error {
	content, err := e.text()
	if err != nil {
		return err
	}
	if err := t.add(ctx, kept, string(content), e.At); err != nil {
		return err
	}
	old, err := t.store.Find(ctx, model, store.Query{Where: []store.Where{store.Is("state", kept)}, Sort: "-createdAt", Offset: boxSize, Limit: boxSize, Fields: []string{"createdAt"}})
	if err != nil {
		return err
	}
	for _, row := range old {
		if _, err := t.store.DeleteMany(ctx, model, store.Is("id", row["id"])); err != nil {
			return err
		}
	}
	return nil
}

// List implements [Box].
func (t *Table) List(ctx context.Context) ([]Envelope, error) {
	rows, err := t.store.Find(ctx, model, store.Query{Where: []store.Where{store.Is("state", kept)}, Sort: "-createdAt", Limit: boxSize})
	if err != nil {
		return nil, err
	}
	out := make([]Envelope, 0, len(rows))
	for _, row := range rows {
		var e Envelope
		if err := json.Unmarshal([]byte(contentOf(row)), &e); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
