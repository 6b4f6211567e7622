package store

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// InvalidDate is what a text that spells no date becomes in a Date field: the
// reference's new Date("nonsense"). Every driver treats it as the reference's
// does; in JSON it is null.
type InvalidDate struct{}

// AppendJSON implements [js.Appender].
func (InvalidDate) AppendJSON(dst []byte) []byte { return append(dst, "null"...) }

// incoming is a value on its way to the driver. A value of the wrong type is
// passed on: what becomes of it is the engine's business, as in the reference.
func (s *Store) incoming(ctx context.Context, c *Column, v any) (any, error) {
	v = dated(c, v)
	if c.In != nil {
		var err error
		if v, err = c.In(ctx, v); err != nil {
			return nil, fmt.Errorf("store: field %s: %w", c.Name, err)
		}
	}
	return written(c, v), nil
}

// dated turns text into a date before a field's own conversion sees it.
func dated(c *Column, v any) any {
	s, ok := v.(string)
	if !ok || c.Type != Date {
		return v
	}
	if t, ok := js.ParseDate(s); ok {
		return t.UTC().Truncate(time.Millisecond)
	}
	return InvalidDate{}
}

// written brings Go's kinds of numbers, texts and lists into those of package
// js, and leaves alone what is none of them.
func written(c *Column, v any) any {
	switch v := v.(type) {
	case nil, bool, float64, *js.Object, InvalidDate, js.Undefined, []byte:
		return v
	case string:
		return js.WellFormed(v)
	case time.Time:
		return v.UTC().Truncate(time.Millisecond)
	}
	rv := reflect.ValueOf(v)
	switch kind := rv.Kind(); {
	case kind == reflect.Pointer:
		return pointed(c, v, rv)
	case kind == reflect.String:
		return js.WellFormed(rv.String())
	case kind == reflect.Bool:
		return rv.Bool()
	case (rv.CanInt() || rv.CanUint()) && c.isID():
		return fmt.Sprint(v) // ids kept in integer columns are strings to callers
	case rv.CanInt(), rv.CanUint(), rv.CanFloat():
		return js.ToNumber(v)
	case kind == reflect.Slice && c.Type != JSON:
		out := make([]any, rv.Len())
		for i := range out {
			out[i] = written(&Column{}, rv.Index(i).Interface())
		}
		return out
	}
	return v
}

func pointed(c *Column, v any, rv reflect.Value) any {
	if rv.IsNil() {
		return nil
	}
	x := rv.Elem().Interface()
	if _, isTime := x.(time.Time); rv.Elem().Kind() == reflect.Struct && !isTime {
		return v
	}
	return written(c, x)
}

func (c *Column) isID() bool { return c.IsID || (c.Ref != nil && c.Ref.Field == "id") }

// Document is what the reference's safeJSONParse makes of a text that an engine
// without a JSON type kept: nil when it is no JSON, and with texts that are ISO
// times in UTC brought to milliseconds, because they are read as a Date.
func Document(text string) any {
	v, err := js.Parse([]byte(text))
	if err != nil {
		return nil
	}
	return revived(v)
}

func revived(v any) any {
	switch v := v.(type) {
	case string:
		if t, ok := js.ParseDate(v); ok && isISO(v) {
			return js.ISO(t)
		}
	case []any:
		for i := range v {
			v[i] = revived(v[i])
		}
	case *js.Object:
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			v.Set(k, revived(x))
		}
	}
	return v
}

// isISO matches iso8601Regex of @better-auth/core's utils/json.mjs.
func isISO(s string) bool {
	const shape = "dddd-dd-ddTdd:dd:dd"
	if len(s) <= len(shape) {
		return false
	}
	for i := range len(shape) {
		if digit := s[i] >= '0' && s[i] <= '9'; digit != (shape[i] == 'd') || (!digit && s[i] != shape[i]) {
			return false
		}
	}
	rest := s[len(shape) : len(s)-1]
	if s[len(s)-1] != 'Z' || rest == "." || (rest != "" && rest[0] != '.') {
		return false
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] < '0' || rest[i] > '9' {
			return false
		}
	}
	return true
}
