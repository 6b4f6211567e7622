package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/store"
)

func testTakeMany(t *testing.T, e *env) {
	for _, text := range []string{"x", "x", "y"} {
		e.create(t, "thing", store.Record{"text": text, "number": 1})
	}
	var racing sync.WaitGroup
	var mu sync.Mutex
	taken := map[string]int{}
	for range 8 {
		racing.Go(func() {
			rows, err := e.s.TakeMany(t.Context(), "thing", store.Is("text", "x"))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, row := range rows {
				taken[row.Text("id")]++
				if row.Text("text") != "x" || row["number"] != 1.0 {
					t.Errorf("taken: %v", row)
				}
			}
		})
	}
	racing.Wait()
	for id, n := range taken {
		if n != 1 {
			t.Errorf("row %s was taken %d times", id, n)
		}
	}
	if left, err := e.s.Count(t.Context(), "thing"); len(taken) != 2 || left != 1 || err != nil {
		t.Errorf("%d rows taken, %d left, %v", len(taken), left, err)
	}
	if _, err := e.s.TakeMany(t.Context(), "thing"); err == nil {
		t.Error("no error without conditions")
	}
}

func testExact(t *testing.T, e *env) {
	texts := []string{"straße", "STRASSE", "strasse", "strasse ", "Straße"}
	for _, text := range texts {
		e.create(t, "thing", store.Record{"text": text})
	}
	for _, text := range texts {
		where := store.Is("text", text)
		where.Exact = true
		rows := e.find(t, "thing", store.Query{Where: []store.Where{where}})
		if len(rows) != 1 || rows[0].Text("text") != text {
			t.Errorf("%q equals %v", text, rows)
		}
	}
}

// testGroup checks that all writes of a group are made, in and outside of a
// transaction.
func testGroup(t *testing.T, e *env) {
	u := e.user(t, "a")
	counter := e.create(t, "thing", store.Record{"text": "counter", "number": 1})
	group := func(name string) store.Group {
		return store.Group{
			Lock:   &store.Locked{Model: "user", Where: []store.Where{store.Is("id", u["id"])}},
			Change: &store.Changed{Model: "thing", Where: []store.Where{store.Is("text", "counter")}, Change: store.Change{Set: store.Record{"flag": true}, Add: map[string]int64{"number": 1}}},
			Insert: []store.Inserted{
				{Model: "post", Row: store.Record{"title": name, "ownerId": u["id"]}},
				{Model: "comment", Row: store.Record{"text": name, "authorId": u["id"]}, Parent: "postId"},
				{Model: "thing", Row: store.Record{"text": name, "at": now, "data": nil, "tags": []string{"ä", `"`}, "sizes": []any{1.5}}},
			},
		}
	}
	if err := e.s.Together(t.Context(), group("alone")); err != nil {
		t.Fatal(err)
	}
	err := e.s.Tx(t.Context(), func(ctx context.Context) error { return e.s.Together(ctx, group("within")) })
	if err != nil {
		t.Fatal(err)
	}
	rolledBack := errors.New("rolled back")
	err = e.s.Tx(t.Context(), func(ctx context.Context) error {
		return errors.Join(e.s.Together(ctx, group("undone")), rolledBack)
	})
	if !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	for _, name := range []string{"alone", "within"} {
		rows := e.find(t, "comment", store.Query{Where: []store.Where{store.Is("text", name)}, Join: []string{"postId", "authorId"}})
		if len(rows) != 1 {
			t.Fatalf("%s: %d comments", name, len(rows))
		}
		post, _ := rows[0]["post"].(store.Record)
		if diff := cmp.Diff(u, rows[0]["user"]); diff != "" || post.Text("title") != name || post.Text("ownerId") != u.Text("id") {
			t.Errorf("%s: %v", name, rows[0])
		}
		thing := e.get(t, "thing", store.Is("text", name))
		if diff := cmp.Diff(store.Record{"at": now, "tags": []any{"ä", `"`}, "sizes": []any{1.5}, "data": nil}, store.Record{
			"at": thing["at"], "tags": thing["tags"], "sizes": thing["sizes"], "data": thing["data"],
		}); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
	if got := e.get(t, "thing", store.Is("id", counter["id"])); got["number"] != 3.0 || got["flag"] != true {
		t.Errorf("changed row: %v", got)
	}
	e.counts(t, map[string]int64{"post": 2, "comment": 2, "thing": 3})
	if err := e.s.Together(t.Context(), store.Group{Insert: []store.Inserted{{Model: "comment", Row: store.Record{"text": "x"}, Parent: "postId"}}}); err == nil {
		t.Error("no error for a first row with a parent")
	}
}

func (e *env) counts(t *testing.T, want map[string]int64) {
	t.Helper()
	got := map[string]int64{}
	for model := range want {
		n, err := e.s.Count(t.Context(), model)
		if err != nil {
			t.Fatal(err)
		}
		got[model] = n
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// testFailingGroup checks that a group of which one write fails writes nothing.
func testFailingGroup(t *testing.T, e *env) {
	u := e.user(t, "a")
	e.create(t, "comment", store.Record{"text": "taken"})
	e.create(t, "thing", store.Record{"text": "here", "number": 1})
	count := func(text string) *store.Changed {
		return &store.Changed{Model: "thing", Where: []store.Where{store.Is("text", text)}, Change: store.Change{Add: map[string]int64{"number": 1}}}
	}
	post := store.Inserted{Model: "post", Row: store.Record{"title": "x", "ownerId": u["id"]}}
	comment := func(text string) store.Inserted {
		return store.Inserted{Model: "comment", Row: store.Record{"text": text}, Parent: "postId"}
	}
	lock := &store.Locked{Model: "user", Where: []store.Where{store.Is("id", u["id"])}}
	for name, c := range map[string]struct {
		group store.Group
		want  error
	}{
		"no row to change":       {store.Group{Change: count("gone"), Insert: []store.Inserted{post, comment("new")}}, store.ErrNotFound},
		"locked, none to change": {store.Group{Lock: lock, Change: count("gone"), Insert: []store.Inserted{post, comment("new")}}, store.ErrNotFound},
		"conflict at the end":    {store.Group{Lock: lock, Change: count("here"), Insert: []store.Inserted{post, comment("taken")}}, store.ErrConflict},
		"conflict first":         {store.Group{Insert: []store.Inserted{{Model: "comment", Row: store.Record{"text": "taken"}}, post}}, store.ErrConflict},
	} {
		if err := e.s.Together(t.Context(), c.group); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if got := e.get(t, "thing", store.Is("text", "here")); got["number"] != 1.0 {
			t.Errorf("%s: the row was changed: %v", name, got)
		}
		e.counts(t, map[string]int64{"post": 0, "comment": 1, "thing": 1})
	}
}

// testUnchangedGroup checks that a group writes only while a row has the version that
// was read, on databases that count versions.
func testUnchangedGroup(t *testing.T, e *env) {
	u := e.user(t, "a")
	read := func() (version string, ok bool) {
		t.Helper()
		rows := e.find(t, "user", store.Query{Where: []store.Where{store.Is("id", u["id"])}, Limit: 1, Version: true})
		version, ok = rows[0][store.Version].(string)
		delete(rows[0], store.Version)
		if diff := cmp.Diff(e.get(t, "user", store.Is("id", u["id"])), rows[0]); diff != "" {
			t.Errorf("a row with its version (-without +with):\n%s", diff)
		}
		return version, ok
	}
	version, ok := read()
	if !ok {
		return // the tests of the drivers say which of them count versions
	}
	group := func(id, version string) store.Group {
		return store.Group{
			While:  &store.Unchanged{Model: "user", ID: id, Version: version},
			Insert: []store.Inserted{{Model: "comment", Row: store.Record{"text": id + version, "authorId": u["id"]}}},
		}
	}
	refused := func(what string, g store.Group) {
		t.Helper()
		if err := e.s.Together(t.Context(), g); !errors.Is(err, store.ErrChanged) {
			t.Errorf("%s: %v", what, err)
		}
		err := e.s.Tx(t.Context(), func(ctx context.Context) error { return e.s.Together(ctx, g) })
		if !errors.Is(err, store.ErrChanged) {
			t.Errorf("%s, in a transaction: %v", what, err)
		}
		e.counts(t, map[string]int64{"comment": 1})
	}
	if err := e.s.Together(t.Context(), group(u.Text("id"), version)); err != nil {
		t.Fatal(err)
	}
	if again, _ := read(); again != version {
		t.Errorf("the version went from %s to %s without a change", version, again)
	}
	refused("another version", group(u.Text("id"), version+"0"))
	refused("no text of a version", group(u.Text("id"), "x"))
	refused("another row", group(e.user(t, "b").Text("id"), "0"))
	if _, err := e.s.Update(t.Context(), "user", []store.Where{store.Is("id", u["id"])}, store.Record{"name": "new"}); err != nil {
		t.Fatal(err)
	}
	refused("a changed row", group(u.Text("id"), version))
	version, _ = read()
	if err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		g := group(u.Text("id"), version)
		g.Insert[0].Row["text"] = "within"
		return e.s.Together(ctx, g)
	}); err != nil {
		t.Fatal(err)
	}
	for what, g := range map[string]store.Group{
		"with a lock":   {While: &store.Unchanged{Model: "user", ID: u.Text("id"), Version: version}, Lock: &store.Locked{Model: "user"}, Insert: []store.Inserted{{Model: "comment", Row: store.Record{"text": "x"}}}},
		"without a row": {While: &store.Unchanged{Model: "user", ID: u.Text("id"), Version: version}},
	} {
		if err := e.s.Together(t.Context(), g); err == nil || errors.Is(err, store.ErrChanged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := e.s.Find(t.Context(), "comment", store.Query{Join: []string{"authorId"}, Version: true}); err == nil {
		t.Error("no error for versions with joined rows")
	}
	e.counts(t, map[string]int64{"comment": 2})
}

// testRacingGroup checks that of several groups with one change exactly one writes,
// and that a group waits for a transaction that holds its lock.
func testRacingGroup(t *testing.T, e *env) {
	u := e.user(t, "a")
	e.create(t, "thing", store.Record{"text": "ticket"})
	won := race(t, store.ErrNotFound, func(ctx context.Context, i int) error {
		return e.s.Together(ctx, store.Group{
			Lock:   &store.Locked{Model: "user", Where: []store.Where{store.Is("id", u["id"])}},
			Change: &store.Changed{Model: "thing", Where: []store.Where{store.Is("text", "ticket"), store.Is("flag", nil)}, Change: store.Change{Set: store.Record{"flag": true}}},
			Insert: []store.Inserted{{Model: "comment", Row: store.Record{"text": fmt.Sprint(i), "authorId": u["id"]}}},
		})
	})
	if won != 1 {
		t.Errorf("%d groups changed the row", won)
	}
	e.counts(t, map[string]int64{"comment": 1})

	// A chain of groups, each of which replaces the last link, races a transaction that
	// deletes all links under the lock: afterwards none is left.
	e.create(t, "post", store.Record{"title": "link", "ownerId": u["id"]})
	lock := &store.Locked{Model: "user", Where: []store.Where{store.Is("id", u["id"])}}
	var racing sync.WaitGroup
	racing.Go(func() {
		for range 2000 {
			err := e.s.Together(t.Context(), store.Group{
				Lock:   lock,
				Change: &store.Changed{Model: "post", Where: []store.Where{store.Is("title", "link")}, Change: store.Change{Set: store.Record{"title": "old"}}},
				Insert: []store.Inserted{{Model: "post", Row: store.Record{"title": "link", "ownerId": u["id"]}}},
			})
			if err != nil {
				if !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
				return
			}
		}
		t.Error("a link escaped from the transaction that deletes all")
	})
	err := e.s.Tx(t.Context(), func(ctx context.Context) error {
		if err := e.s.Lock(ctx, lock.Model, lock.Where...); err != nil {
			return err
		}
		_, err := e.s.DeleteMany(ctx, "post", store.Is("ownerId", u["id"]))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	racing.Wait()
	e.counts(t, map[string]int64{"post": 0})
}
