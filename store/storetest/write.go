package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func testConflict(t *testing.T, e *env) {
	a, b := e.user(t, "a"), e.user(t, "b")
	_, err := e.s.Create(t.Context(), "user", store.Record{"name": "x", "email": "a@example.com"})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("create: %v, want ErrConflict", err)
	}
	_, err = e.s.Create(t.Context(), "user", store.Record{"id": a["id"], "name": "x", "email": "x@example.com"})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("create with a taken id: %v, want ErrConflict", err)
	}
	_, err = e.s.Update(t.Context(), "user", []store.Where{store.Is("id", b["id"])}, store.Record{"email": "a@example.com"})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("update: %v, want ErrConflict", err)
	}
	if got := e.get(t, "user", store.Is("id", b["id"])); got["email"] != "b@example.com" {
		t.Errorf("after a conflict: %v", got)
	}
	_, err = e.s.Update(t.Context(), "user", []store.Where{store.Is("id", a["id"])}, store.Record{"email": "a@example.com"})
	if err != nil {
		t.Errorf("a row's own value: %v", err)
	}
}

func testUniqueIndex(t *testing.T, e *env) {
	e.create(t, "pair", store.Record{"left": "a", "right": "b"})
	e.create(t, "pair", store.Record{"left": "a", "right": "c"})
	_, err := e.s.Create(t.Context(), "pair", store.Record{"left": "a", "right": "b"})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
}

func testReferences(t *testing.T, e *env) {
	a, b := e.user(t, "a"), e.user(t, "b")
	mine := e.create(t, "post", store.Record{"title": "mine", "ownerId": a["id"], "editorId": b["id"]})
	e.create(t, "post", store.Record{"title": "other", "ownerId": b["id"]})
	missing := map[store.IDKind]string{store.TextID: "none", store.UUID: "0b7d6c5e-1f2a-5b3c-8d4e-5f6a7b8c9d0e", store.SerialID: "424242"}[e.ids]
	_, err := e.s.Create(t.Context(), "post", store.Record{"title": "x", "ownerId": missing})
	if !errors.Is(err, store.ErrReference) {
		t.Errorf("reference to nothing: %v, want ErrReference", err)
	}
	if err := e.s.Delete(t.Context(), "user", store.Is("id", b["id"])); err != nil {
		t.Fatal(err)
	}
	rows := e.find(t, "post", store.Query{})
	if len(rows) != 1 || rows[0]["id"] != mine["id"] || rows[0]["editorId"] != nil {
		t.Errorf("after the cascade: %v", rows)
	}
}

func testRequired(t *testing.T, e *env) {
	_, err := e.s.Create(t.Context(), "user", store.Record{"email": "a@example.com"})
	if !errors.Is(err, store.ErrRequired) {
		t.Errorf("absent: %v, want ErrRequired", err)
	}
	a := e.user(t, "a")
	_, err = e.s.Update(t.Context(), "user", []store.Where{store.Is("id", a["id"])}, store.Record{"name": nil})
	if !errors.Is(err, store.ErrRequired) {
		t.Errorf("null: %v, want ErrRequired", err)
	}
}

func testUpdate(t *testing.T, e *env) {
	a, b := e.user(t, "a"), e.user(t, "b")
	where := []store.Where{store.Is("email", "a@example.com"), store.Is("active", false)}
	got, err := e.s.Update(t.Context(), "user", where, store.Record{"active": true})
	if err != nil || got["id"] != a["id"] || got["active"] != true || got["name"] != "a" {
		t.Fatalf("updated: %v %v", got, err)
	}
	if _, err := e.s.Update(t.Context(), "user", where, store.Record{"name": "z"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("guard no longer holds: %v, want ErrNotFound", err)
	}
	if _, err := e.s.Update(t.Context(), "user", nil, store.Record{"name": "z"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no condition: %v, want ErrNotFound", err)
	}
	if got := e.get(t, "user", store.Is("id", b["id"])); got["active"] != false || got["name"] != "b" {
		t.Errorf("another row changed: %v", got)
	}
	got, err = e.s.Update(t.Context(), "user", []store.Where{store.Is("id", a["id"])}, store.Record{"active": true})
	if err != nil || got["id"] != a["id"] {
		t.Errorf("an update that changes nothing: %v %v", got, err)
	}
	e.create(t, "thing", store.Record{"text": "same"})
	e.create(t, "thing", store.Record{"text": "same"})
	if _, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("text", "same")}, store.Record{"text": "changed"}); err != nil {
		t.Fatal(err)
	}
	if n, _ := e.s.Count(t.Context(), "thing", store.Is("text", "changed")); n != 1 {
		t.Errorf("Update changed %d rows", n)
	}
}

func testUpdateMany(t *testing.T, e *env) {
	for i := range 5 {
		e.create(t, "thing", store.Record{"number": i, "text": "old"})
	}
	n, err := e.s.UpdateMany(t.Context(), "thing", []store.Where{{Field: "number", Op: store.Gte, Value: 2}}, store.Record{"text": "new"})
	if n != 3 || err != nil {
		t.Errorf("%d %v, want 3", n, err)
	}
	n, err = e.s.UpdateMany(t.Context(), "thing", []store.Where{store.Is("text", "new")}, store.Record{"text": "new"})
	if n != 3 || err != nil {
		t.Errorf("rows that match without change: %d %v, want 3", n, err)
	}
	n, err = e.s.UpdateMany(t.Context(), "thing", nil, store.Record{"flag": true})
	if n != 5 || err != nil {
		t.Errorf("all: %d %v, want 5", n, err)
	}
}

func testUpdateJSON(t *testing.T, e *env) {
	row := e.create(t, "thing", store.Record{"data": map[string]any{"a": 1}, "tags": []string{"x"}})
	got, err := e.s.Update(t.Context(), "thing", []store.Where{store.Is("id", row["id"])}, store.Record{"data": []any{"b"}, "tags": []string{"y", "z"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]any{"b"}, []any{"y", "z"}}, []any{got["data"], got["tags"]}); diff != "" {
		t.Error(diff)
	}
}

func testIncrement(t *testing.T, e *env) {
	row := e.create(t, "thing", store.Record{"number": 5, "text": "x"})
	is := store.Is("id", row["id"])
	got, err := e.s.Increment(t.Context(), "thing", []store.Where{is}, store.Change{
		Add: map[string]int64{"number": 2, "big": -3}, Set: store.Record{"text": "y"},
	})
	if err != nil || got["number"] != 7.0 || js.ToNumber(got["big"]) != -3 || got["text"] != "y" {
		t.Errorf("%v %v", got, err)
	}
	guard := store.Where{Field: "number", Op: store.Lt, Value: 7}
	_, err = e.s.Increment(t.Context(), "thing", []store.Where{is, guard}, store.Change{Add: map[string]int64{"number": 1}})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("guard: %v, want ErrNotFound", err)
	}
	if _, err = e.s.Increment(t.Context(), "thing", []store.Where{is}, store.Change{}); err == nil {
		t.Error("an empty change was accepted")
	}
	if _, err = e.s.Increment(t.Context(), "thing", []store.Where{is}, store.Change{Add: map[string]int64{"text": 1}}); err == nil {
		t.Error("a text was counted")
	}
}

func testDelete(t *testing.T, e *env) {
	for i := range 4 {
		e.create(t, "thing", store.Record{"number": i, "text": "x"})
	}
	if err := e.s.Delete(t.Context(), "thing", store.Is("number", 1)); err != nil {
		t.Fatal(err)
	}
	if err := e.s.Delete(t.Context(), "thing", store.Is("number", 1)); err != nil {
		t.Errorf("nothing to delete: %v", err)
	}
	if err := e.s.Delete(t.Context(), "thing"); err == nil {
		t.Error("a delete without condition was accepted")
	}
	got, err := e.s.Take(t.Context(), "thing", store.Is("number", 2))
	if err != nil || got["number"] != 2.0 || got["text"] != "x" {
		t.Errorf("take: %v %v", got, err)
	}
	if _, err := e.s.Take(t.Context(), "thing", store.Is("number", 2)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("taken twice: %v, want ErrNotFound", err)
	}
	if n, err := e.s.DeleteMany(t.Context(), "thing", store.Is("text", "x")); n != 2 || err != nil {
		t.Errorf("delete many: %d %v, want 2", n, err)
	}
	e.create(t, "thing", store.Record{"text": "same"})
	e.create(t, "thing", store.Record{"text": "same"})
	if _, err := e.s.Take(t.Context(), "thing", store.Is("text", "same")); err != nil {
		t.Fatal(err)
	}
	if n, _ := e.s.Count(t.Context(), "thing"); n != 1 {
		t.Errorf("Take left %d rows, want 1", n)
	}
}
