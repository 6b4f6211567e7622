package sqlstore_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestEndedContext checks that nothing is read for a context that has ended.
func TestEndedContext(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		s := goldenStore(t, open(t, url(t), sqlstore.Options{}), "uuid")
		row := goldenRows(t, "uuid")[0]
		if _, err := s.Create(t.Context(), row.model, row.row); err != nil {
			t.Fatal(err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		for _, limit := range []int{1, 2} {
			for ctx, want := range map[context.Context]int{t.Context(): 1, ended: 0} {
				rows, err := s.Find(ctx, row.model, store.Query{Limit: limit})
				if len(rows) != want || errors.Is(err, context.Canceled) != (want == 0) {
					t.Errorf("limit %d: %d rows, %v; want %d", limit, len(rows), err, want)
				}
			}
		}
	})
}

// TestOneRowIsNotWatched checks that reads of one row start no goroutine.
func TestOneRowIsNotWatched(t *testing.T) {
	type key struct{}
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		ctx, end := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
		defer end()
		got, err := sqlstore.Unwatched(d, ctx)
		if err != nil || got.Value(key{}) != "kept" {
			t.Errorf("%v, %v", got.Value(key{}), err)
		}
		if watched := got.Done() != nil; watched != (d.Dialect() != sqlstore.SQLite) {
			t.Errorf("watched: %v", watched)
		}
	})
}
