package base_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// foreignDates are databases whose date columns another tool made. The columns
// have the type typ, and the rows of that tool hold dates as write gives them.
var foreignDates = []struct {
	name, typ string
	url       func(t testing.TB) string
	write     func(time.Time) string // SQL
}{
	{"sqlite integer", "integer", sqliteURL, millisSQL},
	{"sqlite real", "real", sqliteURL, millisSQL},
	{"sqlite datetime, milliseconds", "datetime", sqliteURL, millisSQL},
	{"sqlite without type", "", sqliteURL, millisSQL},
	{"sqlite integer with texts", "integer", sqliteURL, textSQL("2006-01-02T15:04:05.000Z")},
	{"sqlite text", "text", sqliteURL, textSQL("2006-01-02T15:04:05.000Z")},
	{"sqlite text, blank", "text", sqliteURL, textSQL("2006-01-02 15:04:05")},
	{"sqlite datetime, offset", "datetime", sqliteURL, textSQL("2006-01-02T15:04:05.000+00:00")},
	{"postgres timestamp", "timestamp(3)", testserver.Postgres, textSQL("2006-01-02 15:04:05.000")},
	{"postgres bigint", "bigint", testserver.Postgres, millisSQL},
	{"postgres numeric", "numeric", testserver.Postgres, millisSQL},
	{"postgres double", "double precision", testserver.Postgres, millisSQL},
	{"postgres text", "text", testserver.Postgres, textSQL("2006-01-02T15:04:05.000+00:00")},
	{"postgres varchar, no zone", "varchar(40)", testserver.Postgres, textSQL("2006-01-02 15:04:05.000")},
	{"mariadb datetime", "datetime(3)", testserver.MariaDB, textSQL("2006-01-02 15:04:05.000")},
	{"mariadb bigint", "bigint", testserver.MariaDB, millisSQL},
	{"mariadb double", "double", testserver.MariaDB, millisSQL},
	{"mariadb varchar", "varchar(40)", testserver.MariaDB, textSQL("2006-01-02 15:04:05.000")},
	{"mariadb text, ISO", "text", testserver.MariaDB, textSQL("2006-01-02T15:04:05.000Z")},
}

func sqliteURL(t testing.TB) string { return "sqlite:" + t.TempDir() + "/dates.db" }

func millisSQL(at time.Time) string { return fmt.Sprint(at.UnixMilli()) }

func textSQL(layout string) func(time.Time) string {
	return func(at time.Time) string { return "'" + at.UTC().Format(layout) + "'" }
}

// madeElsewhere is a server on a database whose date columns have the type typ.
func madeElsewhere(t *testing.T, url, typ string, now *time.Time) (*auth.Auth, *sqlstore.DB) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o := auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Mode: auth.Development, Database: db, Environ: func(string) string { return "" }}
	o.Now = func() time.Time { return *now }
	o.EmailAndPassword.Enabled = true
	o.EmailAndPassword.Password.Hash = func(_ context.Context, password string) (string, error) { return "plain:" + password, nil }
	o.EmailAndPassword.Password.Verify = func(_ context.Context, in auth.PasswordCheck) (bool, error) { return in.Hash == "plain:"+in.Password, nil }
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := db.Plan(t.Context(), a.Store.Tables())
	if err != nil {
		t.Fatal(err)
	}
	ours := map[sqlstore.Dialect]string{
		sqlstore.SQLite: " date", sqlstore.Postgres: " timestamptz default CURRENT_TIMESTAMP", sqlstore.MySQL: " timestamp(3) default CURRENT_TIMESTAMP(3)",
	}[db.Dialect()]
	bare, _, _ := strings.Cut(ours, " default")
	for _, step := range plan.Steps {
		step = strings.ReplaceAll(strings.ReplaceAll(step, ours, " "+typ), bare+" ", " "+typ+" ")
		step = strings.ReplaceAll(strings.ReplaceAll(step, bare+",", " "+typ+","), bare+")", " "+typ+")")
		if _, err := db.SQL().ExecContext(t.Context(), step); err != nil {
			t.Fatalf("%v\n%s", err, step)
		}
	}
	return a, db
}

// browser calls a with the cookies that it was given.
type browser struct {
	a      *auth.Auth
	cookie string
}

func (b *browser) do(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, authtest.Origin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Origin", authtest.Origin)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", b.cookie)
	w := httptest.NewRecorder()
	b.a.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	return w
}

// Databases that other tools made keep dates in other forms than ours. Nothing
// may be lost by that: rows that live stay, rows that have ended go.
func TestForeignDates(t *testing.T) {
	for _, f := range foreignDates {
		t.Run(f.name, func(t *testing.T) {
			now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
			a, db := madeElsewhere(t, f.url(t), f.typ, &now)
			exec := func(text string) {
				t.Helper()
				if db.Dialect() == sqlstore.MySQL {
					text = strings.ReplaceAll(text, `"`, "`")
				}
				if _, err := db.SQL().ExecContext(t.Context(), text); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
			}
			left := func(where string) string {
				t.Helper()
				rows, err := db.SQL().QueryContext(t.Context(), where)
				if err != nil {
					t.Fatal(err)
				}
				defer rows.Close()
				var all []string
				for rows.Next() {
					var one string
					if err := rows.Scan(&one); err != nil {
						t.Fatal(err)
					}
					all = append(all, one)
				}
				return strings.Join(all, " ")
			}
			verified := map[sqlstore.Dialect]string{sqlstore.Postgres: "true"}[db.Dialect()]
			if verified == "" {
				verified = "1"
			}
			was := f.write(now.Add(-48 * time.Hour))
			exec(`INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ('u0', 'Old', 'old@example.com', ` + verified + `, ` + was + `, ` + was + `)`)
			for token, ends := range map[string]time.Duration{"live": time.Hour, "dead": -time.Hour} {
				exec(`INSERT INTO "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt") VALUES ('` + token + `', '` + token + `', 'u0', ` + f.write(now.Add(ends)) + `, ` + was + `, ` + was + `)`)
				exec(`INSERT INTO "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt") VALUES ('` + token + `', '` + token + `', 'v', ` + f.write(now.Add(ends)) + `, ` + was + `, ` + was + `)`)
			}

			b := &browser{a: a}
			if got := b.do(http.MethodPost, "/sign-up/email", `{"email":"ada@example.com","password":"long enough","name":"Ada"}`); got.Code != 200 {
				t.Fatalf("sign-up: %d %s", got.Code, got.Body)
			}
			signedIn := func(when string) {
				t.Helper()
				got := b.do(http.MethodGet, "/get-session", "")
				if got.Code != 200 || !strings.Contains(got.Body.String(), `"expiresAt":"20`) {
					t.Fatalf("%s: get-session: %d %s", when, got.Code, got.Body)
				}
				if got := b.do(http.MethodGet, "/list-sessions", ""); got.Code != 200 || strings.Count(got.Body.String(), `"token"`) != 1 {
					t.Fatalf("%s: list-sessions: %d %s", when, got.Code, got.Body)
				}
			}
			signedIn("at once")
			if rows, err := a.ListSessions(t.Context(), "u0"); err != nil || len(rows) != 1 || rows[0]["token"] != "live" {
				t.Fatalf("sessions of another tool: %v %v", rows, err)
			}
			if err := a.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			signedIn("swept")
			if got := left(`SELECT id FROM verification`); got != "live" {
				t.Errorf("verifications after the sweep: %q", got)
			}
			if got := left(`SELECT id FROM session WHERE token IN ('live', 'dead')`); got != "live" {
				t.Errorf("sessions after the sweep: %q", got)
			}

			for _, value := range []string{"first", "second"} {
				now = now.Add(time.Second)
				if _, err := a.CreateVerification(t.Context(), "code", value, now.Add(time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
			if row, err := a.FindVerification(t.Context(), "code"); err != nil || row["value"] != "second" {
				t.Errorf("the newest verification: %v %v", row, err)
			}
			if row, err := a.TakeVerification(t.Context(), "code"); err != nil || row["value"] != "second" {
				t.Errorf("taking the newest verification: %v %v", row, err)
			}
			if got := left(`SELECT value FROM verification WHERE identifier = 'code'`); got != "" {
				t.Errorf("verifications after taking: %q", got)
			}

			now = now.Add(8 * 24 * time.Hour)
			if err := a.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := left(`SELECT token FROM session`) + left(`SELECT id FROM verification`); got != "" {
				t.Errorf("left after everything ended: %q", got)
			}
		})
	}
}
