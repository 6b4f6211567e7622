// Package schema says what a request may hold, checks it, and answers in the
// texts of zod 4 (English), as the reference's validator does. A [Schema] is an
// explicit value; struct tags ([Of]) are sugar for the common case. The same
// value is written down as JSON Schema for OpenAPI.
//
// It knows JavaScript values (package js) and nothing of HTTP, endpoints or
// storage.
package schema

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

// absence is what a schema makes of an absent member (zod's optin): refused,
// left absent, or replaced by a value.
type absence uint8

const (
	refused absence = iota
	permitted
	defaulted
)

// unknown is what an object does with members it does not name.
type unknown uint8

const (
	strip unknown = iota
	keep
	reject
)

// Schema describes one value. It never changes: every method that refines it
// returns a copy, so schemas can be shared and used by many goroutines.
type Schema struct {
	kind    kind
	coerce  bool
	unknown unknown
	checks  []check
	message string // replaces the text of what has no own message
	doc     string

	inner    *Schema // element, record value, or what a wrapper wraps
	key      *Schema // of a record; nil is any string
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

// Required reports whether the member must be there.
func (f NamedSchema) Required() bool { return f.Schema.in == refused }

// Field names a member for [Object].
func Field(name string, s *Schema) NamedSchema { return NamedSchema{name, s} }

// String is z.string().
func String() *Schema { return &Schema{kind: kindString} }

// Number is z.number(): finite numbers only.
func Number() *Schema { return &Schema{kind: kindNumber} }

// Boolean is z.boolean().
func Boolean() *Schema { return &Schema{kind: kindBoolean} }

// Any is z.any() and z.unknown(). As a member it may be anything, but it must
// be there: zod says "expected nonoptional" otherwise.
func Any() *Schema { return &Schema{kind: kindAny} }

// Date is z.date(); no JSON value is one unless [Schema.Coerce] makes it.
func Date() *Schema { return &Schema{kind: kindDate} }

// Null is z.null().
func Null() *Schema { return &Schema{kind: kindNull} }

// JSON is z.json(): any value JSON has, undefined and NaN excepted.
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

// RecordOf is z.record(key, value). A key schema that is an [Enum] or
// [Literal] names all the keys there must be.
func RecordOf(key, value *Schema) *Schema {
	return &Schema{kind: kindRecord, inner: value, key: key}
}

// Object is z.object: members it does not name are left out of the result.
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

// Discriminated is z.discriminatedUnion: objects told apart by the literal or
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
// merged. Results that cannot be merged, which is an exception in zod, give an
// issue of their own.
func Intersection(a, b *Schema) *Schema {
	return &Schema{kind: kindIntersection, options: []*Schema{a, b}}
}

// Check gives the value as the schema sees it (unknown members left out,
// defaults and coercions applied, members in the schema's order), or all that
// is wrong with it. A missing value is js.Undefined{}.
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

// Fields lists the members of an object schema, also of one made optional or
// nullable, and of both sides of an intersection. Others have none.
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

// AcceptsUndefined reports whether a request without the value passes, which
// is what makes an OpenAPI request body not required.
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
