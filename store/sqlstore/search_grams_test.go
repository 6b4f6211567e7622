package sqlstore_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// strange are the characters of random texts: few enough that parts of a text are in
// others, and those with a meaning in patterns, in SQL or for the index itself.
var strange = []rune("aabBé日𝔘 %_\\!'\".@\x01\n\u0301(){}*+?$^|,")

func randomText(r *rand.Rand, most int) string {
	out := make([]rune, 1+r.IntN(most))
	for n := range out {
		out[n] = strange[r.IntN(len(strange))]
		if r.IntN(2) == 0 {
			out[n] = strange[r.IntN(5)]
		}
	}
	return string(out)
}

// randomTerm returns a part of one of the texts, sometimes with another character.
func randomTerm(r *rand.Rand, texts []string) string {
	text := []rune(texts[r.IntN(len(texts))])
	from := r.IntN(len(text))
	part := slices.Clone(text[from:min(len(text), from+1+r.IntN(12))])
	switch r.IntN(6) {
	case 0:
		part[r.IntN(len(part))] = strange[r.IntN(len(strange))]
	case 1:
		part = slices.Clone(text[from:]) // the end
	case 2:
		part = text
	}
	return string(part)
}

// Searches have the same answers with the indexes and without, and with rows that
// another program writes.
func TestSearchIndexesChangeNoAnswer(t *testing.T) {
	address := testserver.Postgres(t)
	d := open(t, address, sqlstore.Options{})
	tables := resolve(t, pets(false), store.TextID)
	migrate(t, d, tables)
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	fill := func(rows int) {
		for range rows {
			text := randomText(r, 40) + []string{"", "@example.com", "@example.com", " Müller-Lüdenscheidt"}[r.IntN(4)]
			if _, err := d.SQL().ExecContext(t.Context(), `INSERT INTO "pet" ("id", "name", "kind", "born", "chip") VALUES ($1, $2, 'dog', now(), $1)`,
				fmt.Sprint(len(texts)), text); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
	}
	compare := func(d *sqlstore.DB) {
		t.Helper()
		for range 400 {
			term := randomTerm(r, texts)
			op, matches := store.Contains, strings.Contains
			if r.IntN(3) == 0 {
				op, matches = store.EndsWith, strings.HasSuffix
			}
			var want []string
			for n, text := range texts {
				if matches(text, term) {
					want = append(want, fmt.Sprint(n))
				}
			}
			where := []store.Where{{Field: "name", Op: op, Value: term}}
			rows, err := d.Select(t.Context(), tables[0], store.Select{Where: where, Limit: len(texts)})
			n, countErr := d.Count(t.Context(), tables[0], where)
			if err != nil || countErr != nil {
				t.Fatal(err, countErr)
			}
			var got []string
			for _, row := range rows {
				got = append(got, row["id"].(string))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) || int(n) != len(want) {
				t.Fatalf("%s %q: %d rows, total %d, want %d", op, term, len(got), n, len(want))
			}
		}
	}
	fill(1500)
	compare(d)
	missing, err := d.SearchIndexes(t.Context(), tables[0], "name")
	if err != nil {
		t.Fatal(err)
	}
	for _, ix := range missing {
		if err := ix.Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	fill(500)
	compare(d)

	// The same with the indexes even where reading the table would be quicker.
	if _, err := d.SQL().ExecContext(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	forced := open(t, address, sqlstore.Options{MaxOpen: 1, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	compare(forced)
	if n := strings.Count(log.String(), "@> string_to_array"); n < 150 {
		t.Errorf("%d searches by grams", n)
	}
	var plan string
	text := `EXPLAIN (FORMAT JSON) SELECT * FROM "pet" WHERE ` + sqlstore.GramsOf(`"name"`) + ` @> string_to_array('aabBa', E'\x01')`
	if err := forced.SQL().QueryRowContext(t.Context(), text).Scan(&plan); err != nil || !strings.Contains(plan, "pet_name_grams") {
		t.Errorf("%v\n%s", err, plan)
	}

	// A search for what many rows have in common leaves out the index over grams.
	log.Reset()
	if _, err := forced.Count(t.Context(), tables[0], []store.Where{{Field: "name", Op: store.Contains, Value: "@example.com"}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "@> string_to_array") {
		t.Error("a search for a common text looks up its grams")
	}
}

// The index has every gram of a text that Go finds in it.
func TestGramsOfDatabase(t *testing.T) {
	d := open(t, testserver.Postgres(t), sqlstore.Options{})
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		text := randomText(r, 25)
		want := slices.DeleteFunc(sqlstore.GramsIn(text), func(gram string) bool { return strings.Contains(gram, "\x01") })
		if len(want) == 0 {
			continue
		}
		var all bool
		err := d.SQL().QueryRowContext(t.Context(), "SELECT "+sqlstore.GramsOf("$1::text")+" @> $2::text[]", text, want).Scan(&all)
		if err != nil || !all {
			t.Fatalf("%q has not all of %q: %v", text, want, err)
		}
	}
	long := strings.Repeat("é日a", 100_000)
	var n int
	if err := d.SQL().QueryRowContext(t.Context(), "SELECT cardinality("+sqlstore.GramsOf("$1::text")+")", long).Scan(&n); err != nil || n < 300_000-sqlstore.GramLength {
		t.Errorf("a long text has %d grams: %v", n, err)
	}
}

// A column whose comparisons ignore something has no index over grams.
func TestGramsOfOtherColumns(t *testing.T) {
	d := open(t, testserver.Postgres(t), sqlstore.Options{})
	tables := resolve(t, pets(false), store.TextID)
	migrate(t, d, tables)
	for _, change := range []string{`ALTER TABLE "pet" ALTER "name" TYPE varchar(255)`, `ALTER TABLE "pet" ALTER "name" TYPE char(20)`} {
		if _, err := d.SQL().ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		missing, err := d.SearchIndexes(t.Context(), tables[0], "name")
		if err != nil {
			t.Fatal(err)
		}
		offered := slices.ContainsFunc(missing, func(ix sqlstore.SearchIndex) bool { return ix.Name == "pet_name_grams" })
		if want := strings.Contains(change, "varchar"); offered != want {
			t.Errorf("%s: an index over grams is offered: %t", change, offered)
		}
	}
}
