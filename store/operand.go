package store

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// normal converts the operand of a condition to the form that a Record has for
// the column. It returns an error for values that no row can hold.
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
	return fmt.Errorf("%w: field %s is a %s, got %T", ErrUnfit, c.Name, c.Type, v)
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

// idText converts an id to text. It accepts numbers, because ids in integer
// columns are strings for callers.
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

// document parses a text that is valid JSON, because the reference writes texts
// into JSON columns unchanged.
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
		return nil, fmt.Errorf("%w: field %s is a date, got a text that is not a date", ErrUnfit, c.Name)
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

// condition checks w and converts its value to the column's form: texts become
// booleans, numbers and dates, as in transformWhereClause.
func condition(t *TableSchema, w Where) (Where, error) {
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
			return w, fmt.Errorf("store: field %s is not a text that could have capitals", c.Name)
		}
		w.Value, w.Fold = nil, false
	case In, NotIn:
		w.Value, err = list(t, c, w)
	case Contains, StartsWith, EndsWith:
		w.Value, err = text(c, w.Value)
	case Eq, Ne, Lt, Lte, Gt, Gte:
		w.Value, err = operand(t, c, w.Value)
	default:
		return w, fmt.Errorf("store: unknown operator %q", w.Op)
	}
	if w.Given && errors.Is(err, ErrUnfit) {
		return unlike(w), nil
	}
	if w.Fold && !foldable(w.Value) {
		w.Fold = false
	}
	return w, err
}

func operand(t *TableSchema, c *Column, v any) (any, error) {
	s, ok := v.(string)
	if ok && !c.isID() {
		switch c.Type {
		case Boolean:
			if s == "true" || s == "false" {
				return s == "true", nil
			}
		case Number:
			if f := js.ToNumber(s); !math.IsNaN(f) && js.Trim(s) != "" {
				return f, nil
			}
		}
	}
	v, err := normal(c, v)
	if err == nil && t.ID == SerialID && c.isID() {
		err = serial(c, v)
	}
	return v, err
}

// serial returns an error for an id that no integer column can hold. Drivers
// check the ids of text and uuid columns.
func serial(c *Column, id any) error {
	s, ok := id.(string)
	if !ok {
		return nil
	}
	if _, err := strconv.ParseInt(s, 10, 64); err != nil {
		return fmt.Errorf("%w: field %s holds 64-bit numbers, got another text", ErrUnfit, c.Name)
	}
	return nil
}

// unlike returns a condition that no row meets or, for Ne, every row with a
// value.
func unlike(w Where) Where {
	if w.Op == Ne {
		w.Value = nil
		return w
	}
	w.Op, w.Value, w.Fold = In, []any{}, false
	return w
}

func list(t *TableSchema, c *Column, w Where) (any, error) {
	rv := reflect.ValueOf(w.Value)
	if rv.Kind() != reflect.Slice {
		return nil, fmt.Errorf("store: field %s: need a list of values, got %T", c.Name, w.Value)
	}
	out := make([]any, 0, rv.Len())
	for i := range rv.Len() {
		x, err := operand(t, c, rv.Index(i).Interface())
		if w.Given && errors.Is(err, ErrUnfit) {
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

func conditions(t *TableSchema, where []Where) ([]Where, error) {
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
