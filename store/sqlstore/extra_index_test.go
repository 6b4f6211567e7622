package sqlstore_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// pets returns a schema with or without the indexes that the reference does not
// have.
func pets(extra bool) store.Schema {
	m := store.Model{Fields: []store.Field{
		{Name: "name", Type: store.String},
		{Name: "kind", Type: store.String, Sortable: true},
		{Name: "born", Type: store.Date},
		{Name: "chip", Type: store.String, Unique: true},
	}}
	if extra {
		for _, f := range []string{"name", "kind", "born", "chip"} {
			m.Indexes = append(m.Indexes, store.Index{Fields: []string{f}, Extra: true})
		}
	}
	return store.Schema{"pet": m}
}

func indexNames(t testing.TB, d *sqlstore.DB) (names []string) {
	t.Helper()
	live, err := d.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, ix := range live.Indexes {
		if ix.Table == "pet" && strings.HasSuffix(ix.Name, "_idx") {
			names = append(names, ix.Name)
		}
	}
	slices.Sort(names)
	return names
}

// wantExtra are the indexes of pets: MySQL cannot index the unbounded name, and a
// unique column has an index.
func wantExtra(d *sqlstore.DB) []string {
	if d.Dialect() == sqlstore.MySQL {
		return []string{"pet_born_idx", "pet_kind_idx"}
	}
	return []string{"pet_born_idx", "pet_kind_idx", "pet_name_idx"}
}

func TestExtraIndexes(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		with, without := resolve(t, pets(true), store.TextID), resolve(t, pets(false), store.TextID)

		fresh := open(t, url(t), sqlstore.Options{})
		created := plan(t, fresh, with).Steps[0]
		if plain := plan(t, fresh, without).Steps[0]; created != plain {
			t.Errorf("the table differs:\n%s\n%s", created, plain)
		}
		migrate(t, fresh, with)
		if got := indexNames(t, fresh); !slices.Equal(got, wantExtra(fresh)) {
			t.Errorf("new table: %v", got)
		}
		if p := plan(t, fresh, with); !p.Empty() {
			t.Errorf("missing after the migration: %s", p.SQL())
		}

		existing := open(t, url(t), sqlstore.Options{})
		migrate(t, existing, without)
		if got := indexNames(t, existing); len(got) > 0 {
			t.Errorf("without: %v", got)
		}
		problems, err := existing.Check(t.Context(), with)
		if err != nil || len(problems) > 0 {
			t.Errorf("a server must start without the indexes: %v %v", problems, err)
		}
		migrate(t, existing, with)
		if got := indexNames(t, existing); !slices.Equal(got, wantExtra(existing)) {
			t.Errorf("existing table: %v", got)
		}
	})
}

// An index of somebody else over the same columns is enough, and a name that is
// taken is no error.
func TestExtraIndexesThatExist(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		migrate(t, d, resolve(t, pets(false), store.TextID))
		exec(t, d, `CREATE INDEX "own" ON "pet" ("born", "kind")`, `CREATE INDEX "pet_kind_idx" ON "pet" ("born")`)
		with := resolve(t, pets(true), store.TextID)
		var want []string
		if d.Dialect() != sqlstore.MySQL {
			want = []string{`create index "pet_name_idx" on "pet" ("name")`}
		}
		if got := plan(t, d, with).Steps; !slices.Equal(got, want) {
			t.Errorf("steps: %q", got)
		}
		migrate(t, d, with)
	})
}

// Options may declare the same index as one that the reference has.
func TestExtraIndexesOfOptions(t *testing.T) {
	schema := pets(true)
	m := schema["pet"]
	m.Fields[2].Index = true
	m.Indexes = append(m.Indexes, store.Index{Fields: []string{"name", "kind"}})
	schema["pet"] = m
	table := resolve(t, schema, store.TextID)[0]
	var names []string
	for _, ix := range table.Indexes {
		names = append(names, ix.Name)
	}
	if want := []string{"pet_name_kind_idx", "pet_kind_idx"}; !slices.Equal(names, want) {
		t.Errorf("indexes: %v, want %v", names, want)
	}
}
