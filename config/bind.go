package config

import (
	"reflect"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
)

// bind gives every callback in v the name of its event, which is its option path.
func (d *decoder) bind(path string, v reflect.Value) {
	if v.CanAddr() && v.Addr().CanInterface() {
		if b, ok := v.Addr().Interface().(callback.Binder); ok {
			if err := b.BindCallback(path, d.caller); err != nil {
				d.report(path, position{}, err)
			}
			d.note(path, b)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			d.bind(path, v.Elem())
		}
	case reflect.Struct:
		for _, f := range option.Fields(v.Type()) {
			d.bind(join(path, f.Name), v.FieldByIndex(f.Index))
		}
	case reflect.Slice:
		for i := range v.Len() {
			d.bind(index(path, i), v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			copied := reflect.New(v.Type().Elem()).Elem()
			copied.Set(v.MapIndex(key))
			d.bind(join(path, key.String()), copied)
			v.SetMapIndex(key, copied)
		}
	}
}
