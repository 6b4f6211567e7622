// Package storetest tests a store.Driver. A driver's tests call Run with a
// function that opens an empty database:
//
//	func TestDriver(t *testing.T) { storetest.Run(t, open) }
package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Open opens an empty database with the given tables. It closes the database
// when t ends.
type Open func(t *testing.T, tables []*store.TableSchema) store.Driver

// now is the fixed time of the tests' stores.
var now = time.Date(2026, 3, 1, 12, 30, 15, 123_000_000, time.UTC)

// Schema returns the schema of the tests: every type, a reference of each kind, a
// renamed table and column, a unique index.
func Schema() store.Schema {
	clock := func(context.Context) any { return now }
	return store.Schema{
		"user": {Table: "users", Order: 1, Fields: []store.Field{
			{Name: "name", Type: store.String},
			{Name: "email", Type: store.String, Unique: true, Column: "email_address"},
			{Name: "active", Type: store.Boolean, SQLDefault: false},
			{Name: "createdAt", Type: store.Date, Default: clock},
			{Name: "updatedAt", Type: store.Date, Default: clock, OnUpdate: func(context.Context) any { return now.Add(time.Hour) }},
		}},
		"post": {Order: 2, Fields: []store.Field{
			{Name: "title", Type: store.String, Sortable: true},
			{Name: "ownerId", Type: store.String, Index: true, Ref: &store.Ref{Model: "user", Field: "id"}},
			{Name: "editorId", Type: store.String, Optional: true, Ref: &store.Ref{Model: "user", Field: "id", OnDelete: "set null"}},
		}},
		"thing": {Order: 3, Fields: []store.Field{
			{Name: "text", Type: store.String, Optional: true},
			{Name: "number", Type: store.Number, Optional: true},
			{Name: "big", Type: store.Number, BigInt: true, Optional: true},
			{Name: "flag", Type: store.Boolean, Optional: true},
			{Name: "at", Type: store.Date, Optional: true},
			{Name: "data", Type: store.JSON, Optional: true},
			{Name: "tags", Type: store.StringArray, Optional: true},
			{Name: "sizes", Type: store.NumberArray, Optional: true},
		}},
		"comment": {Order: 4, Fields: []store.Field{
			{Name: "text", Type: store.String, Sortable: true, Unique: true},
			{Name: "postId", Type: store.String, Optional: true, Ref: &store.Ref{Model: "post", Field: "id"}},
			{Name: "authorId", Type: store.String, Optional: true, Ref: &store.Ref{Model: "user", Field: "id"}},
		}},
		"pair": {Order: 5, Fields: []store.Field{
			{Name: "left", Type: store.String},
			{Name: "right", Type: store.String},
		}, Indexes: []store.Index{{Fields: []string{"left", "right"}, Unique: true}}},
	}
}

// Run runs every case against the driver that open returns.
func Run(t *testing.T, open Open) {
	for _, ids := range []struct {
		name string
		kind store.IDKind
	}{{"text", store.TextID}, {"uuid", store.UUID}, {"serial", store.SerialID}} {
		t.Run(ids.name, func(t *testing.T) {
			s, d := newStore(t, open, ids.kind)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					empty(t, s)
					c.run(t, &env{s: s, d: d, ids: ids.kind})
				})
			}
		})
	}
}

// env is the environment of a case. All cases run in sequence on one database,
// which is emptied before each.
type env struct {
	s   *store.Store
	d   store.Driver
	ids store.IDKind
}

var cases = []struct {
	name string
	run  func(t *testing.T, e *env)
}{
	{"ids", testIDs},
	{"types", testTypes},
	{"null and absent", testNull},
	{"text", testText},
	{"defaults", testDefaults},
	{"operators", testOperators},
	{"groups", testGroups},
	{"like is literal", testLike},
	{"sort and page", testPage},
	{"sort by id", testSortID},
	{"join", testJoin},
	{"joins", testJoins},
	{"count", testCount},
	{"conflict", testConflict},
	{"unique index", testUniqueIndex},
	{"references", testReferences},
	{"required", testRequired},
	{"update", testUpdate},
	{"update many", testUpdateMany},
	{"json update", testUpdateJSON},
	{"increment", testIncrement},
	{"delete", testDelete},
	{"racing take", testRacingTake},
	{"take many", testTakeMany},
	{"exact", testExact},
	{"racing counter", testRacingCounter},
	{"racing insert", testRacingInsert},
	{"lock", testLock},
	{"group", testGroup},
	{"failing group", testFailingGroup},
	{"racing group", testRacingGroup},
	{"unchanged group", testUnchangedGroup},
	{"guard after a wait", testGuardAfterWait},
	{"commit", testCommit},
	{"rollback", testRollback},
	{"nested", testNested},
	{"after commit", testAfterCommit},
	{"conflict in transaction", testConflictInTx},
	{"foreign ids", testForeignIDs},
	{"misfits", testMisfits},
	{"misfits change nothing", testMisfitWrites},
}

func newStore(t *testing.T, open Open, ids store.IDKind) (*store.Store, store.Driver) {
	t.Helper()
	var n atomic.Int64
	o := store.Options{
		Schema: Schema(),
		IDs:    ids,
		Now:    func(context.Context) time.Time { return now },
		NewID: func(context.Context, string) (string, bool) {
			if ids != store.TextID {
				return "", false
			}
			return fmt.Sprintf("id%030d", n.Add(1)), true
		},
	}
	tables, err := store.Resolve(o)
	if err != nil {
		t.Fatal(err)
	}
	o.Driver = open(t, tables)
	s, err := store.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, o.Driver
}

func empty(t *testing.T, s *store.Store) {
	t.Helper()
	for _, model := range []string{"comment", "post", "user", "thing", "pair"} {
		if _, err := s.DeleteMany(t.Context(), model); err != nil {
			t.Fatal(err)
		}
	}
}

func (e *env) create(t *testing.T, model string, row store.Record) store.Record {
	t.Helper()
	out, err := e.s.Create(t.Context(), model, row)
	if err != nil {
		t.Fatalf("create %s: %v", model, err)
	}
	return out
}

func (e *env) user(t *testing.T, name string) store.Record {
	t.Helper()
	return e.create(t, "user", store.Record{"name": name, "email": name + "@example.com"})
}

func (e *env) get(t *testing.T, model string, where ...store.Where) store.Record {
	t.Helper()
	out, err := e.s.Get(t.Context(), model, where...)
	if err != nil {
		t.Fatalf("get %s: %v", model, err)
	}
	return out
}

func (e *env) find(t *testing.T, model string, q store.Query) []store.Record {
	t.Helper()
	out, err := e.s.Find(t.Context(), model, q)
	if err != nil {
		t.Fatalf("find %s: %v", model, err)
	}
	return out
}
