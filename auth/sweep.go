package auth

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Sweep deletes sessions, verifications and counters of the limiter that have
// expired, and logs how many.
// Serve calls it now and then; it may run on several servers at once. A row whose
// end cannot be read is left alone.
func (a *Auth) Sweep(ctx context.Context) error {
	ctx = store.Unhurried(ctx)
	now := a.now(ctx)
	var errs []error
	if a.verificationsInDatabase() && !a.Options.Verification.DisableCleanup {
		errs = append(errs, a.deleteExpired(ctx, a.Store, "verification", now))
	}
	if a.sessionsInDatabase() && !a.Options.Session.PreserveSessionInDatabase {
		errs = append(errs, a.deleteExpired(ctx, a.Store.Quiet(), "session", now))
	}
	return errors.Join(append(errs, a.SweepLimiter(ctx))...)
}

func (a *Auth) deleteExpired(ctx context.Context, s *store.Store, model string, now time.Time) error {
	n, err := s.DeleteMany(ctx, model, store.Where{Field: "expiresAt", Op: store.Lt, Value: now})
	if n > 0 {
		a.Log.InfoContext(ctx, "expired rows were deleted", slog.String("table", s.Table(model).Name), slog.Int64("rows", n))
	}
	return err
}
