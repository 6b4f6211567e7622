package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/store"
)

// room is the capacity of a text column; the zero value is unlimited.
type room struct {
	chars, bytes int64 // 0 is unlimited
	cut          bool  // longer texts are shortened
}

// fit shortens a text to the column's length if the field allows that, and
// otherwise returns an error for a text that is too long: PostgreSQL's own error
// does not name the column, and MySQL without a strict mode would shorten any text.
func (r room) fit(v any) (any, error) {
	text, ok := v.(string)
	if !ok || r.bytes == 0 && r.chars == 0 {
		return v, nil
	}
	if r.bytes > 0 && int64(len(text)) > r.bytes {
		if !r.cut {
			return nil, fmt.Errorf("%w: a text of %d bytes, and the column holds %d", store.ErrUnfit, len(text), r.bytes)
		}
		end := int(r.bytes)
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		return text[:end], nil
	}
	if r.chars == 0 || int64(len(text)) <= r.chars {
		return v, nil
	}
	length := int64(utf8.RuneCountInString(text))
	if length <= r.chars {
		return v, nil
	}
	if !r.cut {
		return nil, fmt.Errorf("%w: a text of %d characters, and the column holds %d", store.ErrUnfit, length, r.chars)
	}
	return string([]rune(text)[:r.chars]), nil
}

// liveType is the type of a column in the database.
type liveType struct {
	name  string // in upper case
	chars int64
	bytes int64
}

// live returns what is known of a table, including its columns in the database. If
// the table cannot be inspected, it is assumed to be as this package creates it,
// but every use of a date column fails with the reason, and the next call inspects
// again.
func (d *DB) live(ctx context.Context, t *store.TableSchema) *tableInfo {
	if v, ok := d.infos.Load(t); ok {
		return v.(*tableInfo)
	}
	i := d.shape(t)
	var dates map[string]liveDate
	err := d.learnColumns(ctx, t, i)
	known := err == nil
	if err = d.classify(err); !errors.Is(err, store.ErrUnavailable) { // otherwise the call would wait again for the dates
		dates, err = d.learnDates(ctx, t)
	}
	for n := range i.columns {
		c := &i.columns[n]
		if c.kind != kindDate {
			continue
		}
		if c.date = dates[c.field]; err != nil {
			c.date.err = fmt.Errorf("the form of its dates is unknown: %w", err)
		}
		known = known && c.date.err == nil
	}
	if !known {
		return i // somebody may fix it
	}
	v, _ := d.infos.LoadOrStore(t, i)
	return v.(*tableInfo)
}

// learnColumns learns the kind of ids and the capacity of texts from the live
// table. SQLite needs neither: it compares by value and does not limit texts.
func (d *DB) learnColumns(ctx context.Context, t *store.TableSchema, i *tableInfo) error {
	if d.dialect == SQLite {
		return nil
	}
	types, err := d.liveTypesOf(ctx, t, i)
	if err != nil {
		return err
	}
	for n := range i.columns {
		c, col := &i.columns[n], &t.Columns[n]
		live, known := types[strings.ToLower(col.Physical)]
		switch {
		case !known:
		case c.kind == kindID || c.kind == kindUUID || c.kind == kindSerial:
			c.kind = liveIDKind(c.kind, live.name)
		}
		if known && (c.kind == kindText || c.kind == kindID) {
			c.room = room{live.chars, live.bytes, col.Need.Cut}
		}
	}
	return nil
}

// liveIDKind returns the kind of ids that a live column holds. It may differ from
// the option generateId: the option is about new ids, and old ones of another form
// stay readable if the column can hold both.
func liveIDKind(wanted kind, live string) kind {
	switch live {
	case "UUID":
		return kindUUID
	case "INT2", "INT4", "INT8", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT":
		return kindSerial
	case "TEXT", "VARCHAR", "BPCHAR", "CHAR", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT":
		return kindID
	}
	return wanted
}

// liveTypesOf returns the types of a table's columns by lower-case name.
func (d *DB) liveTypesOf(ctx context.Context, t *store.TableSchema, i *tableInfo) (map[string]liveType, error) {
	if d.dialect == MySQL {
		return d.mysqlTypesOf(ctx, t)
	}
	// A query of the table finds it by the search path, as every other statement
	// does.
	out := make(map[string]liveType, len(i.columns))
	err := d.columnTypes(ctx, "SELECT "+i.list+" FROM "+i.name+" WHERE 1 = 0", func(columns []*sql.ColumnType) {
		for _, c := range columns {
			live := liveType{name: strings.ToUpper(c.DatabaseTypeName())}
			if n, ok := c.Length(); ok && (live.name == "VARCHAR" || live.name == "BPCHAR") && n > 0 && n < 1<<30 {
				live.chars = n
			}
			out[strings.ToLower(c.Name())] = live
		}
	})
	return out, err
}

// columnTypes passes the types of a query's columns to pass, within the time limit
// of a call.
func (d *DB) columnTypes(ctx context.Context, text string, pass func([]*sql.ColumnType)) error {
	run := func(ctx context.Context) error {
		rows, err := d.query(ctx, d.read, statement{text: text, once: true})
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		types, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		pass(types)
		return rows.Err()
	}
	if d.held(ctx) != nil {
		return d.observe(ctx, within(ctx, d.limit(ctx), run))
	}
	return d.retry(ctx, lost, run)
}

func (d *DB) mysqlTypesOf(ctx context.Context, t *store.TableSchema) (map[string]liveType, error) {
	const text = `SELECT column_name, data_type, COALESCE(character_maximum_length, 0), COALESCE(character_octet_length, 0)
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?`
	out := map[string]liveType{}
	err := d.each(ctx, d.read, statement{text: text, args: []any{t.Name}, once: true}, func(rows *sql.Rows) error {
		var name string
		var live liveType
		if err := rows.Scan(&name, &live.name, &live.chars, &live.bytes); err != nil {
			return err
		}
		live.name = strings.ToUpper(live.name)
		if strings.HasSuffix(live.name, "TEXT") {
			live.chars = 0 // limited only in bytes
		} else {
			live.bytes = 0
		}
		out[strings.ToLower(name)] = live
		return nil
	})
	return out, err
}
