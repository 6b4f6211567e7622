package all_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// search checks that the indexes of migrate --search-indexes serve the searches of
// list-users.
func (l *large) search(t *testing.T) {
	var available bool
	if err := l.conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')").Scan(&available); err != nil {
		t.Fatal(err)
	}
	if !available && os.Getenv("CI") == "true" {
		t.Fatal("PostgreSQL's extension pg_trgm is not installed")
	}
	if !available {
		t.Skip("PostgreSQL's extension pg_trgm is not installed")
	}
	missing, err := l.db.SearchIndexes(t.Context(), l.Auth.Store.Table("user"), "email", "name")
	if err != nil {
		t.Fatal(err)
	}
	for _, ix := range missing {
		if err := ix.Create(t.Context(), l.db); err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{
		"searchValue=ser377", "searchValue=user377%40example.com", "searchValue=user377&searchOperator=starts_with", "searchValue=377%40example.com&searchOperator=ends_with",
		"searchValue=377&searchField=name", "searchValue=User+377&searchField=name&searchOperator=starts_with",
	} {
		call := func() { l.admin.Get("/admin/list-users?limit=1&" + query).Want(200) }
		for _, fault := range l.slow(call) {
			t.Errorf("%s: %s", query, fault)
		}
	}
	l.searchWithoutTrigrams(t)
}

// searchWithoutTrigrams checks that a search for at least five characters, of which some
// are in few rows, needs no extension and uses the index whose cost does not grow.
func (l *large) searchWithoutTrigrams(t *testing.T) {
	for _, query := range []string{
		"searchValue=er377", "searchValue=user377", "searchValue=user377%40example.com", "searchValue=377%40example.com&searchOperator=ends_with",
		"searchValue=r+377&searchField=name", "searchValue=User+377&searchField=name&searchOperator=ends_with",
	} {
		used := false
		for _, st := range l.tracer.during(func() { l.admin.Get("/admin/list-users?limit=1&" + query).Want(200) }) {
			if !strings.Contains(st.SQL, "@> string_to_array") {
				continue
			}
			used = true
			for _, drop := range []string{"", "DROP EXTENSION pg_trgm CASCADE"} {
				l.run("BEGIN; " + drop)
				p := l.explain(st)
				faults := p.faults(false, l.sizes())
				l.run("ROLLBACK")
				if len(faults) > 0 || !p.uses("_grams") || p.uses("_trgm") {
					t.Errorf("%s %s: %v, plan %+v\n%s", query, drop, faults, *p, st.SQL)
				}
			}
		}
		if !used {
			t.Errorf("%s does not look up grams", query)
		}
	}
}

// uses reports whether a plan reads an index whose name has an ending.
func (p *plan) uses(ending string) bool {
	return strings.HasSuffix(p.Index, ending) || slices.ContainsFunc(p.Plans, func(p plan) bool { return p.uses(ending) })
}

// references checks that every reference between tables has an index: without one,
// deleting a row reads the whole table that refers to it.
func (l *large) references(t *testing.T) {
	const text = `SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k
		JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		WHERE k.contype = 'f' AND NOT EXISTS (
			SELECT FROM pg_index x WHERE x.indrelid = k.conrelid AND x.indkey[0] = k.conkey[1] AND x.indpred IS NULL)`
	rows, err := l.conn.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	var table, column string
	if _, err := pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		t.Errorf("%s.%s is a reference without an index", table, column)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// seen checks that the tests here notice a missing index.
func (l *large) seen(t *testing.T, calls map[string]func()) {
	for index, name := range map[string]string{
		"user_createdAt_idx":        "list-users, offset",
		"user_role_idx":             "list-users, filter role",
		"user_name_idx":             "list-users, sort name",
		"apikey_key_idx":            "a session by an API key",
		"apikey_expiresAt_idx":      "api-key/list",
		"session_userId_idx":        "list-sessions",
		"member_organizationId_idx": "organization/list-members",
		"invitation_email_idx":      "organization/list-user-invitations",
	} {
		var definition string
		if err := l.conn.QueryRow(t.Context(), "SELECT pg_get_indexdef(to_regclass($1))", pgx.Identifier{index}.Sanitize()).Scan(&definition); err != nil {
			t.Fatalf("%s: %v", index, err)
		}
		l.run("DROP INDEX " + pgx.Identifier{index}.Sanitize())
		if len(l.slow(calls[name])) == 0 {
			t.Errorf("%s is missing, and %q passes", index, name)
		}
		l.run(definition)
	}
}
