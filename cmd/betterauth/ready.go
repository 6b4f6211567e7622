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
	// readyTimeout is the time limit of the checks of /readyz.
	readyTimeout = 3 * time.Second
	// readyFor is how long an answer of /readyz is reused: a check costs a write,
	// and anyone can send requests.
	readyFor = time.Second
)

// readiness reports whether the server can work: database and storage answer and
// accept writes, the database has the needed tables, and the server is not about
// to stop.
type readiness struct {
	probe func(ctx context.Context) error // checks database and storage
	check func(ctx context.Context) error // checks the tables; nil without a database
	log   *slog.Logger
	now   func() time.Time

	stopping atomic.Bool

	mu      sync.Mutex
	until   time.Time // the last answer is reused until then
	problem string    // problem of the last answer, "" if ready
	fits    bool      // the tables were checked successfully and are not checked again
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

// ServeHTTP answers 200 or 503. The answer contains no details.
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

// look returns what makes the server not ready, "" for nothing. Concurrent
// requests wait for one check.
func (d *readiness) look(ctx context.Context) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now().Before(d.until) {
		return d.problem
	}
	// Other requests use the answer too, so the check must not end with the first
	// one.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	d.problem = ""
	if err := d.probe(ctx); err != nil {
		d.problem = "database or secondary storage do not answer, or reject writes"
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
