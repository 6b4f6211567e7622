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

// attempts bounds how often a statement outside a transaction is tried when
// the engine says that another one was in its way.
const attempts = 8

// again says after which failures a call is tried once more.
type again int

const (
	refused again = iota // the database did nothing: also right for writes
	lost                 // the connection is gone, or silent: for reads and the begin of a transaction
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

// retry runs fn, which may end in a failure that passes, within the limit of
// one call.
func (d *DB) retry(ctx context.Context, a again, fn func(ctx context.Context) error) error {
	return d.observe(ctx, within(ctx, d.limit(ctx), func(ctx context.Context) error {
		pause := 2 * time.Millisecond
		repaired := false
		for i := 1; ; i++ {
			if a == refused {
				d.makeRoom(ctx)
			}
			err := fn(ctx)
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
			case a.helps(m) && !repaired:
				repaired = true
				_ = d.observe(ctx, err)
			default:
				return err
			}
			d.log.DebugContext(ctx, "sqlstore: retry", slog.Int("attempt", i), slog.Any("error", err))
		}
	}))
}

// twice gives the first attempt half of the time, so that an attempt on a new
// connection fits into the limit when the one at hand stays silent.
func (d *DB) twice(fn func(ctx context.Context) error) func(ctx context.Context) error {
	first := true
	return func(ctx context.Context) error {
		if !first {
			return fn(ctx)
		}
		first = false
		return within(ctx, d.limit(ctx)/2, fn)
	}
}

// observe draws the conclusions of an error for the other connections, and
// returns it.
func (d *DB) observe(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch means(err) {
	case stale:
		pg, ok := errors.AsType[*pgconn.PgError](err)
		if ok && pg.Code != "0A000" && d.link.foundPooler() {
			d.log.InfoContext(ctx, "sqlstore: a pooler shares the connections of the server; statements are not prepared any more. "+
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
		// Without an idle connection, they are all waiting for the server, or
		// the call waited for one of them.
		if d.read.db.Stats().Idle > 0 {
			d.link.renew()
		}
	}
	return err
}

type unlimitedKey struct{}

// unlimited takes the limit away: a migration takes as long as it takes.
func unlimited(ctx context.Context) context.Context {
	return context.WithValue(ctx, unlimitedKey{}, true)
}

// limit is the time that a statement of ctx has, 0 without a limit.
func (d *DB) limit(ctx context.Context) time.Duration {
	switch {
	case d.timeout == 0 || ctx.Value(unlimitedKey{}) != nil:
		return 0
	case store.IsUnhurried(ctx):
		return unhurriedFactor * d.timeout
	}
	return d.timeout
}

// within runs fn with a context that ends after limit, if there is one.
func within(ctx context.Context, limit time.Duration, fn func(ctx context.Context) error) error {
	if limit <= 0 {
		return fn(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errLate)
	defer cancel()
	return lateness(ctx, limit, fn(ctx))
}

// lateness tells an error that came of the limit from one that came of a caller
// who has gone.
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
