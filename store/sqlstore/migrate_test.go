package sqlstore_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func exec(t testing.TB, d *sqlstore.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if d.Dialect() == sqlstore.MySQL {
			s = strings.ReplaceAll(s, `"`, "`")
		}
		if _, err := d.SQL().ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

func plan(t testing.TB, d *sqlstore.DB, tables []*store.TableSchema) *sqlstore.Plan {
	t.Helper()
	p, err := d.Plan(t.Context(), tables)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		where := url(t)
		tables := resolve(t, fullSchema(), store.TextID)
		first := open(t, where, sqlstore.Options{})
		second := first
		if !strings.Contains(where, ":memory:") {
			second = open(t, where, sqlstore.Options{})
		}
		p, q := plan(t, first, tables), plan(t, second, tables)
		if p.Empty() || q.Empty() {
			t.Fatal("nothing to do in an empty database")
		}
		var wg sync.WaitGroup
		for _, p := range []*sqlstore.Plan{p, q} {
			wg.Go(func() {
				if err := p.Apply(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := p.Apply(t.Context()); err != nil {
			t.Errorf("the same plan again: %v", err)
		}
		if p := plan(t, first, tables); !p.Empty() || len(p.Warnings) > 0 {
			t.Errorf("after the migration: %s%q", p.SQL(), p.Warnings)
		}
		problems, err := first.Check(t.Context(), tables)
		if err != nil || len(problems) > 0 {
			t.Errorf("check: %v %v", problems, err)
		}
	})
}

func TestMigrateRefuses(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		schema := store.Schema{"pet": {Fields: []store.Field{{Name: "name", Type: store.String}}}}
		migrate(t, d, resolve(t, schema, store.TextID))
		exec(t, d, `INSERT INTO "pet" ("id", "name") VALUES ('1', 'Rex')`)

		schema["pet"] = store.Model{Fields: append(schema["pet"].Fields, store.Field{Name: "breed", Type: store.String})}
		tables := resolve(t, schema, store.TextID)
		p := plan(t, d, tables)
		if len(p.Unsafe) != 1 || !strings.Contains(p.Unsafe[0], `required column "breed" to populated table "pet"`) {
			t.Errorf("unsafe: %q", p.Unsafe)
		}
		var unsafe *sqlstore.UnsafeError
		if err := p.Apply(t.Context()); !errors.As(err, &unsafe) {
			t.Errorf("apply: %v, want an UnsafeError", err)
		}
		exec(t, d, `ALTER TABLE "pet" ADD COLUMN "owner" varchar(10) NOT NULL DEFAULT 'x'`, `ALTER TABLE "pet" ADD COLUMN "note" varchar(10)`)
		if p := plan(t, d, resolve(t, store.Schema{"pet": {Fields: schema["pet"].Fields[:1]}}, store.TextID)); !p.Empty() || len(p.Problems) > 0 {
			t.Errorf("foreign columns that do no harm: %v %v", p.Steps, p.Problems)
		}
	})
}

func TestCheck(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		tables := resolve(t, coreSchema(), store.TextID)
		exec(t, d,
			`CREATE TABLE "user" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(10) NOT NULL, "email" varchar(50) NOT NULL, "emailVerified" integer NOT NULL, "image" varchar(9), "createdAt" varchar(30) NOT NULL, "updatedAt" varchar(30) NOT NULL, "age" integer NOT NULL)`,
			`CREATE TABLE "session" ("id" varchar(36) NOT NULL PRIMARY KEY, "token" varchar(9), "expiresAt" varchar(30), "createdAt" varchar(30), "updatedAt" varchar(30), "ipAddress" varchar(9), "userId" varchar(9), "rank" integer NOT NULL DEFAULT 3)`,
			`CREATE TABLE "verification" ("id" varchar(36) NOT NULL PRIMARY KEY, "identifier" varchar(9), "value" varchar(9), "expiresAt" varchar(9), "createdAt" varchar(9), "updatedAt" varchar(9))`)
		got, err := d.Check(t.Context(), tables)
		if err != nil {
			t.Fatal(err)
		}
		want := []sqlstore.Problem{
			{Kind: sqlstore.UnexpectedColumn, Table: "user", Column: "age"},
			{Kind: sqlstore.MissingColumn, Table: "session", Column: "userAgent"},
			{Kind: sqlstore.MissingTable, Table: "account"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		p := plan(t, d, tables)
		if len(p.Warnings) == 0 {
			t.Error("no warning about nullable columns")
		}
		var mismatch *sqlstore.MismatchError
		if err := p.Apply(t.Context()); !errors.As(err, &mismatch) || !strings.Contains(err.Error(), "user.age") {
			t.Errorf("apply: %v, want a MismatchError", err)
		}
		if live, _ := d.Inspect(t.Context()); live.Table("account") != nil {
			t.Error("a refused plan changed the database")
		}
	})
}

func TestMismatchText(t *testing.T) {
	err := &sqlstore.MismatchError{Problems: []sqlstore.Problem{
		{Kind: sqlstore.MissingTable, Table: "jwks"},
		{Kind: sqlstore.MissingColumn, Table: "user", Column: "name"},
		{Kind: sqlstore.UnexpectedColumn, Table: "account", Column: "issuer"},
	}}
	want := `Database schema mismatch

  Missing tables
    jwks

  Missing columns
    user.name

  Required columns Better Auth never writes
    account.issuer

  Inserts into account will fail.

  help: Make the listed columns nullable, give them defaults, or remove them.
        Run ` + "`betterauth migrate`" + ` to add the missing tables and columns.

  note: If this column came from Better Auth 1.7.0 through 1.7.2,
        follow the upgrade guide before removing it:
        https://www.better-auth.com/docs/guides/1-7-upgrade-guide`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if s := err.Problems[2].String(); !strings.Contains(s, "upgrade guide") {
		t.Error(s)
	}
}

func TestRecognise(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		tables := resolve(t, coreSchema(), store.TextID)
		for _, step := range []struct {
			do   func()
			want sqlstore.Origin
		}{
			{func() {}, sqlstore.Empty},
			{func() { exec(t, d, `CREATE TABLE "pets" ("id" integer)`) }, sqlstore.Foreign},
			{func() { migrate(t, d, tables) }, sqlstore.Either},
			{func() { exec(t, d, `CREATE TABLE "jwks" ("id" varchar(36), "publicKey" varchar(9))`) }, sqlstore.Better16},
			{func() { exec(t, d, `ALTER TABLE "jwks" ADD COLUMN "alg" varchar(9)`) }, sqlstore.Current},
			{func() { exec(t, d, `ALTER TABLE "account" ADD COLUMN "issuer" varchar(9)`) }, sqlstore.Better170},
		} {
			step.do()
			if got, err := d.Recognise(t.Context(), tables); got != step.want || err != nil {
				t.Errorf("%q %v, want %q", got, err, step.want)
			}
		}
	})
}

func TestIndexConflicts(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		tables := resolve(t, fullSchema(), store.TextID)
		migrate(t, d, tables)
		drop := `DROP INDEX "link_by_rank"`
		if d.Dialect() == sqlstore.MySQL {
			drop += ` ON "link"`
		}
		exec(t, d, drop, `CREATE INDEX "link_by_rank" ON "link" ("rank")`)
		if _, err := d.Plan(t.Context(), tables); err == nil || !strings.Contains(err.Error(), "does not match the configured fields") {
			t.Errorf("another index of the same name: %v", err)
		}
	})
}
