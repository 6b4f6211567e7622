package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/store"
)

type row struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Email   string     `json:"email"`
	Nick    *string    `json:"nick,omitempty"`
	Touched *time.Time `json:"touched"`
	Other   string     `json:"other"` // not in the schema
	Extra   store.Record
}

func TestRows(t *testing.T) {
	ctx := t.Context()
	users := store.TableOf[row](newStore(t), "user")
	nick := "nick"
	made, err := users.Create(ctx, &row{Name: "A", Email: "a", Nick: &nick, Extra: store.Record{"age": 7, "unknown": 1}})
	if err != nil {
		t.Fatal(err)
	}
	want := &row{ID: "a", Name: "A", Email: "a", Nick: &nick, Extra: store.Record{"age": 7.0}}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	changed, err := users.Update(ctx, []store.Where{store.Is("id", "a")}, store.Record{"name": "B"})
	if err != nil || changed.Name != "B" || !changed.Touched.Equal(now) {
		t.Errorf("updated: %+v %v", changed, err)
	}
	list, err := users.Find(ctx, store.Query{})
	if err != nil || len(list) != 1 {
		t.Errorf("found: %v %v", list, err)
	}
	got, err := users.Get(ctx, store.Is("email", "a"))
	if diff := cmp.Diff(changed, got); diff != "" || err != nil {
		t.Errorf("got %v (-want +got):\n%s", err, diff)
	}
	if _, err := users.Take(ctx, store.Is("email", "a")); err != nil {
		t.Error(err)
	}
	if _, err := users.Get(ctx, store.Is("email", "a")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	if err := users.Delete(ctx, store.Is("email", "a")); err != nil {
		t.Error(err)
	}
}

func TestRowsThatDoNotFit(t *testing.T) {
	s := newStore(t)
	if _, err := store.TableOf[int](s, "user").Get(t.Context()); err == nil {
		t.Error("an int is no row")
	}
	if _, err := store.TableOf[row](s, "nothing").Get(t.Context()); err == nil {
		t.Error("an unknown model was opened")
	}
	if _, err := s.Create(t.Context(), "user", store.Record{"name": "A", "email": "a"}); err != nil {
		t.Fatal(err)
	}
	type wrong struct {
		Name time.Time `json:"name"`
	}
	if _, err := store.TableOf[wrong](s, "user").Find(t.Context(), store.Query{}); err == nil {
		t.Error("a text went into a time")
	}
}
