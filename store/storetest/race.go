package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

const racers = 50

// race runs fn in racers goroutines at once and returns how often it returned
// nil.
func race(t *testing.T, expected error, fn func(ctx context.Context, i int) error) int64 {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		wg.Go(func() {
			<-start
			switch err := fn(t.Context(), i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, expected):
				t.Errorf("racer %d: %v", i, err)
			}
		})
	}
	close(start)
	wg.Wait()
	return won.Load()
}

func testRacingTake(t *testing.T, e *env) {
	u := e.user(t, "a")
	for name, where := range map[string]store.Where{"id": store.Is("id", u["id"]), "other field": store.Is("name", "a")} {
		empty(t, e.s)
		row := store.Record{"id": u["id"], "name": "a", "email": "a@example.com"}
		e.create(t, "user", row)
		won := race(t, store.ErrNotFound, func(ctx context.Context, _ int) error {
			_, err := e.s.Take(ctx, "user", where)
			return err
		})
		if won != 1 {
			t.Errorf("by %s: %d racers took the row", name, won)
		}
	}
}

func testRacingCounter(t *testing.T, e *env) {
	const limit = 10
	row := e.create(t, "thing", store.Record{"number": 0, "text": "counter"})
	for name, where := range map[string]store.Where{"id": store.Is("id", row["id"]), "other field": store.Is("text", "counter")} {
		if _, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("id", row["id"])}, store.Record{"number": 0}); err != nil {
			t.Fatal(err)
		}
		guard := store.Where{Field: "number", Op: store.Lt, Value: limit}
		won := race(t, store.ErrNotFound, func(ctx context.Context, _ int) error {
			got, err := e.s.Increment(ctx, "thing", []store.Where{where, guard}, store.Change{Add: map[string]int64{"number": 1}})
			if err == nil && got["number"].(float64) > limit {
				t.Errorf("the counter reached %v", got["number"])
			}
			return err
		})
		if got := e.get(t, "thing", store.Is("id", row["id"]))["number"]; won != limit || got != float64(limit) {
			t.Errorf("by %s: %d racers passed the guard, counter %v, want %d", name, won, got, limit)
		}
	}
}

// testGuardAfterWait lets writers wait for a transaction that makes their
// conditions false. The pause only gives them time to start waiting: a driver
// that checks the conditions again passes in any order of execution.
func testGuardAfterWait(t *testing.T, e *env) {
	row := e.create(t, "thing", store.Record{"number": 9, "text": "counter"})
	where := []store.Where{store.Is("text", "counter"), {Field: "number", Op: store.Lt, Value: 10}}
	count := store.Change{Add: map[string]int64{"number": 1}}
	var wg sync.WaitGroup
	try := func(what string, fn func(ctx context.Context) error) {
		wg.Go(func() {
			if err := fn(t.Context()); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", what, err)
			}
		})
	}
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := e.s.Increment(ctx, "thing", where, count); err != nil {
			return err
		}
		try("increment", func(ctx context.Context) error {
			_, err := e.s.Increment(ctx, "thing", where, count)
			return err
		})
		try("update", func(ctx context.Context) error {
			_, err := e.s.Update(ctx, "thing", where, store.Record{"text": "changed"})
			return err
		})
		try("take", func(ctx context.Context) error {
			_, err := e.s.Take(ctx, "thing", where...)
			return err
		})
		time.Sleep(50 * time.Millisecond)
		return nil
	})
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if got := e.get(t, "thing", store.Is("id", row["id"])); got["number"] != 10.0 || got["text"] != "counter" {
		t.Errorf("after the wait: %v", got)
	}
}

func testRacingInsert(t *testing.T, e *env) {
	won := race(t, store.ErrConflict, func(ctx context.Context, _ int) error {
		_, err := e.s.Create(ctx, "user", store.Record{"name": "a", "email": "a@example.com"})
		return err
	})
	if won != 1 {
		t.Errorf("%d racers inserted the same unique value", won)
	}
}

var errStop = errors.New("stop")

func testCommit(t *testing.T, e *env) {
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		u, err := e.s.Create(ctx, "user", store.Record{"name": "a", "email": "a@example.com"})
		if err != nil {
			return err
		}
		if _, err := e.s.Get(ctx, "user", store.Is("id", u["id"])); err != nil {
			t.Errorf("own write not seen: %v", err)
		}
		_, err = e.s.Create(ctx, "post", store.Record{"title": "x", "ownerId": u["id"]})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := e.s.Count(t.Context(), "post"); n != 1 {
		t.Errorf("%d posts after the commit", n)
	}
}

func testRollback(t *testing.T, e *env) {
	keep := e.user(t, "keep")
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := e.s.Create(ctx, "user", store.Record{"name": "a", "email": "a@example.com"}); err != nil {
			return err
		}
		is := store.Is("id", keep["id"])
		if _, err := e.s.Update(ctx, "user", []store.Where{is}, store.Record{"name": "changed"}); err != nil {
			return err
		}
		if _, err := e.s.Take(ctx, "user", is); err != nil {
			return err
		}
		return errStop
	})
	if !errors.Is(err, errStop) {
		t.Fatalf("%v, want the error of fn", err)
	}
	rows := e.find(t, "user", store.Query{})
	if len(rows) != 1 || rows[0]["name"] != "keep" {
		t.Errorf("after the rollback: %v", rows)
	}
}

func testNested(t *testing.T, e *env) {
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if err := e.s.Tx(ctx, func(ctx context.Context) error {
			_, err := e.s.Create(ctx, "thing", store.Record{"text": "inner"})
			return err
		}); err != nil {
			t.Errorf("inner transaction: %v", err)
		}
		return errStop
	})
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	if n, _ := e.s.Count(t.Context(), "thing"); n != 0 {
		t.Error("the inner transaction outlived the outer one")
	}
}

func testAfterCommit(t *testing.T, e *env) {
	var ran []string
	note := func(s string) func(context.Context) error {
		return func(ctx context.Context) error {
			ran = append(ran, s)
			_, err := e.s.Create(ctx, "thing", store.Record{"text": s}) // the context of after-commit work is no longer in the transaction
			return err
		}
	}
	if err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if err := e.s.AfterCommit(ctx, note("a")); err != nil {
			return err
		}
		if len(ran) != 0 {
			t.Error("ran before the commit")
		}
		return e.s.AfterCommit(ctx, note("b"))
	}); err != nil {
		t.Fatal(err)
	}
	_ = e.s.Tx(t.Context(), func(ctx context.Context) error {
		_ = e.s.AfterCommit(ctx, note("never"))
		return errStop
	})
	if err := e.s.AfterCommit(t.Context(), note("c")); err != nil {
		t.Fatal(err)
	}
	if len(ran) != 3 || ran[0] != "a" || ran[1] != "b" || ran[2] != "c" {
		t.Errorf("ran %v", ran)
	}
	if n, _ := e.s.Count(t.Context(), "thing"); n != 3 {
		t.Errorf("%d rows written after commits, want 3", n)
	}
}

// testConflictInTx checks that a conflict in a transaction is reported and that
// the transaction can be rolled back cleanly.
func testConflictInTx(t *testing.T, e *env) {
	e.user(t, "a")
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := e.s.Create(ctx, "thing", store.Record{"text": "x"}); err != nil {
			return err
		}
		_, err := e.s.Create(ctx, "user", store.Record{"name": "a", "email": "a@example.com"})
		return err
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	if n, _ := e.s.Count(t.Context(), "thing"); n != 0 {
		t.Errorf("%d rows after the rollback", n)
	}
}
