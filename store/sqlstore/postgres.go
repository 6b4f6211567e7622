package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-32bd42cb/betterauth/internal/dial"
)

// descriptions is how many descriptions of statements a connection keeps.
const descriptions = 512

// pooledPostgres opens a pool. A connection may lead to PostgreSQL or to a
// pooler that gives every transaction another server connection (PgBouncer in
// transaction mode, Supavisor, Neon's). Behind a pooler nothing may be left on
// a connection that the next statement relies on, so statements have no names
// there. Their descriptions are still cached, and each one is parsed, bound and
// executed in one message with the types of its parameters, so that no other
// client's statement can get in between and no value is taken for another type.
func pooledPostgres(cfg *pgx.ConnConfig, o Options) (*DB, error) {
	o = o.server()
	l := &link{}
	// Whoever has statements not cached knows of a pooler, too.
	l.pooler.Store(o.Pooler || cfg.StatementCacheCapacity == 0)
	if cfg.ConnectTimeout <= 0 {
		cfg.ConnectTimeout = o.ConnectTimeout
	}
	cfg.DialFunc = pgconn.DialFunc(dial.New(cfg.ConnectTimeout))
	if cfg.DescriptionCacheCapacity <= 0 {
		cfg.DescriptionCacheCapacity = descriptions
	}
	k := connector{
		Connector: stdlib.GetConnector(*cfg,
			stdlib.OptionBeforeConnect(func(_ context.Context, c *pgx.ConnConfig) error {
				c.DefaultQueryExecMode = modeBehind(l, c.DefaultQueryExecMode)
				return nil
			}),
			stdlib.OptionShouldPing(func(ctx context.Context, p stdlib.ShouldPingParams) bool {
				probePostgres(ctx, l, p)
				return false
			}),
			stdlib.OptionResetSession(func(_ context.Context, c *pgx.Conn) error {
				if c.IsClosed() || epochOf(c.PgConn()) != l.epoch.Load() {
					return driver.ErrBadConn
				}
				return nil
			}),
		),
		link: l,
		// Every host of the address has this time.
		timeout: cfg.ConnectTimeout * time.Duration(1+len(cfg.Fallbacks)),
		settle: func(_ context.Context, c driver.Conn, epoch int64) (driver.Conn, error) {
			pg := c.(*stdlib.Conn)
			pg.Conn().PgConn().CustomData()[epochKey] = epoch
			return postgresConn{pg, l}, nil
		},
	}
	db := o.pool(sql.OpenDB(k), o.MaxOpen)
	d := newDB(Postgres, db, db, o)
	d.link = l
	d.nameless = cfg.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
	return d, nil
}

// postgresConn is a connection that is closed instead of given to the next call
// when it shall not be used again.
type postgresConn struct {
	*stdlib.Conn
	link *link
}

// IsValid implements driver.Validator; it is called when the connection becomes idle.
func (c postgresConn) IsValid() bool {
	return !c.Conn.Conn().IsClosed() && epochOf(c.Conn.Conn().PgConn()) == c.link.epoch.Load()
}

// modeBehind replaces the modes that rely on the connection where there is a pooler.
func modeBehind(l *link, mode pgx.QueryExecMode) pgx.QueryExecMode {
	leaves := mode == pgx.QueryExecModeCacheStatement || mode == pgx.QueryExecModeDescribeExec
	if leaves && l.pooler.Load() {
		return pgx.QueryExecModeCacheDescribe
	}
	return mode
}

const (
	epochKey  = "betterauth epoch"
	brokenKey = "betterauth broken"
)

// epochOf is the epoch of a connection, -1 for one that is not used again.
func epochOf(c *pgconn.PgConn) int64 {
	data := c.CustomData()
	if data[brokenKey] != nil {
		return -1
	}
	epoch, _ := data[epochKey].(int64)
	return epoch
}

// probePostgres looks at an idle connection before it is used. A server that
// ended it has said so; one that fell silent has not.
func probePostgres(ctx context.Context, l *link, p stdlib.ShouldPingParams) {
	c := p.Conn.PgConn()
	if epochOf(c) != l.epoch.Load() {
		return
	}
	if !dial.Quiet(c.Conn()) {
		c.CustomData()[brokenKey] = true
		return
	}
	if p.IdleDuration < probeAfter {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := c.Ping(ctx); err != nil {
		c.CustomData()[brokenKey] = true
		l.renew()
	}
}

// arguments adds how pgx shall run a statement of a transaction: without a
// name, so that a schema change or a pooler cannot fail it, because a
// transaction cannot be tried again.
func (d *DB) arguments(h *held, args []any) []any {
	if h == nil || !d.nameless {
		return args
	}
	return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
}

const lockTable = "betterauth_migration"

// lockPostgres returns the statement that, within a transaction, keeps other
// migrations waiting for its end. An engine without advisory locks (CockroachDB
// before 25) gets a row to lock; it is made here, before the transaction, so
// that others see it.
func (d *DB) lockPostgres(ctx context.Context) (string, error) {
	advisory := fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", lockNumber)
	_, err := d.exec(ctx, statement{text: advisory, once: true})
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pg.Code != "42883" && pg.Code != "0A000" {
		return advisory, err
	}
	d.log.DebugContext(ctx, "sqlstore: no advisory locks; the migration locks a row", "table", lockTable)
	name := d.table(lockTable)
	steps := []string{
		"CREATE TABLE IF NOT EXISTS " + name + " (id integer PRIMARY KEY)",
		"INSERT INTO " + name + " (id) VALUES (1) ON CONFLICT DO NOTHING",
	}
	if d.schema != "" {
		steps = append([]string{"CREATE SCHEMA IF NOT EXISTS " + d.quote(d.schema)}, steps...)
	}
	for _, step := range steps {
		if _, err := d.exec(ctx, statement{text: step, once: true}); err != nil && !alreadyThere(err) {
			return "", err
		}
	}
	return "SELECT id FROM " + name + " WHERE id = 1 FOR UPDATE", nil
}

// alreadyThere reports that a table, its type or a schema exists: two programs
// that create the same thing at once collide in the catalog, IF NOT EXISTS or not.
func alreadyThere(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (means(err) == conflict || pg.Code == "42710" || pg.Code == "42P06" || pg.Code == "42P07")
}
