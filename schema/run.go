package schema

import (
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// run parses a value, then runs the schema's own checks on the result.
func (s *Schema) run(v any) result {
	r := s.parse(v)
	if len(s.checks) > 0 {
		s.runChecks(&r)
	}
	return r
}

func (s *Schema) parse(v any) result {
	switch s.kind {
	case kindString:
		return s.parseString(v)
	case kindNumber:
		return s.parseNumber(v)
	case kindBoolean:
		return s.parseBoolean(v)
	case kindDate:
		return s.parseDate(v)
	case kindNull:
		if v != nil {
			return s.fail(v, expected("null", v))
		}
	case kindJSON:
		c, ok := jsonValue(v)
		if !ok {
			return s.fail(v, "Invalid input")
		}
		return result{value: c}
	case kindLiteral, kindEnum:
		if !contains(s.values, v) {
			return s.fail(v, invalidValue(s.values))
		}
	case kindArray:
		return s.parseArray(v)
	case kindRecord:
		return s.parseRecord(v)
	case kindObject:
		return s.parseObject(v)
	case kindUnion, kindXor, kindDiscriminated:
		return s.parseUnion(v)
	case kindIntersection:
		return s.parseIntersection(v)
	case kindOptional, kindNullable, kindDefault, kindCatch, kindTransform:
		return s.parseWrapped(v)
	}
	return result{value: v}
}

func (s *Schema) parseString(v any) result {
	if s.coerce && stringable(v) {
		v = js.String(v)
	}
	if _, ok := v.(string); !ok {
		return s.fail(v, expected("string", v))
	}
	return result{value: v}
}

// stringable reports whether String(v) works: it throws for an object whose own
// toString hides the inherited one, and zod then leaves the value unchanged.
func stringable(v any) bool {
	switch v := v.(type) {
	case *js.Object:
		return !v.Has("toString")
	case []any:
		for _, e := range v {
			if !stringable(e) {
				return false
			}
		}
	}
	return true
}

func (s *Schema) parseNumber(v any) result {
	if s.coerce && stringable(v) {
		v = js.ToNumber(v)
	}
	if f, ok := v.(float64); !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return s.fail(v, expected("number", v))
	}
	return result{value: v}
}

func (s *Schema) parseBoolean(v any) result {
	if s.coerce {
		v = js.Truthy(v)
	}
	if _, ok := v.(bool); !ok {
		return s.fail(v, expected("boolean", v))
	}
	return result{value: v}
}

func (s *Schema) parseDate(v any) result {
	if t, ok := v.(time.Time); ok {
		return result{value: t}
	}
	if !s.coerce {
		return s.fail(v, expected("date", v))
	}
	if !stringable(v) {
		return s.fail(v, expected("date", v))
	}
	t, ok := coerceDate(v)
	if !ok { // zod now has an invalid Date and says so in its text
		return s.fail(v, expected("date", time.Time{}))
	}
	return result{value: t}
}

func coerceDate(v any) (time.Time, bool) {
	switch v := v.(type) {
	case string:
		return js.ParseDate(v)
	case []any:
		return js.ParseDate(js.String(v))
	}
	return js.DateOf(js.ToNumber(v))
}

// jsonValue copies a value that z.json() accepts.
func jsonValue(v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool:
		return v, true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			c, ok := jsonValue(e)
			if !ok {
				return nil, false
			}
			list[i] = c
		}
		return list, true
	case *js.Object:
		o := js.NewObject()
		for key, e := range v.All() {
			if key == "__proto__" {
				continue
			}
			c, ok := jsonValue(e)
			if !ok {
				return nil, false
			}
			o.Set(key, c)
		}
		return o, true
	}
	return nil, false
}

// same is === for values that are not objects.
func same(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && a == b
	case js.Undefined:
		return isUndefined(b)
	}
	return false
}

func contains(list []any, v any) bool {
	for _, e := range list {
		if same(e, v) {
			return true
		}
	}
	return false
}

func (s *Schema) parseWrapped(v any) result {
	switch s.kind {
	case kindOptional:
		return s.parseOptional(v)
	case kindNullable:
		if v == nil {
			return result{}
		}
		return s.inner.run(v)
	case kindDefault:
		if isUndefined(v) {
			return result{value: s.fallback()}
		}
		r := s.inner.run(v)
		if isUndefined(r.value) {
			r.value = s.fallback()
		}
		return r
	case kindCatch:
		r := s.inner.run(v)
		if len(r.issues) > 0 {
			return result{value: s.fallback()}
		}
		return result{value: r.value}
	}
	r := s.inner.run(v)
	for i := range r.issues {
		if r.issues[i].code != codeUnrecognizedKeys {
			r.piped = true
			return r
		}
	}
	r.value = s.fn(r.value)
	return r
}

func (s *Schema) parseOptional(v any) result {
	if !isUndefined(v) {
		return s.inner.run(v)
	}
	if s.inner.in != defaulted {
		return result{value: v}
	}
	r := s.inner.run(v)
	if len(r.issues) > 0 {
		return result{value: js.Undefined{}}
	}
	return result{value: r.value}
}

// fallback returns the value of default and catch, copied if a handler could
// change it.
func (s *Schema) fallback() any {
	switch v := s.values[0].(type) {
	case *js.Object:
		return v.Clone()
	case []any:
		return append([]any{}, v...)
	case int:
		return float64(v)
	default:
		return v
	}
}
