package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The limits of database-index.mjs, which fit every database of the reference.
const (
	maxIndexName   = 63
	maxIndexFields = 16
)

var indexName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// IndexName returns the name that the reference gives to an index over columns
// of a table: "<table>_<columns>_idx", or "_uidx" if unique, cut to 63 bytes with
// a hash if longer.
func IndexName(table string, columns []string, unique bool) string {
	kind := "idx"
	if unique {
		kind = "uidx"
	}
	stem := table + "_" + strings.Join(columns, "_")
	name := stem + "_" + kind
	if len(name) <= maxIndexName {
		return name
	}
	suffix := fmt.Sprintf("_%08x_%s", fnv16(name), kind)
	room := maxIndexName - len(suffix)
	for i := range stem {
		_, size := utf8.DecodeRuneInString(stem[i:])
		if i+size > room {
			return stem[:i] + suffix
		}
	}
	return stem + suffix
}

// fnv16 returns the FNV-1a hash over UTF-16 units, as charCodeAt returns them.
func fnv16(s string) uint32 {
	h := uint32(2166136261)
	for _, u := range utf16.Encode([]rune(s)) {
		h = (h ^ uint32(u)) * 16777619
	}
	return h
}

// indexes names the indexes of tables and rejects those that database-index.mjs
// rejects.
func (r *resolver) indexes(tables []*TableSchema) {
	owners := map[string]string{}
	for _, t := range tables {
		owners[strings.ToLower(t.Name)] = "the table " + t.Name
	}
	claim := func(name, owner string) {
		key := strings.ToLower(name)
		if other, taken := owners[key]; taken {
			r.problem("the index name %q of %s is taken by %s", name, owner, other)
		}
		owners[key] = owner
	}
	for _, t := range tables {
		for _, c := range t.Columns {
			if c.Index || c.Unique {
				claim(IndexName(t.Name, []string{c.Physical}, c.Unique), t.Model+"."+c.Name)
			}
		}
	}
	for _, t := range tables {
		for _, ix := range r.schema[t.Model].Indexes {
			if ix.Extra {
				continue
			}
			ix, ok := r.index(t, ix)
			if !ok || slices.ContainsFunc(t.Indexes, func(o Index) bool { return sameIndex(o, ix) }) {
				continue
			}
			claim(ix.Name, "model "+t.Model)
			t.Indexes = append(t.Indexes, ix)
		}
	}
	for _, t := range tables {
		for _, ix := range r.schema[t.Model].Indexes {
			if !ix.Extra || covered(t, ix.Fields) {
				continue
			}
			ix, ok := r.index(t, ix)
			if _, taken := owners[strings.ToLower(ix.Name)]; ok && !taken {
				claim(ix.Name, "model "+t.Model)
				t.Indexes = append(t.Indexes, ix)
			}
		}
	}
}

// covered reports whether an index of t begins with the fields.
func covered(t *TableSchema, fields []string) bool {
	if c := t.Column(fields[0]); len(fields) == 1 && c != nil && (c.IsID || c.Index || c.Unique) {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(ix Index) bool {
		return len(ix.Fields) >= len(fields) && slices.Equal(ix.Fields[:len(fields)], fields)
	})
}

func sameIndex(a, b Index) bool {
	return a.Name == b.Name && a.Unique == b.Unique && slices.Equal(a.Fields, b.Fields)
}

func (r *resolver) index(t *TableSchema, ix Index) (Index, bool) {
	before := len(r.problems)
	if len(ix.Fields) == 0 || len(ix.Fields) > maxIndexFields {
		r.problem("an index of %s has %d fields, the allowed number is 1 to %d", t.Model, len(ix.Fields), maxIndexFields)
	}
	var columns []string
	for _, f := range ix.Fields {
		c := t.Column(f)
		switch {
		case c == nil:
			r.problem("an index of %s refers to the unknown field %q", t.Model, f)
			continue
		case slices.Contains(columns, c.Physical):
			r.problem("an index of %s has the field %q twice", t.Model, f)
		case c.Type == JSON || c.Type == StringArray || c.Type == NumberArray:
			r.problem("an index of %s refers to %q, whose type cannot be indexed on every engine", t.Model, f)
		case ix.Unique && c.Optional:
			r.problem("a unique index of %s refers to the optional field %q", t.Model, f)
		}
		columns = append(columns, c.Physical)
	}
	if ix.Name == "" {
		ix.Name = IndexName(t.Name, columns, ix.Unique)
	} else if ix.Name = r.prefix + ix.Name; !indexName.MatchString(ix.Name) || len(ix.Name) > maxIndexName {
		r.problem("the index name %q of %s must be at most %d letters, digits and underscores", ix.Name, t.Model, maxIndexName)
	}
	ix.Fields = slices.Clone(ix.Fields)
	return ix, len(r.problems) == before
}
