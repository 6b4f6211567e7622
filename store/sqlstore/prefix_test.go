package sqlstore_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestTablePrefix: the tables of several servers stand side by side in one database, with their indexes and
// references.
func TestTablePrefix(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		for _, prefix := range []string{"", "shop_", "Forum_"} {
			tables, err := store.Resolve(store.Options{Schema: fullSchema(), IDs: store.TextID, TablePrefix: prefix})
			if err != nil {
				t.Fatal(err)
			}
			migrate(t, d, tables)
			if p := plan(t, d, tables); !p.Empty() {
				t.Errorf("%q: left to do: %s", prefix, p.SQL())
			}
			if problems, err := d.Check(t.Context(), tables); err != nil || len(problems) > 0 {
				t.Errorf("%q: %v, %v", prefix, problems, err)
			}
		}
	})
}

// TestPlace: addresses of one database have one place.
func TestPlace(t *testing.T) {
	for _, c := range []struct {
		a, aSchema, b, bSchema string
		same                   bool
	}{
		{"postgres://u:p@h/d", "", "postgresql://other@H:5432/d?sslmode=disable", "public", true},
		{"postgres://u@h/d", "a", "postgres://u@h/d?schema=a", "", true},
		{"postgres://u@h/d", "a", "postgres://u@h/d", "b", false},
		{"postgres://u@h/d", "", "postgres://u@h/e", "", false},
		{"postgres://u@h/d", "", "postgres://u@h:5433/d", "", false},
		{"mysql://u@h/d", "", "mariadb://v@h:3306/d", "", true},
		{"mysql://u@h/d", "", "postgres://u@h/d", "", false},
		{"sqlite:a.db", "", "sqlite:./x/../a.db", "", true},
		{"sqlite:a.db", "", "sqlite:b.db", "", false},
	} {
		place := func(url, schema string) string {
			a, err := sqlstore.ReadAddress(url)
			if err != nil {
				t.Fatal(err)
			}
			return a.Place(schema)
		}
		if a, b := place(c.a, c.aSchema), place(c.b, c.bSchema); (a == b) != c.same || a == "" {
			t.Errorf("%q and %q: want same %t", a, b, c.same)
		}
	}
	memory, err := sqlstore.ReadAddress("sqlite::memory:")
	if err != nil || memory.Place("") != "" {
		t.Errorf("a database in memory: %v, %v", memory, err)
	}
}
