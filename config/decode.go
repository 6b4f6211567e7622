package config

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/spelling"
	"github.com/seed-32bd42cb/betterauth/js"
)

// decoder writes values of the file to options and collects what is wrong.
type decoder struct {
	problems    []Problem
	notes       []string
	allowGoOnly bool
	caller      *callback.Caller
	mailed      []string // where the file says mail
	// scratch checks the shape of a value that its own type reads afterwards:
	// what may stand in the place of a map is that type's business.
	scratch bool
}

// fileValue is an option with a grammar of its own in a file.
type fileValue interface {
	fromFile(d *decoder, path string, n *node)
}

func (d *decoder) fail(path string, at position, format string, args ...any) {
	d.report(path, at, fmt.Errorf(format, args...))
}

func (d *decoder) report(path string, at position, err error) {
	text := strings.TrimPrefix(err.Error(), "callback: ")
	d.problems = append(d.problems, Problem{Path: path, Line: at.line, Column: at.column, Message: text, Err: err})
}

var timeType = reflect.TypeFor[time.Time]()

// into decodes n to v, which is addressable.
func (d *decoder) into(path string, n *node, v reflect.Value) {
	if r := ruleOf(path); r != nil && !d.permits(r, path, n, true) {
		return
	}
	switch to := v.Addr().Interface().(type) {
	case fileValue:
		to.fromFile(d, path, n)
		return
	case *auth.AdditionalFields:
		d.additionalFields(path, n, to)
		return
	case *time.Time:
		d.time(path, n, to)
		return
	case json.Unmarshaler:
		d.custom(path, n, v.Type(), to)
		return
	}
	if n.value == nil { // as undefined, but where null is a value of its own
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		d.into(path, n, target.Elem())
		v.Set(target)
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Map:
		d.mapOf(path, n, v)
	case reflect.Slice:
		d.slice(path, n, v)
	case reflect.Interface:
		v.Set(reflect.ValueOf(n.js()))
	default:
		d.scalar(path, n, v)
	}
}

func (d *decoder) scalar(path string, n *node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		text, ok := n.value.(string)
		if !ok {
			d.fail(path, n.at, "must be a text, not %s", n.kind())
			return
		}
		if known := choices(path); known != nil && !slices.Contains(known, text) {
			d.fail(path, n.at, "must be one of %s, not %q", strings.Join(known, ", "), text)
			return
		}
		v.SetString(text)
	case reflect.Bool:
		b, ok := scalar(n).(bool)
		if !ok {
			d.fail(path, n.at, "must be true or false, not %s", n.kind())
			return
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		f, ok := scalar(n).(float64)
		if !ok {
			d.fail(path, n.at, "must be a number, not %s", n.kind())
			return
		}
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			d.fail(path, n.at, "must be a whole number")
			return
		}
		v.SetInt(int64(f))
	case reflect.Float64:
		f, ok := scalar(n).(float64)
		if !ok {
			d.fail(path, n.at, "must be a number, not %s", n.kind())
			return
		}
		v.SetFloat(f)
	default:
		d.report(path, n.at, fmt.Errorf("%w", ErrGoOnly))
	}
}

// field is one option of a struct.
type field struct {
	name  string
	index []int
}

// fieldsOf lists the options of a struct by their json tags, embedded structs
// flattened.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for f := range t.Fields() {
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(f.Type) {
				out = append(out, field{inner.name, append(slices.Clone(f.Index), inner.index...)})
			}
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if !tagged || name == "-" || name == "" || !f.IsExported() {
			continue
		}
		out = append(out, field{name, f.Index})
	}
	return out
}

func (d *decoder) structure(path string, n *node, v reflect.Value) {
	m, ok := n.value.(*mapping)
	if !ok {
		if !d.scratch {
			d.fail(path, n.at, "must be a map, not %s", n.kind())
		}
		return
	}
	if d.scratch && m.has("webhook") {
		return
	}
	fields := fieldsOf(v.Type())
	for _, e := range m.members {
		at := join(path, e.key)
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.key })
		if i >= 0 {
			d.into(at, e.value, v.FieldByIndex(fields[i].index))
			continue
		}
		if r := ruleOf(at); r != nil {
			d.permits(r, at, e.value, false)
			continue
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.name
		}
		d.unknown(at, e, names)
	}
}

func (d *decoder) unknown(path string, e member, known []string) {
	slices.Sort(known)
	hint := "known: " + strings.Join(known, ", ")
	if len(known) == 0 {
		hint = "there are no options here"
	}
	if near := spelling.Nearest(e.key, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	d.fail(path, e.at, "unknown key (%s)", hint)
}

func (d *decoder) mapOf(path string, n *node, v reflect.Value) {
	m, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map, not %s", n.kind())
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(m.members))
	for _, e := range m.members {
		value := reflect.New(v.Type().Elem()).Elem()
		d.into(join(path, e.key), e.value, value)
		out.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), value)
	}
	v.Set(out)
}

func (d *decoder) slice(path string, n *node, v reflect.Value) {
	list, ok := n.value.([]*node)
	if !ok {
		d.fail(path, n.at, "must be a list, not %s", n.kind())
		return
	}
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		if e.value == nil {
			d.fail(index(path, i), e.at, "must not be null")
			continue
		}
		d.into(index(path, i), e, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) time(path string, n *node, to *time.Time) {
	if n.value == nil {
		return
	}
	var ok bool
	switch v := n.value.(type) {
	case string:
		*to, ok = js.ParseDate(v)
	case float64:
		*to, ok = js.DateOf(v)
	}
	if !ok {
		d.fail(path, n.at, "must be a time, as an ISO text or in milliseconds since 1970")
	}
}

// custom lets a type read its own value, after the parts that it would not
// complain about have been looked at.
func (d *decoder) custom(path string, n *node, t reflect.Type, to json.Unmarshaler) {
	if part := shapeOf(t, n); part != nil {
		look := &decoder{scratch: true, allowGoOnly: d.allowGoOnly}
		look.into(path, n, reflect.New(part).Elem())
		d.problems = append(d.problems, look.problems...)
		if len(look.problems) > 0 {
			return
		}
	}
	if d.scratch {
		return
	}
	if n.value == nil && shapes[t] != (shape{}) {
		return
	}
	value := *n
	value.value = scalarOf(n, t)
	if err := to.UnmarshalJSON(js.Marshal(value.js())); err != nil {
		d.report(path, n.at, err)
	}
}

// additionalFields keeps the order of the file and the difference between no
// default and a default of null.
func (d *decoder) additionalFields(path string, n *node, to *auth.AdditionalFields) {
	if n.value == nil {
		return
	}
	m, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map, not %s", n.kind())
		return
	}
	for _, e := range m.members {
		at := join(path, e.key)
		f := auth.AdditionalField{Name: e.key}
		d.into(at, e.value, reflect.ValueOf(&f).Elem())
		if inner, ok := e.value.value.(*mapping); ok {
			f.HasDefault = inner.has("defaultValue")
			if !inner.has("type") {
				d.fail(at, e.at, "needs a type")
			}
			if def := inner.get("defaultValue"); def != nil && isWebhook(def) && d.allowGoOnly {
				d.into(join(at, "defaultValue"), def, reflect.ValueOf(&f.DefaultFunc).Elem())
			} else if def != nil && isWebhook(def) {
				d.report(join(at, "defaultValue"), def.at, fmt.Errorf("%w: a func called for every row; say the value itself", ErrGoOnly))
			}
		}
		*to = append(*to, f)
	}
}

func isWebhook(n *node) bool {
	m, ok := n.value.(*mapping)
	return ok && m.has("webhook")
}
