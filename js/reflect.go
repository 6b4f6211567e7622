package js

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// encoder appends one value of its type; the value is never undefined.
type encoder func(dst []byte, v reflect.Value, depth int) []byte

// encoders caches encoders by type.
var encoders sync.Map // reflect.Type -> encoder

func appendReflect(dst []byte, v any, depth int) []byte {
	r := reflect.ValueOf(v)
	return encoderOf(r.Type())(dst, r, depth)
}

func encoderOf(t reflect.Type) encoder {
	if e, ok := encoders.Load(t); ok {
		return e.(encoder)
	}
	e := makeEncoder(t)
	encoders.Store(t, e)
	return e
}

// later returns an encoder that is looked up on first use, for element types,
// which may be the type whose encoder is being built.
func later(t reflect.Type) encoder {
	once := sync.OnceValue(func() encoder { return encoderOf(t) })
	return func(dst []byte, v reflect.Value, depth int) []byte {
		if depth > appendDepth {
			return append(dst, "null"...)
		}
		return once()(dst, v, depth)
	}
}

func makeEncoder(t reflect.Type) encoder {
	switch t {
	case reflect.TypeFor[time.Time]():
		return func(dst []byte, v reflect.Value, _ int) []byte {
			if v.CanAddr() { // avoids a copy to the heap
				return appendTime(dst, *v.Addr().Interface().(*time.Time))
			}
			return appendTime(dst, v.Interface().(time.Time))
		}
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[*Object](), reflect.TypeFor[Undefined]():
		return func(dst []byte, v reflect.Value, depth int) []byte { return appendAny(dst, v.Interface(), depth) }
	case reflect.TypeFor[json.Number]():
		return func(dst []byte, v reflect.Value, _ int) []byte {
			if v.Len() == 0 {
				return append(dst, '0')
			}
			return append(dst, v.String()...)
		}
	}
	if e := ownEncoder(t); e != nil {
		return e
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(dst []byte, v reflect.Value, _ int) []byte { return strconv.AppendBool(dst, v.Bool()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value, _ int) []byte { return strconv.AppendInt(dst, v.Int(), 10) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(dst []byte, v reflect.Value, _ int) []byte { return strconv.AppendUint(dst, v.Uint(), 10) }
	case reflect.Float32, reflect.Float64:
		return func(dst []byte, v reflect.Value, _ int) []byte { return appendFloat(dst, v.Float()) }
	case reflect.String:
		return func(dst []byte, v reflect.Value, _ int) []byte { return AppendString(dst, v.String()) }
	case reflect.Interface:
		return func(dst []byte, v reflect.Value, depth int) []byte { return appendAny(dst, v.Interface(), depth) }
	case reflect.Pointer:
		return pointerEncoder(t)
	case reflect.Slice, reflect.Array:
		return listEncoder(t)
	case reflect.Map:
		return mapEncoder(t)
	case reflect.Struct:
		return structEncoder(t)
	}
	return func(dst []byte, _ reflect.Value, _ int) []byte { return append(dst, "null"...) }
}

// ownEncoder returns the encoder of a type that writes its own JSON, nil for all
// others. A pointer is checked by the type it points to, so that *time.Time does
// not count as a json.Marshaler.
func ownEncoder(t reflect.Type) encoder {
	if t.Kind() == reflect.Interface || t.Kind() == reflect.Pointer {
		return nil
	}
	if t.Implements(reflect.TypeFor[Appender]()) || t.Implements(reflect.TypeFor[json.Marshaler]()) {
		return func(dst []byte, v reflect.Value, _ int) []byte { return appendOwn(dst, v.Interface()) }
	}
	p := reflect.PointerTo(t)
	if p.Implements(reflect.TypeFor[Appender]()) || p.Implements(reflect.TypeFor[json.Marshaler]()) {
		return func(dst []byte, v reflect.Value, _ int) []byte {
			if !v.CanAddr() {
				addressable := reflect.New(t).Elem()
				addressable.Set(v)
				v = addressable
			}
			return appendOwn(dst, v.Addr().Interface())
		}
	}
	return nil
}

func appendOwn(dst []byte, v any) []byte {
	if a, ok := v.(Appender); ok {
		return a.AppendJSON(dst)
	}
	text, err := v.(json.Marshaler).MarshalJSON()
	if err != nil || len(text) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

func pointerEncoder(t reflect.Type) encoder {
	elem := later(t.Elem())
	return func(dst []byte, v reflect.Value, depth int) []byte {
		if v.IsNil() {
			return append(dst, "null"...)
		}
		return elem(dst, v.Elem(), depth+1)
	}
}

func listEncoder(t reflect.Type) encoder {
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		return func(dst []byte, v reflect.Value, _ int) []byte {
			dst = append(dst, '"')
			dst = base64.StdEncoding.AppendEncode(dst, v.Bytes())
			return append(dst, '"')
		}
	}
	elem := later(t.Elem())
	return func(dst []byte, v reflect.Value, depth int) []byte {
		if v.Kind() == reflect.Slice && v.IsNil() {
			return append(dst, "null"...)
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			mark := len(dst)
			if dst = elem(dst, v.Index(i), depth+1); len(dst) == mark {
				dst = append(dst, "null"...)
			}
		}
		return append(dst, ']')
	}
}

func mapEncoder(t reflect.Type) encoder {
	switch t.Key().Kind() {
	case reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
	default:
		return func(dst []byte, _ reflect.Value, _ int) []byte { return append(dst, "null"...) }
	}
	return func(dst []byte, v reflect.Value, depth int) []byte {
		if v.IsNil() {
			return append(dst, "null"...)
		}
		values := make(map[string]reflect.Value, v.Len())
		keys := make([]string, 0, v.Len())
		for it := v.MapRange(); it.Next(); {
			k := keyText(it.Key())
			keys = append(keys, k)
			values[k] = it.Value()
		}
		sortKeys(keys)
		dst = append(dst, '{')
		start := len(dst)
		for _, k := range keys {
			dst = appendMember(dst, start, k, values[k].Interface(), depth)
		}
		return append(dst, '}')
	}
}

func keyText(k reflect.Value) string {
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10)
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10)
	}
	return k.String()
}

type field struct {
	index     []int
	name      string
	lead      string // ,"name":
	encode    encoder
	omitEmpty bool
	omitZero  bool
}

func structEncoder(t reflect.Type) encoder {
	fields := structFields(t, nil)
	return func(dst []byte, v reflect.Value, depth int) []byte {
		dst = append(dst, '{')
		start := len(dst)
		for i := range fields {
			dst = fields[i].append(dst, start, v, depth)
		}
		return append(dst, '}')
	}
}

func (f *field) append(dst []byte, start int, v reflect.Value, depth int) []byte {
	for i, x := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return dst
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	if f.omitEmpty && isEmpty(v) || f.omitZero && isZero(v) {
		return dst
	}
	before, lead := len(dst), f.lead
	if before == start {
		lead = lead[1:]
	}
	dst = append(dst, lead...)
	mark := len(dst)
	if dst = f.encode(dst, v, depth+1); len(dst) == mark {
		return dst[:before]
	}
	return dst
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func isZero(v reflect.Value) bool {
	if v.IsZero() {
		return true
	}
	if v.CanAddr() && v.Kind() != reflect.Pointer {
		v = v.Addr()
	}
	z, ok := v.Interface().(interface{ IsZero() bool })
	return ok && z.IsZero()
}

// structFields returns the members of t, with those of embedded structs in their
// place. A name at a lower depth hides a deeper one; at the same depth the first
// one wins.
func structFields(t reflect.Type, seen []reflect.Type) []field {
	if slices.Contains(seen, t) {
		return nil
	}
	seen = append(seen, t)
	var list []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Tag.Get("json") == "-" {
			continue
		}
		if inner := structOf(sf.Type); sf.Anonymous && name == "" && inner != nil {
			for _, f := range structFields(inner, seen) {
				f.index = append([]int{i}, f.index...)
				list = append(list, f)
			}
			continue
		}
		if !sf.IsExported() {
			continue
		}
		if name == "" {
			name = sf.Name
		}
		list = append(list, field{
			index:     []int{i},
			name:      name,
			lead:      string(append(AppendString([]byte{','}, name), ':')),
			encode:    later(sf.Type),
			omitEmpty: strings.Contains(","+options+",", ",omitempty,"),
			omitZero:  strings.Contains(","+options+",", ",omitzero,"),
		})
	}
	return unhidden(list)
}

func unhidden(list []field) []field {
	var kept []field
	for i, f := range list {
		hidden := false
		for j, g := range list {
			near, far := len(g.index), len(f.index)
			hidden = hidden || g.name == f.name && (near < far || near == far && j < i)
		}
		if !hidden {
			kept = append(kept, f)
		}
	}
	return kept
}

// structOf returns the plain struct to which an embedded field is flattened, or
// nil.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[Object]() || ownEncoder(t) != nil {
		return nil
	}
	return t
}
