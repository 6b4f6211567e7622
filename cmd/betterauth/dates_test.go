package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestDatesInSeconds checks that a database whose dates are seconds is reported
// by doctor and rejected by serve.
func TestDatesInSeconds(t *testing.T) {
	dir := t.TempDir()
	file, conf := filepath.Join(dir, "auth.db"), filepath.Join(dir, "c.yaml")
	if err := os.WriteFile(conf, []byte("mode: production\nbaseURL: https://auth.example.com\nemailAndPassword: { enabled: true }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) (status int, said string) {
		t.Helper()
		var out bytes.Buffer
		w := &world{stdin: strings.NewReader(""), stdout: &out, stderr: &out, now: clock, ctx: t.Context(), env: func(name string) string {
			return map[string]string{"BETTER_AUTH_SECRET": "dates-test-8f1c2d7a9b3e4f60a1b2c3d4e5f6"}[name]
		}}
		return run(w, append(args, "--config", conf, "--database", "sqlite:"+file)), out.String()
	}
	if status, said := command("migrate"); status != 0 {
		t.Fatalf("migrate: %d %s", status, said)
	}
	db, err := sqlstore.Open(t.Context(), "sqlite:"+file, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES ('u', 'Ada', 'ada@example.com', 1, 1890000000, 1890000000)`,
		`INSERT INTO session (id, token, userId, expiresAt, createdAt, updatedAt) VALUES ('s', 't', 'u', 1890000000, 1890000000, 1890000000)`,
	} {
		if _, err := db.SQL().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	const remedy = `UPDATE "session" SET "expiresAt" = "expiresAt" * 1000 WHERE "expiresAt" < 100000000000;`
	if status, said := command("doctor"); status != 1 || !strings.Contains(said, "table session\nerror    expiresAt: The column holds seconds") || !strings.Contains(said, remedy) {
		t.Errorf("doctor: %d %s", status, said)
	}
	if status, said := command("serve", "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(said, "session.expiresAt: The column holds seconds") || !strings.Contains(said, remedy) {
		t.Errorf("serve: %d %s", status, said)
	}
	for _, column := range []string{"user.createdAt", "user.updatedAt", "session.expiresAt", "session.createdAt", "session.updatedAt"} {
		table, name, _ := strings.Cut(column, ".")
		if _, err := db.SQL().Exec(`UPDATE "` + table + `" SET "` + name + `" = "` + name + `" * 1000`); err != nil {
			t.Fatal(err)
		}
	}
	if _, said := command("doctor"); strings.Contains(said, "holds seconds") || !strings.Contains(said, "table session\nwarning  createdAt: The newest row was created +") {
		t.Errorf("doctor, in milliseconds: %s", said)
	}
}

// TestMailInNumbers checks that messages wait, come back and are swept in tables
// whose dates are numbers.
func TestMailInNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		url       func(testing.TB) string
		ours, typ string
	}{
		"sqlite":   {func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/mail.db" }, " date", " integer"},
		"postgres": {testserver.Postgres, " timestamptz", " bigint"},
		"mariadb":  {testserver.MariaDB, " timestamp(3)", " bigint"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			db, err := sqlstore.Open(ctx, c.url(t), sqlstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			s, err := store.New(store.Options{Driver: db, Schema: store.Schema{mail.QueueTable().Name: mail.QueueTable()}, Now: func(context.Context) time.Time { return clock() },
				NewID: func(context.Context, string) (string, bool) { return rand.Text(), true }})
			if err != nil {
				t.Fatal(err)
			}
			plan, err := db.Plan(ctx, s.Tables())
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range plan.Steps {
				if _, err := db.SQL().ExecContext(ctx, strings.ReplaceAll(step, c.ours, c.typ)); err != nil {
					t.Fatalf("%v\n%s", err, step)
				}
			}
			q, now := mail.NewTable(s), clock()
			if err := q.Put(ctx, "one", now); err != nil {
				t.Fatal(err)
			}
			it, err := q.Claim(ctx, now, now.Add(time.Minute))
			if err != nil || it == nil || !it.Created.Equal(now) {
				t.Fatalf("claimed %+v %v", it, err)
			}
			if again, err := q.Claim(ctx, now.Add(time.Second), now.Add(time.Minute)); again != nil || err != nil {
				t.Errorf("claimed twice: %+v %v", again, err)
			}
			if err := q.Fail(ctx, it, "gone"); err != nil {
				t.Fatal(err)
			}
			if n, err := q.Sweep(ctx, now.Add(24*time.Hour)); n != 0 || err != nil {
				t.Errorf("after a day: %d swept, %v", n, err)
			}
			if n, err := q.Sweep(ctx, now.Add(31*24*time.Hour)); n != 1 || err != nil {
				t.Errorf("after a month: %d swept, %v", n, err)
			}
		})
	}
}
