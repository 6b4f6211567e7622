package callback

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Arguer is an In that makes its arguments itself, where the tags of its fields
// cannot say them.
type Arguer interface{ Arguments() []any }

// requested is a field that stands for the request of a call.
type requested interface{ CallbackRequest() *Request }

// arguments are what a function of TypeScript is given for in: what its fields say
// in their tags, or else in itself.
//
//	type Mail struct {
//		Email string        `arg:"0.email"`          // member of the first argument
//		Code  string        `arg:"0.code,omitempty"` // left out where it is empty
//		Call  *auth.Context `arg:"1"`                // the second argument
//	}
//
// A call is told as its context, or with the option request as its request.
// omitempty makes an argument undefined, and leaves a member out.
func arguments(in any) []any {
	if a, ok := in.(Arguer); ok {
		return a.Arguments()
	}
	t := reflect.TypeOf(in)
	tags, err := tagsOf(t)
	if err != nil || tags == nil {
		return []any{in}
	}
	var list []any
	for _, tag := range tags {
		for len(list) <= tag.place {
			list = append(list, js.Undefined{})
		}
		v := reflect.ValueOf(in).FieldByIndex(tag.index)
		empty := tag.how == "omitempty" && v.IsZero()
		if tag.member == "" {
			if !empty {
				list[tag.place] = tag.argument(v)
			}
			continue
		}
		o, ok := list[tag.place].(*js.Object)
		if !ok {
			o = js.NewObject()
			list[tag.place] = o
		}
		if !empty {
			o.Set(tag.member, tag.argument(v))
		}
	}
	return list
}

// argTag is what a field says of the argument that it is.
type argTag struct {
	index  []int
	place  int
	member string // "" when the field is the whole argument
	how    string // "", omitempty or request
}

// tagsOf reads the tags of a struct type and of those that it embeds; nil when
// there are none.
func tagsOf(t reflect.Type) (tags []argTag, err error) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, nil
	}
	for f := range t.Fields() {
		text, ok := f.Tag.Lookup("arg")
		if !ok {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				inner, problem := tagsOf(f.Type)
				err = errors.Join(err, problem)
				for _, tag := range inner {
					tag.index = append([]int{f.Index[0]}, tag.index...)
					tags = append(tags, tag)
				}
			}
			continue
		}
		tag := argTag{index: f.Index}
		var where string
		where, tag.how, _ = strings.Cut(text, ",")
		where, tag.member, _ = strings.Cut(where, ".")
		if len(where) != 1 || where[0] < '0' || where[0] > '9' {
			err = errors.Join(err, fmt.Errorf("callback: %s.%s: the tag arg is %q, but begins with the place of an argument, from 0 to 9", t, f.Name, text))
			continue
		}
		tag.place = int(where[0] - '0')
		switch {
		case tag.how == "", tag.how == "omitempty":
		case tag.how == "request" && f.Type.Implements(reflect.TypeFor[requested]()):
		default:
			err = errors.Join(err, fmt.Errorf("callback: %s.%s: a %s has no argument %q", t, f.Name, f.Type, tag.how))
		}
		tags = append(tags, tag)
	}
	return tags, err
}

func (tag *argTag) argument(v reflect.Value) any {
	value := v.Interface()
	if r, ok := value.(requested); ok && tag.how == "request" {
		return r.CallbackRequest()
	}
	if a, ok := value.(Arguer); ok {
		return a.Arguments()[0]
	}
	if row := reflect.TypeFor[map[string]any](); v.Kind() == reflect.Map && v.CanConvert(row) {
		if v.IsNil() {
			return nil
		}
		return v.Convert(row).Interface()
	}
	return value
}
