package memstore

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// jsonText is the value of a JSON field as text, which is invalid JSON if a
// caller wrote such a text. frozen is an object or a list in a field of another
// type. Storing text means that callers never share a mutable value.
type (
	jsonText string
	frozen   string
)

// freeze copies the fields of t from row into an immutable form.
func freeze(t *store.TableSchema, row store.Record) store.Record {
	out := make(store.Record, len(row))
	for i := range t.Columns {
		c := &t.Columns[i]
		if v, ok := row[c.Name]; ok {
			out[c.Name] = freezeValue(c, v)
		}
	}
	return out
}

func freezeValue(c *store.Column, v any) any {
	switch v := v.(type) {
	case nil, bool, float64, time.Time, store.InvalidDate:
		return v
	case string:
		if c.Type == store.JSON {
			return jsonText(v)
		}
		return v
	case []any:
		if c.Type != store.JSON && !slices.ContainsFunc(v, compound) {
			return slices.Clone(v)
		}
	}
	if c.Type == store.JSON {
		return jsonText(js.Marshal(v))
	}
	return frozen(js.Marshal(v))
}

func compound(v any) bool {
	switch v.(type) {
	case nil, bool, float64, string, time.Time:
		return false
	}
	return true
}

// complete sets every field of t that the row lacks to null.
func complete(t *store.TableSchema, row store.Record) {
	for i := range t.Columns {
		if _, ok := row[t.Columns[i].Name]; !ok {
			row[t.Columns[i].Name] = nil
		}
	}
}

// thaw returns a copy of a row for a caller.
func thaw(t *store.TableSchema, row store.Record) store.Record {
	out := make(store.Record, len(t.Columns)+1)
	for i := range t.Columns {
		name := t.Columns[i].Name
		stored, ok := row[name]
		if !ok {
			continue
		}
		switch v := stored.(type) {
		case jsonText:
			out[name] = store.Document(string(v))
		case frozen:
			out[name], _ = js.Parse([]byte(v)) // we wrote it, so it is valid JSON
		case []any:
			out[name] = slices.Clone(v)
		default:
			out[name] = v
		}
	}
	return out
}

// check checks row for required fields, unique fields and references.
func check(s *state, t *store.TableSchema, others []store.Record, row store.Record) error {
	for i := range t.Columns {
		c := &t.Columns[i]
		v := row[c.Name]
		if v == nil {
			if c.IsID || !c.Optional {
				return fmt.Errorf("memstore: %s: %w: %s", t.Model, store.ErrRequired, c.Name)
			}
			continue
		}
		is := []store.Where{store.Is(c.Name, v)}
		if (c.IsID || c.Unique) && len(filter(t, others, is, 1)) > 0 {
			return fmt.Errorf("memstore: %s.%s: %w", t.Model, c.Name, store.ErrConflict)
		}
		if c.RefTable == nil || (c.RefTable == t && equal(row[c.Ref.Field], v)) {
			continue
		}
		if len(filter(c.RefTable, s.rows(c.RefTable).list, []store.Where{store.Is(c.Ref.Field, v)}, 1)) == 0 {
			return fmt.Errorf("memstore: %s.%s: %w", t.Model, c.Name, store.ErrReference)
		}
	}
	return checkIndexes(t, others, row)
}

func checkIndexes(t *store.TableSchema, others []store.Record, row store.Record) error {
	for _, ix := range t.Indexes {
		if !ix.Unique {
			continue
		}
		var same []store.Where
		for _, f := range ix.Fields {
			if row[f] != nil {
				same = append(same, store.Is(f, row[f]))
			}
		}
		if len(same) == len(ix.Fields) && len(filter(t, others, same, 1)) > 0 {
			return fmt.Errorf("memstore: %s: index %s: %w", t.Model, ix.Name, store.ErrConflict)
		}
	}
	return nil
}

// remove deletes rows from t and applies the reference's onDelete rules to the
// rows that refer to them.
func remove(s *state, t *store.TableSchema, gone []store.Record) (*state, error) {
	if len(gone) == 0 {
		return s, nil
	}
	old := s.rows(t)
	left := slices.DeleteFunc(slices.Clone(old.list), func(r store.Record) bool { return contains(gone, r) })
	s = s.with(t, &rows{list: left, serial: old.serial})
	for _, r := range s.tables {
		other := r.table
		for i := range other.Columns {
			c := &other.Columns[i]
			if c.RefTable == nil || c.RefTable.Name != t.Name {
				continue
			}
			var err error
			if s, err = release(s, other, c, gone); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func contains(list []store.Record, row store.Record) bool {
	return slices.ContainsFunc(list, func(r store.Record) bool { return r["id"] == row["id"] })
}

func release(s *state, t *store.TableSchema, c *store.Column, gone []store.Record) (*state, error) {
	refers := func(row store.Record) bool {
		return row[c.Name] != nil && slices.ContainsFunc(gone, func(g store.Record) bool { return g[c.Ref.Field] == row[c.Name] })
	}
	list := s.rows(t).list
	if !slices.ContainsFunc(list, refers) {
		return s, nil
	}
	switch c.Ref.OnDelete {
	case "no action", "restrict":
		return nil, fmt.Errorf("memstore: %s.%s: %w", t.Model, c.Name, store.ErrReference)
	case "set null", "set default":
		next := slices.Clone(list)
		for i, row := range next {
			if refers(row) {
				next[i] = apply(row, store.Record{c.Name: nil}, nil)
			}
		}
		return s.with(t, &rows{list: next, serial: s.rows(t).serial}), nil
	}
	var doomed []store.Record
	for _, row := range list {
		if refers(row) {
			doomed = append(doomed, row)
		}
	}
	return remove(s, t, doomed)
}
