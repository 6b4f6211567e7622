package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// dateForm is the form in which a column of the database keeps dates. Tables made
// by other tools have other types than ours, and comparing two forms is
// meaningless: SQLite sorts every number below every text.
type dateForm uint8

const (
	dateUnknown dateForm = iota // no form that can be read and compared
	dateNative                  // the engine's own type for dates
	dateText                    // text in the form that the reference's driver for the engine writes
	dateMillis                  // a number of milliseconds since 1970
)

// liveDate describes a date column of the database.
type liveDate struct {
	form    dateForm
	typ     string // the column's type, in upper case
	mixed   bool   // some values have another form
	finding *Finding
	err     error // why values of a dateUnknown are neither written nor compared
}

// sampled is the number of rows that are read to learn the form of a date column.
const sampled = 500

// expires reports whether a date is an expiry date, so that misreading it ends
// something too early or too late.
func expires(field string) bool { return strings.Contains(strings.ToLower(field), "expire") }

// learnDates finds out how the live table keeps its dates: from the types of its
// columns and, if these leave it open, from the values of some rows.
func (d *DB) learnDates(ctx context.Context, t *store.TableSchema) (map[string]liveDate, error) {
	i := d.shape(t)
	dates := slices.DeleteFunc(slices.Clone(i.columns), func(c columnInfo) bool { return c.kind != kindDate })
	if len(dates) == 0 {
		return nil, nil
	}
	types, err := d.typesOf(ctx, t, dates)
	if err != nil {
		return nil, err
	}
	open := d.dialect == SQLite || slices.ContainsFunc(types, func(typ string) bool { return d.typeForm(typ) != dateNative })
	samples := make([][]any, len(dates))
	if open {
		if samples, err = d.sampleDates(ctx, i, dates); err != nil {
			return nil, err
		}
	}
	out := make(map[string]liveDate, len(dates))
	for n, c := range dates {
		l := liveDate{typ: types[n]}
		if l.form = d.typeForm(l.typ); d.dialect == SQLite {
			if err := d.sqliteForm(ctx, &l, samples[n]); err != nil {
				return nil, err
			}
		}
		d.judge(&l, t, &dates[n], samples[n])
		out[c.field] = l
	}
	return out, nil
}

// typesOf returns the types of columns, in upper case. It queries the table itself,
// because that finds the same table as every other statement.
func (d *DB) typesOf(ctx context.Context, t *store.TableSchema, columns []columnInfo) ([]string, error) {
	if d.dialect == SQLite {
		return d.declaredTypes(ctx, t, columns)
	}
	types := make([]string, len(columns))
	text := "SELECT " + names(columns) + " FROM " + d.table(t.Name) + " WHERE 1 = 0"
	err := d.columnTypes(ctx, text, func(live []*sql.ColumnType) {
		for n, c := range live {
			types[n] = strings.ToUpper(c.DatabaseTypeName())
		}
	})
	return types, err
}

func names(columns []columnInfo) string {
	list := make([]string, len(columns))
	for n := range columns {
		list[n] = columns[n].read("")
	}
	return strings.Join(list, ", ")
}

func (d *DB) declaredTypes(ctx context.Context, t *store.TableSchema, columns []columnInfo) ([]string, error) {
	declared := map[string]string{}
	st := statement{text: "SELECT name, type FROM pragma_table_info(?)", args: []any{t.Name}, once: true}
	err := d.each(ctx, d.read, st, func(rows *sql.Rows) error {
		var name, typ string
		err := rows.Scan(&name, &typ)
		declared[strings.ToLower(name)] = strings.ToUpper(typ)
		return err
	})
	types := make([]string, len(columns))
	for n := range columns {
		c := t.Column(columns[n].field)
		typ, there := declared[strings.ToLower(c.Physical)]
		if !there && err == nil {
			err = fmt.Errorf("no such column: %s.%s", t.Name, c.Physical)
		}
		types[n] = typ
	}
	return types, err
}

// sampleDates reads the values of some rows, column by column. Ids are random or
// ascending, so the rows with the highest ids are either random or the newest.
func (d *DB) sampleDates(ctx context.Context, i *tableInfo, columns []columnInfo) ([][]any, error) {
	samples := make([][]any, len(columns))
	cells, dest := make([]any, len(columns)), make([]any, len(columns))
	for n := range cells {
		dest[n] = &cells[n]
	}
	text := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s DESC LIMIT %d", names(columns), i.name, i.id.name, sampled)
	err := d.each(ctx, d.read, statement{text: text, once: true}, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for n, v := range cells {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			if v != nil {
				samples[n] = append(samples[n], v)
			}
		}
		return nil
	})
	return samples, err
}

// typeForm returns the form that the type of a column implies.
func (d *DB) typeForm(typ string) dateForm {
	switch d.dialect {
	case Postgres:
		return postgresForms[typ]
	case MySQL:
		return mysqlForms[strings.TrimPrefix(typ, "UNSIGNED ")]
	}
	return sqliteAffinity(typ)
}

var postgresForms = map[string]dateForm{
	"TIMESTAMPTZ": dateNative, "TIMESTAMP": dateNative, "DATE": dateNative,
	"INT8": dateMillis, "NUMERIC": dateMillis, "FLOAT8": dateMillis,
	"TEXT": dateText, "VARCHAR": dateText, "BPCHAR": dateText,
}

var mysqlForms = map[string]dateForm{
	"TIMESTAMP": dateNative, "DATETIME": dateNative, "DATE": dateNative,
	"BIGINT": dateMillis, "DECIMAL": dateMillis, "DOUBLE": dateMillis,
	"VARCHAR": dateText, "CHAR": dateText, "TEXT": dateText, "TINYTEXT": dateText, "MEDIUMTEXT": dateText, "LONGTEXT": dateText,
}

// sqliteAffinity returns the form that a declared type of SQLite implies;
// dateUnknown is a type that keeps both numbers and texts (NUMERIC, BLOB, none).
func sqliteAffinity(typ string) dateForm {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(typ, part) })
	}
	switch {
	case has("INT"):
		return dateMillis
	case has("CHAR", "CLOB", "TEXT"):
		return dateText
	case has("REAL", "FLOA", "DOUB"):
		return dateMillis
	}
	return dateUnknown
}

// sqliteForm determines the form of a column that can keep both: from its values,
// then from other columns of its type, then from the type. A column without any
// hint gets texts, as the reference writes them.
func (d *DB) sqliteForm(ctx context.Context, l *liveDate, values []any) error {
	numbers, texts := count(values)
	l.mixed = numbers > 0 && texts > 0
	switch {
	case l.form == dateText:
	case numbers > 0 && (l.form == dateMillis || numbers >= texts):
		l.form = dateMillis
	case texts > 0:
		l.form = dateText
	case l.form == dateUnknown:
		l.form = dateText
		if l.typ != "" && l.typ != "DATE" { // this package declares "date"
			return d.neighbours(ctx, l)
		}
	}
	return nil
}

func count(values []any) (numbers, texts int) {
	for _, v := range values {
		if _, isText := v.(string); isText {
			texts++
		} else {
			numbers++
		}
	}
	return numbers, texts
}

// neighbours looks at other columns of the same type if a column is empty: a tool
// such as Prisma writes all its DATETIME columns in the same form.
func (d *DB) neighbours(ctx context.Context, l *liveDate) error {
	var columns [][2]string
	st := statement{text: `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND upper(c.type) = ? ORDER BY m.rowid LIMIT 40`, args: []any{l.typ}, once: true}
	err := d.each(ctx, d.read, st, func(rows *sql.Rows) error {
		var c [2]string
		err := rows.Scan(&c[0], &c[1])
		columns = append(columns, c)
		return err
	})
	for _, c := range columns {
		if err != nil {
			return err
		}
		kind := ""
		column := d.quote(c[1])
		err = d.each(ctx, d.read, statement{text: "SELECT typeof(" + column + ") FROM " + d.quote(c[0]) + " WHERE " + column + " IS NOT NULL LIMIT 1", once: true},
			func(rows *sql.Rows) error { return rows.Scan(&kind) })
		switch kind {
		case "integer", "real":
			l.form = dateMillis
			return err
		case "text":
			return err
		}
	}
	return err
}

// The range of numbers that are recognised as milliseconds: from 1973 to a year far
// after 9999, which programs write for "never". Smaller numbers are seconds, larger
// ones microseconds.
const (
	leastMillis = 1e11
	mostMillis  = 1e15
	// leastSeconds is 1973 in seconds. Smaller numbers may be milliseconds of the
	// first days of 1970, which mean "unset".
	leastSeconds = 1e8
)

// location returns the time zone of texts that name none.
func (d *DB) location() *time.Location {
	if d.loc == nil {
		return time.UTC
	}
	return d.loc
}
