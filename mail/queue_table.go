package mail

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The table that only our server knows: the queue and the outbox. No table of
// the reference's refers to it, so that both servers can share a database.
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

// TableSchema is the table that a [Table] needs, to be merged into the server's
// schema.
func TableSchema() store.Schema {
	return store.Schema{model: {Table: tableName, Fields: []store.Field{
		{Name: "state", Type: store.String, Index: true},
		{Name: "content", Type: store.JSON}, // {text}; MySQL would cut a String at 64 KiB
		{Name: "attempts", Type: store.Number},
		{Name: "dueAt", Type: store.Date},
		{Name: "createdAt", Type: store.Date},
		{Name: "cause", Type: store.String, Optional: true, Need: store.Need{Cut: true}},
	}}}
}

// Table is a queue and a box in a database.
type Table struct{ store *store.Store }

// NewTable uses a store whose schema holds [TableSchema].
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

// Claim implements [Queue]. Of several servers that see the same row, the one
// whose guarded update hits has it.
func (t *Table) Claim(ctx context.Context, now, until time.Time) (*Item, error) {
	due := []store.Where{store.Is("state", queued), {Field: "dueAt", Op: store.Lte, Value: now}}
	rows, err := t.store.Find(ctx, model, store.Query{Where: due, Sort: "dueAt", Limit: 10})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		guard := append([]store.Where{store.Is("id", row["id"])}, due...)
		mine, err := t.store.Increment(ctx, model, guard, store.Change{Set: store.Record{"dueAt": until}, Add: map[string]int64{"attempts": 1}})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return itemOf(mine), nil
	}
	return nil, nil
}

func itemOf(row store.Record) *Item {
	it := &Item{}
	it.ID, _ = row["id"].(string)
	it.Content = contentOf(row)
	it.Created, _ = row["createdAt"].(time.Time)
	attempts, _ := row["attempts"].(float64)
	it.Attempts = int(attempts)
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
	return t.store.Delete(ctx, model, store.Is("id", it.ID))
}

// Retry implements [Queue].
func (t *Table) Retry(ctx context.Context, it *Item, next time.Time, cause string) error {
	return t.set(ctx, it, store.Record{"dueAt": next, "cause": cause})
}

// Fail implements [Queue].
func (t *Table) Fail(ctx context.Context, it *Item, cause string) error {
	return t.set(ctx, it, store.Record{"state": failed, "cause": cause})
}

func (t *Table) set(ctx context.Context, it *Item, change store.Record) error {
	_, err := t.store.Update(ctx, model, []store.Where{store.Is("id", it.ID)}, change)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// failedFor is how long messages that were given up are kept.
const failedFor = 30 * 24 * time.Hour

// Sweep deletes what was given up long ago, and returns how many messages that were.
func (t *Table) Sweep(ctx context.Context, now time.Time) (int64, error) {
	return t.store.DeleteMany(ctx, model, store.Is("state", failed), store.Where{Field: "createdAt", Op: store.Lt, Value: now.Add(-failedFor)})
}

// Keep implements [Box].
func (t *Table) Keep(ctx context.Context, e *Envelope) error {
	content, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := t.add(ctx, kept, string(content), e.At); err != nil {
		return err
	}
	old, err := t.store.Find(ctx, model, store.Query{Where: []store.Where{store.Is("state", kept)}, Sort: "-createdAt", Offset: boxSize, Limit: boxSize})
	if err != nil {
		return err
	}
	for _, row := range old {
		if err := t.store.Delete(ctx, model, store.Is("id", row["id"])); err != nil {
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
