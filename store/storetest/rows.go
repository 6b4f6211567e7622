package storetest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

var uuidText = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func testIDs(t *testing.T, e *env) {
	a, b := e.user(t, "a"), e.user(t, "b")
	id, _ := a["id"].(string)
	if id == "" || id == b["id"] {
		t.Fatalf("ids %v and %v", a["id"], b["id"])
	}
	if e.ids == store.UUID && !uuidText.MatchString(id) {
		t.Errorf("%q is no random UUID", id)
	}
	given := map[store.IDKind]string{store.TextID: "mine", store.UUID: "0b7d6c5e-1f2a-5b3c-8d4e-5f6a7b8c9d0e", store.SerialID: "4711"}[e.ids]
	row := e.create(t, "user", store.Record{"id": given, "name": "c", "email": "c@example.com"})
	if row["id"] != given {
		t.Errorf("id %v, given %v", row["id"], given)
	}
	post := e.create(t, "post", store.Record{"title": "x", "ownerId": given})
	if post["ownerId"] != given {
		t.Errorf("ownerId %v, want %v", post["ownerId"], given)
	}
	if got := e.get(t, "user", store.Is("id", given)); got["name"] != "c" {
		t.Errorf("got %v", got)
	}
	in := store.Where{Field: "id", Op: store.In, Value: []string{id, given}}
	if got := e.find(t, "user", store.Query{Where: []store.Where{in}}); len(got) != 2 {
		t.Errorf("id in: %d rows, want 2", len(got))
	}
}

func testTypes(t *testing.T, e *env) {
	parsed := func(text string) any {
		v, err := js.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	data := parsed(`{"a":1,"b":[true,null,"x",{"deep":"ü"}],"c":"<&>"}`) // keys in the order of jsonb
	at := time.Date(2024, 2, 29, 23, 59, 59, 999_000_000, time.UTC)
	for _, c := range []struct {
		field    string
		in, want any
	}{
		{"text", "plain", "plain"},
		{"text", "", ""},
		{"number", 42, 42.0},
		{"number", -1, -1.0},
		{"number", 0, 0.0},
		{"big", int64(1)<<53 - 1, 9007199254740991.0},
		{"big", -9007199254740991, -9007199254740991.0},
		{"big", int64(1893456000123), 1893456000123.0},
		{"flag", true, true},
		{"flag", false, false},
		{"at", at, at},
		{"at", at.Add(999_999), at},
		{"at", at.In(time.FixedZone("", 3600)), at},
		{"at", "2024-02-29T23:59:59.999Z", at},
		{"at", time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"data", data, data},
		{"data", []any{1.0, "two", nil}, []any{1.0, "two", nil}},
		{"data", 12.5, 12.5},
		{"data", `{"a":[]}`, parsed(`{"a":[]}`)},
		{"tags", []string{"a", "b c", `"q"`, "🙂"}, []any{"a", "b c", `"q"`, "🙂"}},
		{"tags", []string{}, []any{}},
		{"sizes", []float64{1, -2.5, 0}, []any{1.0, -2.5, 0.0}},
	} {
		t.Run(fmt.Sprint(c.field, " ", c.want), func(t *testing.T) {
			row := e.create(t, "thing", store.Record{c.field: c.in})
			same(t, "created", row[c.field], c.want)
			got := e.get(t, "thing", store.Is("id", row["id"]))
			same(t, "read", got[c.field], c.want)
			if _, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("id", row["id"])}, store.Record{c.field: nil}); err != nil {
				t.Fatal(err)
			}
			got, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("id", row["id"])}, store.Record{c.field: c.in})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "updated", got[c.field], c.want)
		})
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if text, ok := got.(string); ok && reflect.TypeOf(want) == reflect.TypeFor[float64]() {
		got = js.ToNumber(text) // a BigInt from PostgreSQL
	}
	_, isObject := want.(*js.Object)
	if isObject {
		got, want = string(js.Marshal(got)), string(js.Marshal(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	if at, ok := got.(time.Time); ok && at.Location() != time.UTC {
		t.Errorf("%s: location %v, want UTC", what, at.Location())
	}
}

func testNull(t *testing.T, e *env) {
	fields := []string{"text", "number", "big", "flag", "at", "data", "tags", "sizes"}
	null := store.Record{}
	for _, f := range fields {
		null[f] = nil
	}
	for name, row := range map[string]store.Record{"absent": {}, "null": null} {
		created := e.create(t, "thing", row)
		got := e.get(t, "thing", store.Is("id", created["id"]))
		for _, f := range fields {
			if v, present := got[f]; v != nil || !present {
				t.Errorf("%s: %s is %v, present %v", name, f, v, present)
			}
			if n, err := e.s.Count(t.Context(), "thing", store.Is("id", created["id"]), store.Is(f, nil)); err != nil || n != 1 {
				t.Errorf("%s: %s eq null: %d %v", name, f, n, err)
			}
		}
	}
	filled := e.create(t, "thing", store.Record{"text": "x", "number": 1})
	got, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("id", filled["id"])}, store.Record{"number": nil})
	if err != nil || got["text"] != "x" || got["number"] != nil {
		t.Errorf("absent field changed: %v %v", got, err)
	}
}

func testText(t *testing.T, e *env) {
	for _, s := range []string{
		"naïve", "日本語", "🙂👩‍👩‍👧", `quote ' " \ back`, "line\nbreak\ttab\r", "{\"json\":1}", "2024-01-01T00:00:00.000Z",
		"123", "true", "null", " padded ", "%_%", strings.Repeat("ü", 5000), "a\u0301", "--; drop table users",
	} {
		row := e.create(t, "thing", store.Record{"text": s})
		if got := e.get(t, "thing", store.Is("id", row["id"]))["text"]; got != s {
			t.Errorf("%q came back as %q", s, got)
		}
		if len(s) > 1000 {
			continue
		}
		if _, err := e.s.Get(t.Context(), "thing", store.Is("text", s)); err != nil {
			t.Errorf("%q not found: %v", s, err)
		}
	}
	row := e.create(t, "thing", store.Record{"text": "half \xed\xa0\xbd surrogate"})
	if row["text"] != "half \ufffd surrogate" {
		t.Errorf("lone surrogate: %q", row["text"])
	}
}

func testDefaults(t *testing.T, e *env) {
	u := e.create(t, "user", store.Record{"name": "a", "email": "a@example.com", "active": nil, "unknown": "dropped"})
	if u["active"] != false || !u["createdAt"].(time.Time).Equal(now) || !u["updatedAt"].(time.Time).Equal(now) {
		t.Errorf("defaults: %v", u)
	}
	if _, ok := u["unknown"]; ok {
		t.Error("an unknown key was kept")
	}
	got, err := e.s.Update(t.Context(), "user", []store.Where{store.Is("id", u["id"])}, store.Record{"name": "b", "unknown": 1})
	if err != nil {
		t.Fatal(err)
	}
	if !got["updatedAt"].(time.Time).Equal(now.Add(time.Hour)) || !got["createdAt"].(time.Time).Equal(now) || got["name"] != "b" {
		t.Errorf("after an update: %v", got)
	}
}

func testPage(t *testing.T, e *env) {
	var want []string
	for i := range 120 {
		title := fmt.Sprintf("t%03d", (i*7)%120)
		want = append(want, title)
		e.create(t, "pair", store.Record{"left": title, "right": "r"})
	}
	slices.Sort(want)
	titles := func(q store.Query) []string {
		var out []string
		for _, r := range e.find(t, "pair", q) {
			out = append(out, r["left"].(string))
		}
		return out
	}
	down := slices.Clone(want)
	slices.Reverse(down)
	for _, c := range []struct {
		q    store.Query
		want []string
	}{
		{store.Query{Sort: "left"}, want[:100]},
		{store.Query{Sort: "-left", Limit: 3}, down[:3]},
		{store.Query{Sort: "left", Limit: 200}, want},
		{store.Query{Sort: "left", Limit: 10, Offset: 115}, want[115:]},
		{store.Query{Sort: "left", Offset: 20}, want[20:]},
		{store.Query{Sort: "left", Limit: 5, Offset: 500}, nil},
	} {
		if diff := cmp.Diff(c.want, titles(c.q)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
}

// testSortID checks that serial ids are sorted as numbers.
func testSortID(t *testing.T, e *env) {
	var want []string
	for i := range 12 {
		row := store.Record{"number": i}
		if e.ids == store.SerialID {
			row["id"] = fmt.Sprint(95 + i)
		}
		want = append(want, e.create(t, "thing", row)["id"].(string))
	}
	if e.ids != store.SerialID {
		slices.Sort(want)
	}
	var got []string
	for _, r := range e.find(t, "thing", store.Query{Sort: "id"}) {
		got = append(got, r["id"].(string))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func testJoin(t *testing.T, e *env) {
	a, b := e.user(t, "a"), e.user(t, "b")
	post := e.create(t, "post", store.Record{"title": "one", "ownerId": a["id"], "editorId": b["id"]})
	e.create(t, "post", store.Record{"title": "two", "ownerId": a["id"]})

	rows := e.find(t, "post", store.Query{Where: []store.Where{store.Is("title", "one")}, Join: []string{"ownerId"}})
	if len(rows) != 1 || rows[0]["id"] != post["id"] {
		t.Fatalf("joined rows: %v", rows)
	}
	owner, _ := rows[0]["user"].(store.Record)
	if diff := cmp.Diff(a, owner); diff != "" {
		t.Errorf("joined row (-want +got):\n%s", diff)
	}
	rows = e.find(t, "post", store.Query{Where: []store.Where{store.Is("title", "two")}, Join: []string{"editorId"}})
	if v, present := rows[0]["user"]; v != nil || !present {
		t.Errorf("no editor: %v, present %v", v, present)
	}
	rows = e.find(t, "post", store.Query{Sort: "-title", Join: []string{"ownerId"}, Limit: 1})
	if len(rows) != 1 || rows[0]["title"] != "two" {
		t.Errorf("joined and sorted: %v", rows)
	}
	for _, title := range []string{"three", "four", "five"} {
		e.create(t, "post", store.Record{"title": title, "ownerId": b["id"], "editorId": a["id"]})
	}
	page := func(q store.Query) (got []string) {
		t.Helper()
		q.Join = []string{"editorId"}
		for _, row := range e.find(t, "post", q) {
			editor, _ := row["user"].(store.Record)
			got = append(got, row.Text("title")+" "+editor.Text("id"))
		}
		return got
	}
	byA, byB := " "+a.Text("id"), " "+b.Text("id")
	others := []store.Where{{Field: "title", Op: store.Ne, Value: "four"}}
	if diff := cmp.Diff([]string{"three" + byA, "one" + byB}, page(store.Query{Where: others, Sort: "-title", Offset: 1, Limit: 2})); diff != "" {
		t.Errorf("a page of joined rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"five" + byA, "four" + byA, "one" + byB, "three" + byA, "two "}, page(store.Query{Sort: "title"})); diff != "" {
		t.Errorf("all joined rows (-want +got):\n%s", diff)
	}
}

func testJoins(t *testing.T, e *env) {
	u := e.user(t, "a")
	post := e.create(t, "post", store.Record{"title": "one", "ownerId": u["id"]})
	for _, row := range []store.Record{
		{"text": "1", "postId": post["id"], "authorId": u["id"]}, {"text": "2", "postId": post["id"]}, {"text": "3", "authorId": u["id"]},
	} {
		e.create(t, "comment", row)
	}
	for _, limit := range []int{0, 1} {
		for text, want := range map[string]store.Record{"1": {"post": post, "user": u}, "2": {"post": post, "user": nil}, "3": {"post": nil, "user": u}} {
			rows := e.find(t, "comment", store.Query{Where: []store.Where{store.Is("text", text)}, Limit: limit, Join: []string{"postId", "authorId"}})
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			if diff := cmp.Diff(want, store.Record{"post": rows[0]["post"], "user": rows[0]["user"]}); diff != "" {
				t.Errorf("comment %s with the limit %d (-want +got):\n%s", text, limit, diff)
			}
		}
	}
	rows := e.find(t, "comment", store.Query{Sort: "-text", Join: []string{"authorId", "postId"}})
	if len(rows) != 3 || rows[0].Text("text") != "3" || rows[0]["post"] != nil || rows[2]["post"] == nil {
		t.Errorf("sorted: %v", rows)
	}
	other := e.create(t, "thing", store.Record{"text": "beside"})
	for _, limit := range []int{0, 1} {
		for name, want := range map[string]any{"a@example.com": u, "b@example.com": nil} {
			rows := e.find(t, "comment", store.Query{
				Where: []store.Where{store.Is("text", "2")}, Limit: limit, Join: []string{"postId"},
				Beside: []store.Beside{{Model: "user", Field: "email", Value: name}, {Model: "thing", Field: "id", Value: other["id"]}},
			})
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			got := store.Record{"post": rows[0]["post"], "user": rows[0]["user"], "thing": rows[0]["thing"]}
			if diff := cmp.Diff(store.Record{"post": post, "user": want, "thing": other}, got); diff != "" {
				t.Errorf("beside %s with the limit %d (-want +got):\n%s", name, limit, diff)
			}
		}
	}
	if _, err := e.s.Find(t.Context(), "comment", store.Query{Join: []string{"authorId"}, Beside: []store.Beside{{Model: "user", Field: "email", Value: "x"}}}); err == nil {
		t.Error("a model that is joined and beside: no error")
	}
	for name, fields := range map[string][]string{"one model twice": {"ownerId", "editorId"}, "no reference": {"title"}} {
		if _, err := e.s.Find(t.Context(), "post", store.Query{Join: fields}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func testCount(t *testing.T, e *env) {
	for i := range 7 {
		e.create(t, "thing", store.Record{"number": i})
	}
	for want, where := range map[int64][]store.Where{
		7: nil, 3: {{Field: "number", Op: store.Gte, Value: 4}}, 0: {store.Is("number", 99)},
	} {
		if n, err := e.s.Count(t.Context(), "thing", where...); n != want || err != nil {
			t.Errorf("count %v: %d %v, want %d", where, n, err, want)
		}
	}
}
