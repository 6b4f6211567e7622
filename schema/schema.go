// Package schema describes and checks the values of a request. Its error texts
// are those of zod 4 (English), as the reference's validator returns them. A
// [Schema] is an explicit value; struct tags ([Of]) are a shorthand for the
// common case. The same value can be written as JSON Schema for OpenAPI.
//
//	s := schema.Object(
//		schema.Field("email", schema.String().Email()),
//		schema.Field("age", schema.Number().Min(18).Optional()),
//	)
//	v, issues := s.Check(input)
//	text := schema.Text("body", issues)
package schema

// This package uses no HTTP, endpoints or storage.

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
)

type kind uint8

const (
	kindAny kind = iota
	kindString
	kindNumber
	kindBoolean
	kindDate
	kindNull
	kindJSON
	kindLiteral
	kindEnum
	kindArray
	kindRecord
	kindObject
	kindUnion
	kindXor
	kindDiscriminated
	kindIntersection
	kindOptional
	kindNullable
	kindDefault
	kindCatch
	kindTransform
)

// absence is the result of an absent member (zod's optin): rejected, left absent,
// or replaced by a value.
type absence uint8

const (
	refused absence = iota
	permitted
	defaulted
)

// unknown is the treatment of members that an object does not name.
type unknown uint8

const (
	strip unknown = iota
	keep
	reject
)

// Schema describes one value. It is immutable: every method that refines it
// returns a copy, so schemas can be shared between goroutines.
type Schema struct {
	kind    kind
	coerce  bool
	unknown unknown
	checks  []check
	message string // replaces the texts of failures without their own message
	doc     string

	inner    *Schema // element, record value, or wrapped schema
	key      *Schema // key of a record; nil is any string
	catchall *Schema
	fields   []NamedSchema
	index    map[string]int
	options  []*Schema
	tag      string // discriminator
	values   []any  // literal, enum; the one value of default and catch
	fn       func(any) any

	in          absence
	outOptional bool
}

// NamedSchema is one member of an object schema. See [Field].
type NamedSchema struct {
	Name   string
	Schema *Schema
}

// Required reports whether the member must be present.
func (f NamedSchema) Required() bool { return f.Schema.in == refused }

// Field names a member for [Object].
func Field(name string, s *Schema) NamedSchema { return NamedSchema{name, s} }

// String is z.string().
func String() *Schema { return &Schema{kind: kindString} }

// Number is z.number(): finite numbers only.
func Number() *Schema { return &Schema{kind: kindNumber} }

// Boolean is z.boolean().
func Boolean() *Schema { return &Schema{kind: kindBoolean} }

// Any is z.any() and z.unknown(). A member may have any value but must be
// present: otherwise zod says "expected nonoptional".
func Any() *Schema { return &Schema{kind: kindAny} }

// Date is z.date(). No JSON value is a date unless [Schema.Coerce] converts it.
func Date() *Schema { return &Schema{kind: kindDate} }

// Null is z.null().
func Null() *Schema { return &Schema{kind: kindNull} }

// JSON is z.json(): any JSON value, but not undefined or NaN.
func JSON() *Schema { return &Schema{kind: kindJSON} }

// Literal is z.literal of one or more strings, numbers, booleans or nil.
func Literal(values ...any) *Schema {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
		if n, ok := v.(int); ok {
			list[i] = float64(n)
		}
	}
	return &Schema{kind: kindLiteral, values: list}
}

// Enum is z.enum of strings.
func Enum(values ...string) *Schema {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return &Schema{kind: kindEnum, values: list}
}

// Array is z.array(elem).
func Array(elem *Schema) *Schema { return &Schema{kind: kindArray, inner: elem} }

// Record is z.record(z.string(), value).
func Record(value *Schema) *Schema { return &Schema{kind: kindRecord, inner: value} }

// RecordOf is z.record(key, value). A key schema that is an [Enum] or [Literal]
// lists all required keys.
func RecordOf(key, value *Schema) *Schema {
	return &Schema{kind: kindRecord, inner: value, key: key}
}

// Object is z.object: members that it does not name are left out of the result.
// See [Schema.Loose], [Schema.Strict] and [Schema.Catchall].
func Object(fields ...NamedSchema) *Schema {
	s := &Schema{kind: kindObject}
	s.setFields(fields)
	return s
}

func (s *Schema) setFields(fields []NamedSchema) {
	s.fields = nil
	s.index = make(map[string]int, len(fields))
	for _, f := range fields {
		if i, ok := s.index[f.Name]; ok {
			s.fields[i] = f
			continue
		}
		s.index[f.Name] = len(s.fields)
		s.fields = append(s.fields, f)
	}
}

// Union is z.union: the first option that accepts the value.
func Union(options ...*Schema) *Schema { return union(kindUnion, options) }

// Xor is z.xor: exactly one option must accept the value.
func Xor(options ...*Schema) *Schema { return union(kindXor, options) }

// Discriminated is z.discriminatedUnion: objects distinguished by the literal or
// enum in the member tag.
func Discriminated(tag string, options ...*Schema) *Schema {
	s := union(kindDiscriminated, options)
	s.tag = tag
	return s
}

func union(k kind, options []*Schema) *Schema {
	s := &Schema{kind: k, options: slices.Clone(options)}
	for _, o := range options {
		switch {
		case o.in == defaulted:
			s.in = defaulted
		case o.in == permitted && s.in == refused:
			s.in = permitted
		}
		s.outOptional = s.outOptional || o.outOptional
	}
	return s
}

// Intersection is a.and(b): both must accept the value, and the results are
// merged. Results that cannot be merged are a separate issue, where zod throws.
func Intersection(a, b *Schema) *Schema {
	return &Schema{kind: kindIntersection, options: []*Schema{a, b}}
}

// Check returns the value with unknown members left out, defaults and coercions
// applied and members in the schema's order, or else everything that is wrong
// with it. A missing value is js.Undefined{}.
func (s *Schema) Check(v any) (any, []Issue) {
	r := s.run(v)
	if len(r.issues) == 0 {
		return r.value, nil
	}
	list := make([]Issue, len(r.issues))
	for i, iss := range r.issues {
		path := slices.Clone(iss.path)
		slices.Reverse(path)
		list[i] = Issue{Path: path, Message: iss.message}
	}
	return nil, list
}

// Fields returns the members of an object schema, also of an optional or nullable
// one, and of both sides of an intersection. Other schemas have none.
func (s *Schema) Fields() []NamedSchema {
	switch s.kind {
	case kindObject:
		return slices.Clone(s.fields)
	case kindOptional, kindNullable, kindDefault, kindCatch, kindTransform:
		return s.inner.Fields()
	case kindIntersection:
		return append(s.options[0].Fields(), s.options[1].Fields()...)
	}
	return nil
}

// AcceptsUndefined reports whether a request without the value is valid; in
// OpenAPI, the request body is then not required.
func (s *Schema) AcceptsUndefined() bool {
	switch s.kind {
	case kindOptional, kindDefault, kindCatch, kindAny:
		return true
	case kindNullable, kindTransform:
		return s.inner.AcceptsUndefined()
	case kindUnion, kindXor:
		return slices.ContainsFunc(s.options, (*Schema).AcceptsUndefined)
	case kindIntersection:
		return s.options[0].AcceptsUndefined() && s.options[1].AcceptsUndefined()
	}
	return false
}

func isUndefined(v any) bool {
	_, ok := v.(js.Undefined)
	return ok
}
