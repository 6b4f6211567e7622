package main

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

var updateForeign = flag.Bool("update", false, "write what doctor finds in testdata/foreign")

// foreignEngines lists the engines by the names of their files in
// testdata/foreign.
var foreignEngines = map[string]func(t testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "foreign.db") },
	"postgres": testserver.Postgres,
	"mysql":    testserver.MariaDB,
}

// foreign is a database made by another tool, with options for it.
type foreign struct {
	*server
	w    *world
	says *bytes.Buffer
	url  string
}

func openForeign(t *testing.T, dir, engine string) *foreign {
	t.Helper()
	f := &foreign{says: &bytes.Buffer{}, url: foreignEngines[engine](t)}
	db, err := sqlstore.Open(t.Context(), f.url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join(dir, engine+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db.SQL(), string(script))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f.w = &world{stdout: f.says, stderr: f.says, env: func(string) string { return "" }, now: time.Now, ctx: context.Background()}
	f.open(t, dir, store.TextID)
	return f
}

func (f *foreign) open(t *testing.T, dir string, ids store.IDKind) {
	t.Helper()
	s, err := f.w.read(configFlags{Config: filepath.Join(dir, "config.yaml"), Database: f.url})
	if err != nil {
		t.Fatal(err)
	}
	if ids != store.TextID {
		s.file.Options.Advanced.Database.GenerateID.Kind = ids
	}
	if f.server, err = s.openDatabase(f.w); err != nil {
		t.Fatal(err)
	}
	srv := f.server
	t.Cleanup(func() { _ = srv.Close() })
}

// execute runs statements, each of which ends at the end of a line.
func execute(t *testing.T, db *sql.DB, script string) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if _, err := conn.ExecContext(t.Context(), line); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
	}
}

// TestForeignDatabases runs doctor on databases made by other tools, and then the
// statements that doctor suggests: no error may be left.
func TestForeignDatabases(t *testing.T) {
	scripts, err := filepath.Glob("testdata/foreign/*/*.sql")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no schemas", err)
	}
	for _, script := range scripts {
		dir, engine := filepath.Dir(script), strings.TrimSuffix(filepath.Base(script), ".sql")
		t.Run(filepath.Base(dir)+"/"+engine, func(t *testing.T) {
			f := openForeign(t, dir, engine)
			d := &doctor{w: f.w, setup: f.setup}
			d.schema(f.server)
			f.says.Reset()
			d.print()
			file := filepath.Join(dir, engine+".txt")
			if *updateForeign {
				if err := os.WriteFile(file, f.says.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), f.says.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			mended(t, f, d)
			ordinaryCalls(t, f, d, dir)
		})
	}
}

// mended runs the statements that doctor suggests, sets the option that it names,
// adds what is missing, and checks again.
func mended(t *testing.T, f *foreign, d *doctor) {
	t.Helper()
	for _, told := range d.findings {
		execute(t, f.resources.DB.SQL(), told.SQL)
	}
	findings, err := config.Examine(t.Context(), f.resources.DB, f.Auth)
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range findings {
		if left.Remedy != "" || left.Instead == "" && left.Severity == sqlstore.Fatal {
			t.Errorf("left after the remedies: %s: %s", left.Place(), left.Problem)
		}
	}
}

// ordinaryCalls uses the fixed database, with the kind of ids that doctor
// suggested and the missing parts added.
func ordinaryCalls(t *testing.T, f *foreign, d *doctor, dir string) {
	t.Helper()
	ids := store.TextID
	for _, told := range d.findings {
		for _, kind := range []store.IDKind{store.UUID, store.SerialID} {
			if strings.Contains(told.Remedy, `generateId to "`+string(kind)) {
				ids = kind
			}
		}
		if told.Severity == severityError && strings.Contains(told.Remedy, "new table") {
			return // no statement fixes it
		}
	}
	f.open(t, dir, ids)
	plan, err := f.resources.DB.Plan(t.Context(), f.Store.Tables())
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err != nil {
		if strings.Contains(err.Error(), "Cannot add a NOT NULL column") {
			return // SQLite: a new table is needed
		}
		t.Fatal(err)
	}
	if findings, err := config.Examine(t.Context(), f.resources.DB, f.Auth); err != nil {
		t.Fatal(err)
	} else {
		for _, left := range findings {
			if left.Severity == sqlstore.Fatal && left.Remedy != "" {
				t.Errorf("left at the end: %s: %s", left.Place(), left.Problem)
			}
		}
	}
	person := &caller{h: f.Auth}
	agent := strings.Repeat("ü", 300)
	person.post(t, "/sign-up/email", agent, `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
	first := person.cookie
	person.post(t, "/sign-in/email", agent, `{"email":"ann@example.com","password":"password1234"}`)
	if got := strings.Count(person.get(t, "/list-sessions"), `"token"`); got != 2 {
		t.Fatalf("%d sessions, want 2", got)
	}
	if got := person.post(t, "/revoke-other-sessions", "", `{}`); !strings.Contains(got, "true") {
		t.Errorf("revoked: %s", got)
	}
	if got := strings.Count(person.get(t, "/list-sessions"), `"token"`); got != 1 {
		t.Errorf("%d sessions are left, want 1", got)
	}
	person.cookie = first
	if got := person.get(t, "/get-session"); got != "null" {
		t.Errorf("the revoked session is alive: %s", got)
	}
}

// caller is a client with one cookie.
type caller struct {
	h      http.Handler
	cookie string
}

func (c *caller) post(t *testing.T, path, agent, body string) string {
	t.Helper()
	return c.send(t, http.MethodPost, path, agent, body)
}

func (c *caller) get(t *testing.T, path string) string {
	t.Helper()
	return c.send(t, http.MethodGet, path, "", "")
}

func (c *caller) send(t *testing.T, method, path, agent, body string) string {
	t.Helper()
	r := httptest.NewRequest(method, "https://auth.example.com/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "https://auth.example.com")
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Cookie", c.cookie)
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	for _, k := range w.Result().Cookies() {
		if strings.HasSuffix(k.Name, "session_token") {
			c.cookie = k.Name + "=" + k.Value
		}
	}
	return w.Body.String()
}

// TestStartCheck starts on databases made by other tools: errors are printed and
// stop the start, warnings are logged, and advanced.database.validateSchema turns
// both off.
func TestStartCheck(t *testing.T) {
	var log bytes.Buffer
	prepare := func(f *foreign) error {
		_, err := (&serveCmd{Migrate: true}).prepare(f.w, f.server, slog.New(slog.NewTextHandler(&log, nil)))
		return err
	}
	f := openForeign(t, "testdata/foreign/drizzle", "sqlite")
	err := prepare(f)
	if err == nil || !strings.Contains(err.Error(), "user.email_verified: The column is declared") || !strings.Contains(err.Error(), "betterauth doctor --config") {
		t.Errorf("started: %v", err)
	}
	if !strings.Contains(log.String(), "table=verification column=identifier") {
		t.Errorf("log: %s", &log)
	}
	f.Options.CheckSchema = nil // the effect of validateSchema: false
	if err := prepare(f); err != nil {
		t.Error(err)
	}
	if err := prepare(openForeign(t, "testdata/foreign/prisma", "sqlite")); err != nil {
		t.Error(err)
	}
}
