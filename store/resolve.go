package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// resolve turns a schema into tables in order of creation. The error lists every
// mistake.
func resolve(schema Schema, ids IDKind, prefix string) ([]*TableSchema, error) {
	r := resolver{schema: schema, prefix: prefix, byModel: map[string]*TableSchema{}}
	if prefix != "" && (!indexName.MatchString(prefix) || len(prefix) > maxTablePrefix) {
		r.problem("the table prefix %q must be at most %d letters, digits and underscores, and begin with no digit", prefix, maxTablePrefix)
	}
	for _, model := range slices.Sorted(maps.Keys(schema)) {
		r.byModel[model] = r.table(model, ids)
	}
	r.references()
	tables := r.ordered()
	r.uniqueNames(tables)
	r.indexes(tables)
	return tables, errors.Join(r.problems...)
}

// maxTablePrefix leaves room for names of tables in the 63 bytes of PostgreSQL.
const maxTablePrefix = 32

type resolver struct {
	schema   Schema
	prefix   string
	byModel  map[string]*TableSchema
	problems []error
}

func (r *resolver) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("store: "+format, args...))
}

func (r *resolver) table(model string, ids IDKind) *TableSchema {
	m := r.schema[model]
	t := &TableSchema{
		Model:     model,
		Name:      r.prefix + cmp.Or(m.Table, model),
		ID:        ids,
		Order:     m.Order,
		NoMigrate: m.NoMigrate,
	}
	t.Columns = append(t.Columns, Column{Field: Field{Name: "id", Type: String}, Physical: "id", IsID: true})
	names := map[string]bool{"id": true}
	columns := map[string]string{"id": "id"}
	for _, f := range m.Fields {
		c := Column{Field: f, Physical: cmp.Or(f.Column, f.Name)}
		switch f.Type {
		case String, Number, Boolean, Date, JSON, StringArray, NumberArray:
		default:
			r.problem("%s.%s has the unknown type %q", model, f.Name, f.Type)
		}
		if names[f.Name] {
			r.problem("%s.%s is defined twice", model, f.Name)
			continue
		}
		key := strings.ToLower(c.Physical)
		if other, taken := columns[key]; taken {
			r.problem("%s.%s and %s.%s share the column %q", model, other, model, f.Name, c.Physical)
		}
		names[f.Name], columns[key] = true, f.Name
		if f.Hidden {
			if t.hidden == nil {
				t.hidden = map[string]bool{}
			}
			t.hidden[f.Name] = true
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func (r *resolver) references() {
	for _, model := range slices.Sorted(maps.Keys(r.byModel)) {
		t := r.byModel[model]
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Ref == nil {
				continue
			}
			target := r.byModel[c.Ref.Model]
			if target == nil {
				r.problem("%s.%s refers to the unknown model %q", model, c.Name, c.Ref.Model)
				continue
			}
			if target.Column(c.Ref.Field) == nil {
				r.problem("%s.%s refers to the unknown field %s.%s", model, c.Name, c.Ref.Model, c.Ref.Field)
				continue
			}
			c.RefTable = target
		}
	}
}

// ordered sorts by Order, with 0 last as in get-migration.mjs. Tables of the same
// order are sorted by the tables they refer to, then by name, because a Go map
// is unordered.
func (r *resolver) ordered() []*TableSchema {
	rank := func(t *TableSchema) int {
		if t.Order == 0 {
			return int(^uint(0) >> 1)
		}
		return t.Order
	}
	sorted := slices.SortedFunc(maps.Values(r.byModel), func(a, b *TableSchema) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Model, b.Model))
	})
	var out []*TableSchema
	seen := map[*TableSchema]bool{}
	var visit func(t *TableSchema)
	visit = func(t *TableSchema) {
		if seen[t] {
			return
		}
		seen[t] = true
		for _, c := range t.Columns {
			if c.RefTable != nil && rank(c.RefTable) == rank(t) {
				visit(c.RefTable)
			}
		}
		out = append(out, t)
	}
	for _, t := range sorted {
		visit(t)
	}
	return out
}

func (r *resolver) uniqueNames(tables []*TableSchema) {
	seen := map[string]string{}
	for _, t := range tables {
		key := strings.ToLower(t.Name)
		if other, taken := seen[key]; taken {
			r.problem("the models %s and %s share the table %q", other, t.Model, t.Name)
		}
		seen[key] = t.Model
	}
}

// Column returns the column of a field, or nil.
func (t *TableSchema) Column(field string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == field {
			return &t.Columns[i]
		}
	}
	return nil
}
