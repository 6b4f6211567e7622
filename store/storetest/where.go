package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// found runs a query over things and returns their texts, sorted and joined.
func found(t *testing.T, e *env, where ...store.Where) string {
	t.Helper()
	var out []string
	for _, r := range e.find(t, "thing", store.Query{Where: where}) {
		s, ok := r["text"].(string)
		if !ok {
			s = "-"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func testOperators(t *testing.T, e *env) {
	day := func(d int) time.Time { return time.Date(2025, 1, d, 0, 0, 0, 1_000_000, time.UTC) }
	e.create(t, "thing", store.Record{"text": "ant", "number": 1, "flag": true, "at": day(1)})
	e.create(t, "thing", store.Record{"text": "bee", "number": 2, "flag": false, "at": day(2)})
	e.create(t, "thing", store.Record{"text": "cat", "number": 3, "at": day(3)})
	e.create(t, "thing", store.Record{})
	for _, c := range []struct {
		field string
		op    store.Op
		value any
		want  string
	}{
		{"text", store.Eq, "bee", "bee"},
		{"text", "", "bee", "bee"},
		{"text", store.Eq, nil, "-"},
		{"text", store.Ne, nil, "ant bee cat"},
		{"text", store.Ne, "bee", "ant cat"},
		{"text", store.Lt, "bee", "ant"},
		{"text", store.Gte, "bee", "bee cat"},
		{"text", store.In, []string{"ant", "cat", "dog"}, "ant cat"},
		{"text", store.In, []string{}, ""},
		{"text", store.NotIn, []string{"ant", "dog"}, "bee cat"},
		{"text", store.NotIn, []string{}, "- ant bee cat"},
		{"text", store.Contains, "e", "bee"},
		{"text", store.Contains, "", "ant bee cat"},
		{"text", store.StartsWith, "ca", "cat"},
		{"text", store.EndsWith, "t", "ant cat"},
		{"number", store.Eq, 2, "bee"},
		{"number", store.Eq, "2", "bee"},
		{"number", store.Lt, 2, "ant"},
		{"number", store.Lte, 2, "ant bee"},
		{"number", store.Gt, 2, "cat"},
		{"number", store.Gt, 1.5, "bee cat"},
		{"number", store.In, []any{1.0, "3"}, "ant cat"},
		{"number", store.Eq, nil, "-"},
		{"flag", store.Eq, true, "ant"},
		{"flag", store.Eq, "false", "bee"},
		{"flag", store.Ne, true, "bee"},
		{"flag", store.Eq, nil, "- cat"},
		{"at", store.Eq, day(2), "bee"},
		{"at", store.Lt, day(2), "ant"},
		{"at", store.Lte, day(2), "ant bee"},
		{"at", store.Gt, day(2).Add(-time.Millisecond), "bee cat"},
		{"at", store.Gte, day(3), "cat"},
		{"at", store.Lt, nil, ""},
		{"at", store.Gte, "2025-01-03", "cat"},
	} {
		if got := found(t, e, store.Where{Field: c.field, Op: c.op, Value: c.value}); got != c.want {
			t.Errorf("%s %s %v: %q, want %q", c.field, c.op, c.value, got, c.want)
		}
	}
	folds := []struct {
		op    store.Op
		value any
		want  string
	}{
		{store.Eq, "BEE", "bee"},
		{store.Ne, "BEE", "ant cat"},
		{store.In, []string{"ANT", "Cat"}, "ant cat"},
		{store.NotIn, []string{"ANT", "Cat"}, "bee"},
		{store.Contains, "EE", "bee"},
		{store.StartsWith, "CA", "cat"},
		{store.EndsWith, "NT", "ant"},
	}
	for _, c := range folds {
		if got := found(t, e, store.Where{Field: "text", Op: c.op, Value: c.value, Fold: true}); got != c.want {
			t.Errorf("fold %s %v: %q, want %q", c.op, c.value, got, c.want)
		}
	}
	testCapitals(t, e)
	bad := []store.Where{
		{Field: "nothing", Value: 1},
		{Field: "text", Op: "regexp", Value: "x"},
		{Field: "number", Op: store.HasCapitals},
		{Field: "text", Op: store.In, Value: "x"},
		{Field: "flag", Value: 12},
	}
	for _, w := range bad {
		if _, err := e.s.Find(t.Context(), "thing", store.Query{Where: []store.Where{w}}); err == nil {
			t.Errorf("%+v was accepted", w)
		}
	}
}

// testCapitals checks that the row with a capital is found, unless the database
// ignores case.
func testCapitals(t *testing.T, e *env) {
	e.create(t, "thing", store.Record{"text": "Dog"})
	want := "Dog"
	if found(t, e, store.Is("text", "dog")) != "" {
		want = ""
	}
	if got := found(t, e, store.Where{Field: "text", Op: store.HasCapitals, Value: "ignored"}); got != want {
		t.Errorf("has capitals: %q, want %q", got, want)
	}
	if err := e.s.Delete(t.Context(), "thing", store.Is("text", "Dog")); err != nil {
		t.Fatal(err)
	}
}

func testGroups(t *testing.T, e *env) {
	for _, text := range []string{"ant", "bee", "cat", "dog"} {
		e.create(t, "thing", store.Record{"text": text, "number": len(text), "flag": text == "bee" || text == "dog"})
	}
	is, or := store.Is, func(f string, v any) store.Where { return store.Where{Field: f, Value: v, Or: true} }
	for _, c := range []struct {
		where []store.Where
		want  string
	}{
		{[]store.Where{is("flag", true), is("text", "bee")}, "bee"},
		{[]store.Where{or("text", "ant"), or("text", "dog")}, "ant dog"},
		{[]store.Where{is("flag", true), or("text", "ant"), or("text", "dog")}, "dog"},
		{[]store.Where{or("text", "ant"), is("flag", true), or("text", "dog"), is("number", 3)}, "dog"},
		{[]store.Where{is("flag", true), or("text", "bee")}, "bee"},
		{[]store.Where{or("text", nil)}, ""},
	} {
		if got := found(t, e, c.where...); got != c.want {
			t.Errorf("%+v: %q, want %q", c.where, got, c.want)
		}
	}
}

func testLike(t *testing.T, e *env) {
	for _, s := range []string{"50%", "50x", "a_b", "axb", `c\d`, "c|d", "c!d", "ada@x.example", "ada@y.example"} {
		e.create(t, "thing", store.Record{"text": s})
	}
	for _, fold := range []bool{false, true} {
		for _, c := range []struct {
			op    store.Op
			value string
			want  string
		}{
			{store.Contains, "%", "50%"},
			{store.StartsWith, "50%", "50%"},
			{store.Contains, "_", "a_b"},
			{store.EndsWith, "_b", "a_b"},
			{store.Contains, `\`, `c\d`},
			{store.StartsWith, "c|", "c|d"},
			{store.StartsWith, "c!", "c!d"},
			{store.Contains, "ada@x", "ada@x.example"},
			{store.Contains, "da@x.example", "ada@x.example"},
			{store.Contains, "ada@x_", ""},
			{store.Contains, "a@x", "ada@x.example"},
			{store.Contains, "ada@", "ada@x.example ada@y.example"},
			{store.Contains, "ada@x.examples", ""},
			{store.Contains, "@y", "ada@y.example"},
		} {
			if got := found(t, e, store.Where{Field: "text", Op: c.op, Value: c.value, Fold: fold}); got != c.want {
				t.Errorf("%s %q, fold %v: %q, want %q", c.op, c.value, fold, got, c.want)
			}
		}
	}
}
