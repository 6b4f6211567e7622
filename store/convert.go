package store

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// InvalidDate is the value of a Date field that was set to a text that is not a
// date, like new Date("nonsense") in the reference. All drivers treat it as the
// reference's drivers do. In JSON it is null.
type InvalidDate struct{}

// AppendJSON implements [js.Appender].
func (InvalidDate) AppendJSON(dst []byte) []byte { return append(dst, "null"...) }

// incoming converts a value for the driver. A value of the wrong type is passed
// on unchanged; the database decides what to do with it, as in the reference.
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

// dated converts a text to a date before the field's own conversion runs.
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

// written converts Go's numbers, texts and lists to those of package js. Other
// values are returned unchanged.
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
		return fmt.Sprint(v) // ids in integer columns are strings for callers
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

// Document parses the text of a JSON field in a database without a JSON type, as
// the reference's safeJSONParse does. It returns nil if the text is not JSON.
// Strings that are ISO times in UTC are rewritten with milliseconds, because the
// reference parses them to a Date.
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
