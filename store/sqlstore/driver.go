package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Insert adds a row and returns it as stored.
func (d *DB) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	i := d.live(ctx, t)
	b := d.build().put("INSERT INTO ", i.name)
	if err := b.values(i, row); err != nil {
		return nil, d.errorf(t, err)
	}
	if d.returning {
		return d.returned(ctx, t, i, b)
	}
	var out store.Record
	err := d.atomically(ctx, func(ctx context.Context) error {
		res, err := d.exec(ctx, b.done())
		if err != nil {
			return err
		}
		out, err = d.inserted(ctx, i, row, res)
		return err
	})
	return out, d.errorf(t, err)
}

func (b *builder) values(i *tableInfo, row store.Record) error {
	values, err := b.names(i, row)
	if err != nil {
		return err
	}
	switch {
	case len(values) > 0:
		b.put(" VALUES (").list(values).put(")")
	case b.d.dialect == MySQL:
		b.put(" () VALUES ()")
	default:
		b.put(" DEFAULT VALUES")
	}
	return nil
}

// names writes the names of the columns of a row in parentheses, nothing for an empty
// row, and returns the values.
func (b *builder) names(i *tableInfo, row store.Record) ([]any, error) {
	values := make([]any, 0, len(row))
	sep := " ("
	for k := range i.columns {
		c := &i.columns[k]
		v, present := row[c.field]
		if !present {
			continue
		}
		v, err := b.d.written(c, v)
		if err != nil {
			return nil, &columnError{c.name, err}
		}
		b.put(sep, c.name)
		sep = ", "
		values = append(values, v)
	}
	if len(values) > 0 {
		b.put(")")
	}
	return values, nil
}

func (b *builder) list(values []any) *builder {
	for n, v := range values {
		if n > 0 {
			b.put(", ")
		}
		b.arg(v)
	}
	return b
}

// inserted reads the row back on databases whose INSERT returns no rows.
func (d *DB) inserted(ctx context.Context, i *tableInfo, row store.Record, res sql.Result) (store.Record, error) {
	if id, given := row[i.id.field]; given {
		return d.byID(ctx, i, id)
	}
	if i.id.kind == kindSerial {
		n, err := res.LastInsertId()
		if err != nil {
			return nil, err
		}
		return d.byID(ctx, i, strconv.FormatInt(n, 10))
	}
	for n := range i.columns {
		c := &i.columns[n]
		if v := row[c.field]; c.unique && v != nil {
			b := d.build().put("SELECT ", i.list, " FROM ", i.name)
			if err := b.where(i, []store.Where{store.Is(c.field, v)}, ""); err != nil {
				return nil, err
			}
			return d.one(ctx, i, b)
		}
	}
	return nil, errors.New("MySQL does not return the id that it made; use another kind of ids")
}

// byID reads one row in the transaction of ctx.
func (d *DB) byID(ctx context.Context, i *tableInfo, id any) (store.Record, error) {
	b := d.build().put("SELECT ", i.list, " FROM ", i.name)
	if err := b.where(i, []store.Where{store.Is(i.id.field, id)}, ""); err != nil {
		return nil, err
	}
	return d.one(ctx, i, b)
}

// returned runs a write with RETURNING, on the connection that writes.
func (d *DB) returned(ctx context.Context, t *store.TableSchema, i *tableInfo, b *builder) (store.Record, error) {
	b.put(" RETURNING ", i.list)
	row, err := d.one(ctx, i, b)
	return row, d.errorf(t, err)
}

func (d *DB) one(ctx context.Context, i *tableInfo, b *builder) (store.Record, error) {
	rows, err := d.rows(ctx, d.write, i, nil, b)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, store.ErrNotFound
	}
	return rows[0], nil
}

// rows runs a query for the columns of i and of the joined tables.
func (d *DB) rows(ctx context.Context, s *source, i *tableInfo, with []joined, b *builder) ([]store.Record, error) {
	width := len(i.columns)
	for n := range with {
		width += len(with[n].columns)
	}
	if b.versioned {
		width++
	}
	st := b.done()
	var out []store.Record
	anew := func() bool { out = nil; return true }
	err := d.run(ctx, st, anew, func(ctx context.Context) error {
		return d.scanCells(ctx, s, st, width, func(cells []any) error {
			row, err := d.record(i, cells)
			if err != nil {
				return err
			}
			cells = cells[len(i.columns):]
			for n := range with {
				if row[with[n].As], err = d.optional(with[n].tableInfo, cells); err != nil {
					return err
				}
				cells = cells[len(with[n].columns):]
			}
			if b.versioned {
				row[store.Version] = idText(cells[0])
			}
			out = append(out, row)
			return nil
		})
	})
	return out, err
}

func (d *DB) record(i *tableInfo, cells []any) (store.Record, error) {
	row := make(store.Record, len(i.columns)+1)
	for n := range i.columns {
		c := &i.columns[n]
		v, err := d.readCell(c, cells[n])
		if err != nil {
			return nil, unreadable{&columnError{c.name, err}}
		}
		row[c.field] = v
	}
	return row, nil
}

// optional returns the row of an outer join, nil if its id is null.
func (d *DB) optional(i *tableInfo, cells []any) (any, error) {
	for n := range i.columns {
		if &i.columns[n] == i.id && cells[n] == nil {
			return nil, nil
		}
	}
	return d.record(i, cells)
}

type columnError struct {
	column string
	err    error
}

func (e *columnError) Error() string { return "column " + e.column + ": " + e.err.Error() }
func (e *columnError) Unwrap() error { return e.err }

// Select returns the rows that q selects. Joined rows are read in the same query.
func (d *DB) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	i := d.live(ctx, t)
	d.learnGrams(ctx, t, i, q.Where)
	b := d.build()
	with := d.joinedBy(ctx, q.Join)
	var err error
	switch {
	case len(with) == 0:
		b.versioned = q.Version && d.dialect == Postgres && !d.versionless.Load()
		b.put("SELECT ", i.list)
		if b.versioned {
			b.put(", xmin::text")
		}
		err = b.put(" FROM ", i.name).selected(i, q, "")
	case d.dialect == Postgres && q.Limit > 1:
		err = b.lateral(i, with, q)
	default:
		err = b.join(i, with, q)
	}
	if err != nil {
		return nil, d.errorf(t, err)
	}
	if q.Limit == 1 {
		b.one = true
		if ctx, err = d.unwatched(ctx); err != nil {
			return nil, d.errorf(t, err)
		}
	}
	rows, err := d.rows(ctx, d.read, i, with, b)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "42703" && b.versioned { // undefined column
		d.versionless.Store(true)
		if d.held(ctx) == nil {
			return d.Select(ctx, t, q)
		}
	}
	return rows, d.errorf(t, err)
}

// selected writes the conditions, the order and the limits of a query.
func (b *builder) selected(i *tableInfo, q store.Select, prefix string) error {
	if err := b.where(i, q.Where, prefix); err != nil {
		return err
	}
	b.order(i, q, prefix)
	b.limit(q.Limit)
	if q.Offset > 0 {
		b.put(" OFFSET ").arg(int64(q.Offset))
	}
	return nil
}

func (b *builder) order(i *tableInfo, q store.Select, prefix string) {
	if q.Sort == "" {
		return
	}
	b.put(" ORDER BY ", b.sorted(i.byField[q.Sort], prefix))
	if q.Down {
		b.put(" DESC")
	}
}

// limit writes the most common limit into the text, so that it gets its own
// prepared statement.
func (b *builder) limit(n int) {
	if b.put(" LIMIT "); n == 1 {
		b.put("1")
		return
	}
	b.arg(int64(n))
}

// unwatched returns a context without cancellation for a read of one row. In this
// process, such a read takes less time than cancelling it, and a context that can
// be cancelled costs the SQLite driver and database/sql a goroutine each.
func (d *DB) unwatched(ctx context.Context) (context.Context, error) {
	if d.dialect != SQLite {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}

// Count returns the number of rows that match.
func (d *DB) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	i := d.live(ctx, t)
	d.learnGrams(ctx, t, i, where)
	b := d.build().put("SELECT COUNT(*) FROM ", i.name)
	if err := b.where(i, where, ""); err != nil {
		return 0, d.errorf(t, err)
	}
	var n int64
	err := d.each(ctx, d.read, b.done(), func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, d.errorf(t, err)
}
