package store

import (
	"strings"
	"testing"
)

// TestTablePrefix: the prefix begins the names of tables and indexes, also of those that have a name of their own, and
// references follow it.
func TestTablePrefix(t *testing.T) {
	schema := Schema{
		"user": {Table: "people", Fields: []Field{{Name: "email", Type: String, Unique: true}}},
		"note": {
			Fields:  []Field{{Name: "owner", Type: String, Ref: &Ref{Model: "user", Field: "id"}}, {Name: "rank", Type: Number}},
			Indexes: []Index{{Name: "by_rank", Fields: []string{"rank"}}, {Fields: []string{"owner", "rank"}}},
		},
	}
	tables, err := Resolve(Options{Schema: schema, TablePrefix: "shop_"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range tables {
		names = append(names, one.Name)
		for _, ix := range one.Indexes {
			names = append(names, ix.Name)
		}
		for _, c := range one.Columns {
			if c.RefTable != nil {
				names = append(names, "-> "+c.RefTable.Name)
			}
		}
	}
	if got, want := strings.Join(names, " "), "shop_people shop_note shop_by_rank shop_note_owner_rank_idx -> shop_people"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{"1a", "a-b", `a"b`, "a b", strings.Repeat("a", 33)} {
		if _, err := Resolve(Options{Schema: schema, TablePrefix: bad}); err == nil || !strings.Contains(err.Error(), "the table prefix") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
