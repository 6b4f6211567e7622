package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/config"
)

const (
	// readyTimeout bounds what /readyz asks of database and storage.
	readyTimeout = 3 * time.Second
	// readyFor is how long an answer of /readyz stands: it costs a write, and
	// anybody may ask.
	readyFor = time.Second
)

// readiness says whether the server can do its work: database and storage
// answer and take writes, the database has the tables that are written to, and
// the server is not about to stop.
type readiness struct {
	probe func(ctx context.Context) error // of database and storage
	check func(ctx context.Context) error // of the tables; nil without
	log   *slog.Logger
	now   func() time.Time

	stopping atomic.Bool

	mu      sync.Mutex
	until   time.Time // the last answer stands
	problem string    // of the last answer, "" for ready
	fits    bool      // the tables have been found right; they are not looked at again
}

func newReadiness(srv *server, log *slog.Logger, now func() time.Time) *readiness {
	d := &readiness{probe: srv.resources.Ready, log: log, now: now}
	if db := srv.resources.DB; db != nil && srv.Options.CheckSchema != nil {
		d.check = func(ctx context.Context) error { return config.CheckSchema(ctx, db, srv.Auth) }
	}
	return d
}

// Stop makes the server not ready from now on.
func (d *readiness) Stop() { d.stopping.Store(true) }

// ServeHTTP answers 200 or 503, and tells strangers no details.
func (d *readiness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	problem := "the server is stopping"
	if !d.stopping.Load() {
		problem = d.look(r.Context())
	}
	if problem != "" {
		answerText(rw, http.StatusServiceUnavailable, "not ready: "+problem+"\n")
		return
	}
	answerText(rw, http.StatusOK, "ready\n")
}

// look is what keeps the server from its work, "" for nothing. Requests that
// come at the same time wait for one look.
func (d *readiness) look(ctx context.Context) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now().Before(d.until) {
		return d.problem
	}
	// The answer is also for others, who must not lose it because the first goes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	d.problem = ""
	if err := d.probe(ctx); err != nil {
		d.problem = "database or secondary storage do not answer, or take no writes"
		d.log.Warn("not ready: "+d.problem, "error", err)
	} else if err := d.schema(ctx); err != nil {
		d.problem = "the database does not fit"
		d.log.Warn("not ready: "+d.problem, "error", err)
	}
	d.until = d.now().Add(readyFor)
	return d.problem
}

func (d *readiness) schema(ctx context.Context) error {
	if d.fits || d.check == nil {
		return nil
	}
	err := d.check(ctx)
	d.fits = err == nil
	return err
}
