package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestMySQLZone reads and writes the wall clock of a Node process with the same
// timezone, in every type of column.
func TestMySQLZone(t *testing.T) {
	at := time.Date(2026, 7, 1, 10, 30, 0, 250e6, time.UTC)
	server := open(t, testserver.MariaDB(t), sqlstore.Options{})
	exec(t, server, "SET GLOBAL time_zone = '+03:00'")
	defer exec(t, server, "SET GLOBAL time_zone = '+00:00'")
	for param, c := range map[string]struct{ written, read string }{
		"":                      {"2026-07-01 10:30:00.250", "2026-07-01T12:00:00Z"},
		"timezone=Z":            {"2026-07-01 10:30:00.250", "2026-07-01T12:00:00Z"},
		"timezone=%2B02:00":     {"2026-07-01 12:30:00.250", "2026-07-01T10:00:00Z"},
		"timezone=+02:00":       {"2026-07-01 12:30:00.250", "2026-07-01T10:00:00Z"},
		"timezone=-05:30":       {"2026-07-01 05:00:00.250", "2026-07-01T17:30:00Z"},
		"loc=Europe%2FBerlin":   {"2026-07-01 12:30:00.250", "2026-07-01T10:00:00Z"},
		"loc=UTC&tls=preferred": {"2026-07-01 10:30:00.250", "2026-07-01T12:00:00Z"},
	} {
		t.Run(param, func(t *testing.T) {
			plain := testserver.MariaDB(t)
			d := open(t, plain+"?"+param, sqlstore.Options{})
			// A Node process sends and reads texts, in a session with the
			// server's time zone.
			node := "?timezone=Z"
			if param == "" {
				node = "" // without a time zone everything is in UTC
			}
			other := open(t, plain+node, sqlstore.Options{})
			for _, typ := range []string{"datetime(3)", "timestamp(3) null", "varchar(40)"} {
				name := "t" + strings.ReplaceAll(typ[:4], " ", "")
				exec(t, other, `CREATE TABLE "`+name+`" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(20), "at" `+typ+`)`,
					`INSERT INTO "`+name+`" VALUES ('node', 'node', '2026-07-01 12:00:00.000')`)
				tables := resolve(t, store.Schema{name: {Fields: []store.Field{
					{Name: "name", Type: store.String, Optional: true}, {Name: "at", Type: store.Date, Optional: true},
				}}}, store.TextID)
				if _, err := d.Insert(t.Context(), tables[0], store.Record{"id": "ours", "at": at}); err != nil {
					t.Fatal(err)
				}
				var written string
				if err := other.SQL().QueryRow("SELECT CONCAT(`at`) FROM " + name + " WHERE id = 'ours'").Scan(&written); err != nil || written != c.written {
					t.Errorf("%s: written %s %v, want %s", typ, written, err, c.written)
				}
				want, err := time.Parse(time.RFC3339, c.read)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := d.Select(t.Context(), tables[0], store.Select{Where: []store.Where{{Field: "at", Op: store.Eq, Value: want}}, Limit: 9})
				if err != nil || len(rows) != 1 || rows[0]["id"] != "node" || !rows[0]["at"].(time.Time).Equal(want) {
					t.Errorf("%s: read %v %v, want %s", typ, rows, err, want)
				}
				if n, err := d.Count(t.Context(), tables[0], []store.Where{{Field: "at", Op: store.Lt, Value: at.Add(time.Millisecond)}, {Field: "id", Op: store.Eq, Value: "ours"}}); n != 1 || err != nil {
					t.Errorf("%s: %d before a moment later, %v", typ, n, err)
				}
			}
		})
	}
	for _, param := range []string{"timezone=Europe/Berlin", "timezone=2", "loc=Mars", "loc=UTC&timezone=Z"} {
		if d, err := sqlstore.Open(t.Context(), "mysql://root@127.0.0.1:1/x?"+param, sqlstore.Options{}); err == nil || !strings.Contains(err.Error(), "mysql url") {
			t.Errorf("%s: %v", param, err)
			if err == nil {
				_ = d.Close()
			}
		}
	}
}
