package option

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// Defaults sets the unset options in the struct that o points to, and in the structs within it, to their defaults. A
// field is unset if it is zero, or nil for a pointer; a pointer can therefore be set to 0 or false. The default of a
// field that is itself a struct names its members: default:"window=60 max=5". A type with an UnmarshalJSON decodes
// its default as a JSON string. Lists and maps of options are copied before they are changed.
func Defaults(o any) { fill(reflect.ValueOf(o).Elem(), nil) }

// fill sets unset fields of a struct. preset holds defaults from the tag of the field that contains it.
func fill(v reflect.Value, preset map[string]string) {
	for _, f := range Fields(v.Type()) {
		at := v.FieldByIndex(f.Index)
		byDefault := f.Default
		if preset[f.Name] != "" {
			byDefault = preset[f.Name]
		}
		switch {
		case isGroup(f.Type):
			fill(at, f.Members())
		case byDefault == "":
			fillWithin(at)
		case at.IsZero():
			if err := set(at, byDefault); err != nil {
				panic(fmt.Sprintf("option: %s.%s: default %q: %v", f.Owner, f.GoName, byDefault, err))
			}
		}
	}
}

// fillWithin fills the structs behind pointers and in lists and maps.
func fillWithin(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer && isGroup(v.Type().Elem()) && !v.IsNil():
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		fill(own.Elem(), nil)
		v.Set(own)
	case v.Kind() == reflect.Slice && isGroup(v.Type().Elem()) && v.Len() > 0:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			fill(own.Index(i), nil)
		}
		v.Set(own)
	case v.Kind() == reflect.Map && isGroup(v.Type().Elem()) && v.Len() > 0:
		own := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, key := range v.MapKeys() {
			member := reflect.New(v.Type().Elem()).Elem()
			member.Set(v.MapIndex(key))
			fill(member, nil)
			own.SetMapIndex(key, member)
		}
		v.Set(own)
	}
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// isGroup reports whether t is a struct of options, and not a value with a grammar of its own.
func isGroup(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(unmarshaler)
}

func set(v reflect.Value, text string) error {
	if own, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		quoted, err := json.Marshal(text)
		if err != nil {
			return err
		}
		return own.UnmarshalJSON(quoted)
	}
	switch v.Kind() {
	case reflect.Pointer:
		own := reflect.New(v.Type().Elem())
		if err := set(own.Elem(), text); err != nil {
			return err
		}
		v.Set(own)
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		v.SetFloat(n)
		return err
	case reflect.Slice:
		one := reflect.MakeSlice(v.Type(), 1, 1)
		v.Set(one)
		return set(one.Index(0), text)
	default:
		return fmt.Errorf("a %s has no default", v.Type())
	}
	return nil
}

// Check returns an error for every option in the struct that o points to, and in the structs within it, that its tags
// do not allow. Each error begins with the path of the option. Unset options (zero, or nil) are allowed.
func Check(o any) error { return errors.Join(checkGroup("", reflect.ValueOf(o).Elem())...) }

func checkGroup(path string, v reflect.Value) []error {
	var errs []error
	for _, f := range Fields(v.Type()) {
		at := f.Name
		if path != "" {
			at = path + "." + f.Name
		}
		errs = append(errs, checkValue(at, &f, v.FieldByIndex(f.Index))...)
	}
	return errs
}

func checkValue(path string, f *Field, v reflect.Value) []error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	} else if v.IsZero() {
		return nil
	}
	var err error
	switch v.Kind() {
	case reflect.String:
		err = f.CheckText(v.String())
	case reflect.Int, reflect.Int64:
		err = f.CheckNumber(float64(v.Int()))
	case reflect.Float64:
		err = f.CheckNumber(v.Float())
	case reflect.Struct:
		if isGroup(v.Type()) {
			return checkGroup(path, v)
		}
	case reflect.Slice:
		var errs []error
		for i := range v.Len() {
			at := fmt.Sprintf("%s.%d", path, i)
			switch element := v.Index(i); {
			case isGroup(element.Type()):
				errs = append(errs, checkGroup(at, element)...)
			case element.Kind() == reflect.String:
				if err := f.CheckText(element.String()); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", at, err))
				}
			}
		}
		return errs
	case reflect.Map:
		return checkMap(path, v)
	}
	if err != nil {
		return []error{fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}
