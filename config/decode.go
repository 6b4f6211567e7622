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
	"github.com/seed-32bd42cb/betterauth/option"
)

// decoder writes values of the file to options and collects the mistakes.
type decoder struct {
	problems    []Problem
	notes       []string
	allowGoOnly bool
	caller      *callback.Caller
	mailed      []string // options with the value mail
	places      map[string]position
	// scratch only looks for mistakes in a value that its own type decodes afterwards.
	scratch bool
	// fields is a type that is decoded by its fields once, although it decodes itself:
	// its shape says that its map is the type itself.
	fields reflect.Type
}

// fileValue is an option with a grammar of its own.
type fileValue interface {
	fromFile(d *decoder, path string, n *node)
}

func (d *decoder) fail(path string, at position, format string, args ...any) {
	d.report(path, at, fmt.Errorf(format, args...))
}

func (d *decoder) report(path string, at position, err error) {
	if at == (position{}) {
		at = d.place(path)
	}
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), path+": "), "callback: ")
	d.problems = append(d.problems, Problem{Path: path, Line: at.line, Column: at.column, Message: text, Err: err})
}

// place returns the position of an option in the file, or of the option that it is part of.
func (d *decoder) place(path string) position {
	for {
		if at, ok := d.places[path]; ok {
			return at
		}
		end := strings.LastIndexByte(path, '.')
		if end < 0 {
			return position{}
		}
		path = path[:end]
	}
}

var timeType = reflect.TypeFor[time.Time]()

// into decodes n to v, which must be addressable. f is the option of v; nil for a member of a list or a map.
func (d *decoder) into(path string, n *node, v reflect.Value, f *option.Field) {
	if d.places != nil {
		d.places[path] = n.at
	}
	if f != nil && f.GoOnly != "" && !d.settable(path, n, f.GoOnly) {
		return
	}
	if d.fields != nil && v.Type() == d.fields {
		d.fields = nil
		d.structure(path, n, v)
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
	case option.Shaper: // part of the shape of another type
		d.fits(path, n, to.OptionShape())
		return
	}
	if n.value == nil { // the same as undefined, unless null is a value of its own
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		d.into(path, n, target.Elem(), f)
		v.Set(target)
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Map:
		d.mapOf(path, n, v)
	case reflect.Slice:
		d.slice(path, n, v, f)
	case reflect.Interface:
		v.Set(reflect.ValueOf(n.js()))
	default:
		d.scalar(path, n, v, f)
	}
}

func (d *decoder) scalar(path string, n *node, v reflect.Value, f *option.Field) {
	switch v.Kind() {
	case reflect.String:
		text, ok := n.value.(string)
		if !ok {
			d.fail(path, n.at, "must be a text, not %s", n.kind())
			return
		}
		if f != nil {
			if err := f.CheckText(text); err != nil {
				d.report(path, n.at, err)
				return
			}
		}
		v.SetString(text)
	case reflect.Bool:
		b, ok := scalar(n).(bool)
		if !ok {
			d.fail(path, n.at, "must be true or false, not %s", n.kind())
			return
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64, reflect.Float64:
		d.number(path, n, v, f)
	default:
		d.report(path, n.at, fmt.Errorf("%w", ErrGoOnly))
	}
}

func (d *decoder) number(path string, n *node, v reflect.Value, f *option.Field) {
	number, ok := scalar(n).(float64)
	if !ok {
		d.fail(path, n.at, "must be a number, not %s", n.kind())
		return
	}
	if v.Kind() != reflect.Float64 && (number != math.Trunc(number) || math.Abs(number) > 1<<53) {
		d.fail(path, n.at, "must be a whole number")
		return
	}
	if f != nil && (number != 0 || f.Type.Kind() == reflect.Pointer) { // 0 means unset, except for pointers
		if err := f.CheckNumber(number); err != nil {
			d.report(path, n.at, err)
			return
		}
	}
	if v.Kind() == reflect.Float64 {
		v.SetFloat(number)
	} else {
		v.SetInt(int64(number))
	}
}

func (d *decoder) structure(path string, n *node, v reflect.Value) {
	m, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map, not %s", n.kind())
		return
	}
	fields := option.Fields(v.Type())
	for _, e := range m.members {
		at := join(path, e.key)
		i := slices.IndexFunc(fields, func(f option.Field) bool { return f.Name == e.key })
		if i >= 0 {
			d.into(at, e.value, v.FieldByIndex(fields[i].Index), &fields[i])
			continue
		}
		if why := ignored(at); why != "" {
			d.notes = append(d.notes, at+" is ignored: "+why)
			continue
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.Name
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
		d.into(join(path, e.key), e.value, value, nil)
		out.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), value)
	}
	v.Set(out)
}

// slice decodes a list. The enum of its option f, which may be nil, applies to the members.
func (d *decoder) slice(path string, n *node, v reflect.Value, f *option.Field) {
	list, ok := n.value.([]*node)
	if !ok {
		d.fail(path, n.at, "must be a list, not %s", n.kind())
		return
	}
	var member *option.Field
	if f != nil && f.Enum != nil {
		member = &option.Field{Enum: f.Enum}
	}
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		if e.value == nil {
			d.fail(index(path, i), e.at, "must not be null")
			continue
		}
		d.into(index(path, i), e, out.Index(i), member)
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

// custom lets a type decode its own value, after the value was checked against its shape.
func (d *decoder) custom(path string, n *node, t reflect.Type, to json.Unmarshaler) {
	shape, shaped := option.ShapeOf(t)
	if shaped && n.value == nil && !shape.Callback {
		return
	}
	if shaped && !d.fits(path, n, shape) || d.scratch {
		return
	}
	value := *n
	if !shape.Text {
		value.value = scalar(n)
	}
	if err := to.UnmarshalJSON(js.Marshal(value.js())); err != nil {
		d.report(path, n.at, err)
	}
}

// fits reports whether n has one of the kinds of values that a shape allows. It also checks the options in its maps.
func (d *decoder) fits(path string, n *node, s option.Shape) bool {
	before, ok := len(d.problems), true
	value := n.value
	if !s.Text {
		value = scalar(n)
	}
	switch v := value.(type) {
	case string:
		if f := (option.Field{Enum: s.Texts}); s.Texts != nil && !s.Callback && f.CheckText(v) != nil {
			d.fail(path, n.at, "must be %s, not %q", s, v)
		}
		ok = s.Text || s.Texts != nil || s.Callback
	case bool:
		ok = s.Bool || !v && (s.False || s.Callback)
	case float64:
		ok = s.Number
	case *mapping:
		if ok = s.Map != nil || s.Callback; s.Map != nil && !(s.Callback && v.has("webhook")) {
			d.look(path, n, s.Map)
		}
	case []*node:
		if ok = s.List != nil; ok {
			d.look(path, n, reflect.SliceOf(s.List))
		}
	}
	if !ok {
		d.fail(path, n.at, "must be %s, not %s", s, n.kind())
	}
	return len(d.problems) == before
}

// look decodes n to a temporary value of type t, to find the mistakes in it.
func (d *decoder) look(path string, n *node, t reflect.Type) {
	look := &decoder{scratch: true, allowGoOnly: d.allowGoOnly}
	if own, shaped := option.ShapeOf(t); shaped && own.Map == t {
		look.fields = t
	}
	look.into(path, n, reflect.New(t).Elem(), nil)
	d.problems = append(d.problems, look.problems...)
}

// additionalFields keeps the order of the file, and distinguishes a default of null from no default.
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
		d.into(at, e.value, reflect.ValueOf(&f).Elem(), nil)
		if inner, ok := e.value.value.(*mapping); ok {
			f.HasDefault = inner.has("defaultValue")
			if !inner.has("type") {
				d.fail(at, e.at, "needs a type")
			}
			if def := inner.get("defaultValue"); def != nil && isWebhook(def) && d.allowGoOnly {
				d.into(join(at, "defaultValue"), def, reflect.ValueOf(&f.DefaultFunc).Elem(), nil)
			} else if def != nil && isWebhook(def) {
				d.report(join(at, "defaultValue"), def.at, fmt.Errorf("%w: it would be called for every row; give the value itself", ErrGoOnly))
			}
		}
		*to = append(*to, f)
	}
}

func isWebhook(n *node) bool {
	m, ok := n.value.(*mapping)
	return ok && m.has("webhook")
}
