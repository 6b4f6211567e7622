package sqlstore_test

import (
	"fmt"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// After five executions PostgreSQL may keep one plan of a named statement for all
// values. A search must have a plan for its text.
func TestSearchHasNoNamedStatement(t *testing.T) {
	d := open(t, testserver.Postgres(t), sqlstore.Options{MaxOpen: 1})
	tables := resolve(t, pets(false), store.TextID)
	migrate(t, d, tables)
	for i := range 3 {
		if _, err := d.Insert(t.Context(), tables[0], store.Record{"id": fmt.Sprint(i), "name": "Rex", "kind": "dog", "born": goldenTime, "chip": fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	named := func(pattern string) (n int) {
		t.Helper()
		if err := d.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement ~ $1", pattern).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, op := range []store.Op{store.Eq, store.Contains, store.StartsWith, store.EndsWith} {
		where := []store.Where{{Field: "name", Op: op, Value: "Rex"}}
		for range 7 {
			rows, err := d.Select(t.Context(), tables[0], store.Select{Where: where, Limit: 2})
			n, countErr := d.Count(t.Context(), tables[0], where)
			if len(rows) != 2 || n != 3 || err != nil || countErr != nil {
				t.Fatalf("%s: %v, %d, %v, %v", op, rows, n, err, countErr)
			}
		}
	}
	if n := named(`"name" LIKE`); n > 0 {
		t.Errorf("%d statements of searches have names", n)
	}
	if named(`"name" = `) == 0 {
		t.Error("other statements have no names any more")
	}
}
