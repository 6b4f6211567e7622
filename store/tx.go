package store

import (
	"context"
	"sync"
	"sync/atomic"
)

// txKey marks a transaction of one store in a context.
type txKey struct{ *core }

// txState holds the work to do after the commit. Once done is set, a context that
// still carries the state counts as outside the transaction, so that after-commit
// work can keep its context.
type txState struct {
	done    atomic.Bool
	mu      sync.Mutex
	pending []func() error
}

func (s *Store) tx(ctx context.Context) *txState {
	st, _ := ctx.Value(txKey{s.core}).(*txState)
	if st == nil || st.done.Load() {
		return nil
	}
	return st
}

// Tx runs fn in a transaction, which the context passed to fn carries; within a
// transaction it only calls fn. If fn returns an error, Tx rolls back and returns
// it. After the commit, the work queued with AfterCommit runs in order. As in the
// reference's transaction.mjs, the first error of that work is returned and the
// rest is skipped; the commit stays in effect.
func (s *Store) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.tx(ctx) != nil {
		return fn(ctx)
	}
	var st *txState
	err := s.driver.Tx(ctx, func(ctx context.Context) error {
		st = &txState{} // new for every attempt of a driver that retries
		return fn(context.WithValue(ctx, txKey{s.core}, st))
	})
	if st != nil {
		st.done.Store(true)
	}
	if err != nil {
		return err
	}
	for _, f := range st.pending {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit runs fn after the transaction of ctx has committed. Outside a
// transaction it runs fn at once and returns its error. Work queued in a
// transaction that rolls back never runs.
func (s *Store) AfterCommit(ctx context.Context, fn func(ctx context.Context) error) error {
	st := s.tx(ctx)
	if st == nil {
		return fn(ctx)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.pending = append(st.pending, func() error { return fn(ctx) })
	return nil
}
