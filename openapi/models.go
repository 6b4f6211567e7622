package openapi

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// attribute is a field as the generator of the reference sees it.
type attribute struct {
	name       string
	kind       store.Type
	enum       []string
	required   bool // set explicitly; a field of the options without the setting is not required
	hidden     bool
	readOnly   bool
	literal    any // the default, unless it is a function
	hasLiteral bool
	hasDefault bool
}

func attributeOf(f store.Field) attribute {
	return attribute{
		name: f.Name, kind: f.Type, enum: f.Enum,
		required: !f.Optional, hidden: f.Hidden, readOnly: f.ReadOnly,
		literal: f.SQLDefault, hasLiteral: f.SQLDefault != nil,
		hasDefault: f.Default != nil || f.SQLDefault != nil,
	}
}

func attributeOfAdded(f auth.AdditionalField) attribute {
	return attribute{
		name: f.Name, kind: f.Type.Type, enum: f.Type.Enum,
		required: f.Required != nil && *f.Required,
		hidden:   f.Returned != nil && !*f.Returned,
		readOnly: f.Input != nil && !*f.Input,
		literal:  f.DefaultValue, hasLiteral: f.Default == nil && f.HasDefault,
		hasDefault: f.Default != nil || f.HasDefault,
	}
}

// models returns the schemas of all models, including fields of the options and of plugins. Sessions are listed
// wherever they are kept; verifications only if they are in the database.
func models(a *auth.Auth) *js.Object {
	o := a.Options
	added := map[string]auth.AdditionalFields{
		"user": o.User.AdditionalFields, "session": o.Session.AdditionalFields,
		"account": o.Account.AdditionalFields, "verification": o.Verification.AdditionalFields,
	}
	for _, m := range a.Manifests() {
		for model, renamed := range m.Rename {
			added[model] = append(slices.Clone(added[model]), renamed.AdditionalFields...)
		}
	}
	out := js.NewObject()
	for _, t := range a.Store.Tables() {
		if t.Model == "verification" && t.NoMigrate {
			continue
		}
		out.Set(capital(t.Model), model(t, added[t.Model]))
	}
	return out
}

func model(t *store.TableSchema, added auth.AdditionalFields) *js.Object {
	properties := js.Obj("id", js.Obj("type", "string", "readOnly", true))
	required := []any{"id"}
	for _, column := range t.Columns {
		if column.IsID {
			continue
		}
		f := attributeOf(column.Field)
		if i := slices.IndexFunc(added, func(g auth.AdditionalField) bool { return g.Name == f.name }); i >= 0 {
			f = attributeOfAdded(added[i])
		}
		properties.Set(f.name, f.property())
		if f.required && !f.hidden {
			required = append(required, f.name)
		}
	}
	return js.Obj("type", "object", "properties", properties, "required", required)
}

// property returns the schema of the field in a model. The types json and fixed texts are written as in the
// reference, which is not valid JSON Schema.
func (f attribute) property() *js.Object {
	out := js.Obj("type", string(f.kind))
	switch {
	case f.kind == store.StringArray || f.kind == store.NumberArray:
		out = f.array()
	case f.kind == store.Date:
		out = js.Obj("type", "string", "format", "date-time")
	case len(f.enum) > 0:
		out = js.Obj("type", texts(f.enum))
	}
	if f.hasLiteral {
		out.Set("default", f.literal)
	}
	if f.readOnly {
		out.Set("readOnly", true)
	}
	return out
}

// input returns the schema of the field in a request body.
func (f attribute) input() *js.Object {
	switch {
	case f.kind == store.Date:
		return js.Obj("type", "string", "format", "date-time")
	case f.kind == store.JSON:
		return js.NewObject()
	case f.kind == store.StringArray || f.kind == store.NumberArray:
		return f.array()
	case len(f.enum) > 0:
		return js.Obj("type", "string", "enum", texts(f.enum))
	}
	out := js.Obj("type", string(f.kind))
	if f.hasLiteral {
		out.Set("default", f.literal)
	}
	return out
}

func (f attribute) array() *js.Object {
	item := "string"
	if f.kind == store.NumberArray {
		item = "number"
	}
	return js.Obj("type", "array", "items", js.Obj("type", item))
}

func texts(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

// inputField is a member of a request body.
type inputField struct {
	name     string
	schema   *js.Object
	required bool
}

// userInput returns the fields of users that options and plugins added and that a client may set. A field of a plugin
// takes precedence over one of the options.
func userInput(a *auth.Auth) []inputField {
	var all []attribute
	put := func(f attribute) {
		if i := slices.IndexFunc(all, func(g attribute) bool { return g.name == f.name }); i >= 0 {
			all[i] = f
			return
		}
		all = append(all, f)
	}
	for _, f := range a.Options.User.AdditionalFields {
		put(attributeOfAdded(f))
	}
	for _, m := range a.Manifests() {
		if m.ID == core {
			continue
		}
		for _, model := range m.Models {
			if model.Name != "user" {
				continue
			}
			for _, f := range model.Fields {
				put(attributeOf(f))
			}
		}
	}
	var out []inputField
	for _, f := range all {
		if !f.readOnly {
			out = append(out, inputField{f.name, f.input(), f.required && !f.hasDefault})
		}
	}
	return out
}
