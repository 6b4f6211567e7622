package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Binder is a type that converts a checked value itself.
type Binder interface {
	BindValue(v any) error
}

// planField is a field of a request struct with the member that it is bound to.
type planField struct {
	name     string
	index    []int
	typ      reflect.Type
	tag      reflect.StructTag
	optional bool
}

// plan is the parsed form of a struct type's tags.
type plan struct {
	body, query, path     []planField
	bodyFlags, queryFlags []string
	extra, whole          []int
	extraModel, wholeKind string
}

// plans caches the plans by type.
var plans sync.Map // reflect.Type -> *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{}
	p.read(t, nil)
	first, _ := plans.LoadOrStore(t, p)
	return first.(*plan)
}

func (p *plan) read(t reflect.Type, prefix []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(append([]int{}, prefix...), i)
		if sf.Name == "_" {
			p.bodyFlags = append(p.bodyFlags, words(sf.Tag.Get("body"))...)
			p.queryFlags = append(p.queryFlags, words(sf.Tag.Get("query"))...)
			continue
		}
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && sf.Tag.Get("json") == "" {
			p.read(sf.Type, index)
			continue
		}
		if sf.IsExported() {
			p.add(sf, index)
		}
	}
}

func (p *plan) add(sf reflect.StructField, index []int) {
	if model := sf.Tag.Get("extra"); model != "" {
		p.extra, p.extraModel = index, model
		return
	}
	if kind := sf.Tag.Get("body"); kind != "" {
		p.whole, p.wholeKind = index, kind
		return
	}
	for key, list := range map[string]*[]planField{"json": &p.body, "query": &p.query, "path": &p.path} {
		name, options, _ := strings.Cut(sf.Tag.Get(key), ",")
		if name == "" || name == "-" {
			continue
		}
		*list = append(*list, planField{
			name: name, index: index, typ: sf.Type, tag: sf.Tag,
			optional: strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"),
		})
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

// Bind assigns the checked values of a request to the struct that dst points to,
// which must have the type that the request was made from. Absent members leave
// zero values.
func (r Request) Bind(dst any, body, query, params any) error {
	v := reflect.ValueOf(dst)
	if r.plan == nil || v.Kind() != reflect.Pointer || v.IsNil() || planOf(v.Type().Elem()) != r.plan {
		return errors.New("schema: bind to another type than the request's")
	}
	v = v.Elem()
	return errors.Join(
		r.plan.bindBody(v, body),
		bindFields(v, r.plan.query, query),
		bindFields(v, r.plan.path, params),
	)
}

// Bind assigns a checked value to the target of dst; dst may also be a settable
// reflect.Value. Members of a struct are found by their names in the tags json,
// query and path. An absent member leaves the zero value, null sets a pointer to
// nil and others to zero, a single value fills a slice of one, and a number for
// an integer type loses its fraction.
func Bind(dst any, v any) error {
	rv, ok := dst.(reflect.Value)
	if !ok {
		rv = reflect.ValueOf(dst)
		if rv.Kind() != reflect.Pointer || rv.IsNil() {
			return errors.New("schema: bind needs a pointer")
		}
		rv = rv.Elem()
	}
	if !rv.CanSet() {
		return errors.New("schema: bind needs a value that can be set")
	}
	return assign(rv, v)
}

func (p *plan) bindBody(dst reflect.Value, v any) error {
	if isUndefined(v) {
		return nil
	}
	if p.whole != nil {
		if err := assign(dst.FieldByIndex(p.whole), v); err != nil {
			return err
		}
	}
	if err := bindFields(dst, p.body, v); err != nil || p.extra == nil {
		return err
	}
	rest := js.NewObject()
	if o, ok := v.(*js.Object); ok {
		rest = o.Clone()
	}
	for _, f := range p.body {
		rest.Delete(f.name)
	}
	return assign(dst.FieldByIndex(p.extra), rest)
}

func bindFields(dst reflect.Value, fields []planField, v any) error {
	o, ok := v.(*js.Object)
	if !ok {
		return nil
	}
	for i := range fields {
		f := &fields[i]
		val, ok := o.Get(f.name)
		if !ok {
			continue
		}
		if err := assign(dst.FieldByIndex(f.index), val); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func assign(dst reflect.Value, v any) error {
	if isUndefined(v) {
		return nil
	}
	if v == nil {
		dst.SetZero()
		return nil
	}
	if dst.Kind() == reflect.Pointer && dst.Type() != reflect.TypeFor[*js.Object]() {
		p := reflect.New(dst.Type().Elem())
		if err := assign(p.Elem(), v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	}
	if b, ok := dst.Addr().Interface().(Binder); ok {
		return b.BindValue(v)
	}
	switch dst.Type() {
	case reflect.TypeFor[json.RawMessage]():
		dst.SetBytes(js.Marshal(v))
		return nil
	case reflect.TypeFor[*js.Object](), reflect.TypeFor[time.Time]():
		return set(dst, v)
	}
	switch dst.Kind() {
	case reflect.String:
		if s, ok := v.(string); ok {
			dst.SetString(s)
			return nil
		}
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			dst.SetBool(b)
			return nil
		}
	case reflect.Slice:
		return assignSlice(dst, v)
	case reflect.Map:
		return assignMap(dst, v)
	case reflect.Struct:
		return assignStruct(dst, v)
	case reflect.Interface:
		return set(dst, v)
	default:
		if f, ok := v.(float64); ok {
			return assignNumber(dst, f)
		}
	}
	return mismatch(dst, v)
}

func mismatch(dst reflect.Value, v any) error {
	return fmt.Errorf("schema: cannot bind a %s to %s", received(v), dst.Type())
}

func set(dst reflect.Value, v any) error {
	rv := reflect.ValueOf(v)
	if !rv.Type().AssignableTo(dst.Type()) {
		return mismatch(dst, v)
	}
	dst.Set(rv)
	return nil
}

// assignNumber cuts off the fraction and stays within the type's range.
func assignNumber(dst reflect.Value, f float64) error {
	switch {
	case dst.CanFloat():
		dst.SetFloat(f)
	case math.IsNaN(f):
		return mismatch(dst, f)
	case dst.CanInt():
		limit := math.Ldexp(1, dst.Type().Bits()-1)
		switch {
		case f >= limit:
			dst.SetInt(math.MaxInt64 >> (64 - dst.Type().Bits()))
		case f <= -limit:
			dst.SetInt(math.MinInt64 >> (64 - dst.Type().Bits()))
		default:
			dst.SetInt(int64(f))
		}
	case dst.CanUint():
		switch {
		case f >= math.Ldexp(1, dst.Type().Bits()):
			dst.SetUint(math.MaxUint64 >> (64 - dst.Type().Bits()))
		default:
			dst.SetUint(uint64(max(f, 0)))
		}
	default:
		return mismatch(dst, f)
	}
	return nil
}

func assignSlice(dst reflect.Value, v any) error {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := reflect.MakeSlice(dst.Type(), len(list), len(list))
	for i, e := range list {
		if err := assign(out.Index(i), e); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	dst.Set(out)
	return nil
}

func assignMap(dst reflect.Value, v any) error {
	o, ok := v.(*js.Object)
	if !ok || dst.Type().Key().Kind() != reflect.String {
		return mismatch(dst, v)
	}
	out := reflect.MakeMapWithSize(dst.Type(), o.Len())
	for key, val := range o.All() {
		e := reflect.New(dst.Type().Elem()).Elem()
		if err := assign(e, val); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), e)
	}
	dst.Set(out)
	return nil
}

func assignStruct(dst reflect.Value, v any) error {
	p := planOf(dst.Type())
	if _, ok := v.(*js.Object); !ok && p.whole == nil {
		return mismatch(dst, v)
	}
	return errors.Join(p.bindBody(dst, v), bindFields(dst, p.query, v), bindFields(dst, p.path, v))
}
