package sqlstore

import "strings"

// remedy writes the SQL that fixes a date column.
type remedy struct {
	d        *DB
	table    string // quoted
	column   string // quoted
	optional bool
}

// fill replaces $t by the table and $c by the column.
func (r remedy) fill(text string) string {
	null := "NOT NULL"
	if r.optional {
		null = "NULL"
	}
	return strings.NewReplacer("$t", r.table, "$c", r.column, "$null", null).Replace(text)
}

// native returns SQL that gives the column the engine's type for dates. unit is the
// unit of its current values: "seconds", "milliseconds", "days" for the type date,
// else "".
func (r remedy) native(unit string) string {
	from := map[Dialect]map[string]string{
		Postgres: {"seconds": "to_timestamp($c)", "milliseconds": "to_timestamp($c / 1000.0)", "days": "$c::timestamp AT TIME ZONE 'UTC'"},
		MySQL:    {"seconds": "$c", "milliseconds": "$c / 1000"},
	}[r.d.dialect][unit]
	switch {
	case r.d.dialect == MySQL && unit == "days":
		return r.fill("ALTER TABLE $t MODIFY $c datetime(3) $null;")
	case from == "" && r.d.dialect == Postgres:
		return r.fill("give $c of $t the type timestamptz")
	case from == "":
		return r.fill("give $c of $t the type datetime(3)")
	case r.d.dialect == Postgres:
		return r.fill("ALTER TABLE $t ALTER COLUMN $c DROP DEFAULT, ALTER COLUMN $c TYPE timestamptz USING " + from + ";")
	}
	return r.fill("ALTER TABLE $t ADD COLUMN betterauth_date datetime(3); " +
		"UPDATE $t SET betterauth_date = TIMESTAMP('1970-01-01 00:00:00') + INTERVAL (" + from + ") SECOND; " +
		"ALTER TABLE $t DROP COLUMN $c; ALTER TABLE $t CHANGE betterauth_date $c datetime(3) $null;")
}

// rescaled returns SQL that converts numbers of another unit to milliseconds.
func (r remedy) rescaled(unit string) string {
	switch unit {
	case "seconds":
		return r.fill("UPDATE $t SET $c = $c * 1000 WHERE $c < "+leastMillisText+";") +
			" The other programs must write milliseconds too (Drizzle: mode \"timestamp_ms\")."
	case "days (Julian)":
		return r.fill("UPDATE $t SET $c = CAST(round(($c - 2440587.5) * 86400000) AS INTEGER) WHERE $c < 10000000;")
	}
	return r.fill("UPDATE $t SET $c = $c / 1000 WHERE $c >= "+mostMillisText+";") + " Again, if these were nanoseconds."
}

// uniform returns SQL that converts every value of an SQLite column to one form.
func (r remedy) uniform(form dateForm) string {
	if form == dateMillis {
		return r.fill("UPDATE $t SET $c = CAST(round(unixepoch($c, 'subsec') * 1000) AS INTEGER) WHERE typeof($c) = 'text';")
	}
	return r.fill("UPDATE $t SET $c = strftime('%Y-%m-%dT%H:%M:%fZ', $c / 1000.0, 'unixepoch') WHERE typeof($c) IN ('integer', 'real');")
}
