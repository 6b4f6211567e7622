package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"
	"time"
)

// executor has the common methods of *sql.DB, *sql.Tx and *sql.Conn.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// held is the connection that a context carries: a transaction, or, for a migration
// on MySQL, a plain connection. Once done is set, the context counts as outside.
type held struct {
	on   executor
	done atomic.Bool
}

type heldKey struct{ d *DB }

func (d *DB) held(ctx context.Context) *held {
	h, _ := ctx.Value(heldKey{d}).(*held)
	if h == nil || h.done.Load() {
		return nil
	}
	return h
}

func (d *DB) hold(ctx context.Context, on executor) (context.Context, *held) {
	h := &held{on: on}
	return context.WithValue(ctx, heldKey{d}, h), h
}

// Tx runs fn in a transaction. An error or a panic of fn rolls back. On SQLite the
// transaction takes the write lock when it begins, so it cannot fail because it
// read first.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.held(ctx) != nil {
		return fn(ctx)
	}
	tx, timed, err := d.begin(ctx)
	if err != nil {
		return d.classify(err)
	}
	inner, h := d.hold(ctx, tx)
	defer func() {
		h.done.Store(true)
		_ = timed(tx.Rollback) // no effect after a commit
	}()
	if err := fn(inner); err != nil {
		return err
	}
	err = d.observe(ctx, timed(tx.Commit))
	d.wrote(err)
	return d.classify(err)
}

// begin opens a transaction. Commit and Rollback take no context; timed runs them
// within the time limit of a statement.
func (d *DB) begin(ctx context.Context) (tx *sql.Tx, timed func(end func() error) error, err error) {
	var whole context.Context // lasts as long as the transaction
	var cancel context.CancelCauseFunc
	open := func(soon context.Context) error {
		d.makeRoom(soon)
		whole, cancel = context.WithCancelCause(ctx)
		unlink := context.AfterFunc(soon, func() { cancel(context.Cause(soon)) })
		var err error
		tx, err = d.write.db.BeginTx(whole, nil)
		if !unlink() && err == nil {
			err = context.Cause(soon)
		}
		if err != nil {
			cancel(nil)
		}
		return err
	}
	if d.dialect == SQLite {
		err = d.retry(ctx, lost, open)
	} else {
		err = d.retryHalves(ctx, open)
	}
	limit := d.limit(ctx)
	return tx, func(end func() error) error {
		defer cancel(nil)
		if limit > 0 {
			timer := time.AfterFunc(limit, func() { cancel(errLate) })
			defer timer.Stop()
		}
		return lateness(whole, limit, end())
	}, err
}

// atomically runs fn, which reads and then writes, in the transaction of ctx, or in
// a new one, which is retried.
func (d *DB) atomically(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.held(ctx) != nil {
		return fn(ctx)
	}
	return d.retry(ctx, refused, func(ctx context.Context) error { return d.Tx(ctx, fn) })
}

// each runs a query and calls row for every row, which scans it. If the query fails
// after its first row, it is not repeated.
func (d *DB) each(ctx context.Context, s *source, st statement, row func(rows *sql.Rows) error) error {
	some := false
	return d.run(ctx, st, func() bool { return !some }, func(ctx context.Context) error {
		return d.scan(ctx, s, st, func(rows *sql.Rows) error {
			some = true
			return row(rows)
		})
	})
}

// run runs fn, which runs a statement and reads its rows, within the time limit,
// and repeats it after temporary failures. anew is called before fn is repeated and
// decides whether it is.
func (d *DB) run(ctx context.Context, st statement, anew func() bool, fn func(ctx context.Context) error) error {
	var failure error
	run := func(ctx context.Context) error {
		if failure == nil || anew() {
			failure = fn(ctx)
		}
		return failure
	}
	switch {
	case d.held(ctx) != nil:
		return d.observe(ctx, within(ctx, d.limit(ctx), run))
	case !st.reads():
		err := d.retry(ctx, refused, run)
		d.wrote(err)
		return err
	case !st.one:
		return d.retry(ctx, lost, run)
	case d.dialect == SQLite:
		return d.retry(unlimited(ctx), lost, run) // see unwatched
	}
	return d.retryHalves(ctx, run)
}

// scanCells runs a query and calls row with the cells of every row. The slice is
// reused for the next row.
func (d *DB) scanCells(ctx context.Context, s *source, st statement, width int, row func(cells []any) error) error {
	if d.runsInPgx(ctx) {
		return d.scanPgx(ctx, s, st, row)
	}
	cells := make([]any, width)
	dest := make([]any, width)
	for n := range cells {
		dest[n] = &cells[n]
	}
	return d.scan(ctx, s, st, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		return row(cells)
	})
}

func (d *DB) scan(ctx context.Context, s *source, st statement, row func(rows *sql.Rows) error) error {
	rows, err := d.query(ctx, s, st)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (d *DB) query(ctx context.Context, s *source, st statement) (*sql.Rows, error) {
	d.trace(ctx, st)
	h := d.held(ctx)
	if h != nil {
		s = d.write
	}
	prepared, err := d.prepared(ctx, h, s, st)
	if err != nil {
		return nil, err
	}
	switch {
	case prepared != nil:
		return prepared.QueryContext(ctx, st.args...)
	case h != nil:
		return h.on.QueryContext(ctx, st.text, d.arguments(h, st)...)
	}
	return s.db.QueryContext(ctx, st.text, d.arguments(nil, st)...)
}

func (d *DB) exec(ctx context.Context, st statement) (res sql.Result, err error) {
	if d.runsInPgx(ctx) {
		err = d.retry(ctx, refused, func(ctx context.Context) (err error) {
			res, err = d.execPgx(ctx, d.write, st)
			return err
		})
		d.wrote(err)
		return res, err
	}
	d.trace(ctx, st)
	if h := d.held(ctx); h != nil {
		err = within(ctx, d.limit(ctx), func(ctx context.Context) error {
			prepared, err := d.prepared(ctx, h, d.write, st)
			if err != nil {
				return err
			}
			if prepared != nil {
				res, err = prepared.ExecContext(ctx, st.args...)
			} else {
				res, err = h.on.ExecContext(ctx, st.text, d.arguments(h, st)...)
			}
			return err
		})
		return res, d.observe(ctx, err)
	}
	err = d.retry(ctx, refused, func(ctx context.Context) error {
		prepared, err := d.prepared(ctx, nil, d.write, st)
		if err != nil {
			return err
		}
		if prepared != nil {
			res, err = prepared.ExecContext(ctx, st.args...)
		} else {
			res, err = d.write.db.ExecContext(ctx, st.text, d.arguments(nil, st)...)
		}
		return err
	})
	d.wrote(err)
	return res, err
}

// prepared returns the prepared statement for a text. Within a transaction it never
// prepares a statement on the pool, whose only connection the transaction may hold.
func (d *DB) prepared(ctx context.Context, h *held, s *source, st statement) (*sql.Stmt, error) {
	if st.once {
		return nil, nil
	}
	if h == nil {
		return s.stmt(ctx, st.text)
	}
	tx, ok := h.on.(*sql.Tx)
	if !ok || !s.prepare {
		return nil, nil
	}
	s.mu.RLock()
	known := s.stmts[st.text]
	s.mu.RUnlock()
	if known == nil {
		return nil, nil
	}
	return tx.StmtContext(ctx, known), nil
}

func (d *DB) trace(ctx context.Context, st statement) {
	if d.log.Enabled(ctx, slog.LevelDebug) {
		d.log.DebugContext(ctx, "sqlstore", slog.String("sql", st.text))
	}
}
