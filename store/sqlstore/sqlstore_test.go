package sqlstore_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
	"github.com/seed-32bd42cb/betterauth/store/storetest"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// engines are the databases that the tests run on, by the url of an empty one.
var engines = map[string]func(t testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
	"memory":   func(testing.TB) string { return "sqlite::memory:" },
	"postgres": testserver.Postgres,
	"mariadb":  testserver.MariaDB,
}

func each(t *testing.T, run func(t *testing.T, url func(t testing.TB) string)) {
	for name, url := range engines {
		t.Run(name, func(t *testing.T) { run(t, url) })
	}
}

func open(t testing.TB, url string, o sqlstore.Options) *sqlstore.DB {
	t.Helper()
	d, err := sqlstore.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func migrate(t testing.TB, d *sqlstore.DB, tables []*store.TableSchema) {
	t.Helper()
	plan, err := d.Plan(context.Background(), tables)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestDriver(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		storetest.Run(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
			d := open(t, url(t), sqlstore.Options{})
			migrate(t, d, tables)
			return d
		})
	})
}

func TestValues(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		_, engine, _ := strings.Cut(t.Name(), "/")
		if engine == "memory" {
			engine = "sqlite"
		}
		storetest.Values(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
			d := open(t, url(t), sqlstore.Options{})
			migrate(t, d, tables)
			return d
		}, engine)
	})
}

func TestSchemaName(t *testing.T) {
	storetest.Run(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
		d := open(t, testserver.Postgres(t), sqlstore.Options{SchemaName: "auth schema"})
		migrate(t, d, tables)
		return d
	})
}

// TestGroupsApart runs the cases on an engine that refuses groups in one statement, as CockroachDB refuses some.
func TestGroupsApart(t *testing.T) {
	storetest.Run(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
		d := open(t, testserver.Postgres(t), sqlstore.Options{})
		migrate(t, d, tables)
		for _, text := range []string{
			`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				IF current_query() LIKE 'WITH %' THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'feature_not_supported'; END IF; RETURN NEW; END $$`,
			`CREATE TRIGGER refuse BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION refuse()`,
		} {
			if _, err := d.SQL().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		return d
	})
}

// TestVersions checks which databases count the versions of rows. A view in place of a table has none.
func TestVersions(t *testing.T) {
	tables, err := store.Resolve(store.Options{Schema: store.Schema{"word": {Fields: []store.Field{{Name: "text", Type: store.String}}}}})
	if err != nil {
		t.Fatal(err)
	}
	word := tables[0]
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		migrate(t, d, tables)
		if _, err := d.Insert(t.Context(), word, store.Record{"id": "1", "text": "a"}); err != nil {
			t.Fatal(err)
		}
		read := func(d *sqlstore.DB) store.Record {
			t.Helper()
			rows, err := d.Select(t.Context(), word, store.Select{Limit: 1, Version: true})
			if err != nil || len(rows) != 1 || rows[0]["text"] != "a" {
				t.Fatal(rows, err)
			}
			return rows[0]
		}
		if version := read(d).Text(store.Version); (version != "") != (d.Dialect() == sqlstore.Postgres) {
			t.Errorf("version %q", version)
		}
		if d.Dialect() != sqlstore.Postgres {
			return
		}
		if _, err := d.SQL().ExecContext(t.Context(), `ALTER TABLE word RENAME TO words; CREATE VIEW word AS SELECT * FROM words`); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if row := read(d); len(row) != 2 {
				t.Errorf("a row of a view: %v", row)
			}
		}
	})
}
