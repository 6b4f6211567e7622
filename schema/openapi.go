package schema

import (
	"bytes"
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
)

// JSONSchema returns the schema as JSON Schema (OpenAPI 3.1), with everything it
// contains: formats, limits, defaults and descriptions.
func (s *Schema) JSONSchema() *js.Object { return s.document(true) }

// OpenAPI returns the schema exactly as the reference's open-api plugin does
// (plugins/open-api/generator.mjs, toOpenApiSchema), which leaves out formats,
// defaults and the descriptions of optional wrappers.
func (s *Schema) OpenAPI() *js.Object { return s.document(false) }

func (s *Schema) document(full bool) *js.Object {
	switch s.kind {
	case kindOptional:
		return s.describeIf(full, s.inner.document(full))
	case kindDefault:
		o := s.describeIf(full, s.inner.document(full))
		if full {
			o.Set("default", s.fallback())
		}
		return o
	case kindNullable:
		return s.describeIf(full, withNull(s.inner.document(full)))
	case kindCatch, kindTransform:
		return s.describe(s.inner.document(full))
	case kindAny:
		return s.describe(js.NewObject())
	case kindNull:
		return s.describe(js.Obj("type", "null"))
	case kindLiteral:
		return s.describe(js.Obj("enum", slices.Clone(s.values)))
	case kindEnum:
		return s.describe(js.Obj("type", "string", "enum", slices.Clone(s.values)))
	case kindArray:
		o := js.Obj("type", "array", "items", s.inner.document(full))
		if full {
			s.limits(o)
		}
		return s.describe(o)
	case kindRecord:
		key := s.key
		if key == nil {
			key = String()
		}
		return s.describe(js.Obj("type", "object", "propertyNames", key.document(full), "additionalProperties", s.inner.document(full)))
	case kindObject:
		return s.describe(s.objectDocument(full))
	case kindUnion, kindXor, kindDiscriminated:
		return s.describe(s.unionDocument(full))
	case kindIntersection:
		return s.intersectionDocument(full)
	}
	return s.describe(s.scalarDocument(full))
}

func (s *Schema) describe(o *js.Object) *js.Object {
	if s.doc != "" {
		o.Set("description", s.doc)
	}
	return o
}

func (s *Schema) describeIf(full bool, o *js.Object) *js.Object {
	if full {
		return s.describe(o)
	}
	return o
}

func (s *Schema) scalarDocument(full bool) *js.Object {
	o := js.NewObject()
	switch s.kind {
	case kindNumber:
		o.Set("type", "number")
	case kindBoolean:
		o.Set("type", "boolean")
	case kindJSON:
		if !full { // z.json() is lazy, which the reference treats as a string
			o.Set("type", "string")
		}
	default:
		o.Set("type", "string")
	}
	if full && s.kind == kindDate {
		o.Set("format", "date-time")
	}
	if full || s.kind == kindString {
		s.limits(o)
	}
	if full {
		s.formats(o)
	}
	return o
}

// limits adds the length limits of strings and arrays.
func (s *Schema) limits(o *js.Object) {
	low, high := "minLength", "maxLength"
	if s.kind == kindArray {
		low, high = "minItems", "maxItems"
	}
	for i := range s.checks {
		switch c := &s.checks[i]; c.kind {
		case checkMinLength:
			o.Set(low, c.n)
		case checkMaxLength:
			o.Set(high, c.n)
		case checkLength:
			o.Set(low, c.n)
			o.Set(high, c.n)
		}
	}
}

func (s *Schema) formats(o *js.Object) {
	for i := range s.checks {
		switch c := &s.checks[i]; c.kind {
		case checkMin:
			o.Set("minimum", c.n)
		case checkMax:
			o.Set("maximum", c.n)
		case checkAbove:
			o.Set("exclusiveMinimum", c.n)
		case checkInt:
			o.Set("type", "integer")
		case checkURL:
			o.Set("format", "uri")
		case checkFormat:
			if c.format == "regex" {
				o.Set("pattern", c.pattern)
				continue
			}
			o.Set("format", c.format)
		}
	}
}

func (s *Schema) objectDocument(full bool) *js.Object {
	properties := js.NewObject()
	var required []any
	for _, f := range s.fields {
		properties.Set(f.Name, f.Schema.document(full))
		if f.Required() {
			required = append(required, f.Name)
		}
	}
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	if full && s.unknown == reject {
		o.Set("additionalProperties", false)
	}
	return o
}

func (s *Schema) unionDocument(full bool) *js.Object {
	if len(s.options) == 1 {
		return s.options[0].document(full)
	}
	list := make([]any, len(s.options))
	for i, option := range s.options {
		list[i] = option.document(full)
	}
	if s.kind == kindUnion {
		return js.Obj("anyOf", list)
	}
	return js.Obj("oneOf", list)
}

func withNull(o *js.Object) *js.Object {
	t, ok := o.Get("type")
	if !ok {
		return js.Obj("anyOf", []any{o, js.Obj("type", "null")})
	}
	list, ok := t.([]any)
	if !ok {
		list = []any{t}
	}
	if !contains(list, "null") {
		list = append(slices.Clone(list), "null")
	}
	o.Set("type", list)
	return o
}

// intersectionDocument merges two objects into one if that is equivalent.
func (s *Schema) intersectionDocument(full bool) *js.Object {
	left, right := s.options[0].document(full), s.options[1].document(full)
	if merged := s.mergeDocuments(left, right); merged != nil {
		return merged
	}
	return s.describe(js.Obj("allOf", []any{left, right}))
}

func (s *Schema) mergeDocuments(left, right *js.Object) *js.Object {
	if !isObjectDocument(left) || !isObjectDocument(right) {
		return nil
	}
	properties := child(left, "properties").Clone()
	for key, val := range child(right, "properties").All() {
		if old, ok := properties.Get(key); ok && !equal(old, val) {
			return nil
		}
		properties.Set(key, val)
	}
	out := js.Obj("type", "object")
	if properties.Len() > 0 {
		out.Set("properties", properties)
	}
	if required := joined(left, right); len(required) > 0 {
		out.Set("required", required)
	}
	for _, key := range []string{"additionalProperties", "propertyNames"} {
		l, hasLeft := left.Get(key)
		r, hasRight := right.Get(key)
		if hasLeft && hasRight && !equal(l, r) {
			return nil
		}
		if hasLeft {
			out.Set(key, l)
		} else if hasRight {
			out.Set(key, r)
		}
	}
	for _, o := range []*js.Object{right, left} {
		if d, ok := o.Get("description"); ok {
			out.Set("description", d)
		}
	}
	return s.describe(out)
}

func isObjectDocument(o *js.Object) bool {
	t, _ := o.Get("type")
	return t == "object" && !o.Has("allOf") && !o.Has("anyOf")
}

func child(o *js.Object, key string) *js.Object {
	v, _ := o.Get(key)
	c, _ := v.(*js.Object)
	return c
}

func joined(left, right *js.Object) []any {
	var out []any
	for _, o := range []*js.Object{left, right} {
		v, _ := o.Get("required")
		list, _ := v.([]any)
		for _, name := range list {
			if !contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func equal(a, b any) bool { return bytes.Equal(js.Marshal(a), js.Marshal(b)) }
