package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/seed-32bd42cb/betterauth/internal/dial"
)

// pooledMySQL opens a pool of connections to MySQL, MariaDB, or a proxy such as
// ProxySQL, which keeps track of the two session settings that we make: time_zone
// and the isolation level.
func pooledMySQL(cfg *mysql.Config, o Options) (*DB, error) {
	o = o.server()
	timeout := o.ConnectTimeout
	if cfg.Timeout > 0 {
		timeout = cfg.Timeout
	}
	if cfg.DialFunc == nil {
		cfg.DialFunc = dial.New(timeout)
	}
	cfg.Logger = driverLog{o.logger()}
	inner, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	l := &link{}
	db := o.pool(sql.OpenDB(connector{
		Connector: inner, link: l, timeout: timeout,
		settle: func(ctx context.Context, c driver.Conn, epoch int64) (driver.Conn, error) {
			return settleMySQL(ctx, c, l, epoch)
		},
	}), o.MaxOpen)
	d := newDB(MySQL, db, db, o)
	d.link = l
	return d, nil
}

// fullConn is the set of interfaces that the driver's connection implements.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// mysqlConn is a connection that is checked before it is used again, and whose
// transactions end within the time of their context.
type mysqlConn struct {
	fullConn
	link  *link
	epoch int64
	idle  atomic.Bool // for longer than probeAfter
	timer *time.Timer
}

// settleMySQL makes a setting that cannot be part of the url for every version:
// READ COMMITTED, so that a locking read without a result locks no gap.
func settleMySQL(ctx context.Context, c driver.Conn, l *link, epoch int64) (driver.Conn, error) {
	whole, ok := c.(fullConn)
	if !ok {
		return nil, errors.New("sqlstore: the mysql driver lacks methods")
	}
	if _, err := whole.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, err
	}
	m := &mysqlConn{fullConn: whole, link: l, epoch: epoch}
	m.timer = time.AfterFunc(probeAfter, func() { m.idle.Store(true) })
	return m, nil
}

// IsValid implements driver.Validator; it is called when the connection becomes idle.
func (c *mysqlConn) IsValid() bool {
	c.timer.Reset(probeAfter)
	return c.epoch == c.link.epoch.Load() && c.fullConn.IsValid()
}

// ResetSession implements driver.SessionResetter; it is called before the
// connection is used again. The driver notices a connection that the server has
// ended; a probe detects one that no longer answers.
func (c *mysqlConn) ResetSession(ctx context.Context) error {
	c.timer.Stop()
	idle := c.idle.Swap(false)
	if c.epoch != c.link.epoch.Load() {
		return driver.ErrBadConn
	}
	if err := c.fullConn.ResetSession(ctx); err != nil {
		return err
	}
	if !idle {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := c.Ping(ctx); err != nil {
		c.link.renew()
		return driver.ErrBadConn
	}
	return nil
}

// Close implements driver.Conn. The driver's error is ignored: it only says that
// the server could not be notified.
func (c *mysqlConn) Close() error {
	c.timer.Stop()
	_ = c.fullConn.Close()
	return nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *mysqlConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if _, err := c.fullConn.BeginTx(ctx, o); err != nil {
		return nil, err
	}
	return mysqlTx{c, ctx}, nil
}

// mysqlTx ends a transaction as the driver does, but waits for the server only as
// long as its context lasts.
type mysqlTx struct {
	c   *mysqlConn
	ctx context.Context
}

// Commit implements driver.Tx.
func (t mysqlTx) Commit() error {
	_, err := t.c.ExecContext(t.ctx, "COMMIT", nil)
	return err
}

// Rollback implements driver.Tx. It is also called when the context has ended.
func (t mysqlTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), probeTimeout)
	defer cancel()
	_, err := t.c.ExecContext(ctx, "ROLLBACK", nil)
	return err
}

// driverLog logs the driver's messages about connections that it closes.
type driverLog struct{ log *slog.Logger }

// Print implements mysql.Logger.
func (l driverLog) Print(v ...any) { l.log.Debug("sqlstore: " + fmt.Sprint(v...)) }
