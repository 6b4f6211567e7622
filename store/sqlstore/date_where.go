package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// compareDate writes a comparison that holds only for dates: a text or a number
// that is not a date equals nothing, and is neither before nor after anything.
func (b *builder) compareDate(c *columnInfo, name, op string, v any) error {
	if c.date.err != nil {
		return &columnError{c.name, c.date.err}
	}
	at, ok := v.(time.Time)
	if !ok {
		return fmt.Errorf("column %s: a %T is not a date", c.name, v)
	}
	switch {
	case b.d.dialect == SQLite:
		b.compareSQLite(c, name, op, at)
	case c.date.form == dateMillis:
		b.compareMillis(c, name, op, at)
	case c.date.form == dateText && b.d.dialect == Postgres:
		b.put(postgresInstant(name), op).arg(at)
	case c.date.form == dateText:
		b.compareMySQLText(name, op, at)
	default:
		b.put(name, op).arg(at)
	}
	return nil
}

// dateIn writes IN and NOT IN for dates.
func (b *builder) dateIn(c *columnInfo, name string, op store.Op, list []any) error {
	between, each, none := " OR ", " = ", never
	if op == store.NotIn {
		between, each, none = " AND ", " <> ", always
	}
	if len(list) == 0 {
		b.put(none)
		return nil
	}
	b.once = b.once || len(list) > 3
	for n, v := range list {
		if n == 0 {
			b.put("(")
		} else {
			b.put(between)
		}
		if v == nil { // as in SQL, nothing equals null or differs from it
			b.put("NULL")
			continue
		}
		if err := b.compareDate(c, name, each, v); err != nil {
			return err
		}
	}
	b.put(")")
	return nil
}

// sorted writes a column to sort by. Dates of different forms are sorted by the
// time that they mean.
func (b *builder) sorted(c *columnInfo, prefix string) string {
	name := prefix + c.name
	switch {
	case c.kind != kindDate:
	case b.d.dialect == SQLite && c.date.mixed:
		return "CASE typeof(" + name + ") WHEN 'text' THEN " + sqliteMillis(name) + " ELSE " + name + " END"
	case b.d.dialect == Postgres && c.date.form == dateText:
		return postgresInstant(name)
	case b.d.dialect == MySQL && c.date.form == dateText:
		return mysqlWall(name)
	}
	return name
}

// compareMillis compares numbers. In an expiry column, only numbers that can be
// milliseconds match.
func (b *builder) compareMillis(c *columnInfo, name, op string, at time.Time) {
	b.put("(", name, op).arg(at.UnixMilli())
	if expires(c.field) {
		b.put(" AND ", name, " >= ", leastMillisText, " AND ", name, " < ", mostMillisText)
	}
	b.put(")")
}

var (
	leastMillisText = strconv.FormatFloat(leastMillis, 'f', 0, 64)
	mostMillisText  = strconv.FormatFloat(mostMillis, 'f', 0, 64)
)

const (
	sqliteISO  = `'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z'`
	sqliteDate = `'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'`
)

// sqliteMillis returns SQL for a text as milliseconds, null if SQLite cannot read
// it as a date.
func sqliteMillis(name string) string {
	return "CASE WHEN " + name + " GLOB " + sqliteDate + " THEN CAST(round(unixepoch(" + name + ", 'subsec') * 1000) AS INTEGER) END"
}

// compareSQLite compares each value in its own form. Any SQLite column can hold any
// kind of value, and another program may have written it.
func (b *builder) compareSQLite(c *columnInfo, name, op string, at time.Time) {
	millis := at.UnixMilli()
	b.put("CASE typeof(", name, ") WHEN 'text' THEN CASE WHEN ", name, " GLOB ", sqliteISO, " THEN ", name, op).arg(js.ISO(at))
	b.put(" ELSE ", sqliteMillis(name), op).arg(millis).put(" END")
	for _, number := range []string{"integer", "real"} {
		b.put(" WHEN '", number, "' THEN ")
		b.compareMillis(c, name, op, at)
	}
	b.put(" END")
}

const (
	postgresDay  = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`
	postgresHour = `[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?`
	postgresZone = `(Z|[+-][0-9]{2}(:?[0-9]{2})?)`
)

// postgresInstant returns SQL for a text as a timestamptz, null if it is not a
// date.
func postgresInstant(name string) string {
	return "CASE WHEN " + name + " ~ '^" + postgresDay + postgresHour + postgresZone + "$' THEN CAST(" + name + " AS timestamptz)" +
		" WHEN " + name + " ~ '^" + postgresDay + "(" + postgresHour + ")?$' THEN CAST(" + name + " || ' UTC' AS timestamptz) END"
}

const (
	mysqlDate = `'^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+]00:?00)?)?$'`
	mysqlUTC  = `'(Z|[+]00:?00)$'`
)

// mysqlWall returns SQL for a text in the form of mysqlTime, null if it is not a
// date.
func mysqlWall(name string) string {
	return "CASE WHEN " + name + " REGEXP " + mysqlDate + " THEN LEFT(SUBSTRING_INDEX(REPLACE(REPLACE(" + name + ", 'T', ' '), 'Z', ''), '+', 1), 23) END"
}

func (b *builder) compareMySQLText(name, op string, at time.Time) {
	b.put(mysqlWall(name), op)
	if b.d.location() == time.UTC {
		b.arg(at.UTC().Format(mysqlTime))
		return
	}
	b.put("CASE WHEN ", name, " REGEXP ", mysqlUTC, " THEN ").arg(at.UTC().Format(mysqlTime))
	b.put(" ELSE ").arg(at.In(b.d.location()).Format(mysqlTime)).put(" END")
}

// comparableText reports whether a text can be compared on every engine.
func comparableText(text string) bool {
	if len(text) < len("2006-01-02") || strings.Count(text[:10], "-") != 2 || text[4] != '-' || text[7] != '-' {
		return false
	}
	rest := strings.TrimRight(text[10:], "Z")
	if rest == "" {
		return true
	}
	if _, ok := js.ParseDate(text); !ok || (rest[0] != 'T' && rest[0] != ' ') {
		return false
	}
	return strings.Trim(rest[1:], "0123456789:.+-") == ""
}
