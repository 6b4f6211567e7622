// Package memstore is a store.Driver that keeps rows in memory. It is for tests and
// for programs that may lose their data when they end. It checks unique fields and
// references as a database does.
//
//	s, err := store.New(store.Options{Driver: memstore.New(), Schema: schema, …})
package memstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Driver is a store.Driver in memory. It is safe for concurrent use. Readers
// outside a transaction see the last committed state and never wait. Writers
// wait for each other; a transaction counts as one writer from begin to end.
type Driver struct {
	committed atomic.Pointer[state]
	versions  atomic.Int64
	writer    chan struct{} // holds one token: the goroutine that took it may write
	sparse    bool
}

// New returns an empty Driver.
func New() *Driver {
	d := &Driver{writer: make(chan struct{}, 1)}
	d.committed.Store(&state{})
	return d
}

// NewSparse returns an empty Driver whose rows distinguish a field that was
// never set from null, as the reference's memory adapter does.
func NewSparse() *Driver {
	d := New()
	d.sparse = true
	return d
}

// state holds the rows of every table by table name. It never changes once
// committed. Several stores may share a Driver: each has its own tables, and the
// rows remember the table that wrote last.
type state struct{ tables map[string]*rows }

type rows struct {
	table  *store.TableSchema
	list   []store.Record // in insertion order, with their versions; records are immutable
	serial int64
}

func (s *state) rows(t *store.TableSchema) *rows {
	if r := s.tables[t.Name]; r != nil {
		return r
	}
	return &rows{}
}

// with returns a copy of the state in which t has the rows r.
func (s *state) with(t *store.TableSchema, r *rows) *state {
	next := &state{tables: make(map[string]*rows, len(s.tables)+1)}
	for k, v := range s.tables {
		next.tables[k] = v
	}
	r.table = t
	next.tables[t.Name] = r
	return next
}

// tx is a transaction: a state that is visible only through its context.
type tx struct {
	state *state
	done  atomic.Bool
}

type txKey struct{ d *Driver }

func (d *Driver) current(ctx context.Context) *tx {
	t, _ := ctx.Value(txKey{d}).(*tx)
	if t == nil || t.done.Load() {
		return nil
	}
	return t
}

func (d *Driver) read(ctx context.Context) *state {
	if t := d.current(ctx); t != nil {
		return t.state
	}
	return d.committed.Load()
}

// Tx runs fn in a transaction. If fn returns an error, all its writes are
// discarded.
func (d *Driver) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.current(ctx) != nil {
		return fn(ctx)
	}
	select {
	case d.writer <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.writer }()
	t := &tx{state: d.committed.Load()}
	defer t.done.Store(true)
	if err := fn(context.WithValue(ctx, txKey{d}, t)); err != nil {
		return err
	}
	d.committed.Store(t.state)
	return nil
}

// write makes one change in the transaction of ctx, or in a new one.
func (d *Driver) write(ctx context.Context, fn func(s *state) (*state, error)) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		t := d.current(ctx)
		next, err := fn(t.state)
		if err == nil {
			t.state = next
		}
		return err
	})
}

// Insert adds a row.
func (d *Driver) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	stored := freeze(t, row)
	if !d.sparse {
		complete(t, stored)
	}
	stored[store.Version] = d.version()
	err := d.write(ctx, func(s *state) (*state, error) {
		old := s.rows(t)
		next := &rows{serial: old.serial}
		if err := next.identify(t, stored); err != nil {
			return nil, err
		}
		if err := check(s, t, old.list, stored); err != nil {
			return nil, err
		}
		next.list = append(slices.Clip(old.list), stored)
		return s.with(t, next), nil
	})
	if err != nil {
		return nil, err
	}
	return thaw(t, stored), nil
}

func (d *Driver) version() string { return strconv.FormatInt(d.versions.Add(1), 10) }

// identify assigns the next number to a row of a table with serial ids.
func (r *rows) identify(t *store.TableSchema, row store.Record) error {
	id, _ := row["id"].(string)
	if t.ID != store.SerialID {
		if id == "" {
			return fmt.Errorf("memstore: %s: %w: id", t.Model, store.ErrRequired)
		}
		return nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		n = r.serial + 1
		row["id"] = strconv.FormatInt(n, 10)
	}
	r.serial = max(r.serial, n)
	return nil
}

// Select returns the rows that q selects.
func (d *Driver) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	s := d.read(ctx)
	found := filter(t, s.rows(t).list, q.Where, -1)
	if q.Sort != "" {
		slices.SortStableFunc(found, func(a, b store.Record) int {
			if q.Down {
				a, b = b, a
			}
			return order(sortable(t, q.Sort, a), sortable(t, q.Sort, b))
		})
	}
	found = found[min(max(q.Offset, 0), len(found)):]
	found = found[:min(q.Limit, len(found))]
	out := make([]store.Record, len(found))
	for i, row := range found {
		out[i] = thaw(t, row)
		if q.Version {
			out[i][store.Version] = row[store.Version]
		}
		for k := range q.Join {
			out[i][q.Join[k].As] = join(s, &q.Join[k], row)
		}
	}
	return out, nil
}

// sortable returns the value to sort by. Ids that a database keeps as integers
// are sorted as numbers.
func sortable(t *store.TableSchema, field string, row store.Record) any {
	c := t.Column(field)
	if t.ID != store.SerialID || (!c.IsID && (c.Ref == nil || c.Ref.Field != "id")) {
		return row[field]
	}
	id, _ := row[field].(string)
	if n, err := strconv.ParseFloat(id, 64); err == nil {
		return n
	}
	return row[field]
}

func join(s *state, j *store.Join, row store.Record) any {
	where := j.Where
	if j.Field != "" {
		v := row[j.Field]
		if v == nil {
			return nil
		}
		where = []store.Where{store.Is(j.RefField, v)}
	}
	found := filter(j.Table, s.rows(j.Table).list, where, 1)
	if len(found) == 0 {
		return nil
	}
	return thaw(j.Table, found[0])
}

// Count returns the number of rows that match.
func (d *Driver) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	return int64(len(filter(t, d.read(ctx).rows(t).list, where, -1))), nil
}

// UpdateOne changes the first row that matches and returns it.
func (d *Driver) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	changed, err := d.update(ctx, t, where, c, 1)
	if err != nil {
		return nil, err
	}
	if len(changed) == 0 {
		return nil, store.ErrNotFound
	}
	return thaw(t, changed[0]), nil
}

// UpdateMany changes every row that matches and returns their number.
func (d *Driver) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	changed, err := d.update(ctx, t, where, c, -1)
	return int64(len(changed)), err
}

func (d *Driver) update(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change, limit int) ([]store.Record, error) {
	set := freeze(t, c.Set)
	var changed []store.Record
	err := d.write(ctx, func(s *state) (*state, error) {
		changed = changed[:0]
		old := s.rows(t)
		next := &rows{list: slices.Clone(old.list), serial: old.serial}
		for i, row := range next.list {
			if len(changed) == limit {
				break
			}
			if !matches(t, row, where) {
				continue
			}
			row = apply(row, set, c.Add)
			row[store.Version] = d.version()
			rest := slices.Delete(slices.Clone(next.list), i, i+1)
			if err := check(s.with(t, next), t, rest, row); err != nil {
				return nil, err
			}
			next.list[i] = row
			changed = append(changed, row)
		}
		return s.with(t, next), nil
	})
	return changed, err
}

func apply(row, set store.Record, add map[string]int64) store.Record {
	out := make(store.Record, len(row)+len(set))
	for k, v := range row {
		out[k] = v
	}
	for k, v := range set {
		out[k] = v
	}
	for k, n := range add {
		f, _ := out[k].(float64)
		out[k] = f + float64(n)
	}
	return out
}

// DeleteOne deletes the first row that matches and returns it.
func (d *Driver) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	gone, err := d.delete(ctx, t, where, 1)
	if err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return nil, store.ErrNotFound
	}
	return thaw(t, gone[0]), nil
}

// DeleteMany deletes every row that matches and returns their number.
func (d *Driver) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	gone, err := d.delete(ctx, t, where, -1)
	return int64(len(gone)), err
}

// TakeMany deletes every row that matches and returns them.
func (d *Driver) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	gone, err := d.delete(ctx, t, where, -1)
	out := make([]store.Record, len(gone))
	for i, row := range gone {
		out[i] = thaw(t, row)
	}
	return out, err
}

// Group makes the writes of g. There is nothing to lock: one transaction runs at a
// time.
func (d *Driver) Group(ctx context.Context, g store.Writes) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		if u := g.While; u != nil {
			now := filter(u.Table, d.read(ctx).rows(u.Table).list, []store.Where{store.Is("id", u.ID)}, 1)
			if len(now) == 0 || now[0][store.Version] != u.Version {
				return store.ErrChanged
			}
		}
		if c := g.Change; c != nil {
			if _, err := d.UpdateOne(ctx, c.Table, c.Where, c.Change); err != nil {
				return err
			}
		}
		for _, in := range g.Insert {
			if _, err := d.Insert(ctx, in.Table, in.Row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Driver) delete(ctx context.Context, t *store.TableSchema, where []store.Where, limit int) ([]store.Record, error) {
	var gone []store.Record
	err := d.write(ctx, func(s *state) (*state, error) {
		gone = filter(t, s.rows(t).list, where, limit)
		return remove(s, t, gone)
	})
	return gone, err
}

// Dump returns every row of a table, for tests.
func (d *Driver) Dump(t *store.TableSchema) []store.Record {
	list := d.committed.Load().rows(t).list
	out := make([]store.Record, len(list))
	for i, row := range list {
		out[i] = thaw(t, row)
	}
	return out
}

func lower(v any, fold bool) any {
	if s, ok := v.(string); ok && fold {
		return strings.ToLower(s)
	}
	return v
}
