package base_test

import (
	"bytes"
	"fmt"
	"log/slog"
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

// foreignDates are databases whose date columns were created by another tool. The columns have the type typ, and
// write returns dates as that tool stores them.
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

// madeElsewhere is a server on a database whose date columns were created by another tool.
type madeElsewhere struct {
	t      *testing.T
	a      *auth.Auth
	db     *sqlstore.DB
	now    time.Time
	log    bytes.Buffer
	cookie string
}

func openElsewhere(t *testing.T, url, typ string) *madeElsewhere {
	t.Helper()
	e := &madeElsewhere{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	db, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o := auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Mode: auth.Development, Database: db, Environ: func(string) string { return "" }}
	o.Now = func() time.Time { return e.now }
	o.Logger = slog.New(slog.NewTextHandler(&e.log, nil))
	o.EmailAndPassword.Enabled = true
	o = authtest.PlainPasswords(o)
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
	e.a, e.db = a, db
	return e
}

func (e *madeElsewhere) exec(text string) {
	e.t.Helper()
	if e.db.Dialect() == sqlstore.MySQL {
		text = strings.ReplaceAll(text, `"`, "`")
	}
	if _, err := e.db.SQL().ExecContext(e.t.Context(), text); err != nil {
		e.t.Fatalf("%v\n%s", err, text)
	}
}

// left returns the texts that a query selects.
func (e *madeElsewhere) left(query string) string {
	e.t.Helper()
	rows, err := e.db.SQL().QueryContext(e.t.Context(), query)
	if err != nil {
		e.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			e.t.Fatal(err)
		}
		all = append(all, one)
	}
	return strings.Join(all, " ")
}

// rows adds what the other tool wrote: a user with a session that lives and one
// that has ended, and two verifications.
func (e *madeElsewhere) rows(write func(time.Time) string) {
	verified := "1"
	if e.db.Dialect() == sqlstore.Postgres {
		verified = "true"
	}
	was := write(e.now.Add(-48 * time.Hour))
	e.exec(`INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ('u0', 'Old', 'old@example.com', ` + verified + `, ` + was + `, ` + was + `)`)
	for token, ends := range map[string]time.Duration{"live": time.Hour, "dead": -time.Hour} {
		dates := write(e.now.Add(ends)) + `, ` + was + `, ` + was + `)`
		e.exec(`INSERT INTO "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt") VALUES ('` + token + `', '` + token + `', 'u0', ` + dates)
		e.exec(`INSERT INTO "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt") VALUES ('` + token + `', '` + token + `', 'v', ` + dates)
	}
}

// do calls the server with the cookie that it gave.
func (e *madeElsewhere) do(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, authtest.Origin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Origin", authtest.Origin)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", e.cookie)
	w := httptest.NewRecorder()
	e.a.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		e.cookie = c.Name + "=" + c.Value
	}
	return w
}

func (e *madeElsewhere) signedIn(when string) {
	e.t.Helper()
	got := e.do(http.MethodGet, "/get-session", "")
	if got.Code != 200 || !strings.Contains(got.Body.String(), `"expiresAt":"2026-12-01T12:00:00.000Z"`) {
		e.t.Fatalf("%s: get-session: %d %s", when, got.Code, got.Body)
	}
	if got := e.do(http.MethodGet, "/list-sessions", ""); got.Code != 200 || strings.Count(got.Body.String(), `"token"`) != 1 {
		e.t.Fatalf("%s: list-sessions: %d %s", when, got.Code, got.Body)
	}
}

func (e *madeElsewhere) sweep() {
	e.t.Helper()
	e.log.Reset()
	if err := e.a.Sweep(e.t.Context()); err != nil {
		e.t.Fatal(err)
	}
}

// verifications writes two values under one name and takes the newer.
func (e *madeElsewhere) verifications() {
	ctx := e.t.Context()
	for _, value := range []string{"first", "second"} {
		e.now = e.now.Add(time.Second)
		if err := e.a.Once.Put(ctx, "code", value, e.now.Add(time.Minute)); err != nil {
			e.t.Fatal(err)
		}
	}
	if row, err := e.a.Once.Find(ctx, "code"); err != nil || row.Text != "second" {
		e.t.Errorf("the newest verification: %v %v", row, err)
	}
	if row, err := e.a.Once.Take(ctx, "code"); err != nil || row.Text != "second" {
		e.t.Errorf("taking the newest verification: %v %v", row, err)
	}
	if got := e.left(`SELECT value FROM verification WHERE identifier = 'code'`); got != "" {
		e.t.Errorf("verifications after taking: %q", got)
	}
}

// Databases that other tools made keep dates in other forms than ours. Nothing
// may be lost by that: rows that live stay, rows that have ended go.
func TestForeignDates(t *testing.T) {
	for _, f := range foreignDates {
		t.Run(f.name, func(t *testing.T) {
			e := openElsewhere(t, f.url(t), f.typ)
			e.rows(f.write)
			if got := e.do(http.MethodPost, "/sign-up/email", `{"email":"ada@example.com","password":"long enough","name":"Ada"}`); got.Code != 200 {
				t.Fatalf("sign-up: %d %s", got.Code, got.Body)
			}
			e.signedIn("at once")
			if rows, err := e.a.Sessions.Of(t.Context(), "u0"); err != nil || len(rows) != 1 || rows[0].Token != "live" {
				t.Fatalf("sessions of the other tool: %v %v", rows, err)
			}
			e.sweep()
			e.signedIn("swept")
			if got := e.left(`SELECT id FROM verification`); got != "live" {
				t.Errorf("verifications after the sweep: %q", got)
			}
			if got := e.left(`SELECT id FROM session WHERE token IN ('live', 'dead')`); got != "live" {
				t.Errorf("sessions after the sweep: %q", got)
			}
			if !strings.Contains(e.log.String(), "table=session rows=1") || !strings.Contains(e.log.String(), "table=verification rows=1") {
				t.Errorf("the log of the sweep: %s", &e.log)
			}
			e.verifications()
			e.now = e.now.Add(8 * 24 * time.Hour)
			e.sweep()
			if got := e.left(`SELECT token FROM session`) + e.left(`SELECT id FROM verification`); got != "" {
				t.Errorf("left after everything ended: %q", got)
			}
		})
	}
}
