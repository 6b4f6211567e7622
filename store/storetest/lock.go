package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
)

// testLock plays the last owner: of racing transactions that each take one row away
// if another remains, the last row survives.
func testLock(t *testing.T, e *env) {
	ctx := t.Context()
	if err := e.s.Lock(ctx, "user", store.Is("email", "a@example.com")); !errors.Is(err, store.ErrNoTransaction) {
		t.Errorf("outside a transaction: %v", err)
	}
	guard := e.user(t, "guard@example.com")
	var ids []any
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		ids = append(ids, e.user(t, name+"@example.com")["id"])
	}
	var racing sync.WaitGroup
	for _, id := range ids {
		racing.Go(func() {
			err := e.s.Tx(ctx, func(ctx context.Context) error {
				if err := e.s.Lock(ctx, "user", store.Is("id", guard["id"])); err != nil {
					return err
				}
				left, err := e.s.Count(ctx, "user")
				if err != nil || left <= 2 { // the guard and the last one
					return err
				}
				return e.s.Delete(ctx, "user", store.Is("id", id))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	if n, err := e.s.Count(ctx, "user"); n != 2 || err != nil {
		t.Errorf("%d rows are left, not 2: %v", n, err)
	}
}
