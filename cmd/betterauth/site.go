package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// A realm that could not be started is tried again after this time, which doubles up
// to the second.
const (
	firstRetry = time.Second
	lastRetry  = 15 * time.Second
)

// site is one server of the process: the only one, or that of a realm.
type site struct {
	serve         *serveCmd
	w             *world
	conf          *setup
	log, requests *slog.Logger
	tables        *config.Claims
	migrated      int

	starting sync.Mutex
	srv      *server                // opened, and used by Start alone until it is ready
	open     atomic.Pointer[server] // nil until everything is prepared
	handler  atomic.Pointer[http.Handler]
	ready    atomic.Pointer[readiness]
	stopped  atomic.Bool
}

// Start connects to the database and prepares the server. It may be called again
// after an error that isLater accepts.
func (s *site) Start() error {
	s.starting.Lock()
	defer s.starting.Unlock()
	if s.srv == nil {
		srv, err := s.conf.open(s.w, s.log)
		if err != nil {
			return err
		}
		s.srv = srv
	}
	srv := s.srv
	if err := s.tables.Claim(s.conf.file, srv.Auth); err != nil {
		return err
	}
	migrated, err := s.serve.prepare(s.w, srv, s.log)
	if err == nil && srv.Options.CheckSchema != nil {
		err = refuseDates(s.w, srv)
	}
	if err != nil {
		return err
	}
	_ = srv.CheckSchema() // so that no request waits for it; a failed check is repeated
	s.migrated = migrated
	ready := newReadiness(srv, s.log, s.w.now)
	srv.problem = ready.look
	handler, err := srv.pages()
	if err != nil {
		return err
	}
	s.ready.Store(ready)
	s.handler.Store(&handler)
	s.open.Store(srv)
	if s.stopped.Load() {
		ready.Stop()
	}
	return nil
}

// isLater reports whether the same start may succeed later: the database does not
// answer or lets nobody in.
func isLater(err error) bool {
	failed, ok := errors.AsType[*sqlstore.OpenError](err)
	return ok && failed.Later || errors.Is(err, store.ErrUnavailable)
}

// Run does the background work, once the server could be started.
func (s *site) Run(ctx context.Context) {
	for wait := firstRetry; s.open.Load() == nil; wait = min(2*wait, lastRetry) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if err := s.Start(); err != nil {
			s.log.Error("the realm is not served: it could not be started", "error", err)
		} else {
			s.log.Info("the realm is served now")
		}
	}
	srv := s.open.Load()
	srv.resources.StartMail()
	srv.Run(ctx)
}

// Close closes the connections. A start that has not ended is left to the end of the
// process.
func (s *site) Close() {
	if !s.starting.TryLock() {
		return
	}
	defer s.starting.Unlock()
	if s.srv != nil {
		closeInTime(s.srv, s.log)
	}
}

// ServeHTTP answers the requests of the realm, with 503 until it could be started.
func (s *site) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if h := s.handler.Load(); h != nil {
		(*h).ServeHTTP(rw, r)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", "5")
	rw.WriteHeader(http.StatusServiceUnavailable)
	_, _ = rw.Write(js.Marshal(js.Obj("message", auth.ServiceUnavailable.Message, "code", auth.ServiceUnavailable.Name)))
}

// Problem returns what makes the site not ready, "" for nothing.
func (s *site) Problem(ctx context.Context) string {
	if ready := s.ready.Load(); ready != nil {
		return ready.look(ctx)
	}
	return "it could not be started"
}

// Stop makes the site not ready from now on.
func (s *site) Stop() {
	s.stopped.Store(true)
	if ready := s.ready.Load(); ready != nil {
		ready.Stop()
	}
}
