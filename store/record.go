package store

import (
	"maps"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Text returns the string in field, or "" when it is absent, null or of another type.
func (r Record) Text(field string) string { s, _ := r[field].(string); return s }

// True reports whether field holds the boolean true.
func (r Record) True(field string) bool { return r[field] == true }

// Time returns the time in field, or the zero time if there is none. It also
// parses the text form of a date in JSON, which rows from a cookie or from
// secondary storage may hold.
func (r Record) Time(field string) time.Time {
	switch v := r[field].(type) {
	case time.Time:
		return v
	case string:
		t, _ := js.ParseDate(v)
		return t
	}
	return time.Time{}
}

// With returns a copy of r with the fields of change set. r itself does not
// change.
func (r Record) With(change Record) Record {
	out := make(Record, len(r)+len(change))
	maps.Copy(out, r)
	maps.Copy(out, change)
	return out
}

// Without returns a copy of r without the named fields.
func (r Record) Without(fields ...string) Record {
	out := maps.Clone(r)
	for _, f := range fields {
		delete(out, f)
	}
	return out
}

// PublicRow is a row as clients see it: without hidden fields, written as JSON
// in the order of the table's columns. [TableSchema.Public] returns one.
type PublicRow struct {
	Record
	table *TableSchema
}

// Public returns row as clients may see it.
func (t *TableSchema) Public(row Record) *PublicRow {
	return &PublicRow{Record: t.Visible(row), table: t}
}

// Whole returns row in the form of [TableSchema.Public] with hidden fields
// included. It is for secondary storage and signed cookies, never for a client.
func (t *TableSchema) Whole(row Record) *PublicRow { return &PublicRow{Record: row, table: t} }

// Visible returns row without the hidden fields of the table. If the table hides
// nothing, it returns row itself.
func (t *TableSchema) Visible(row Record) Record {
	if t == nil || len(t.hidden) == 0 || row == nil {
		return row
	}
	out := make(Record, len(row))
	for k, v := range row {
		if !t.hidden[k] {
			out[k] = v
		}
	}
	return out
}

// AppendJSON implements [js.Appender].
func (r *PublicRow) AppendJSON(dst []byte) []byte {
	if r == nil || r.Record == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	first := true
	r.Each(func(name string, v any) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = js.AppendString(dst, name)
		dst = append(dst, ':')
		dst = js.Append(dst, v)
	})
	return append(dst, '}')
}

// Each calls put for every member: first the columns in their order, then the
// members that are not columns, sorted by name.
func (r *PublicRow) Each(put func(name string, v any)) {
	seen := 0
	if r.table != nil {
		for i := range r.table.Columns {
			name := r.table.Columns[i].Name
			v, ok := r.Record[name]
			if !ok {
				continue
			}
			seen++
			if !isUndefined(v) {
				put(name, v)
			}
		}
	}
	if seen == len(r.Record) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(r.Record)) {
		if v := r.Record[name]; !r.isColumn(name) && !isUndefined(v) {
			put(name, v)
		}
	}
}

func (r *PublicRow) isColumn(name string) bool { return r.table != nil && r.table.Column(name) != nil }

func isUndefined(v any) bool { _, ok := v.(js.Undefined); return ok }
