package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-32bd42cb/betterauth/store"
)

// attempts is the largest number of attempts of a statement outside a transaction
// when the engine reports a conflict with another one.
const attempts = 8

// staleRepairs is how often a statement is prepared again because its table was
// changed since. Migrations change one table several times in a row.
const staleRepairs = 4

// again says after which failures a call is repeated.
type again int

const (
	refused again = iota // the database did nothing: safe for writes too
	lost                 // the connection is gone or does not answer: for reads and the begin of a transaction
)

func (a again) helps(m meaning) bool {
	switch m {
	case stale, mistyped, demoted, full:
		return true
	case gone, late:
		return a == lost
	}
	return false
}

// retry runs fn, repeats it after temporary failures, and stays within the time
// limit of one call.
func (d *DB) retry(ctx context.Context, a again, fn func(ctx context.Context) error) error {
	return d.observe(ctx, within(ctx, d.limit(ctx), func(ctx context.Context) error {
		return d.repeat(ctx, a, nil, fn)
	}))
}

// retryHalves is like retry for reads and the begin of a transaction, but the first
// attempt gets half of the time, so that others on a new connection fit into the
// limit if the first connection does not answer.
func (d *DB) retryHalves(ctx context.Context, fn func(ctx context.Context) error) error {
	half := d.limit(ctx) / 2
	err := within(ctx, half, fn)
	if err != nil && ctx.Err() == nil {
		first := err
		err = within(ctx, half, func(ctx context.Context) error { return d.repeat(ctx, lost, first, fn) })
	}
	return d.observe(ctx, err)
}

// repeat runs fn until it succeeds or another attempt would not help. err is the
// error of an attempt that was made before, or nil.
func (d *DB) repeat(ctx context.Context, a again, err error, fn func(ctx context.Context) error) error {
	pause := 2 * time.Millisecond
	repairs := 0
	for i := 1; ; i++ {
		if i > 1 || err == nil {
			if a == refused {
				d.makeRoom(ctx)
			}
			err = fn(ctx)
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		switch m := means(err); {
		case m == transient && i < attempts:
			select {
			case <-ctx.Done():
				return err
			case <-time.After(pause + rand.N(pause)):
			}
			pause *= 2
		case m == unsent && i < attempts:
		case a.helps(m) && (repairs == 0 || m == stale && repairs < staleRepairs):
			repairs++
			_ = d.observe(ctx, err)
		default:
			return err
		}
		d.log.DebugContext(ctx, "sqlstore: retry", slog.Int("attempt", i), slog.Any("error", err))
	}
}

// observe updates the state of the other connections according to an error, and
// returns the error.
func (d *DB) observe(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch means(err) {
	case stale:
		pg, ok := errors.AsType[*pgconn.PgError](err)
		if ok && pg.Code != "0A000" && d.link.foundPooler() {
			d.log.InfoContext(ctx, "sqlstore: a pooler shares the server's connections; statements are no longer prepared. "+
				"Add pgbouncer=true to the address of the database")
			return err
		}
		d.link.renew()
	case demoted:
		d.link.renew()
		d.refuse(err)
	case gone:
		d.link.renew()
	case full:
		d.noteFull(ctx, err)
	case late:
		// Without an idle connection, all of them are waiting for the server, or
		// the call waited for one of them.
		if d.read.db.Stats().Idle > 0 {
			d.link.renew()
		}
	}
	return err
}

type unlimitedKey struct{}

// unlimited removes the time limit, for migrations.
func unlimited(ctx context.Context) context.Context {
	return context.WithValue(ctx, unlimitedKey{}, true)
}

// limit returns the time limit of a statement of ctx, 0 for none.
func (d *DB) limit(ctx context.Context) time.Duration {
	switch {
	case d.timeout == 0 || ctx.Value(unlimitedKey{}) != nil:
		return 0
	case store.IsUnhurried(ctx):
		return unhurriedFactor * d.timeout
	}
	return d.timeout
}

// within runs fn with a context that ends after limit, if limit is not 0.
func within(ctx context.Context, limit time.Duration, fn func(ctx context.Context) error) error {
	if limit <= 0 {
		return fn(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errLate)
	defer cancel()
	return lateness(ctx, limit, fn(ctx))
}

// lateness distinguishes an error caused by the time limit from one caused by a
// caller that has gone away.
func lateness(ctx context.Context, limit time.Duration, err error) error {
	if err == nil || context.Cause(ctx) != errLate || errors.Is(err, errLate) {
		return err
	}
	switch means(err) {
	case other, unsent, gone, unavailable:
		if errors.Is(err, store.ErrNotFound) {
			return err
		}
		return fmt.Errorf("%w (%v): %w", errLate, limit, err)
	}
	return err
}
