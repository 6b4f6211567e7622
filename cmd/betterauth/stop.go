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

// How long a stop takes at most: lame duck, drain and close. With the default
// lame duck it fits into the 30 seconds that Kubernetes gives.
const (
	// defaultLameDuck is what load balancers get to notice that the server is not
	// ready any more, before its port is closed.
	defaultLameDuck = 3 * time.Second
	// drainTimeout is what requests under way get when the server stops.
	drainTimeout = 15 * time.Second
	// closeTimeout is what messages along the way and connections get.
	closeTimeout = 8 * time.Second
)

// lameDuck is how long the server goes on after SIGTERM. Somebody who develops
// does not want to wait.
func (s *serveCmd) lameDuck(srv *server) time.Duration {
	switch {
	case s.LameDuck != nil:
		return *s.LameDuck
	case srv.Options.Mode == auth.Production:
		return defaultLameDuck
	}
	return 0
}

// drain closes the port and lets requests under way end.
func drain(web *http.Server, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return fmt.Errorf("some requests did not end in time: %w", errors.Join(err, web.Close()))
	}
	log.Info("stopped")
	return nil
}

// closeInTime closes the connections, but does not wait for ever for a database
// that does not answer.
func closeInTime(srv *server, log *slog.Logger) {
	closed := make(chan error, 1)
	go func() { closed <- srv.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			log.Warn("a connection could not be closed", "error", err)
		}
	case <-time.After(closeTimeout):
		log.Warn("connections or messages along the way did not end in time", "within", closeTimeout)
	}
}
