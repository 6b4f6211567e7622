// Package sqlstore keeps rows in SQLite, PostgreSQL, MySQL or MariaDB, in
// tables and values that the npm package reads and writes too, and plans and
// runs the migrations that make those tables. It knows no users: what a table
// holds is told by the store.Table it is given.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Dialect names an engine.
type Dialect string

// The engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql" // MariaDB too
)

// Options tune the connections. Zero values mean defaults.
type Options struct {
	MaxOpen        int           // most connections; default 10, for SQLite the number of readers
	MaxIdle        int           // most idle connections; default MaxOpen
	IdleTimeout    time.Duration // an idle connection is closed after it; default 45 seconds for servers, else never
	Lifetime       time.Duration // a connection is closed after it; default 1 hour for servers
	ConnectTimeout time.Duration // longest time to open a connection to a server; default 3 seconds
	// QueryTimeout is the longest time of one call: waiting for a connection,
	// opening it, the statement, and its repetition where there is one. A begin and
	// a commit have it for themselves. Work that no client waits for has twelve
	// times as long, a migration as long as it takes. Default 5 seconds; negative
	// for no limit.
	QueryTimeout time.Duration
	// Pooler says that a pooler gives each transaction another connection of the
	// server, as PgBouncer in transaction mode does. Addresses say so by
	// pgbouncer=true, or by a host or port that is known for it.
	Pooler bool
	// Synchronous is SQLite's pragma for files: "full", the default, or "normal",
	// with which a power failure may take the last commits back.
	Synchronous string
	SchemaName  string       // PostgreSQL only: the schema that holds the tables
	Log         *slog.Logger // warnings; with level debug every statement, never its values
}

// DB is a store.Driver over one SQL database. It is safe for concurrent use.
type DB struct {
	dialect   Dialect
	returning bool    // INSERT and DELETE can return rows
	updating  bool    // UPDATE can too
	schema    string  // PostgreSQL schema, or empty
	write     *source // one connection for SQLite, else the pool
	read      *source // the same pool, but for SQLite files
	log       *slog.Logger
	infos     sync.Map       // *store.Table -> *tableInfo
	loc       *time.Location // MySQL: where dates are read and written; nil is UTC

	timeout  time.Duration // of one call, 0 for none
	link     *link         // of connections to a server that this package opens, else nil
	nameless bool          // PostgreSQL: statements of transactions have no names
	file     bool          // an SQLite file that can be written
	full     atomic.Bool   // SQLite: there was no space left
	refusal  atomic.Pointer[error]
}

// source is a pool with its prepared statements by text.
type source struct {
	db      *sql.DB
	prepare bool
	mu      sync.RWMutex
	stmts   map[string]*sql.Stmt
}

var _ store.Driver = (*DB)(nil)

// New wraps a pool that the caller opened and closes. For MySQL the pool must
// be opened with parseTime=true, loc=UTC, clientFoundRows=true and
// time_zone='+00:00'; for SQLite with _txlock=immediate and foreign_keys on,
// and one connection unless WAL is on.
func New(ctx context.Context, db *sql.DB, dialect Dialect, o Options) (*DB, error) {
	d := newDB(dialect, db, db, o)
	return d, d.detect(ctx)
}

func (o Options) logger() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

func newDB(dialect Dialect, write, read *sql.DB, o Options) *DB {
	d := &DB{dialect: dialect, log: o.logger(), timeout: o.limit(), returning: dialect != MySQL, updating: dialect != MySQL}
	if dialect == Postgres {
		d.schema = o.SchemaName
	}
	// pgx caches statements by text itself.
	d.write = &source{db: write, prepare: dialect != Postgres, stmts: map[string]*sql.Stmt{}}
	d.read = d.write
	if read != write {
		d.read = &source{db: read, prepare: true, stmts: map[string]*sql.Stmt{}}
	}
	return d
}

// detect asks the server what it can do.
func (d *DB) detect(ctx context.Context) error {
	if d.dialect != MySQL {
		return d.retry(ctx, lost, d.write.db.PingContext)
	}
	var version string
	if err := d.value(ctx, "SELECT VERSION()", &version); err != nil {
		return err
	}
	d.returning = strings.Contains(strings.ToLower(version), "mariadb")
	return nil
}

// Dialect returns the engine.
func (d *DB) Dialect() Dialect { return d.dialect }

// SQL returns the pool that writes.
func (d *DB) SQL() *sql.DB { return d.write.db }

// Close closes every connection.
func (d *DB) Close() error {
	err := d.write.db.Close()
	if d.read != d.write {
		if rerr := d.read.db.Close(); err == nil {
			err = rerr
		}
	}
	return err
}

// maxStatements bounds the statements that one pool keeps prepared.
const maxStatements = 500

// stmt returns the prepared statement of a text, or nil when it is to run unprepared.
func (s *source) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if !s.prepare {
		return nil, nil
	}
	s.mu.RLock()
	st, n := s.stmts[text], len(s.stmts)
	s.mu.RUnlock()
	if st != nil || n >= maxStatements {
		return st, nil
	}
	st, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.stmts[text]; other != nil {
		_ = st.Close()
		return other, nil
	}
	s.stmts[text] = st
	return st, nil
}

// quote writes a name as an identifier.
func (d *DB) quote(name string) string {
	if d.dialect == MySQL {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// table writes the name of a table, with its schema when one is set.
func (d *DB) table(name string) string {
	if d.schema != "" {
		return d.quote(d.schema) + "." + d.quote(name)
	}
	return d.quote(name)
}

func (d *DB) errorf(t *store.TableSchema, err error) error {
	if err == nil {
		return nil
	}
	err = d.classify(unfit(err))
	if errors.Is(err, store.ErrUnfit) {
		d.infos.Delete(t) // somebody may have changed the column since it was looked at
	}
	return fmt.Errorf("sqlstore: %s: %w", t.Model, err)
}
