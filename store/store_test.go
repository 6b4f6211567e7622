package store_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)

func text(name string) store.Field { return store.Field{Name: name, Type: store.String} }

func schema() store.Schema {
	return store.Schema{"user": {Fields: []store.Field{
		text("name"),
		{Name: "email", Type: store.String, Unique: true, In: func(_ context.Context, v any) (any, error) { return strings.ToLower(v.(string)), nil }},
		{Name: "nick", Type: store.String, Optional: true, Out: func(_ context.Context, v any) (any, error) {
			if v == nil {
				return "nobody", nil
			}
			return v, nil
		}},
		{Name: "age", Type: store.Number, Optional: true, SQLDefault: 18},
		{Name: "touched", Type: store.Date, Optional: true, OnUpdate: func(context.Context) any { return now }},
	}}}
}

func newStore(t *testing.T, hooks ...store.Hooks) *store.Store {
	t.Helper()
	n := 0
	s, err := store.New(store.Options{
		Driver: memstore.New(),
		Schema: schema(),
		Hooks:  map[string][]store.Hooks{"user": hooks},
		Now:    func(context.Context) time.Time { return now },
		NewID:  func(context.Context, string) (string, bool) { n++; return string(rune('a' + n - 1)), true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewReportsEverything(t *testing.T) {
	_, err := store.New(store.Options{
		Hooks: map[string][]store.Hooks{"nothing": {}},
		Schema: store.Schema{
			"a": {Table: "same", Fields: []store.Field{
				text("x"), text("x"), {Name: "y", Type: store.String, Column: "X"}, {Name: "z", Type: "blob"},
				{Name: "r", Type: store.String, Ref: &store.Ref{Model: "gone", Field: "id"}},
				{Name: "q", Type: store.String, Ref: &store.Ref{Model: "b", Field: "none"}},
			}, Indexes: []store.Index{{Fields: []string{"missing"}}, {Fields: []string{"x"}, Name: "bad name"}}},
			"b": {Table: "Same"},
		},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"a driver", "a clock", "NewID", `unknown model "nothing"`, "a.x is defined twice", `share the column "X"`, `unknown type "blob"`,
		`unknown model "gone"`, "unknown field b.none", "share the table", `unknown field "missing"`, `index name "bad name"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in:\n%v", want, err)
		}
	}
}

func TestNames(t *testing.T) {
	tables, err := store.Resolve(store.Options{Casing: "snake", Schema: store.Schema{
		"late":      {},
		"userToken": {Order: 2, Fields: []store.Field{{Name: "userId", Type: store.String, Ref: &store.Ref{Model: "user", Field: "id"}}, {Name: "IPAddress", Type: store.String, Column: "Addr"}}},
		"user":      {Order: 1, Table: "People", Fields: []store.Field{text("emailVerified")}},
		"child":     {Fields: []store.Field{{Name: "p", Type: store.String, Ref: &store.Ref{Model: "parent", Field: "id"}}}},
		"parent":    {},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range tables {
		for _, c := range table.Columns[1:] {
			got = append(got, table.Name+"."+c.Physical)
		}
		got = append(got, table.Name)
	}
	want := []string{"People.emailVerified", "People", "userToken.userId", "userToken.Addr", "userToken", "parent", "child.p", "child", "late"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestIndexName(t *testing.T) {
	// The long one was made by getDatabaseIndexName of @better-auth/core.
	for _, c := range []struct {
		table   string
		columns []string
		unique  bool
		want    string
	}{
		{"user", []string{"email"}, true, "user_email_uidx"},
		{"session", []string{"userId", "token"}, false, "session_userId_token_idx"},
		{"organizationInvitation", []string{"organizationIdentifier", "emailAddressOfTheInvitedPerson"}, false, "organizationInvitation_organizationIdentifier_emai_0cb014c9_idx"},
	} {
		if got := store.IndexName(c.table, c.columns, c.unique); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestTransforms(t *testing.T) {
	s := newStore(t)
	row, err := s.Create(t.Context(), "user", store.Record{"name": "A", "email": "A@X.COM", "id": "mine"})
	if err != nil {
		t.Fatal(err)
	}
	want := store.Record{"id": "mine", "name": "A", "email": "a@x.com", "nick": "nobody", "age": 18.0, "touched": nil}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	row, err = s.Update(t.Context(), "user", []store.Where{store.Is("id", "mine")}, store.Record{"email": "B@X.COM", "age": nil})
	if err != nil || row["email"] != "b@x.com" || row["age"] != nil || row["touched"] != now {
		t.Errorf("updated: %v %v", row, err)
	}
	row, err = s.Create(t.Context(), "user", store.Record{"name": 12, "email": "c@x.com"})
	if err != nil || row["name"] != 12.0 {
		t.Errorf("a number for a name: %v %v", row, err)
	}
}

func TestHooks(t *testing.T) {
	var log []string
	note := func(s string, r store.Record) { log = append(log, s+" "+str(r, "name")+" "+str(r, "nick")) }
	set := func(tag, nick string) store.Hooks {
		return store.Hooks{
			BeforeCreate: func(_ context.Context, r store.Record) (store.Record, error) {
				note(tag+" before create", r)
				return store.Record{"nick": nick}, nil
			},
			AfterCreate: func(_ context.Context, r store.Record) error { note(tag+" after create", r); return nil },
			BeforeUpdate: func(_ context.Context, r store.Record) (store.Record, error) {
				note(tag+" before update", r)
				return store.Record{"nick": nick}, nil
			},
			AfterUpdate: func(_ context.Context, r store.Record) error { note(tag+" after update", r); return nil },
			AfterUpdateMany: func(_ context.Context, n int64) error {
				note(tag+" after update many", store.Record{"name": strconv.FormatInt(n, 10)})
				return nil
			},
			BeforeDelete: func(_ context.Context, r store.Record) error { note(tag+" before delete", r); return nil },
			AfterDelete:  func(_ context.Context, r store.Record) error { note(tag+" after delete", r); return nil },
		}
	}
	s := newStore(t, set("1", "x"), set("2", "y"))
	expect := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		log = nil
	}
	ctx := t.Context()
	for _, name := range []string{"n", "m"} {
		if _, err := s.Create(ctx, "user", store.Record{"name": name, "email": name}); err != nil {
			t.Fatal(err)
		}
		expect("create", "1 before create "+name+" -", "2 before create "+name+" x", "1 after create "+name+" y", "2 after create "+name+" y")
	}
	is := []store.Where{store.Is("name", "n")}
	if _, err := s.Update(ctx, "user", is, store.Record{"name": "n"}); err != nil {
		t.Fatal(err)
	}
	expect("update: a hook sees what was asked", "1 before update n -", "2 before update n -", "1 after update n y", "2 after update n y")
	if _, err := s.Update(ctx, "user", []store.Where{store.Is("name", "?")}, store.Record{"name": "z"}); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	expect("update of nothing", "1 before update z -", "2 before update z -", "1 after update - -", "2 after update - -")
	if n, err := s.UpdateMany(ctx, "user", is, store.Record{"name": "n"}); n != 1 || err != nil {
		t.Error(n, err)
	}
	expect("update many", "1 before update n -", "2 before update n -", "1 after update many 1 -", "2 after update many 1 -")
	if _, err := s.Quiet().Update(ctx, "user", is, store.Record{"nick": "q"}); err != nil {
		t.Error(err)
	}
	expect("quiet")
	if err := s.Delete(ctx, "user", store.Is("name", "?")); err != nil {
		t.Error(err)
	}
	expect("delete of nothing")
	if _, err := s.Take(ctx, "user", is...); err != nil {
		t.Error(err)
	}
	expect("take", "1 before delete n q", "2 before delete n q", "1 after delete n q", "2 after delete n q")
	if n, err := s.DeleteMany(ctx, "user"); n != 1 || err != nil {
		t.Error(n, err)
	}
	expect("delete many", "1 before delete m y", "2 before delete m y", "1 after delete m y", "2 after delete m y")
}

func str(r store.Record, key string) string {
	if s, ok := r[key].(string); ok {
		return s
	}
	return "-"
}

func TestAbort(t *testing.T) {
	abort := store.ErrDropped
	after := func(context.Context, store.Record) error { t.Error("an after hook ran"); return nil }
	s := newStore(t, store.Hooks{
		BeforeCreate: func(context.Context, store.Record) (store.Record, error) { return nil, abort },
		BeforeUpdate: func(context.Context, store.Record) (store.Record, error) { return nil, abort },
		BeforeDelete: func(context.Context, store.Record) error { return abort },
		AfterCreate:  after, AfterUpdate: after, AfterDelete: after,
	})
	ctx, is := t.Context(), store.Is("name", "n")
	if _, err := s.Quiet().Create(ctx, "user", store.Record{"name": "n", "email": "n"}); err != nil {
		t.Fatal(err)
	}
	_, create := s.Create(ctx, "user", store.Record{"name": "m", "email": "m"})
	_, update := s.Update(ctx, "user", []store.Where{is}, store.Record{"name": "m"})
	_, updates := s.UpdateMany(ctx, "user", nil, store.Record{"name": "m"})
	_, take := s.Take(ctx, "user", is)
	_, deletes := s.DeleteMany(ctx, "user")
	for what, err := range map[string]error{
		"create": create, "update": update, "update many": updates, "take": take, "delete many": deletes, "delete": s.Delete(ctx, "user", is),
	} {
		if !errors.Is(err, store.ErrDropped) {
			t.Errorf("%s: %v, want ErrDropped", what, err)
		}
	}
	if n, _ := s.Count(ctx, "user", is); n != 1 {
		t.Error("an aborted write took place")
	}
}

// TestAfterCommitIsOutside: work that waited for the commit is outside the
// transaction, so what it queues in turn runs at once and is not lost.
func TestAfterCommitIsOutside(t *testing.T) {
	s := newStore(t)
	ran := false
	err := s.Tx(t.Context(), func(ctx context.Context) error {
		return s.AfterCommit(ctx, func(ctx context.Context) error {
			return s.AfterCommit(ctx, func(context.Context) error { ran = true; return nil })
		})
	})
	if err != nil || !ran {
		t.Errorf("ran %v, %v", ran, err)
	}
}

func TestAfterHooksWaitForCommit(t *testing.T) {
	var seen []string
	boom := errors.New("boom")
	s := newStore(t, store.Hooks{AfterCreate: func(_ context.Context, r store.Record) error {
		seen = append(seen, str(r, "name"))
		if r["name"] == "bad" {
			return boom
		}
		return nil
	}})
	create := func(ctx context.Context, name string) error {
		_, err := s.Create(ctx, "user", store.Record{"name": name, "email": name})
		return err
	}
	err := s.Tx(t.Context(), func(ctx context.Context) error {
		for _, name := range []string{"a", "bad", "never"} {
			if err := create(ctx, name); err != nil {
				return err
			}
		}
		if len(seen) > 0 {
			t.Error("a hook ran before the commit")
		}
		return nil
	})
	if !errors.Is(err, boom) {
		t.Errorf("%v, want the error of the hook", err)
	}
	if diff := cmp.Diff([]string{"a", "bad"}, seen); diff != "" {
		t.Error(diff)
	}
	if n, _ := s.Count(t.Context(), "user"); n != 3 {
		t.Errorf("%d rows: the failing hook came after the commit", n)
	}
	if err := create(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	if len(seen) != 3 {
		t.Error("outside a transaction a hook runs at once")
	}
}

func TestVia(t *testing.T) {
	var log []string
	s := newStore(t, store.Hooks{
		BeforeCreate: func(context.Context, store.Record) (store.Record, error) { return store.Record{"nick": "h"}, nil },
		AfterCreate: func(_ context.Context, r store.Record) error {
			log = append(log, "created "+str(r, "nick"))
			return nil
		},
		AfterDelete: func(_ context.Context, r store.Record) error {
			log = append(log, "deleted "+str(r, "name"))
			return nil
		},
	})
	ctx := t.Context()
	row, err := s.CreateVia(ctx, "user", store.Record{"name": "v"}, func(_ context.Context, r store.Record) (store.Record, error) {
		log = append(log, "write "+str(r, "nick"))
		return store.Record{"nick": "w"}, nil
	})
	if err != nil || row["nick"] != "w" {
		t.Errorf("%v %v", row, err)
	}
	wrote := func(context.Context) error { log = append(log, "gone"); return nil }
	if err := s.DeleteVia(ctx, "user", []store.Where{store.Is("name", "v")}, wrote); err != nil {
		t.Error(err)
	}
	if _, err := s.Quiet().Create(ctx, "user", store.Record{"name": "v", "email": "v"}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteManyVia(ctx, "user", nil, wrote); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"write h", "created w", "gone", "gone", "deleted v"}, log); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
