package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// sweepLimiterEvery is how often counters of the limiter that have ended are
// dropped. Most end after ten seconds.
const sweepLimiterEvery = time.Minute

// sweepLimiter drops the limiter's counters that have ended, now and then.
func sweepLimiter(ctx context.Context, a *auth.Auth, log *slog.Logger) {
	ticker := time.NewTicker(sweepLimiterEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := a.SweepLimiter(ctx); err != nil && ctx.Err() == nil {
			log.Warn("counters of the limiter that have ended could not be deleted", "error", err)
		}
	}
}
