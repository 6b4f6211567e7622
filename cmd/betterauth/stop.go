package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// The longest time of a stop: lame duck, drain, settle and close. With the default lame
// duck it fits into the 30 seconds that Kubernetes allows.
const (
	// defaultLameDuck is the time for load balancers to notice that the server is
	// not ready any more, before its port is closed.
	defaultLameDuck = 3 * time.Second
	// drainTimeout is the time limit of running requests when the server stops.
	drainTimeout = 15 * time.Second
	// settleTimeout is the time limit of background jobs, which write what they have
	// in memory.
	settleTimeout = 2500 * time.Millisecond
	// closeTimeout is the time limit of background messages and connections.
	closeTimeout = 8 * time.Second
)

// lameDuck returns how long the server continues after SIGTERM. In development it
// is 0, so that nobody has to wait.
func (s *serveCmd) lameDuck(mode auth.Mode) time.Duration {
	switch {
	case s.LameDuck != nil:
		return *s.LameDuck
	case mode == auth.Production:
		return defaultLameDuck
	}
	return 0
}

// drain closes the port and waits for running requests.
func drain(web *http.Server, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return fmt.Errorf("some requests did not end in time: %w", errors.Join(err, web.Close()))
	}
	log.Info("stopped")
	return nil
}

// settle waits until background jobs have ended.
func settle(background <-chan struct{}, log *slog.Logger) {
	select {
	case <-background:
	case <-time.After(settleTimeout):
		log.Warn("background jobs did not end in time", "within", settleTimeout)
	}
}

// closeInTime closes the connections, with a time limit in case a database does
// not answer.
func closeInTime(srv *server, log *slog.Logger) {
	closed := make(chan error, 1)
	go func() { closed <- srv.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			log.Warn("a connection could not be closed", "error", err)
		}
	case <-time.After(closeTimeout):
		log.Warn("connections or background messages did not end in time", "within", closeTimeout)
	}
}
