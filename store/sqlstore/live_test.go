package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// altered returns a store over our tables after statements have changed them.
func altered(t *testing.T, url string, schema store.Schema, ids store.IDKind, statements ...string) (*sqlstore.DB, *store.Store) {
	t.Helper()
	d := open(t, url, sqlstore.Options{})
	n := 0
	s, err := store.New(store.Options{
		Driver: d, Schema: schema, IDs: ids, Now: func(context.Context) time.Time { return goldenTime },
		NewID: func(context.Context, string) (string, bool) { n++; return fmt.Sprint("id", n), ids == store.TextID },
	})
	if err != nil {
		t.Fatal(err)
	}
	migrate(t, d, s.Tables())
	change(t, d, statements...)
	return d, s
}

func change(t *testing.T, d *sqlstore.DB, statements ...string) {
	t.Helper()
	ctx := context.Background() // clean-ups make changes too
	conn, err := d.SQL().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range statements {
		if d.Dialect() == sqlstore.MySQL {
			statement = strings.ReplaceAll(statement, `"`, "`")
		}
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

// widened are the statements that make serial ids 64 bits wide.
var widened = map[string][]string{
	"postgres": {
		`ALTER TABLE "user" ALTER COLUMN id TYPE bigint`,
		`ALTER TABLE account ALTER COLUMN "userId" TYPE bigint`,
		`ALTER TABLE "user" ALTER COLUMN id RESTART WITH 3000000000`,
	},
	"mariadb": {
		`ALTER TABLE account DROP FOREIGN KEY account_ibfk_1`,
		`ALTER TABLE account MODIFY "userId" bigint NOT NULL`,
		`ALTER TABLE "user" MODIFY id bigint NOT NULL AUTO_INCREMENT`,
		`ALTER TABLE "user" AUTO_INCREMENT = 3000000000`,
		`ALTER TABLE account ADD FOREIGN KEY ("userId") REFERENCES "user" (id) ON DELETE CASCADE`,
	},
	"sqlite": {`INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") VALUES (2999999999, 'x', 'x', 0, 'x', 'x')`},
}

func usersAndAccounts() store.Schema {
	core := coreSchema()
	return store.Schema{"user": core["user"], "account": core["account"]}
}

// TestLargeSerialIDs uses ids above 2147483647, in columns that can hold them, and
// above 2^53, where a float64 rounds.
func TestLargeSerialIDs(t *testing.T) {
	for engine, statements := range widened {
		t.Run(engine, func(t *testing.T) {
			_, s := altered(t, engines[engine](t), usersAndAccounts(), store.SerialID, statements...)
			for _, given := range []string{"", "9007199254740993"} {
				row := store.Record{"name": "n", "email": given + "@example.com"}
				if given != "" {
					row["id"] = given
				}
				user, err := s.Create(t.Context(), "user", row)
				if err != nil {
					t.Fatal(err)
				}
				id := user["id"].(string)
				if len(id) < 10 || given != "" && id != given {
					t.Fatalf("id %s, given %q", id, given)
				}
				if _, err := s.Create(t.Context(), "account", store.Record{"userId": id, "accountId": id, "providerId": "credential", "updatedAt": goldenTime}); err != nil {
					t.Fatal(err)
				}
				found, err := s.Find(t.Context(), "account", store.Query{Where: []store.Where{store.Is("userId", id)}, Join: []string{"userId"}})
				if err != nil || len(found) != 1 || found[0]["userId"] != id || found[0]["user"].(store.Record)["id"] != id {
					t.Errorf("found %v %v", found, err)
				}
				if n, err := s.DeleteMany(t.Context(), "account", store.Is("userId", id)); n != 1 || err != nil {
					t.Errorf("deleted %d rows: %v", n, err)
				}
			}
		})
	}
}

// TestLiveIDs checks that ids are compared by the type of the live column, if it
// differs from what generateId makes.
func TestLiveIDs(t *testing.T) {
	schema := store.Schema{"user": {Fields: []store.Field{{Name: "name", Type: store.String}}}}
	t.Run("old text ids and generateId uuid, PostgreSQL", func(t *testing.T) {
		d, s := altered(t, testserver.Postgres(t), schema, store.UUID, `ALTER TABLE "user" ALTER COLUMN id DROP DEFAULT, ALTER COLUMN id TYPE text`)
		change(t, d, `INSERT INTO "user" (id, name) VALUES ('old-id', 'Ann')`)
		if row, err := s.Get(t.Context(), "user", store.Is("id", "old-id")); err != nil || row["name"] != "Ann" {
			t.Errorf("%v %v", row, err)
		}
		if n, err := s.DeleteMany(t.Context(), "user", store.Is("id", "old-id")); n != 1 || err != nil {
			t.Errorf("deleted %d: %v", n, err)
		}
	})
	for engine, statement := range map[string]string{
		"postgres": `ALTER TABLE "user" ALTER COLUMN id TYPE bigint USING 0`,
		"mariadb":  `ALTER TABLE "user" MODIFY id bigint NOT NULL`,
	} {
		t.Run("numbers and text ids, "+engine, func(t *testing.T) {
			d, s := altered(t, engines[engine](t), schema, store.TextID, statement)
			change(t, d, `INSERT INTO "user" (id, name) VALUES (12, 'Ann')`)
			if row, err := s.Get(t.Context(), "user", store.Is("id", "12")); err != nil || row["id"] != "12" {
				t.Errorf("%v %v", row, err)
			}
			// MySQL compares a number with the digits that a text begins with.
			if row, err := s.Get(t.Context(), "user", store.Is("id", "12abc")); !errors.Is(err, store.ErrUnfit) {
				t.Errorf("12abc: %v %v, want ErrUnfit", row, err)
			}
			if row, err := s.Get(t.Context(), "user", store.Given("id", "12abc")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("12abc from a client: %v %v, want ErrNotFound", row, err)
			}
			if _, err := s.Create(t.Context(), "user", store.Record{"name": "Bob"}); !errors.Is(err, store.ErrUnfit) || !strings.Contains(err.Error(), "id") {
				t.Errorf("a text id: %v, want ErrUnfit of the column", err)
			}
		})
	}
}

// TestRoom writes texts that are longer than their columns. Those that may be
// shortened are, the others are rejected with the column's name, and a column that
// was widened in the meantime is noticed.
func TestRoom(t *testing.T) {
	schema := store.Schema{"note": {Fields: []store.Field{
		{Name: "agent", Type: store.String, Need: store.Need{Cut: true}},
		{Name: "token", Type: store.String},
	}}}
	for engine, c := range map[string]struct{ narrow, wide []string }{
		"postgres": {
			[]string{`ALTER TABLE note ALTER COLUMN agent TYPE varchar(5), ALTER COLUMN token TYPE varchar(5)`},
			[]string{`ALTER TABLE note ALTER COLUMN token TYPE text`},
		},
		"mariadb": {
			[]string{`ALTER TABLE note MODIFY agent varchar(5) NOT NULL, MODIFY token varchar(5) NOT NULL`},
			[]string{`ALTER TABLE note MODIFY token text NOT NULL`},
		},
	} {
		t.Run(engine, func(t *testing.T) {
			d, s := altered(t, engines[engine](t), schema, store.TextID, c.narrow...)
			row, err := s.Create(t.Context(), "note", store.Record{"agent": "ü🙂üüüüü", "token": "12345"})
			if err != nil || row["agent"] != "ü🙂üüü" {
				t.Fatalf("%v %v", row, err)
			}
			row, err = s.Update(t.Context(), "note", []store.Where{store.Is("id", row["id"])}, store.Record{"agent": "123456"})
			if err != nil || row["agent"] != "12345" {
				t.Fatalf("%v %v", row, err)
			}
			_, err = s.Create(t.Context(), "note", store.Record{"agent": "a", "token": "secret"})
			if !errors.Is(err, store.ErrUnfit) || !strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), "secret") {
				t.Errorf("a token that is too long: %v", err)
			}
			change(t, d, c.wide...)
			_, err = s.Create(t.Context(), "note", store.Record{"agent": "a", "token": "secret"})
			if err != nil && strings.Contains(err.Error(), "0A000") { // a statement that PostgreSQL had planned before
				_, err = s.Create(t.Context(), "note", store.Record{"agent": "a", "token": "secret"})
			}
			if err != nil {
				t.Errorf("after the column was widened: %v", err)
			}
		})
	}
	t.Run("bytes", func(t *testing.T) {
		_, s := altered(t, testserver.MariaDB(t), schema, store.TextID, `ALTER TABLE note MODIFY agent tinytext NOT NULL`)
		row, err := s.Create(t.Context(), "note", store.Record{"agent": "a" + strings.Repeat("ü", 200), "token": "t"})
		if want := "a" + strings.Repeat("ü", 127); err != nil || row["agent"] != want {
			t.Errorf("%v %v", row, err)
		}
	})
}

// fitting checks that nothing is found in the tables that we create, except that
// older MariaDB versions update the first date of a row by default.
func fitting(t *testing.T, d *sqlstore.DB, tables []*store.TableSchema) {
	t.Helper()
	found, err := d.Examine(t.Context(), tables, sqlstore.ExamineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if d.Dialect() != sqlstore.MySQL || !strings.Contains(f.Problem, "present time") {
			t.Errorf("%s: %s", f.Place(), f.Problem)
		}
	}
}

// TestExamineRows checks the findings that come from the rows.
func TestExamineRows(t *testing.T) {
	places := func(t *testing.T, d *sqlstore.DB, tables []*store.TableSchema) []string {
		found, err := d.Examine(t.Context(), tables, sqlstore.ExamineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range found {
			if !strings.Contains(f.Problem, "present time") {
				out = append(out, f.Severity.String()+" "+f.Place())
			}
		}
		return out
	}
	for _, engine := range []string{"postgres", "mariadb"} {
		t.Run("ids near the end of their column, "+engine, func(t *testing.T) {
			url := engines[engine](t)
			d, s := altered(t, url, usersAndAccounts(), store.SerialID)
			if _, err := s.Create(t.Context(), "user", store.Record{"id": "2000000000", "name": "n", "email": "e"}); err != nil {
				t.Fatal(err)
			}
			found, err := d.Examine(t.Context(), s.Tables(), sqlstore.ExamineOptions{})
			if err != nil || !slices.ContainsFunc(found, func(f sqlstore.Finding) bool { return strings.Contains(f.Problem, "2000000000 of 2147483647") }) {
				t.Fatalf("%+v %v", found, err)
			}
			for _, f := range found {
				change(t, d, strings.Split(f.Remedy, "\n")...)
			}
			d, s = altered(t, url, usersAndAccounts(), store.SerialID)
			if left := places(t, d, s.Tables()); len(left) > 0 {
				t.Errorf("left after the remedies: %v", left)
			}
			user, err := s.Create(t.Context(), "user", store.Record{"id": "3000000000", "name": "n", "email": "f"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Create(t.Context(), "account", store.Record{"userId": user["id"], "accountId": "a", "providerId": "credential", "updatedAt": goldenTime}); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("UUIDs where other ids are made", func(t *testing.T) {
		d, s := altered(t, engines["sqlite"](t), usersAndAccounts(), store.TextID)
		if _, err := s.Create(t.Context(), "user", store.Record{"id": "0b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", "name": "n", "email": "e"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"warning user.id"}, places(t, d, s.Tables())); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("row level security", func(t *testing.T) {
		url := testserver.Postgres(t)
		d, s := altered(t, url, usersAndAccounts(), store.TextID, `ALTER TABLE "user" ENABLE ROW LEVEL SECURITY`,
			`DROP ROLE IF EXISTS examined`, `CREATE ROLE examined LOGIN`, `GRANT ALL ON ALL TABLES IN SCHEMA public TO examined`)
		t.Cleanup(func() { change(t, d, `DROP OWNED BY examined`, `DROP ROLE examined`) })
		if got := places(t, d, s.Tables()); len(got) > 0 {
			t.Errorf("as a superuser: %v", got)
		}
		other := open(t, strings.Replace(url, "postgres@", "examined@", 1), sqlstore.Options{})
		if diff := cmp.Diff([]string{"error user"}, places(t, other, s.Tables())); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("a mode that is not strict", func(t *testing.T) {
		d := open(t, testserver.MariaDB(t)+"?sql_mode=''", sqlstore.Options{})
		if diff := cmp.Diff([]string{"warning the server"}, places(t, d, nil)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
