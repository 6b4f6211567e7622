package storetest

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

//go:embed testdata/values.json
var values []byte

// Values writes values of every type to fields of every type and compares the
// stored values with those of the reference on the same engine: "sqlite",
// "postgres", "mariadb" or "memory". The vectors come from testdata/values.mjs.
func Values(t *testing.T, open Open, engine string) {
	var vectors map[string]map[string][][2]string
	if err := json.Unmarshal(values, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors[engine]) == 0 {
		t.Fatalf("there are no vectors for %q", engine)
	}
	s, _ := newStore(t, open, store.TextID)
	for field, list := range vectors[engine] {
		for _, c := range list {
			in, err := js.Parse([]byte(c[0]))
			if err != nil {
				t.Fatal(err)
			}
			created, read, updated := written(t, s, field, in)
			if created != c[1] || updated != c[1] || (read != c[1] && c[1] != "error") {
				t.Errorf("%s %s: created %s, read %s, updated %s, want %s", field, c[0], created, read, updated, c[1])
			}
		}
	}
}

// written returns a value as Create returns it, as it is read afterwards, and as
// Update returns it.
func written(t *testing.T, s *store.Store, field string, v any) (created, read, updated string) {
	t.Helper()
	outcome := func(row store.Record, err error) string {
		if err != nil {
			return "error"
		}
		return string(js.Marshal(row[field]))
	}
	row, err := s.Create(t.Context(), "thing", store.Record{field: v})
	created = outcome(row, err)
	if err == nil {
		read = outcome(s.Get(t.Context(), "thing", store.Is("id", row["id"])))
	}
	row, err = s.Create(t.Context(), "thing", store.Record{})
	if err != nil {
		t.Fatal(err)
	}
	is := []store.Where{store.Is("id", row["id"])}
	return created, read, outcome(s.Update(t.Context(), "thing", is, store.Record{field: v}))
}
