package all_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// The tests here ask PostgreSQL how it runs the statements of endpoints that must
// stay fast when the tables are large. No statement may read a large table, or a
// large part of it.

// many is the number of rows of a large table, much the largest number that a
// statement may read: more than the members of the largest organization.
const (
	many = 10_000
	much = 1_000
)

// rows fills the tables: users with sessions, keys, and organizations, of which the
// first has 200 members.
const rows = `SET session_replication_role = replica;
INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt", "role", "banned")
	SELECT md5('u' || i), 'User ' || i, 'user' || i || '@example.com', true, timestamptz '2026-01-01' - i * interval '1 minute', now(), 'user', i % 100 = 0
	FROM generate_series(1, 10000) i;
INSERT INTO "session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "userId")
	SELECT md5('s' || i), timestamptz '2099-01-01', md5('t' || i), now(), now(), md5('u' || i) FROM generate_series(1, 10000) i;
INSERT INTO "account" ("id", "accountId", "providerId", "userId", "createdAt", "updatedAt")
	SELECT md5('a' || i), md5('u' || i), 'credential', md5('u' || i), now(), now() FROM generate_series(1, 10000) i;
INSERT INTO "apikey" ("id", "configId", "referenceId", "key", "enabled", "rateLimitEnabled", "expiresAt", "createdAt", "updatedAt")
	SELECT md5('k' || i), 'default', md5('u' || i), md5('h' || i), true, false, CASE i % 10 WHEN 0 THEN timestamptz '2099-01-01' END, now(), now()
	FROM generate_series(1, 10000) i;
INSERT INTO "organization" ("id", "name", "slug", "createdAt")
	SELECT md5('o' || i), 'Organization ' || i, 'organization-' || i, now() FROM generate_series(1, 10000) i;
INSERT INTO "member" ("id", "organizationId", "userId", "role", "createdAt")
	SELECT md5('m' || i), md5('o' || CASE WHEN i <= 200 THEN 1 ELSE i END), md5('u' || i), 'member', now() FROM generate_series(1, 10000) i;
INSERT INTO "invitation" ("id", "organizationId", "email", "role", "status", "expiresAt", "createdAt", "inviterId")
	SELECT md5('i' || i), md5('o' || i), 'guest' || i || '@example.com', 'member', 'pending', timestamptz '2099-01-01', now(), md5('u' || i)
	FROM generate_series(1, 10000) i;
SET session_replication_role = DEFAULT;
ANALYZE`

// tracer keeps the statements of a connection while it is on.
type tracer struct {
	mu   sync.Mutex
	on   bool
	seen []pgx.TraceQueryStartData
}

// TraceQueryStart implements pgx.QueryTracer.
func (r *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on {
		r.seen = append(r.seen, data)
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (r *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// during returns the statements that a function runs.
func (r *tracer) during(run func()) []pgx.TraceQueryStartData {
	r.mu.Lock()
	r.on, r.seen = true, nil
	r.mu.Unlock()
	run()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	return r.seen
}

// large is a server over large tables.
type large struct {
	*authtest.Server
	t      *testing.T
	tracer *tracer
	conn   *pgx.Conn // for EXPLAIN
	db     *sqlstore.DB
	admin  *authtest.Client
	key    *authtest.Client // calls with an API key
	keyID  string
	user   string // id of the administrator, who is a member of the largest organization
}

func openLarge(t *testing.T) *large {
	t.Helper()
	address := testserver.Postgres(t)
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	l := &large{t: t, tracer: &tracer{}}
	cfg.Tracer = l.tracer
	pool := sql.OpenDB(stdlib.GetConnector(*cfg))
	t.Cleanup(func() { pool.Close() })
	db, err := sqlstore.New(t.Context(), pool, sqlstore.Postgres, sqlstore.Options{QueryTimeout: -1})
	if err != nil {
		t.Fatal(err)
	}
	l.db = db
	o := authtest.PlainPasswords(auth.Options{Database: &everywhere.DB{DB: db}})
	off := false
	o.Plugins = []auth.Plugin{
		admin.New(admin.Options{}), organization.New(organization.Options{}),
		apikey.New(apikey.Options{Configurations: []apikey.Configuration{{
			EnableSessionForAPIKeys: true, RateLimit: apikey.RateLimit{Enabled: &off},
		}}}),
	}
	l.Server = authtest.New(t, o)
	if l.conn, err = pgx.Connect(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.conn.Close(context.Background()) })
	began := time.Now()
	l.run(rows)
	t.Logf("filled in %v", time.Since(began))

	l.admin = l.Client()
	l.user = l.admin.SignUp("root@example.com").Want(200).Text("user.id")
	l.Change("user", store.Record{"role": "admin", "emailVerified": true}, store.Is("id", l.user))
	l.run(`UPDATE "member" SET "userId" = '` + l.user + `', "role" = 'owner' WHERE "id" = md5('m1')`)
	made := l.admin.Post("/api-key/create", `{"name":"ci"}`).Want(200)
	l.key, l.keyID = l.Client(), made.Text("id")
	l.key.Header.Set("X-Api-Key", made.Text("key"))
	return l
}

func (l *large) run(script string) {
	l.t.Helper()
	if _, err := l.conn.PgConn().Exec(context.Background(), script).ReadAll(); err != nil {
		l.t.Fatal(err)
	}
}

// md5 returns an id of the rows.
func (l *large) md5(text string) (sum string) {
	l.t.Helper()
	if err := l.conn.QueryRow(l.t.Context(), "SELECT md5($1::text)", text).Scan(&sum); err != nil {
		l.t.Fatal(err)
	}
	return sum
}

// plan is a node of PostgreSQL's answer to EXPLAIN.
type plan struct {
	Node     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Plan Rows"`
	Filter   string  `json:"Filter"`
	Index    string  `json:"Index Name"`
	Plans    []plan  `json:"Plans"`
}

// explain returns the plan of a statement, nil for one that has none, such as BEGIN.
func (l *large) explain(st pgx.TraceQueryStartData) *plan {
	l.t.Helper()
	word, _, _ := strings.Cut(st.SQL, " ")
	if !slices.Contains([]string{"SELECT", "UPDATE", "DELETE", "INSERT"}, strings.ToUpper(word)) {
		return nil
	}
	var text []byte
	if err := l.conn.QueryRow(l.t.Context(), "EXPLAIN (FORMAT JSON) "+st.SQL, st.Args...).Scan(&text); err != nil {
		l.t.Fatalf("%v\n%s", err, st.SQL)
	}
	var out []struct{ Plan plan }
	if err := json.Unmarshal(text, &out); err != nil {
		l.t.Fatal(err)
	}
	return &out[0].Plan
}

// faults returns what makes a plan slow when tables grow. few says that only the
// first rows of a node are read.
func (p *plan) faults(few bool, size map[string]float64) (out []string) {
	switch {
	case p.Node == "Limit":
		few = true
	case p.Node == "Seq Scan" && size[p.Relation] >= many && (p.Filter != "" || !few):
		out = append(out, fmt.Sprintf("reads the whole table %s, filter %q", p.Relation, p.Filter))
	case strings.Contains(p.Node, "Scan") && !few && p.Rows > much:
		out = append(out, fmt.Sprintf("%s reads %.0f rows of %s", p.Node, p.Rows, p.Relation))
	case p.Node == "Sort", p.Node == "Aggregate", p.Node == "Hash", p.Node == "Materialize", strings.HasPrefix(p.Node, "Bitmap"):
		few = false // these need all rows before they return the first
	}
	for i := range p.Plans {
		out = append(out, p.Plans[i].faults(few, size)...)
	}
	return out
}

// sizes returns the number of rows of the tables, as the planner knows them.
func (l *large) sizes() map[string]float64 {
	l.t.Helper()
	rows, err := l.conn.Query(l.t.Context(), "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
	if err != nil {
		l.t.Fatal(err)
	}
	out := map[string]float64{}
	var name string
	var n float64
	if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error { out[name] = n; return nil }); err != nil {
		l.t.Fatal(err)
	}
	return out
}

// slow returns the faults of the statements that a call runs.
func (l *large) slow(run func()) (out []string) {
	l.t.Helper()
	l.Advance(20 * time.Second) // so that expired keys are looked for, and nothing is remembered
	size := l.sizes()
	statements := l.tracer.during(run)
	if len(statements) == 0 {
		out = append(out, "no statement was seen")
	}
	for _, st := range statements {
		if st.SQL == countOfAll {
			continue
		}
		p := l.explain(st)
		if p == nil {
			continue
		}
		for _, fault := range p.faults(false, size) {
			out = append(out, fault+"\n"+st.SQL)
		}
	}
	return out
}

// countOfAll is the total of list-users without conditions. No index makes it
// cheap, so the admin plugin remembers it.
const countOfAll = `SELECT COUNT(*) FROM "user"`

func TestPlansOfLargeTables(t *testing.T) {
	l := openLarge(t)
	list := func(query string) func() {
		return func() {
			if l.admin.Get("/admin/list-users?limit=50&"+query).Want(200).Text("users.0.id") == "" {
				t.Errorf("list-users finds nobody: %s", query)
			}
		}
	}
	get := func(c *authtest.Client, path string, args ...any) func() {
		return func() { c.Get(fmt.Sprintf(path, args...)).Want(200) }
	}
	post := func(c *authtest.Client, path, body string, args ...any) func() {
		return func() { c.Post(path, fmt.Sprintf(body, args...)).Want(200) }
	}
	first := l.md5("o1")
	calls := map[string]func(){
		"get-session":                 get(l.admin, "/get-session"),
		"list-sessions":               get(l.admin, "/list-sessions"),
		"a session by an API key":     get(l.key, "/get-session"),
		"api-key/get":                 get(l.admin, "/api-key/get?id=%s", l.keyID),
		"api-key/list":                get(l.admin, "/api-key/list"),
		"list-users":                  list(""),
		"list-users, offset":          list("offset=1000&sortBy=createdAt"),
		"list-users, sort name":       list("sortBy=name&sortDirection=desc"),
		"list-users, sort email":      list("sortBy=email"),
		"list-users, filter email":    list("filterField=email&filterValue=" + url.QueryEscape("user77@example.com")),
		"list-users, filter role":     list("filterField=role&filterValue=admin"),
		"list-users, filter banned":   list("filterField=banned&filterValue=true"),
		"list-users, filter new ones": list("filterField=createdAt&filterOperator=gt&filterValue=2026-02-01"),
		"admin/get-user":              get(l.admin, "/admin/get-user?id=%s", l.md5("u7")),
		"admin/list-user-sessions":    post(l.admin, "/admin/list-user-sessions", `{"userId":"%s"}`, l.md5("u7")),
		"admin/set-role":              post(l.admin, "/admin/set-role", `{"userId":"%s","role":"user"}`, l.md5("u8")),
		"admin/ban-user":              post(l.admin, "/admin/ban-user", `{"userId":"%s"}`, l.md5("u9")),
		"admin/remove-user":           post(l.admin, "/admin/remove-user", `{"userId":"%s"}`, l.md5("u10")),

		"organization/list":                   get(l.admin, "/organization/list"),
		"organization/get-organization":       get(l.admin, "/organization/get-organization?organizationId=%s", first),
		"organization/get-full-organization":  get(l.admin, "/organization/get-full-organization?organizationId=%s", first),
		"organization/list-members":           get(l.admin, "/organization/list-members?organizationId=%s", first),
		"list-members, slug, sort, offset":    get(l.admin, "/organization/list-members?organizationSlug=organization-1&sortBy=createdAt&offset=5&limit=5"),
		"list-members, filter":                get(l.admin, "/organization/list-members?organizationId=%s&filterField=role&filterValue=owner", first),
		"organization/list-invitations":       get(l.admin, "/organization/list-invitations?organizationId=%s", first),
		"organization/list-user-invitations":  get(l.admin, "/organization/list-user-invitations"),
		"organization/get-active-member-role": get(l.admin, "/organization/get-active-member-role?organizationId=%s&userId=%s", first, l.md5("u11")),
		"organization/set-active":             post(l.admin, "/organization/set-active", `{"organizationId":"%s"}`, first),
		"organization/has-permission":         post(l.admin, "/organization/has-permission", `{"organizationId":"%s","permissions":{"member":["create"]}}`, first),
		"organization/invite-member":          post(l.admin, "/organization/invite-member", `{"organizationId":"%s","email":"guest@example.com","role":"member"}`, first),
		"organization/update-member-role":     post(l.admin, "/organization/update-member-role", `{"organizationId":"%s","memberId":"%s","role":"admin"}`, first, l.md5("m12")),
		"organization/remove-member":          post(l.admin, "/organization/remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, first, l.md5("m13")),
		"organization/check-slug":             post(l.admin, "/organization/check-slug", `{"slug":"free"}`),
		"organization/update":                 post(l.admin, "/organization/update", `{"organizationId":"%s","data":{"name":"Renamed","slug":"organization-1"}}`, first),
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			for _, fault := range l.slow(call) {
				t.Error(fault)
			}
		})
	}
	t.Run("search", func(t *testing.T) { l.search(t) })
	t.Run("references", func(t *testing.T) { l.references(t) })
	t.Run("without an index", func(t *testing.T) { l.seen(t, calls) })
}
