package store

import (
	"context"
	"sync"
	"sync/atomic"
)

// txKey marks a transaction of one store in a context.
type txKey struct{ *core }

// txState holds the work that waits for the commit. Once done, a context that
// still carries it counts as outside the transaction, so after-commit work may
// keep its context.
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

// Tx runs fn in a transaction carried by the context that fn gets; inside one
// it just runs fn. An error of fn rolls back and is returned. After the commit
// the work queued with AfterCommit runs in order; as in the reference's
// transaction.mjs its first error is returned and the rest is left out, with
// the commit standing.
func (s *Store) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.tx(ctx) != nil {
		return fn(ctx)
	}
	var st *txState
	err := s.driver.Tx(ctx, func(ctx context.Context) error {
		st = &txState{} // fresh for every attempt of a driver that retries
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

// AfterCommit runs fn once the transaction of ctx has committed, or at once
// when there is none; only then is its error returned here. Work queued in a
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
