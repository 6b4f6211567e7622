package auth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	// sweepEvery is the interval at which expired rows are deleted.
	sweepEvery = 10 * time.Minute
	// sweepLimiterEvery is the interval at which expired counters of the limiter are deleted. Most expire after ten
	// seconds.
	sweepLimiterEvery = time.Minute
	// lastRunTimeout is the time limit of a job that runs once more at the end.
	lastRunTimeout = 2 * time.Second
)

// Run does the background work until ctx is done: it deletes expired rows and runs the jobs of the plugins. A program
// that embeds the server should call it once, in a goroutine; the command betterauth serve does. Without it the
// server works, but expired rows stay in the database.
//
// A job that fails or panics is logged, and runs again after its interval.
//
// When ctx is done, jobs that have something in memory write it before Run returns. A program should therefore end ctx
// after its last request was answered, and close the database after Run has returned.
func (a *Auth) Run(ctx context.Context) {
	var jobs sync.WaitGroup
	for _, j := range a.allJobs() {
		jobs.Go(func() { a.repeat(ctx, j) })
	}
	jobs.Wait()
}

func (a *Auth) allJobs() []Job {
	return append([]Job{
		{Name: "delete expired rows", Every: sweepEvery, Do: func(ctx context.Context, a *Auth) error { return a.Sweep(ctx) }},
		{Name: "delete ended counters of the limiter", Every: sweepLimiterEvery, Do: func(ctx context.Context, a *Auth) error { return a.SweepLimiter(ctx) }},
	}, a.jobs...)
}

func (a *Auth) repeat(ctx context.Context, j Job) {
	ticker := time.NewTicker(j.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			a.runLast(ctx, j)
			return
		case <-ticker.C:
			a.runJob(ctx, j)
		}
	}
}

// runLast runs a job once more after ctx is done, if it asks for that.
func (a *Auth) runLast(ctx context.Context, j Job) {
	if !j.AtEnd {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastRunTimeout)
	defer cancel()
	a.runJob(ctx, j)
}

func (a *Auth) runJob(ctx context.Context, j Job) {
	defer func() {
		if p := recover(); p != nil {
			a.Log.ErrorContext(ctx, "a background job panicked", "job", j.Name, "panic", p)
		}
	}()
	if err := j.Do(ctx, a); err != nil && ctx.Err() == nil {
		a.Log.WarnContext(ctx, "a background job failed and will be retried", "job", j.Name, "after", j.Every, "error", err)
	}
}

// RunJobs runs every job once and then returns. It is for tests and for programs that have a scheduler of their own.
func (a *Auth) RunJobs(ctx context.Context) {
	for _, j := range a.allJobs() {
		a.runJob(ctx, j)
	}
}

// Sweep deletes expired rows: sessions, single-use values, counters of the limiter, and rows of plugins whose models
// have an expiry field. It logs how many. Several servers may call it at the same time. Rows with an unreadable
// expiry are kept.
func (a *Auth) Sweep(ctx context.Context) error {
	ctx = store.Unhurried(ctx)
	_, values := a.Once.DeleteExpired(ctx)
	_, sessions := a.Sessions.DeleteExpired(ctx)
	errs := []error{values, sessions}
	for _, m := range a.expiring {
		n, err := a.Store.DeleteMany(ctx, m.Name, store.Where{Field: m.Expires, Op: store.Lt, Value: a.now(ctx).Add(-m.Linger)})
		if n > 0 {
			a.Log.InfoContext(ctx, "expired rows were deleted", slog.String("table", a.Store.Table(m.Name).Name), slog.Int64("rows", n))
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, a.SweepLimiter(ctx))...)
}
