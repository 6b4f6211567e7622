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

// room is how much text a live column holds; the zero value has no bound.
type room struct {
	chars, bytes int64 // 0 is no bound
	cut          bool  // a longer text is shortened
}

// fit shortens a text to the column where that is allowed, and otherwise refuses
// what is too long: PostgreSQL does not name the column in its own error, and
// MySQL without a strict mode would shorten anything.
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

// liveType is the type of a live column as the rows of its table have it.
type liveType struct {
	name  string // in upper case
	chars int64
	bytes int64
}

// live is what is known of a table, its live columns included. A table that cannot
// be looked at is taken to be as we make it, except that every use of a date
// column fails with the reason; the next call looks again.
func (d *DB) live(ctx context.Context, t *store.TableSchema) *tableInfo {
	if v, ok := d.infos.Load(t); ok {
		return v.(*tableInfo)
	}
	i := d.shape(t)
	var dates map[string]liveDate
	err := d.learnColumns(ctx, t, i)
	known := err == nil
	if err = d.classify(err); !errors.Is(err, store.ErrUnavailable) { // or the dates would be waited for likewise
		dates, err = d.learnDates(ctx, t)
	}
	for n := range i.columns {
		c := &i.columns[n]
		if c.kind != kindDate {
			continue
		}
		if c.date = dates[c.field]; err != nil {
			c.date.err = fmt.Errorf("the form of its dates is not known: %w", err)
		}
		known = known && c.date.err == nil
	}
	if !known {
		return i // somebody may mend it
	}
	v, _ := d.infos.LoadOrStore(t, i)
	return v.(*tableInfo)
}

// learnColumns takes the kind of ids and the room for texts from the live table.
// SQLite needs neither: it compares by value and bounds no text.
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

// liveIDKind is the kind of the ids that a live column holds. It may differ from
// the option generateId: the option says what new ids are, and old ones of
// another form stay readable where the column holds both.
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

// liveTypesOf reads the types of a table's columns by their names in lower case.
func (d *DB) liveTypesOf(ctx context.Context, t *store.TableSchema, i *tableInfo) (map[string]liveType, error) {
	if d.dialect == MySQL {
		return d.mysqlTypesOf(ctx, t)
	}
	// A query of the table finds it as every other statement does, by the search path.
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

// columnTypes passes the types of a query's columns on, within the limit of a call.
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
			live.chars = 0 // a bound in bytes alone
		} else {
			live.bytes = 0
		}
		out[strings.ToLower(name)] = live
		return nil
	})
	return out, err
}
