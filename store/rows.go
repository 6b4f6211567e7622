package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Table gives typed access to one model: rows are structs whose fields have the
// model's field names in json tags. A field Extra of type Record takes the keys
// that no other field names. A nil pointer is null or absent. Create leaves out
// other zero values if the tag says omitempty, and always leaves out an empty id.
type Table[T any] struct {
	store *Store
	model string
	plan  *plan
	err   error
}

// TableOf returns typed access to model, with rows of type T. If T does not fit
// the model, every method of the result returns that error.
func TableOf[T any](s *Store, model string) Table[T] {
	t := reflect.TypeFor[T]()
	key := planKey{t, model}
	if p, ok := s.plans.Load(key); ok {
		return Table[T]{store: s, model: model, plan: p.(*plan)}
	}
	p, err := newPlan(t, s.Table(model), model)
	if err == nil {
		s.plans.Store(key, p)
	}
	return Table[T]{store: s, model: model, plan: p, err: err}
}

func (r Table[T]) row(rec Record, err error) (*T, error) {
	if err != nil && rec == nil {
		return nil, err
	}
	out := new(T)
	if ferr := r.plan.fill(reflect.ValueOf(out).Elem(), rec); ferr != nil {
		return nil, ferr
	}
	return out, err
}

// Get returns the first row that matches, or ErrNotFound.
func (r Table[T]) Get(ctx context.Context, where ...Where) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.row(r.store.Get(ctx, r.model, where...))
}

// Find returns the rows that q selects. Joined rows are not included; use
// Store.Find for these.
func (r Table[T]) Find(ctx context.Context, q Query) ([]*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	recs, err := r.store.Find(ctx, r.model, q)
	if err != nil {
		return nil, err
	}
	out := make([]*T, len(recs))
	for i, rec := range recs {
		if out[i], err = r.row(rec, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Count returns the number of rows that match.
func (r Table[T]) Count(ctx context.Context, where ...Where) (int64, error) {
	return r.store.Count(ctx, r.model, where...)
}

// Create inserts a row and returns it as stored.
func (r Table[T]) Create(ctx context.Context, row *T) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.row(r.store.Create(ctx, r.model, r.plan.record(reflect.ValueOf(row).Elem())))
}

// Update changes the first row that matches and returns it, or ErrNotFound.
func (r Table[T]) Update(ctx context.Context, where []Where, change Record) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.row(r.store.Update(ctx, r.model, where, change))
}

// Delete deletes the first row that matches. It is not an error if none does.
func (r Table[T]) Delete(ctx context.Context, where ...Where) error {
	return r.store.Delete(ctx, r.model, where...)
}

// Take deletes the first row that matches and returns it, or ErrNotFound.
func (r Table[T]) Take(ctx context.Context, where ...Where) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.row(r.store.Take(ctx, r.model, where...))
}

// Of converts a Record, such as one that Store.Find joined, to a T.
func (r Table[T]) Of(rec Record) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.row(rec, nil)
}

// Record converts a T to a Record, as Create writes it.
func (r Table[T]) Record(row *T) (Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.plan.record(reflect.ValueOf(row).Elem()), nil
}

// Public returns row in the shape in which clients may see it: without hidden fields,
// in the order of the columns. An endpoint that answers with the struct itself would
// show the hidden fields.
func (r Table[T]) Public(row *T) (*PublicRow, error) {
	rec, err := r.Record(row)
	if err != nil {
		return nil, err
	}
	return r.store.Table(r.model).Public(rec), nil
}

type planKey struct {
	t     reflect.Type
	model string
}

// plan is the mapping of a struct type to a model, computed once.
type plan struct {
	fields []planField
	known  map[string]bool
	extra  int // index of the field Extra, or -1
}

type planField struct {
	name      string
	index     int
	omitEmpty bool
}

func newPlan(t reflect.Type, table *TableSchema, model string) (*plan, error) {
	if table == nil {
		return nil, fmt.Errorf("store: unknown model %q", model)
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("store: rows of %s must be structs, not %s", model, t)
	}
	p := &plan{extra: -1, known: map[string]bool{}}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "Extra" && f.Type == reflect.TypeFor[Record]() {
			p.extra = i
			continue
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		if table.Column(name) == nil {
			continue // a field of a plugin that is not registered
		}
		p.known[name] = true
		p.fields = append(p.fields, planField{
			name:      name,
			index:     i,
			omitEmpty: name == "id" || strings.Contains(opts, "omitempty") || strings.Contains(opts, "omitzero"),
		})
	}
	return p, nil
}

func (p *plan) record(v reflect.Value) Record {
	out := make(Record, len(p.fields))
	if p.extra >= 0 {
		for k, x := range v.Field(p.extra).Interface().(Record) {
			out[k] = x
		}
	}
	for _, f := range p.fields {
		fv := v.Field(f.index)
		if f.omitEmpty && fv.IsZero() {
			continue
		}
		switch fv.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			if fv.IsNil() {
				out[f.name] = nil
				continue
			}
		}
		if fv.Kind() == reflect.Pointer {
			fv = fv.Elem()
		}
		out[f.name] = fv.Interface()
	}
	return out
}

func (p *plan) fill(dst reflect.Value, rec Record) error {
	for _, f := range p.fields {
		if err := assign(dst.Field(f.index), rec[f.name]); err != nil {
			return fmt.Errorf("store: field %s: %w", f.name, err)
		}
	}
	if p.extra < 0 {
		return nil
	}
	extra := Record{}
	for k, v := range rec {
		if !p.known[k] {
			extra[k] = v
		}
	}
	dst.Field(p.extra).Set(reflect.ValueOf(extra))
	return nil
}

func assign(dst reflect.Value, v any) error {
	if v == nil {
		dst.SetZero()
		return nil
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	src := reflect.ValueOf(v)
	if s, ok := v.(string); ok && (dst.CanInt() || dst.CanFloat()) {
		if f := js.ToNumber(s); !math.IsNaN(f) {
			src = reflect.ValueOf(f) // a BigInt from PostgreSQL
		}
	}
	switch {
	case src.Type().AssignableTo(dst.Type()):
		dst.Set(src)
	case dst.CanInt() && src.CanFloat():
		dst.SetInt(int64(src.Float()))
	case dst.Kind() == reflect.Slice && src.Kind() == reflect.Slice:
		return assignSlice(dst, src)
	case src.Kind() == dst.Kind() && src.CanConvert(dst.Type()):
		dst.Set(src.Convert(dst.Type()))
	default:
		return fmt.Errorf("cannot put %T into %s", v, dst.Type())
	}
	return nil
}

func assignSlice(dst, src reflect.Value) error {
	out := reflect.MakeSlice(dst.Type(), src.Len(), src.Len())
	for i := range src.Len() {
		if err := assign(out.Index(i), src.Index(i).Interface()); err != nil {
			return err
		}
	}
	dst.Set(out)
	return nil
}

// ModelOf returns the model for rows of type T. Its fields are the struct's fields
// that have a json tag, except id, in their order. Their types follow from the Go
// types: string, float64 and integers, bool, time.Time, []string, []float64, and
// JSON for everything else. A pointer is optional. The store tag adds what a Go
// type cannot express, separated by commas:
//
//	optional, unique, index, hidden, readonly, sortable, bigint, ref=user.id, holds=secret
//
// Use [Model.Field] to set the options that have no tag.
func ModelOf[T any](name string) Model {
	m := Model{Name: name}
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		f := t.Field(i)
		field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || field == "" || field == "-" || field == "id" {
			continue
		}
		m.Fields = append(m.Fields, fieldOf(field, f))
	}
	return m
}

// Field returns the field with this name, for changes. It panics if there is
// none.
func (m *Model) Field(name string) *Field {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return &m.Fields[i]
		}
	}
	panic("store: the model " + m.Name + " has no field " + name)
}

func fieldOf(name string, sf reflect.StructField) Field {
	t := sf.Type
	f := Field{Name: name}
	if t.Kind() == reflect.Pointer {
		f.Optional, t = true, t.Elem()
	}
	f.Type = typeOf(t)
	for word := range strings.SplitSeq(sf.Tag.Get("store"), ",") {
		switch word {
		case "optional":
			f.Optional = true
		case "unique":
			f.Unique = true
		case "index":
			f.Index = true
		case "hidden":
			f.Hidden = true
		case "readonly":
			f.ReadOnly = true
		case "sortable":
			f.Sortable = true
		case "bigint":
			f.BigInt = true
		default:
			if ref, ok := strings.CutPrefix(word, "ref="); ok {
				model, field, _ := strings.Cut(ref, ".")
				f.Ref = &Ref{Model: model, Field: field}
			}
			if what, ok := strings.CutPrefix(word, "holds="); ok {
				f.Holds = Holding(what)
			}
		}
	}
	return f
}

func typeOf(t reflect.Type) Type {
	if t == reflect.TypeFor[time.Time]() {
		return Date
	}
	switch t.Kind() {
	case reflect.String:
		return String
	case reflect.Bool:
		return Boolean
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64:
		return Number
	case reflect.Slice:
		switch typeOf(t.Elem()) {
		case String:
			return StringArray
		case Number:
			return NumberArray
		}
	}
	return JSON
}
