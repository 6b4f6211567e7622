package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"time"
)

// Defaults of the options that concern time.
const (
	defaultQueryTimeout   = 5 * time.Second
	defaultConnectTimeout = 3 * time.Second
	defaultIdleTimeout    = 45 * time.Second
)

// unhurriedFactor is how many times the usual limit a statement has for which
// no client waits.
const unhurriedFactor = 12

// A connection that was idle for probeAfter is asked whether it still works
// before it is used, and has probeTimeout to answer.
const (
	probeAfter   = time.Second
	probeTimeout = time.Second
)

// renewPause is how long all connections are not replaced again.
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

// server fills in what pools of connections to a server have by default.
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

// limit is the time of one call, 0 where there is none.
func (o Options) limit() time.Duration {
	switch {
	case o.QueryTimeout == 0:
		return defaultQueryTimeout
	case o.QueryTimeout < 0:
		return 0
	}
	return o.QueryTimeout
}

// link is what the connections of a pool to a server have in common. A nil link
// stands for a pool whose connections are not ours to judge.
type link struct {
	epoch   atomic.Int64 // connections of an earlier one are not used again
	resting atomic.Bool  // the epoch has just begun
	pooler  atomic.Bool  // a pooler gives each transaction another connection of the server
}

// renew has the connections that are open now replaced before their next use.
// It does so once in renewPause at most: where a new connection fails as the
// old ones did, the failure does not lie with them.
func (l *link) renew() {
	if l == nil || !l.resting.CompareAndSwap(false, true) {
		return
	}
	l.epoch.Add(1)
	time.AfterFunc(renewPause, func() { l.resting.Store(false) })
}

// foundPooler remembers that a pooler is there, and reports whether that is news.
func (l *link) foundPooler() bool {
	if l == nil || !l.pooler.CompareAndSwap(false, true) {
		return false
	}
	l.epoch.Add(1)
	return true
}

// connector opens the connections of a pool with a limit of its own, because
// database/sql opens some of them in the background.
type connector struct {
	driver.Connector
	link    *link
	timeout time.Duration
	// settle makes a new connection ready; epoch is the one in which its opening began.
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
