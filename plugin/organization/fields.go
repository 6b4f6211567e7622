package organization

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// withFields returns the schema of a body with the fields that the options add to a model. A field takes the place of
// one with the same name in base.
func withFields(fields auth.AdditionalFields, base ...schema.NamedSchema) *schema.Schema {
	for _, f := range fields {
		if f.Input != nil && !*f.Input {
			continue
		}
		base = slices.DeleteFunc(base, func(other schema.NamedSchema) bool { return other.Name == f.Name })
		base = append(base, schema.Field(f.Name, fieldSchema(f)))
	}
	return schema.Object(base...)
}

func fieldSchema(f auth.AdditionalField) *schema.Schema {
	s := schema.String()
	switch {
	case f.Type.Enum != nil:
		s = schema.Any()
	case f.Type.Type == store.Number:
		s = schema.Number()
	case f.Type.Type == store.Boolean:
		s = schema.Boolean()
	case f.Type.Type == store.Date:
		s = schema.Date()
	case f.Type.Type == store.JSON:
		s = schema.JSON()
	case f.Type.Type == store.StringArray:
		s = schema.Array(schema.String())
	case f.Type.Type == store.NumberArray:
		s = schema.Array(schema.Number())
	}
	if f.Required != nil && !*f.Required {
		s = s.Nullish()
	}
	return s
}

// recordOf returns the members of a checked body as a row, without the named ones.
func recordOf(body *js.Object, without ...string) store.Record {
	out := store.Record{}
	for name, v := range body.All() {
		if !slices.Contains(without, name) {
			out[name] = v
		}
	}
	return out
}
