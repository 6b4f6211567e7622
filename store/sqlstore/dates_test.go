package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func sqliteFile(t testing.TB) string { return "sqlite:" + t.TempDir() + "/dates.db" }

func ticketSchema() store.Schema {
	return store.Schema{"ticket": {Fields: []store.Field{
		{Name: "name", Type: store.String},
		{Name: "expiresAt", Type: store.Date, Optional: true},
	}}}
}

// TestCheckDates checks that unusable forms of dates are found, that no row is lost
// because of them, and that the remedies fix them.
func TestCheckDates(t *testing.T) {
	const fatal, warning, fine = "fatal", "warning", ""
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, typ, values string // SQL of values, all of them in the future
		url               func(testing.TB) string
		want, problem     string
		mended            bool // the remedy is SQL
	}{
		{"sqlite: seconds", "integer", "1890000000", sqliteFile, fatal, "holds seconds", true},
		{"sqlite: seconds and milliseconds", "integer", "1890000000, 1890000000000", sqliteFile, fatal, "holds seconds", true},
		{"sqlite: Julian days", "real", "2462500.5", sqliteFile, fatal, "holds days (Julian)", true},
		{"sqlite: microseconds", "integer", "1890000000000000", sqliteFile, fatal, "microseconds", true},
		{"sqlite: milliseconds", "integer", "1890000000000", sqliteFile, fine, "", false},
		{"sqlite: the end of 9999", "integer", "253402300799999", sqliteFile, fine, "", false},
		{"sqlite: numbers and texts", "integer", "1890000000000, '2030-01-02T03:04:05.678Z'", sqliteFile, warning, "numbers and texts", true},
		{"sqlite: texts and a number", "date", "'2030-01-02T03:04:05.678Z', '2030-01-02T03:04:05.678Z', 1890000000000", sqliteFile, warning, "numbers and texts", true},
		{"sqlite: ISO", "text", "'2030-01-02T03:04:05.678Z'", sqliteFile, fine, "", false},
		{"sqlite: CURRENT_TIMESTAMP", "text", "'2030-01-02 03:04:05'", sqliteFile, fine, "", false},
		{"sqlite: words", "text", "'Jan 2, 2030'", sqliteFile, fatal, `texts like "Jan 2, 2030"`, false},
		{"sqlite: digits in a text", "text", "'1890000000000'", sqliteFile, fatal, "cannot be compared", false},
		{"postgres: integer", "integer", "1890000000", testserver.Postgres, fatal, "type int4", true},
		{"postgres: bigint, seconds", "bigint", "1890000000", testserver.Postgres, fatal, "holds seconds", true},
		{"postgres: bigint", "bigint", "1890000000000", testserver.Postgres, warning, "type int8", true},
		{"postgres: date", "date", "'2030-01-02'", testserver.Postgres, fatal, "no time of day", true},
		{"postgres: jsonb", "jsonb", `'"2030-01-02T03:04:05.678Z"'`, testserver.Postgres, fatal, "type jsonb", false},
		{"postgres: timestamp", "timestamp", "'2030-01-02 03:04:05.678'", testserver.Postgres, fine, "", false},
		{"mariadb: int", "int", "1890000000", testserver.MariaDB, fatal, "type int", true},
		{"mariadb: bigint, seconds", "bigint", "1890000000", testserver.MariaDB, fatal, "holds seconds", true},
		{"mariadb: bigint", "bigint", "1890000000000", testserver.MariaDB, warning, "type bigint", true},
		{"mariadb: date", "date", "'2030-01-02'", testserver.MariaDB, fatal, "no time of day", true},
		{"mariadb: datetime", "datetime", "'2030-01-02 03:04:05'", testserver.MariaDB, fine, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := c.url(t)
			d := open(t, url, sqlstore.Options{})
			exec(t, d, `CREATE TABLE "ticket" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(20), "expiresAt" `+c.typ+`)`)
			values := strings.Split(c.values, ", ")
			if strings.HasPrefix(c.values, "'J") {
				values = []string{c.values}
			}
			for n, v := range values {
				exec(t, d, `INSERT INTO "ticket" VALUES ('`+string(rune('a'+n))+`', 'x', `+v+`)`)
			}
			tables := resolve(t, ticketSchema(), store.TextID)
			findings, err := d.CheckDates(t.Context(), tables)
			if err != nil {
				t.Fatal(err)
			}
			if severity := severityOf(findings); severity != c.want || c.want != fine && !strings.Contains(findings[0].Problem, c.problem) {
				t.Fatalf("found %v, want %s: %s", findings, c.want, c.problem)
			}
			_, _ = d.DeleteMany(t.Context(), tables[0], []store.Where{{Field: "expiresAt", Op: store.Lt, Value: now}})
			if n, err := d.Count(t.Context(), tables[0], nil); n != int64(len(values)) || err != nil {
				t.Errorf("%d rows of %d are left: %v", n, len(values), err)
			}
			if !c.mended {
				return
			}
			for _, statement := range strings.Split(findings[0].Remedy, ";") {
				if s := strings.TrimSpace(statement); strings.HasPrefix(s, "UPDATE ") || strings.HasPrefix(s, "ALTER ") {
					if _, err := d.SQL().ExecContext(t.Context(), s); err != nil {
						t.Fatalf("%v\n%s", err, s)
					}
				}
			}
			again := open(t, url, sqlstore.Options{})
			if findings, err := again.CheckDates(t.Context(), tables); err != nil || severityOf(findings) == fatal {
				t.Errorf("after the remedy: %v %v", findings, err)
			}
			rows, err := again.Select(t.Context(), tables[0], store.Select{Where: []store.Where{{Field: "expiresAt", Op: store.Gt, Value: now}}, Limit: 9})
			if err != nil || len(rows) != len(values) {
				t.Errorf("after the remedy: %v %v", rows, err)
			}
			for _, row := range rows {
				if at, ok := row["expiresAt"].(time.Time); !ok || at.Year() < 2029 || at.Year() > 2030 {
					t.Errorf("after the remedy it ends at %v", row["expiresAt"])
				}
			}
		})
	}
}

func severityOf(findings []sqlstore.Finding) string {
	switch {
	case len(findings) == 0:
		return ""
	case findings[0].Severity == sqlstore.Fatal:
		return "fatal"
	}
	return "warning"
}

// TestUnreadableEnd checks that a value that is not a date does not count as
// expired.
func TestUnreadableEnd(t *testing.T) {
	d := open(t, sqliteFile(t), sqlstore.Options{})
	tables := resolve(t, ticketSchema(), store.TextID)
	migrate(t, d, tables)
	for id, value := range map[string]string{"text": "'soon'", "seconds": "1890000000", "ours": "'2030-01-02T03:04:05.678Z'"} {
		exec(t, d, `INSERT INTO "ticket" ("id", "name", "expiresAt") VALUES ('`+id+`', 'x', '2030-01-02T03:04:05.678Z')`)
		if _, err := d.Count(t.Context(), tables[0], []store.Where{store.Is("expiresAt", time.UnixMilli(0))}); err != nil { // the form is known from here on
			t.Fatal(err)
		}
		exec(t, d, `UPDATE "ticket" SET "expiresAt" = `+value+` WHERE "id" = '`+id+`'`)
	}
	for _, op := range []store.Op{store.Lt, store.Gt} {
		n, err := d.Count(t.Context(), tables[0], []store.Where{{Field: "expiresAt", Op: op, Value: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}})
		if want := map[store.Op]int64{store.Lt: 0, store.Gt: 1}[op]; n != want || err != nil {
			t.Errorf("%s: %d %v, want %d", op, n, err, want)
		}
	}
	for _, id := range []string{"text", "seconds"} {
		if rows, err := d.Select(t.Context(), tables[0], store.Select{Where: []store.Where{store.Is("id", id)}, Limit: 1}); err == nil {
			t.Errorf("%s was read as %v", id, rows)
		}
	}
}

// TestDatesOfTablesMadeLater checks that the form is learned once the table
// exists.
func TestDatesOfTablesMadeLater(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		tables := resolve(t, ticketSchema(), store.TextID)
		if _, err := d.Count(t.Context(), tables[0], []store.Where{store.Is("expiresAt", time.Time{})}); err == nil {
			t.Error("a table that is not there was counted")
		}
		typ := map[sqlstore.Dialect]string{sqlstore.SQLite: "integer"}[d.Dialect()]
		if typ == "" {
			typ = "bigint"
		}
		exec(t, d, `CREATE TABLE "ticket" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(20), "expiresAt" `+typ+`)`)
		at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		if _, err := d.Insert(t.Context(), tables[0], store.Record{"id": "1", "name": "x", "expiresAt": at}); err != nil {
			t.Fatal(err)
		}
		var n int64
		if err := d.SQL().QueryRow("SELECT COUNT(*) FROM ticket WHERE id = '1'").Scan(&n); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		rows, err := d.Select(t.Context(), tables[0], store.Select{Where: []store.Where{{Field: "expiresAt", Op: store.In, Value: []any{at, at.Add(1)}}}, Sort: "expiresAt", Limit: 2})
		if err != nil || len(rows) != 1 || rows[0]["expiresAt"] != at {
			t.Errorf("read %v %v", rows, err)
		}
	})
}

// TestNeighbours checks that an empty DATETIME column gets values of the form that
// other columns of its type hold.
func TestNeighbours(t *testing.T) {
	d := open(t, sqliteFile(t), sqlstore.Options{})
	tables := resolve(t, ticketSchema(), store.TextID)
	exec(t, d, `CREATE TABLE "other" ("at" DATETIME)`, `INSERT INTO "other" VALUES (1780000000000)`,
		`CREATE TABLE "ticket" ("id" text NOT NULL PRIMARY KEY, "name" text, "expiresAt" DATETIME)`)
	if _, err := d.Insert(t.Context(), tables[0], store.Record{"id": "1", "name": "x", "expiresAt": time.UnixMilli(1790000000000)}); err != nil {
		t.Fatal(err)
	}
	var kind string
	if err := d.SQL().QueryRow("SELECT typeof(expiresAt) FROM ticket").Scan(&kind); err != nil || kind != "integer" {
		t.Errorf("written as %s %v", kind, err)
	}
}

// TestCheckClock checks that rows written with another time zone's wall clock are
// noticed.
func TestCheckClock(t *testing.T) {
	schema := store.Schema{"ticket": {Fields: []store.Field{{Name: "createdAt", Type: store.Date}, {Name: "updatedAt", Type: store.Date}}}}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		created, updated time.Duration // from now
		want             string
	}{
		"right":                 {-time.Hour, -59 * time.Minute, ""},
		"ahead":                 {2 * time.Hour, 2 * time.Hour, "created +2:00 h from now"},
		"database ahead of us":  {-time.Hour, -3 * time.Hour, "updatedAt that is -2:00 h from createdAt"},
		"database behind of us": {-time.Hour - 5*time.Hour - 30*time.Minute, -time.Hour, "updatedAt that is +5:30 h from createdAt"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, "sqlite::memory:", sqlstore.Options{})
			tables := resolve(t, schema, store.TextID)
			migrate(t, d, tables)
			for n, id := range []string{"a", "b", "c"} {
				apart := time.Duration(n) * 3 * time.Minute
				row := store.Record{"id": id, "createdAt": now.Add(c.created - apart), "updatedAt": now.Add(c.updated - apart + 100*time.Millisecond)}
				if _, err := d.Insert(t.Context(), tables[0], row); err != nil {
					t.Fatal(err)
				}
			}
			found, err := d.CheckClock(t.Context(), tables, now)
			if err != nil || (c.want == "") != (len(found) == 0) || c.want != "" && !strings.Contains(found[0].Problem, c.want) {
				t.Errorf("found %v %v, want %q", found, err, c.want)
			}
		})
	}
}
