package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestRefusedValueIsUnfit checks that a value that the engine rejects is
// distinguished from a failing database, such as one without the table.
func TestRefusedValueIsUnfit(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		n := 0
		s, err := store.New(store.Options{
			Driver: d, Now: func(context.Context) time.Time { return time.Unix(0, 0) },
			NewID: func(context.Context, string) (string, bool) { n++; return fmt.Sprint(n), true },
			Schema: store.Schema{"thing": {Fields: []store.Field{
				{Name: "at", Type: store.Date, Optional: true}, {Name: "size", Type: store.Number, Optional: true},
				{Name: "name", Type: store.String, Unique: true, Optional: true},
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		create := func(row store.Record) error {
			_, err := s.Create(t.Context(), "thing", row)
			return err
		}
		if err := create(store.Record{"name": "x"}); err == nil || errors.Is(err, store.ErrUnfit) {
			t.Errorf("without the table: %v", err)
		}
		migrate(t, d, s.Tables())
		if err := create(store.Record{"name": "x"}); err != nil {
			t.Fatal(err)
		}
		unfit := map[sqlstore.Dialect]store.Record{
			sqlstore.SQLite:   {"at": "tomorrow"},
			sqlstore.Postgres: {"size": 1e12},
			sqlstore.MySQL:    {"name": strings.Repeat("x", 300)},
		}[d.Dialect()]
		if err := create(unfit); !errors.Is(err, store.ErrUnfit) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%v: %v", unfit, err)
		}
	})
}
