package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func TestDocument(t *testing.T) {
	// The expected values are those of safeJSONParse of @better-auth/core, as
	// JSON.
	for text, want := range map[string]string{
		`"2020-01-01T00:00:00Z"`:                 `"2020-01-01T00:00:00.000Z"`,
		`["2020-01-01T00:00:00.1234Z",{"a":1}]`:  `["2020-01-01T00:00:00.123Z",{"a":1}]`,
		`{"b":"2020-01-01T00:00:00Z","a":"x"}`:   `{"b":"2020-01-01T00:00:00.000Z","a":"x"}`,
		`["2020-01-01","2020-01-01T00:00:00.Z"]`: `["2020-01-01","2020-01-01T00:00:00.Z"]`,
		`["2020-13-01T00:00:00Z","Z",""]`:        `["2020-13-01T00:00:00Z","Z",""]`,
		`["2020-01-01T00:00:00+00:00"]`:          `["2020-01-01T00:00:00+00:00"]`,
		`5`:                                      `5`,
		`no JSON`:                                `null`,
		``:                                       `null`,
	} {
		if got := string(js.Marshal(store.Document(text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestConversionSeesAbsent checks that a conversion gets undefined for an absent
// value, and that a field stays absent if the conversion returns undefined.
func TestConversionSeesAbsent(t *testing.T) {
	var seen []any
	convert := func(_ context.Context, v any) (any, error) { seen = append(seen, v); return v, nil }
	s, err := store.New(store.Options{
		Driver: memstore.NewSparse(),
		Schema: store.Schema{"thing": {Fields: []store.Field{{Name: "a", Type: store.String, Optional: true, In: convert}, {Name: "at", Type: store.Date, Optional: true, In: convert}}}},
		NewID:  func(context.Context, string) (string, bool) { return "1", true },
		Now:    func(context.Context) time.Time { return time.Time{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	row, err := s.Create(t.Context(), "thing", store.Record{"at": "nonsense"})
	if err != nil {
		t.Fatal(err)
	}
	if _, present := row["a"]; present || len(seen) != 2 || seen[0] != (js.Undefined{}) || row["at"] != (store.InvalidDate{}) {
		t.Errorf("%v, seen %v", row, seen)
	}
}

// TestBigIntIntoStruct checks that the text PostgreSQL returns for a 64-bit
// number fits a Go number.
func TestBigIntIntoStruct(t *testing.T) {
	s := newStore(t)
	type row struct {
		Name  int64   `json:"name"`
		Email float64 `json:"email"`
	}
	got, err := store.TableOf[row](s, "user").Of(store.Record{"name": "1893456000123", "email": "2.5"})
	if err != nil || got.Name != 1893456000123 || got.Email != 2.5 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := store.TableOf[row](s, "user").Of(store.Record{"name": "x", "email": 1.0}); err == nil {
		t.Error("a text was put into a number")
	}
}
