package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// executor is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// held is the connection that a context carries: a transaction, or for a
// migration on MySQL a plain connection. Once done, the context counts as
// outside again.
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

// Tx runs fn in a transaction; an error of fn, or a panic, rolls back. SQLite
// takes its write lock at the begin, so a transaction never fails for having
// read first.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.held(ctx) != nil {
		return fn(ctx)
	}
	var tx *sql.Tx
	if err := d.retry(ctx, func() (err error) {
		tx, err = d.write.db.BeginTx(ctx, nil)
		return err
	}); err != nil {
		return err
	}
	inner, h := d.hold(ctx, tx)
	defer func() {
		h.done.Store(true)
		_ = tx.Rollback() // no effect after a commit
	}()
	if err := fn(inner); err != nil {
		return err
	}
	return d.classify(tx.Commit())
}

// attempts bounds how often a statement outside a transaction is tried when
// the engine says that another one was in its way.
const attempts = 8

func (d *DB) retry(ctx context.Context, fn func() error) error {
	pause := 2 * time.Millisecond
	for i := 1; ; i++ {
		err := fn()
		if err == nil || i == attempts || !d.transient(err) {
			return err
		}
		d.log.DebugContext(ctx, "sqlstore: retry", slog.Int("attempt", i), slog.Any("error", err))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause + rand.N(pause)):
		}
		pause *= 2
	}
}

// atomically runs fn, which reads and then writes, in the transaction of ctx
// or in one of its own, which is retried.
func (d *DB) atomically(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.held(ctx) != nil {
		return fn(ctx)
	}
	return d.retry(ctx, func() error { return d.Tx(ctx, fn) })
}

// each runs a query and calls row for every row, which scans it.
func (d *DB) each(ctx context.Context, s *source, st statement, row func(rows *sql.Rows) error) error {
	run := func() error {
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
	if d.held(ctx) != nil {
		return run()
	}
	return d.retry(ctx, run)
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
		return h.on.QueryContext(ctx, st.text, st.args...)
	}
	return s.db.QueryContext(ctx, st.text, st.args...)
}

func (d *DB) exec(ctx context.Context, st statement) (res sql.Result, err error) {
	d.trace(ctx, st)
	if h := d.held(ctx); h != nil {
		prepared, err := d.prepared(ctx, h, d.write, st)
		if err != nil {
			return nil, err
		}
		if prepared != nil {
			return prepared.ExecContext(ctx, st.args...)
		}
		return h.on.ExecContext(ctx, st.text, st.args...)
	}
	err = d.retry(ctx, func() error {
		prepared, err := d.prepared(ctx, nil, d.write, st)
		if err != nil {
			return err
		}
		if prepared != nil {
			res, err = prepared.ExecContext(ctx, st.args...)
		} else {
			res, err = d.write.db.ExecContext(ctx, st.text, st.args...)
		}
		return err
	})
	return res, err
}

// prepared finds the prepared statement of a text. Inside a transaction it is
// never prepared anew on the pool, whose only connection the transaction may hold.
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
