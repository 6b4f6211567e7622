package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// FuzzWhere runs conditions of any shape: SQLite must accept the statement, no
// value may be interpreted as SQL, and no row may be lost.
func FuzzWhere(f *testing.F) {
	ctx := context.Background()
	d, err := sqlstore.Open(ctx, "sqlite::memory:", sqlstore.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	n := 0
	s, err := store.New(store.Options{
		Driver: d, Schema: fullSchema(),
		Now:   func(context.Context) time.Time { return goldenTime },
		NewID: func(context.Context, string) (string, bool) { n++; return fmt.Sprint("id", n), true },
	})
	if err != nil {
		f.Fatal(err)
	}
	migrate(f, d, s.Tables())
	row := store.Record{"text": "x", "title": "t", "code": "c", "slug": "s"}
	if _, err := s.Create(ctx, "thing", row); err != nil {
		f.Fatal(err)
	}
	for _, v := range []string{"x", "' OR 1=1 --", "%", "!", "_", "\x00", "\xff", `"; DROP TABLE "thing`, "?", "$1", "2024-01-01"} {
		f.Add(uint8(0), uint8(0), uint8(0), uint8(9), v, v)
	}
	ops := []store.Op{"", store.Eq, store.Ne, store.Lt, store.Lte, store.Gt, store.Gte, store.In, store.NotIn, store.Contains, store.StartsWith, store.EndsWith}
	columns := s.Table("thing").Columns
	f.Fuzz(func(t *testing.T, field, op, flags, more uint8, a, b string) {
		where := []store.Where{
			condition(columns, ops, field, op, flags, a),
			condition(columns, ops, more, field, flags>>2, b),
			condition(columns, ops, op, more, flags>>4, a+b),
		}
		rows, err := s.Find(ctx, "thing", store.Query{Where: where})
		unchecked := slices.ContainsFunc(where, func(w store.Where) bool { return !w.Given })
		if err != nil && !(unchecked && errors.Is(err, store.ErrUnfit)) {
			t.Fatalf("%+v: %v", where, err)
		}
		if len(rows) > 1 {
			t.Fatalf("%d rows of one", len(rows))
		}
		// The value is only compared literally.
		if n, err := s.Count(ctx, "thing", store.Is("text", a)); err != nil || (n == 1) != (a == "x") {
			t.Fatalf("text = %q: %d %v", a, n, err)
		}
		if n, err := s.Count(ctx, "thing", store.Where{Field: "text", Op: store.Contains, Value: a, Given: true}); err != nil || (n == 1) != (a == "" || a == "x" || a == "X") {
			t.Fatalf("text contains %q: %d %v", a, n, err)
		}
		if n, err := s.Count(ctx, "thing"); n != 1 || err != nil {
			t.Fatalf("%d rows left: %v", n, err)
		}
	})
}

func condition(columns []store.Column, ops []store.Op, field, op, flags uint8, v string) store.Where {
	w := store.Where{
		Field: columns[int(field)%len(columns)].Name,
		Op:    ops[int(op)%len(ops)],
		Value: v,
		Or:    flags&1 != 0,
		Fold:  flags&2 != 0,
		Given: flags&4 != 0,
	}
	switch {
	case w.Op == store.In || w.Op == store.NotIn:
		w.Value = []string{v, v + v}[:flags%3%2+1]
		if flags%3 == 2 {
			w.Value = []string{}
		}
	case flags&3 == 3:
		w.Value = nil
	}
	return w
}
