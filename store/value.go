package store

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/js"
)

// normal brings the operand of a condition into the form a Record promises for
// the column, and refuses what no row can hold.
func normal(c *Column, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && c.Type != JSON {
		if rv.IsNil() {
			return nil, nil
		}
		v = rv.Elem().Interface()
	}
	if c.isID() {
		return idText(c, v)
	}
	switch c.Type {
	case String:
		return text(c, v)
	case Number:
		return number(c, v)
	case Boolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case Date:
		return date(c, v)
	case StringArray, NumberArray:
		return array(c, v)
	case JSON:
		return document(v), nil
	}
	return nil, mismatch(c, v)
}

func mismatch(c *Column, v any) error {
	return fmt.Errorf("store: field %s is a %s, got %T", c.Name, c.Type, v)
}

func text(c *Column, v any) (any, error) {
	if s, ok := v.(string); ok {
		return js.WellFormed(s), nil
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.String {
		return js.WellFormed(rv.String()), nil
	}
	return nil, mismatch(c, v)
}

// idText accepts numbers, as ids kept in integer columns are strings to callers.
func idText(c *Column, v any) (any, error) {
	switch n := v.(type) {
	case string:
		return n, nil
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), nil
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		return strconv.FormatInt(rv.Int(), 10), nil
	case rv.CanUint():
		return strconv.FormatUint(rv.Uint(), 10), nil
	}
	return text(c, v)
}

func number(c *Column, v any) (any, error) {
	if f, ok := v.(float64); ok {
		return f, nil
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		return float64(rv.Int()), nil
	case rv.CanUint():
		return float64(rv.Uint()), nil
	case rv.CanFloat():
		return rv.Float(), nil
	}
	return nil, mismatch(c, v)
}

// document takes a text that is JSON for what it says, because the reference
// writes texts into json columns as they are.
func document(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	if parsed, err := js.Parse([]byte(s)); err == nil {
		return parsed
	}
	return js.WellFormed(s)
}

func date(c *Column, v any) (any, error) {
	switch d := v.(type) {
	case time.Time:
		return d.UTC().Truncate(time.Millisecond), nil
	case string:
		if t, ok := js.ParseDate(d); ok {
			return t.UTC().Truncate(time.Millisecond), nil
		}
		return nil, fmt.Errorf("store: field %s: %q is not a date", c.Name, d)
	}
	return nil, mismatch(c, v)
}

func array(c *Column, v any) (any, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice {
		return nil, mismatch(c, v)
	}
	elem := &Column{Field: Field{Name: c.Name, Type: String}}
	if c.Type == NumberArray {
		elem.Type = Number
	}
	out := make([]any, rv.Len())
	for i := range out {
		x, err := normal(elem, rv.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// condition checks one Where and brings its value into the column's form, with
// the leniency of transformWhereClause: texts stand for booleans and numbers.
func condition(t *Table, w Where) (Where, error) {
	c := t.Column(w.Field)
	if c == nil {
		return w, fmt.Errorf("store: model %s has no field %q", t.Model, w.Field)
	}
	if w.Op == "" {
		w.Op = Eq
	}
	var err error
	switch w.Op {
	case HasCapitals:
		if c.Type != String || c.IsID || c.RefTable != nil {
			return w, fmt.Errorf("store: field %s is no text that could have capitals", c.Name)
		}
		w.Value, w.Fold = nil, false
	case In, NotIn:
		w.Value, err = list(c, w.Value)
	case Contains, StartsWith, EndsWith:
		w.Value, err = text(c, w.Value)
	case Eq, Ne, Lt, Lte, Gt, Gte:
		w.Value, err = operand(c, w.Value)
		if errors.Is(err, errUnlike) {
			return unlike(w), nil
		}
	default:
		return w, fmt.Errorf("store: unknown operator %q", w.Op)
	}
	if w.Fold && !foldable(w.Value) {
		w.Fold = false
	}
	return w, err
}

func operand(c *Column, v any) (any, error) {
	s, ok := v.(string)
	if !ok {
		return normal(c, v)
	}
	switch c.Type {
	case Boolean:
		return s == "true", nil
	case Number:
		if f := js.ToNumber(s); !math.IsNaN(f) && js.Trim(s) != "" {
			return f, nil
		}
		return nil, errUnlike
	case Date:
		if _, ok := js.ParseDate(s); !ok {
			return nil, errUnlike
		}
	}
	return normal(c, v)
}

// errUnlike reports a text, such as one from a query string, that no value of
// the field's type can equal.
var errUnlike = errors.New("store: value unlike the field's type")

// unlike is a condition that no row meets or, for Ne, every row with a value.
func unlike(w Where) Where {
	if w.Op == Ne {
		w.Value = nil
		return w
	}
	w.Op, w.Value = In, []any{}
	return w
}

func list(c *Column, v any) (any, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice {
		return nil, fmt.Errorf("store: field %s: a list of values is wanted, got %T", c.Name, v)
	}
	out := make([]any, 0, rv.Len())
	for i := range rv.Len() {
		x, err := operand(c, rv.Index(i).Interface())
		if errors.Is(err, errUnlike) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func foldable(v any) bool {
	switch v := v.(type) {
	case string:
		return true
	case []any:
		for _, x := range v {
			if _, ok := x.(string); !ok {
				return false
			}
		}
		return true
	}
	return false
}

func conditions(t *Table, where []Where) ([]Where, error) {
	out := make([]Where, len(where))
	for i, w := range where {
		c, err := condition(t, w)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}
