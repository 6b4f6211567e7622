// Package sqlstore is a store.Driver for SQLite, PostgreSQL, MySQL and MariaDB. It
// keeps rows in the tables and forms that the npm package better-auth reads and
// writes, and it plans and runs the migrations that create these tables.
//
//	db, err := sqlstore.Open(ctx, "postgres://…", sqlstore.Options{})
//	plan, err := db.Plan(ctx, tables)
//	err = plan.Apply(ctx)
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

// Dialect is the name of a database engine.
type Dialect string

// The engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql" // also MariaDB
)

// Options configure the connections. Zero values mean the defaults.
type Options struct {
	MaxOpen        int           // largest number of connections; default 10; for SQLite the number of readers
	MaxIdle        int           // largest number of idle connections; default MaxOpen
	IdleTimeout    time.Duration // an idle connection is closed after this time; default 45 seconds for servers, else never
	Lifetime       time.Duration // a connection is closed after this time; default 1 hour for servers
	ConnectTimeout time.Duration // time limit for opening a connection to a server; default 3 seconds
	// QueryTimeout is the time limit of one call: waiting for a connection, opening
	// it, the statement, and a retry. Begin and commit have the same limit of their
	// own. Work that no client waits for has twelve times as long, a migration has
	// no limit. Default 5 seconds; negative for no limit.
	QueryTimeout time.Duration
	// Pooler says that a pooler gives each transaction another connection of the
	// server, as PgBouncer in transaction mode does. An address can say so with
	// pgbouncer=true; some hosts and ports are known to be poolers.
	Pooler bool
	// Synchronous is SQLite's pragma for files: "full", the default, or "normal",
	// with which a power failure may undo the last commits.
	Synchronous string
	SchemaName  string       // PostgreSQL only: the schema of the tables
	Log         *slog.Logger // warnings; with level debug every statement, without its values
}

// DB is a store.Driver over one SQL database. It is safe for concurrent use.
type DB struct {
	dialect   Dialect
	returning bool    // INSERT and DELETE can return rows
	updating  bool    // UPDATE can return rows
	schema    string  // PostgreSQL schema, or empty
	write     *source // one connection for SQLite, else the pool
	read      *source // the same pool, except for SQLite files
	log       *slog.Logger
	infos     sync.Map       // *store.Table -> *tableInfo
	loc       *time.Location // MySQL: time zone of dates; nil is UTC

	timeout  time.Duration // time limit of one call, 0 for none
	link     *link         // shared state of connections that this package opens, else nil
	nameless bool          // PostgreSQL: statements of transactions have no names
	file     bool          // a writable SQLite file
	full     atomic.Bool   // SQLite: a write failed for lack of space
	apart    atomic.Bool   // PostgreSQL: the engine cannot make a group in one statement

	versionless atomic.Bool // PostgreSQL: the engine, or a view, has no column xmin
	refusal     atomic.Pointer[error]
}

// source is a pool with its prepared statements by text.
type source struct {
	db      *sql.DB
	prepare bool
	mu      sync.RWMutex
	stmts   map[string]*sql.Stmt
}

var _ store.Driver = (*DB)(nil)

// New wraps a pool that the caller opens and closes. A MySQL pool must be opened
// with parseTime=true, loc=UTC, clientFoundRows=true and time_zone='+00:00'; an
// SQLite pool with _txlock=immediate and foreign_keys on, and with one connection
// unless WAL is on.
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
	// pgx itself caches statements by text.
	d.write = &source{db: write, prepare: dialect != Postgres, stmts: map[string]*sql.Stmt{}}
	d.read = d.write
	if read != write {
		d.read = &source{db: read, prepare: true, stmts: map[string]*sql.Stmt{}}
	}
	return d
}

// detect queries the server for its features.
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

// stmt returns the prepared statement for a text, or nil if it should run
// unprepared.
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
	kept := s.stmts[text]
	if kept == nil {
		kept = st
		s.stmts[text] = st
	}
	s.mu.Unlock()
	if kept != st {
		// Closing waits for the connection that prepared the statement. That may be
		// in a transaction by now, waiting for a row that another transaction has
		// locked, which in turn may be about to ask for a statement here.
		go func() { _ = st.Close() }()
	}
	return kept, nil
}

// quote returns a name as a quoted identifier.
func (d *DB) quote(name string) string {
	if d.dialect == MySQL {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// table returns the quoted name of a table, with its schema if one is set.
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
		d.infos.Delete(t) // the column may have changed since it was inspected
	}
	return fmt.Errorf("sqlstore: %s: %w", t.Model, err)
}
