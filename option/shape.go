package option

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Shaper is an option with a grammar of its own: a type whose UnmarshalJSON accepts more than one kind of value.
// OptionShape describes them; it is called on a zero value.
type Shaper interface{ OptionShape() Shape }

// Shape says which values an option may have in a file: any of those that are set here.
type Shape struct {
	Text     bool         // any text
	Texts    []string     // one of these texts
	Number   bool         // any number
	Bool     bool         // true or false
	False    bool         // only false
	List     reflect.Type // a list of this type
	Map      reflect.Type // a map with the options of this struct, or of this map type
	Callback bool         // a webhook or a built-in callback
}

// ShapeOf returns the shape of a type with a grammar of its own; ok is false for other types.
func ShapeOf(t reflect.Type) (s Shape, ok bool) {
	shaper, ok := reflect.New(t).Interface().(Shaper)
	if !ok {
		return Shape{}, false
	}
	return shaper.OptionShape(), true
}

// String lists the allowed values for an error message.
func (s Shape) String() string {
	var kinds []string
	add := func(is bool, kind string) {
		if is {
			kinds = append(kinds, kind)
		}
	}
	add(s.Text, "a text")
	kinds = append(kinds, s.Texts...)
	add(s.Number, "a number")
	add(s.Bool, "true")
	add(s.Bool || s.False, "false")
	add(s.List != nil, "a list")
	add(s.Map != nil, "a map")
	add(s.Callback, "a webhook")
	last := len(kinds) - 1
	if last < 1 {
		return strings.Join(kinds, "")
	}
	return strings.Join(kinds[:last], ", ") + " or " + kinds[last]
}

func checkMap(path string, v reflect.Value) []error {
	if !isGroup(v.Type().Elem()) {
		return nil
	}
	var errs []error
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		errs = append(errs, checkGroup(fmt.Sprintf("%s.%s", path, key), v.MapIndex(key))...)
	}
	return errs
}
