package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// testForeignIDs searches for ids that the column cannot hold. If a client sent
// them, no row is found; otherwise it is an error on every database whose column
// cannot hold them: number columns everywhere, uuid columns on PostgreSQL.
func testForeignIDs(t *testing.T, e *env) {
	a := e.user(t, "a")
	for _, id := range []string{"nonsense", "", "1; drop table users", "12abc", "99999999999999999999", " 1", "1.0", "1e3", "0x1"} {
		_, err := e.s.Get(t.Context(), "user", store.Is("id", id))
		switch e.ids {
		case store.SerialID:
			if !errors.Is(err, store.ErrUnfit) {
				t.Errorf("id %q: %v, want ErrUnfit", id, err)
			}
		case store.UUID:
			if !errors.Is(err, store.ErrUnfit) && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("id %q: %v, want ErrUnfit or ErrNotFound", id, err)
			}
		default:
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("id %q: %v, want ErrNotFound", id, err)
			}
		}
		if _, err := e.s.Get(t.Context(), "user", store.Given("id", id)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("given id %q: %v", id, err)
		}
		in := store.Where{Field: "id", Op: store.In, Value: []any{id, a["id"]}, Given: true}
		if got := e.find(t, "user", store.Query{Where: []store.Where{in}}); len(got) != 1 {
			t.Errorf("id in %q and a real one: %d rows", id, len(got))
		}
		ne := store.Where{Field: "id", Op: store.Ne, Value: id, Given: true}
		if got := e.find(t, "user", store.Query{Where: []store.Where{ne}}); len(got) != 1 {
			t.Errorf("id ne %q: %d rows", id, len(got))
		}
	}
	if e.ids != store.SerialID {
		return
	}
	// Numbers that the reference's 32-bit column cannot hold are still numbers.
	for _, id := range []string{"2147483648", "-2147483649", "9007199254740993", "9223372036854775807"} {
		if _, err := e.s.Get(t.Context(), "user", store.Is("id", id)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("id %s: %v, want ErrNotFound", id, err)
		}
		ne := store.Where{Field: "id", Op: store.NotIn, Value: []any{id, a["id"]}}
		if got := e.find(t, "user", store.Query{Where: []store.Where{ne}}); len(got) != 0 {
			t.Errorf("id not in %s and a real one: %d rows", id, len(got))
		}
	}
}

// misfits are conditions whose value no row of things can hold, with the rows
// that they match if a client sent the value.
var misfits = []struct {
	where store.Where
	want  string
}{
	{store.Where{Field: "at", Value: "never"}, ""},
	{store.Where{Field: "at", Op: store.Lt, Value: "never"}, ""},
	{store.Where{Field: "at", Op: store.Lt, Value: 12}, ""},
	{store.Where{Field: "number", Value: "many"}, ""},
	{store.Where{Field: "number", Value: ""}, ""},
	{store.Where{Field: "number", Op: store.Ne, Value: "many"}, "ant bee"},
	{store.Where{Field: "number", Op: store.Lt, Value: "NaN"}, ""},
	{store.Where{Field: "number", Op: store.In, Value: []string{"many", "2"}}, "bee"},
	{store.Where{Field: "number", Op: store.NotIn, Value: []string{"many", "2"}}, "ant"},
	{store.Where{Field: "flag", Value: "yes"}, ""},
	{store.Where{Field: "flag", Value: 12}, ""},
	{store.Where{Field: "text", Value: true}, ""},
}

// nul is a text that only PostgreSQL cannot hold.
const nul = "a\x00b"

func testMisfits(t *testing.T, e *env) {
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	e.create(t, "thing", store.Record{"text": "ant", "number": 1, "flag": false, "at": at})
	e.create(t, "thing", store.Record{"text": "bee", "number": 2, "flag": true, "at": at})
	for _, c := range misfits {
		if _, err := e.s.Find(t.Context(), "thing", store.Query{Where: []store.Where{c.where}}); !errors.Is(err, store.ErrUnfit) {
			t.Errorf("%+v: %v, want ErrUnfit", c.where, err)
		}
		c.where.Given = true
		if got := found(t, e, c.where); got != c.want {
			t.Errorf("%+v: %q, want %q", c.where, got, c.want)
		}
	}
	for _, op := range []store.Op{store.Eq, store.In, store.Contains, store.StartsWith} {
		w := store.Where{Field: "text", Op: op, Value: nul, Given: true}
		if op == store.In {
			w.Value = []string{nul}
		}
		if got := found(t, e, w); got != "" {
			t.Errorf("%+v: %q", w, got)
		}
	}
}

// testMisfitWrites checks that an update or a delete with a value that cannot be
// compared returns an error, instead of reporting that no row matched.
func testMisfitWrites(t *testing.T, e *env) {
	e.create(t, "thing", store.Record{"text": "ant", "number": 1})
	where := store.Where{Field: "number", Op: store.Lt, Value: "many"}
	ctx, thing := t.Context(), "thing"
	for what, call := range map[string]func(w store.Where) error{
		"count": func(w store.Where) error { _, err := e.s.Count(ctx, thing, w); return err },
		"update many": func(w store.Where) error {
			_, err := e.s.UpdateMany(ctx, thing, []store.Where{w}, store.Record{"text": "x"})
			return err
		},
		"delete":      func(w store.Where) error { return e.s.Delete(ctx, thing, w) },
		"delete many": func(w store.Where) error { _, err := e.s.DeleteMany(ctx, thing, w); return err },
	} {
		if err := call(where); !errors.Is(err, store.ErrUnfit) {
			t.Errorf("%s: %v, want ErrUnfit", what, err)
		}
		given := where
		given.Given = true
		if err := call(given); err != nil {
			t.Errorf("%s with a value that a client sent: %v", what, err)
		}
	}
	for what, call := range map[string]func(w store.Where) error{
		"update": func(w store.Where) error {
			_, err := e.s.Update(ctx, thing, []store.Where{w}, store.Record{"text": "x"})
			return err
		},
		"take": func(w store.Where) error { _, err := e.s.Take(ctx, thing, w); return err },
		"increment": func(w store.Where) error {
			_, err := e.s.Increment(ctx, thing, []store.Where{w}, store.Change{Add: map[string]int64{"number": 1}})
			return err
		},
	} {
		if err := call(where); !errors.Is(err, store.ErrUnfit) {
			t.Errorf("%s: %v, want ErrUnfit", what, err)
		}
		given := where
		given.Given = true
		if err := call(given); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s with a value that a client sent: %v", what, err)
		}
	}
	if got := found(t, e); got != "ant" {
		t.Errorf("left: %q", got)
	}
}
