package callback

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// assign assigns a value of an answer to a Go value. Structs are filled by their
// json tags; unknown members are dropped, or kept in a field with the tag extra.
// An any gets the value unchanged; for a string, a time is converted back to its
// text. js.Undefined changes nothing, null sets the zero value.
func assign(dst reflect.Value, v any, path string) error {
	if _, absent := v.(js.Undefined); absent {
		return nil
	}
	if v == nil {
		dst.SetZero()
		return nil
	}
	if src := reflect.ValueOf(v); src.Type().AssignableTo(dst.Type()) {
		dst.Set(src)
		return nil
	}
	if dst.Kind() == reflect.Pointer {
		target := reflect.New(dst.Type().Elem())
		if err := assign(target.Elem(), v, path); err != nil {
			return err
		}
		dst.Set(target)
		return nil
	}
	switch to := dst.Addr().Interface().(type) {
	case *time.Time:
		return assignTime(to, v, path)
	case json.Unmarshaler:
		return to.UnmarshalJSON(js.Append(nil, v))
	}
	switch v := v.(type) {
	case time.Time:
		return assign(dst, js.ISO(v), path)
	case string:
		if dst.Kind() == reflect.String {
			dst.SetString(v)
			return nil
		}
	case bool:
		if dst.Kind() == reflect.Bool {
			dst.SetBool(v)
			return nil
		}
	case float64:
		if setNumber(dst, v) {
			return nil
		}
	case []any:
		if dst.Kind() == reflect.Slice {
			return assignList(dst, v, path)
		}
	case *js.Object:
		switch {
		case dst.Kind() == reflect.Map && dst.Type().Key().Kind() == reflect.String:
			return assignMap(dst, v, path)
		case dst.Kind() == reflect.Struct:
			_, err := assignStruct(dst, v, path)
			return err
		}
	}
	return fmt.Errorf("%s: %s cannot be converted to a %s", path, kindOf(v), dst.Type())
}

func assignTime(to *time.Time, v any, path string) error {
	if s, ok := v.(string); ok {
		if at, err := time.Parse(time.RFC3339, s); err == nil {
			*to = at.UTC()
			return nil
		}
	}
	return fmt.Errorf("%s: must be a time such as %s", path, isoMillis)
}

// setNumber reports whether f fits dst exactly.
func setNumber(dst reflect.Value, f float64) bool {
	switch {
	case dst.CanFloat():
		dst.SetFloat(f)
		return true
	case dst.CanInt():
		n := int64(f)
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 || dst.OverflowInt(n) {
			return false
		}
		dst.SetInt(n)
		return true
	case dst.CanUint():
		if f != math.Trunc(f) || f < 0 || f > 1<<53 || dst.OverflowUint(uint64(f)) {
			return false
		}
		dst.SetUint(uint64(f))
		return true
	}
	return false
}

func assignList(dst reflect.Value, v []any, path string) error {
	list := reflect.MakeSlice(dst.Type(), len(v), len(v))
	for i := range v {
		if err := assign(list.Index(i), v[i], fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	dst.Set(list)
	return nil
}

func assignMap(dst reflect.Value, o *js.Object, path string) error {
	m := reflect.MakeMap(dst.Type())
	for name, v := range o.All() {
		member := reflect.New(dst.Type().Elem()).Elem()
		if err := assign(member, v, path+"."+name); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(name).Convert(dst.Type().Key()), member)
	}
	dst.Set(m)
	return nil
}

// assignStruct returns the member names that fields of dst have used.
func assignStruct(dst reflect.Value, o *js.Object, path string) (map[string]bool, error) {
	taken := map[string]bool{}
	var extra reflect.Value
	for i := range dst.NumField() {
		field, member := dst.Type().Field(i), dst.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, ok := field.Tag.Lookup("extra"); ok {
			extra = member
			continue
		}
		if field.Anonymous && name == "" && member.Kind() == reflect.Struct {
			inner, err := assignStruct(member, o, path)
			if err != nil {
				return nil, err
			}
			maps.Copy(taken, inner)
			continue
		}
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		taken[name] = true
		if v, ok := o.Get(name); ok {
			if err := assign(member, v, path+"."+name); err != nil {
				return nil, err
			}
		}
	}
	if !extra.IsValid() {
		return taken, nil
	}
	rest := js.NewObject()
	for name, v := range o.All() {
		if !taken[name] {
			rest.Set(name, v)
		}
	}
	return taken, assign(extra, rest, path)
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case float64:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}
