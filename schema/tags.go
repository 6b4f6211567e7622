package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Request is the description of a request by a request struct. A nil schema means
// that this part of the request is not checked.
type Request struct {
	Body   *Schema
	Query  *Schema
	Params *Schema
	Extra  string // the model whose fields the body may contain too: extra:"user"

	plan *plan
}

// Of returns the request description of the struct type t (or a pointer to one).
// It uses the fields with a tag json (body), query or path. A member is required
// unless it has omitempty or is a pointer. More tags: doc, enum:"a,b", default
// (JSON, or bare text for a string), format:"email|uri|uuid|int", minLength,
// maxLength, minimum, maximum, nullable:"true", coerce:"true". On a slice, enum
// and format apply to the elements and the lengths to the slice.
//
// A type with a method Schema() *Schema describes itself; a request struct may
// have BodySchema() and QuerySchema() *Schema. A field
//
//	Extra *js.Object `extra:"user"`
//
// takes the members of the body that no other field names, which are then allowed
// (object ∩ record). A field tagged body:"record" or body:"any" takes the whole
// body. The blank field
//
//	_ struct{} `body:"optional,strict" query:"optional"`
//
// makes a whole body or query optional, strict or loose.
func Of(t reflect.Type) Request {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return Request{}
	}
	p := planOf(t)
	req := Request{plan: p}
	b := builder{seen: []reflect.Type{t}}
	req.Body = b.object(p.body, p.bodyFlags)
	req.Query = b.object(p.query, p.queryFlags)
	req.Params = b.object(p.path, nil)
	if p.extra != nil {
		req.Extra = p.extraModel
		if req.Body == nil {
			req.Body = Object()
		}
		req.Body = Intersection(req.Body, Record(Any()))
	}
	if p.wholeKind == "record" {
		req.Body = Record(Any())
	}
	own := reflect.New(t).Interface()
	if o, ok := own.(interface{ BodySchema() *Schema }); ok {
		req.Body = o.BodySchema()
	}
	if o, ok := own.(interface{ QuerySchema() *Schema }); ok {
		req.Query = o.QuerySchema()
	}
	return req
}

// builder converts Go types to schemas; seen are the enclosing structs.
type builder struct{ seen []reflect.Type }

func (b builder) object(fields []planField, flags []string) *Schema {
	if len(fields) == 0 && len(flags) == 0 {
		return nil
	}
	members := make([]NamedSchema, len(fields))
	for i, f := range fields {
		members[i] = Field(f.name, b.member(f))
	}
	s := Object(members...)
	if slices.Contains(flags, "strict") {
		s = s.Strict()
	}
	if slices.Contains(flags, "loose") {
		s = s.Loose()
	}
	if slices.Contains(flags, "optional") {
		s = s.Optional()
	}
	return s
}

func (b builder) member(f planField) *Schema {
	t := f.typ
	optional := f.optional
	if t.Kind() == reflect.Pointer && t != reflect.TypeFor[*js.Object]() {
		t, optional = t.Elem(), true
	}
	s := b.value(t, f.tag)
	if doc := f.tag.Get("doc"); doc != "" {
		s = s.Doc(doc)
	}
	if f.tag.Get("nullable") == "true" {
		s = s.Nullable()
	}
	if text, ok := f.tag.Lookup("default"); ok {
		s = s.Default(defaultOf(text, t))
	}
	if optional {
		s = s.Optional()
	}
	return s
}

func defaultOf(text string, t reflect.Type) any {
	if t.Kind() == reflect.String {
		return text
	}
	v, err := js.Parse([]byte(text))
	if err != nil {
		return text
	}
	return v
}

func ownSchema(t reflect.Type) *Schema {
	type self interface{ Schema() *Schema }
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Interface || t == reflect.TypeFor[Schema]() {
		return nil
	}
	if s, ok := reflect.New(t).Interface().(self); ok {
		return s.Schema()
	}
	return nil
}

// value returns the schema of a type, refined by the tags of its field.
func (b builder) value(t reflect.Type, tag reflect.StructTag) *Schema {
	if s := ownSchema(t); s != nil {
		return s
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return coerced(Date(), tag)
	case reflect.TypeFor[*js.Object]():
		return Record(Any())
	case reflect.TypeFor[json.RawMessage]():
		return Any()
	}
	switch t.Kind() {
	case reflect.String:
		return stringSchema(tag)
	case reflect.Bool:
		return coerced(Boolean(), tag)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return numberSchema(tag)
	case reflect.Slice, reflect.Array:
		return lengths(Array(b.value(t.Elem(), onlyElement(tag))), tag)
	case reflect.Map:
		return Record(b.value(t.Elem(), ""))
	case reflect.Pointer:
		return b.value(t.Elem(), tag)
	case reflect.Struct:
		return b.structSchema(t)
	}
	return Any()
}

func (b builder) structSchema(t reflect.Type) *Schema {
	if slices.Contains(b.seen, t) { // a recursive type ends here
		return Any()
	}
	b.seen = append(slices.Clone(b.seen), t)
	p := planOf(t)
	if s := b.object(p.body, p.bodyFlags); s != nil {
		return s
	}
	return Object()
}

// onlyElement returns the tags of a slice that apply to its elements.
func onlyElement(tag reflect.StructTag) reflect.StructTag {
	var b strings.Builder
	for _, key := range []string{"enum", "format", "coerce"} {
		if v := tag.Get(key); v != "" {
			b.WriteString(key + ":" + strconv.Quote(v) + " ")
		}
	}
	return reflect.StructTag(b.String())
}

func stringSchema(tag reflect.StructTag) *Schema {
	if list := tag.Get("enum"); list != "" {
		return Enum(strings.Split(list, ",")...)
	}
	s := coerced(String(), tag)
	switch tag.Get("format") {
	case "email":
		s = s.Email()
	case "uri", "url":
		s = s.URL()
	case "uuid":
		s = s.UUID()
	}
	return lengths(s, tag)
}

func numberSchema(tag reflect.StructTag) *Schema {
	s := coerced(Number(), tag)
	if tag.Get("format") == "int" {
		s = s.Int()
	}
	if n, err := strconv.ParseFloat(tag.Get("minimum"), 64); err == nil {
		s = s.Min(n)
	}
	if n, err := strconv.ParseFloat(tag.Get("maximum"), 64); err == nil {
		s = s.Max(n)
	}
	return s
}

func lengths(s *Schema, tag reflect.StructTag) *Schema {
	if n, err := strconv.Atoi(tag.Get("minLength")); err == nil {
		s = s.Min(float64(n))
	}
	if n, err := strconv.Atoi(tag.Get("maxLength")); err == nil {
		s = s.Max(float64(n))
	}
	return s
}

func coerced(s *Schema, tag reflect.StructTag) *Schema {
	if tag.Get("coerce") == "true" {
		return s.Coerce()
	}
	return s
}
