package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"time"
)

// Defaults of the time limits.
const (
	defaultQueryTimeout   = 5 * time.Second
	defaultConnectTimeout = 3 * time.Second
	defaultIdleTimeout    = 45 * time.Second
)

// unhurriedFactor multiplies the time limit of statements that no client waits
// for.
const unhurriedFactor = 12

// A connection that was idle for probeAfter is tested before it is used, and has
// probeTimeout to answer.
const (
	probeAfter   = time.Second
	probeTimeout = time.Second
)

// renewPause is the shortest time between two replacements of all connections.
const renewPause = time.Second

func (o Options) pool(db *sql.DB, maxOpen int) *sql.DB {
	idle := o.MaxIdle
	if idle <= 0 {
		idle = maxOpen
	}
	db.SetMaxOpenConns(maxOpen)
	db.SetMaxIdleConns(idle)
	db.SetConnMaxIdleTime(o.IdleTimeout)
	db.SetConnMaxLifetime(o.Lifetime)
	return db
}

// server fills in the defaults of pools to a server.
func (o Options) server() Options {
	if o.MaxOpen <= 0 {
		o.MaxOpen = 10
	}
	if o.Lifetime <= 0 {
		o.Lifetime = time.Hour
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = defaultIdleTimeout
	}
	if o.ConnectTimeout <= 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	return o
}

// limit returns the time limit of one call, 0 for none.
func (o Options) limit() time.Duration {
	switch {
	case o.QueryTimeout == 0:
		return defaultQueryTimeout
	case o.QueryTimeout < 0:
		return 0
	}
	return o.QueryTimeout
}

// link is the shared state of the connections of a pool to a server. It is nil for
// a pool that the caller opened.
type link struct {
	epoch   atomic.Int64 // connections of an earlier epoch are not used again
	resting atomic.Bool  // the epoch has just begun
	pooler  atomic.Bool  // a pooler gives each transaction another connection of the server
}

// renew makes the pool replace its open connections before their next use, at most
// once per renewPause: if a new connection fails as the old ones did, the
// connections are not the cause.
func (l *link) renew() {
	if l == nil || !l.resting.CompareAndSwap(false, true) {
		return
	}
	l.epoch.Add(1)
	time.AfterFunc(renewPause, func() { l.resting.Store(false) })
}

// foundPooler records that a pooler was detected and reports whether that is new.
func (l *link) foundPooler() bool {
	if l == nil || !l.pooler.CompareAndSwap(false, true) {
		return false
	}
	l.epoch.Add(1)
	return true
}

// connector opens the connections of a pool with its own time limit, because
// database/sql opens some of them in the background.
type connector struct {
	driver.Connector
	link    *link
	timeout time.Duration
	// settle prepares a new connection; epoch is the epoch in which opening it
	// began.
	settle func(ctx context.Context, c driver.Conn, epoch int64) (driver.Conn, error)
}

// Connect implements driver.Connector.
func (k connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	epoch := k.link.epoch.Load()
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	settled, err := k.settle(ctx, c, epoch)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return settled, nil
}
