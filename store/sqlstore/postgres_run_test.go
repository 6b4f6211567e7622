package sqlstore_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestPgxCells checks that rows read with pgx itself have the values that its driver
// for database/sql returns, for every type that a column may have, with and without
// prepared statements.
func TestPgxCells(t *testing.T) {
	for _, mode := range []string{"", "&pgbouncer=true", "&default_query_exec_mode=simple_protocol"} {
		d := open(t, testserver.Postgres(t)+mode, sqlstore.Options{})
		for _, value := range []string{
			"NULL::text", "''::text", "'Adä'::varchar(9)", "'x'::char(3)", "'n'::name", "'7e3c0b1e-2f3c-4a55-8c3a-0d1f2b3c4d5e'::uuid",
			"true", "false", "NULL::boolean", "1::int2", "-2::int2", "2147483647::int4", "'-2147483648'::int4", "9223372036854775807::int8", "NULL::int4",
			"1.5::float4", "-1e300::float8", "'NaN'::float8", "12345.678::numeric",
			"'2026-11-26 10:20:30.123456+02'::timestamptz", "'infinity'::timestamptz", "'-infinity'::timestamptz", "'0044-03-15 12:00:00 BC'::timestamptz",
			"'2026-11-26 10:20:30.5'::timestamp", "'infinity'::timestamp", "'294276-12-31'::timestamp", "'1969-07-20'::date", "'infinity'::date", "'20:17'::time",
			`'{"a": [1, "b"]}'::json`, `'{"a": 1}'::jsonb`, "ARRAY['a','b c']", "ARRAY[1,2]", `'\x00ff'::bytea`, "'10.0.0.1'::inet", "7::oid", "'1 day'::interval", "'<a/>'::xml",
		} {
			want, err := sqlstore.CellsOf(t.Context(), d, "SELECT "+value, false)
			if err != nil {
				t.Fatalf("%s: %v", value, err)
			}
			got, err := sqlstore.CellsOf(t.Context(), d, "SELECT "+value, true)
			if err != nil || !reflect.DeepEqual(normal(got), normal(want)) {
				t.Errorf("%q, %s: %#v, %v; want %#v", mode, value, got, err, want)
			}
		}
	}
}

// normal leaves out what the server ignores: time zones, and whether a text is a
// string or bytes.
func normal(cells []any) []any {
	for i, v := range cells {
		switch v := v.(type) {
		case time.Time:
			cells[i] = v.UTC().Format(time.RFC3339Nano)
		case []byte:
			cells[i] = string(v)
		}
	}
	if len(cells) == 1 && cells[0] != cells[0] {
		cells[0] = "NaN"
	}
	return cells
}
