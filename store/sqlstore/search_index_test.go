package sqlstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestSearchIndexes(t *testing.T) {
	d := open(t, testserver.Postgres(t), sqlstore.Options{})
	tables := resolve(t, pets(false), store.TextID)
	migrate(t, d, tables)
	missing := func(want int) []sqlstore.SearchIndex {
		t.Helper()
		list, err := d.SearchIndexes(t.Context(), tables[0], "name", "kind")
		if err != nil || len(list) != want {
			t.Fatalf("%d indexes are missing, want %d: %v, %v", len(list), want, list, err)
		}
		return list
	}
	for _, ix := range missing(6) {
		if err := ix.Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	missing(0)

	// An index whose creation was interrupted is created again.
	run := func(text string) {
		t.Helper()
		if _, err := d.SQL().ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	run(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pet_name_trgm'::regclass`)
	if err := missing(1)[0].Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	missing(0)

	// The migration leaves them alone.
	if p := plan(t, d, tables); !p.Empty() {
		t.Errorf("steps after the indexes: %v", p.Steps)
	}

	// PostgreSQL can use them for the conditions that the driver writes.
	for _, c := range []struct{ condition, index string }{
		{`"name" LIKE '%rex%' ESCAPE '!'`, "pet_name_trgm"},
		{`("name" LIKE '%rex@%' ESCAPE '!' AND strpos("name", 'rex@example.com') > 0)`, "pet_name_trgm"},
		{`"name" LIKE 'rex%' ESCAPE '!'`, "pet_name_prefix"},
		{`(strpos("name", 'rex@example.com') > 0 AND ` + sqlstore.GramsOf(`"name"`) + ` @> string_to_array('rex@e', E'\x01'))`, "pet_name_grams"},
	} {
		tx, err := d.SQL().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
		rows, err := tx.QueryContext(t.Context(), `EXPLAIN SELECT * FROM "pet" WHERE `+c.condition)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		_ = tx.Rollback()
		if text := strings.Join(lines, "\n"); !strings.Contains(text, c.index) {
			t.Errorf("%s does not use %s:\n%s", c.condition, c.index, text)
		}
	}
}

func TestSearchIndexesElsewhere(t *testing.T) {
	d := open(t, "sqlite:"+t.TempDir()+"/pets.db", sqlstore.Options{})
	if _, err := d.SearchIndexes(t.Context(), resolve(t, pets(false), store.TextID)[0], "name"); !errors.Is(err, sqlstore.ErrNoSearchIndex) {
		t.Errorf("SQLite: %v", err)
	}
}
