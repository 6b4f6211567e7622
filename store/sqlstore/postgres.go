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

// descriptions is the number of statement descriptions that a connection caches.
const descriptions = 512

// pooledPostgres opens a pool. A connection may lead to PostgreSQL or to a pooler
// that gives every transaction another server connection (PgBouncer in transaction
// mode, Supavisor, Neon's). Behind a pooler, a statement must not depend on state
// that an earlier one left on the connection, so statements have no names there.
// Their descriptions are still cached, and each statement is parsed, bound and
// executed in one message with the types of its parameters, so that statements of
// other clients cannot interfere and no value is mistaken for another type.
func pooledPostgres(cfg *pgx.ConnConfig, o Options) (*DB, error) {
	o = o.server()
	l := &link{}
	// Turning the statement cache off also implies a pooler.
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
		// Every host of the address gets this time.
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

// postgresConn is a connection that is closed instead of reused once it is
// outdated.
type postgresConn struct {
	*stdlib.Conn
	link *link
}

// IsValid implements driver.Validator; it is called when the connection becomes idle.
func (c postgresConn) IsValid() bool {
	return !c.Conn.Conn().IsClosed() && epochOf(c.Conn.Conn().PgConn()) == c.link.epoch.Load()
}

// modeBehind returns, behind a pooler, a mode that does not rely on the
// connection.
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

// epochOf returns the epoch of a connection, -1 for one that must not be used
// again.
func epochOf(c *pgconn.PgConn) int64 {
	data := c.CustomData()
	if data[brokenKey] != nil {
		return -1
	}
	epoch, _ := data[epochKey].(int64)
	return epoch
}

// probePostgres tests an idle connection before it is used. If the server ended the
// connection, the client has been notified; if the server became unreachable, not.
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

// arguments returns the arguments of a statement. It adds the mode in which pgx
// runs a statement that is planned for its values, or a statement of a transaction:
// without a name, so that a schema change or a pooler cannot make it fail, because
// a statement in a transaction cannot be retried.
func (d *DB) arguments(h *held, st statement) []any {
	if h == nil && !st.fresh || !d.nameless {
		return st.args
	}
	return append([]any{pgx.QueryExecModeCacheDescribe}, st.args...)
}

const lockTable = "betterauth_migration"

// lockPostgres returns the statement that, within a transaction, makes other
// migrations wait for its end. For an engine without advisory locks (CockroachDB
// before 25) it creates a row to lock; this happens before the transaction, so that
// others see the row.
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

// alreadyThere reports that a table, its type or a schema exists: two programs that
// create the same object at the same time collide in the catalog, even with IF NOT
// EXISTS.
func alreadyThere(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (means(err) == conflict || pg.Code == "42710" || pg.Code == "42P06" || pg.Code == "42P07")
}
