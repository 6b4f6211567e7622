package auth

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// inputField is a field that clients may or may not set. These are the fields added by options and plugins, never the
// core ones.
type inputField struct {
	store.Field
	literal  any // the literal default in the reference
	hasValue bool
	required bool // set to true explicitly; otherwise a missing value is left to the database, which refuses null
	validate func(v any) (any, string)
	convert  func(ctx context.Context, v any) (any, error)
}

// customise applies the options of the core models: names of tables and columns, and added fields.
func (a *Auth) customise(schema store.Schema) error {
	o := a.Options
	for name, m := range map[string]ModelOptions{"user": o.User.ModelOptions, "session": o.Session.ModelOptions, "account": o.Account.ModelOptions, "verification": o.Verification.ModelOptions} {
		if err := customiseModel(schema, name, m); err != nil {
			return err
		}
	}
	if o.RateLimit.Storage == "database" {
		if err := customiseModel(schema, "rateLimit", ModelOptions{ModelName: o.RateLimit.ModelName, Fields: o.RateLimit.Fields}); err != nil {
			return err
		}
	}
	return nil
}

func customiseModel(schema store.Schema, name string, o ModelOptions) error {
	m, ok := schema[name]
	if !ok {
		return nil
	}
	m.Fields = slices.Clone(m.Fields)
	if o.ModelName != "" {
		m.Table = o.ModelName
	}
	for field, column := range o.Fields {
		i := slices.IndexFunc(m.Fields, func(f store.Field) bool { return f.Name == field })
		if i < 0 {
			return fmt.Errorf("%s.fields: there is no field %q", name, field)
		}
		m.Fields[i].Column = column
	}
	for _, added := range o.AdditionalFields {
		f := added.field()
		if i := slices.IndexFunc(m.Fields, func(g store.Field) bool { return g.Name == f.Name }); i >= 0 {
			m.Fields[i] = f
			continue
		}
		m.Fields = append(m.Fields, f)
	}
	schema[name] = m
	return nil
}

func (f AdditionalField) field() store.Field {
	f.useCallbacks()
	out := store.Field{
		Name: f.Name, Type: f.Type.Type, Enum: f.Type.Enum, Column: f.FieldName,
		Optional: !isTrue(f.Required, true), Hidden: !isTrue(f.Returned, true), ReadOnly: !isTrue(f.Input, true),
		Unique: f.Unique, Index: f.Index, Sortable: f.Sortable, BigInt: f.BigInt,
		OnUpdate: f.OnUpdate, In: f.TransformIn, Out: f.TransformOut,
	}
	if f.References != nil {
		out.Ref = &store.Ref{Model: f.References.Model, Field: f.References.Field, OnDelete: f.References.OnDelete}
	}
	switch {
	case f.Default != nil:
		out.Default = f.Default
	case f.HasDefault && f.DefaultValue != nil:
		v := f.DefaultValue
		out.Default = func(context.Context) any { return v }
		out.SQLDefault = v
	}
	return out
}

// inputFields returns the fields that requests are checked against, by model: those added by options and plugins. The
// first builtin manifests contain the core fields, which are skipped.
func (a *Auth) inputFields(builtin int) map[string][]inputField {
	out := map[string][]inputField{}
	for model, added := range map[string]AdditionalFields{"user": a.Options.User.AdditionalFields, "session": a.Options.Session.AdditionalFields, "account": a.Options.Account.AdditionalFields} {
		for _, f := range added {
			out[model] = append(out[model], f.input())
		}
	}
	for _, m := range a.manifests[builtin:] {
		for _, model := range m.Models {
			for _, f := range model.Fields {
				out[model.Name] = append(out[model.Name], inputField{Field: f, required: !f.Optional, hasValue: f.Default != nil, convert: f.In})
			}
		}
		for model, renamed := range m.Rename {
			for _, f := range renamed.AdditionalFields {
				out[model] = append(out[model], f.input())
			}
		}
	}
	return out
}

// input returns the field as requests are checked against it.
func (f AdditionalField) input() inputField {
	f.useCallbacks()
	return inputField{Field: f.field(), literal: f.DefaultValue, required: isTrue(f.Required, false), hasValue: f.HasDefault || f.Default != nil, validate: f.Validate, convert: f.TransformIn}
}

// ParseInput takes from data the fields that clients may set on model, applying defaults and errors as the reference
// does. data holds what a client sent besides the core fields; names without a field are ignored.
func (c *Context) ParseInput(model string, data *js.Object, create bool) (store.Record, error) {
	out := store.Record{}
	for _, f := range c.fields[model] {
		v, present := any(nil), false
		if data != nil {
			v, present = data.Get(f.Name)
		}
		if !present {
			if create && f.hasValue {
				out[f.Name] = f.value(c)
			} else if create && f.required {
				return nil, BadRequest(Code{MissingField.Name, f.Name + " is required"})
			}
			continue
		}
		if err := f.take(c, v, create, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *inputField) value(ctx context.Context) any {
	if f.Default != nil {
		return f.Default(ctx)
	}
	return f.literal
}

func (f *inputField) take(c *Context, v any, create bool, out store.Record) error {
	switch {
	case f.ReadOnly && f.hasValue && create:
		out[f.Name] = f.value(c)
	case f.ReadOnly && js.Truthy(v):
		return BadRequest(Code{FieldNotAllowed.Name, f.Name + " is not allowed to be set"})
	case f.ReadOnly:
	case f.validate != nil:
		checked, problem := f.validate(v)
		if problem != "" {
			return BadRequest(Code{ValidationError.Name, problem})
		}
		out[f.Name] = checked
	case f.convert != nil:
		converted, err := f.convert(c, v)
		if err != nil {
			return err
		}
		out[f.Name] = converted
	default:
		out[f.Name] = v
	}
	return nil
}

// syntheticUser returns a made-up user in the form of a stored one. Sign-up returns it for an address that is taken,
// so that the answer does not reveal who has an account.
func (a *Auth) syntheticUser(ctx context.Context, data store.Record) *PublicRow {
	table := a.Store.Table("user")
	row := store.Record{}
	for _, col := range table.Columns {
		if col.IsID || col.Hidden {
			continue
		}
		switch v, ok := data[col.Name]; {
		case ok:
			row[col.Name] = v
		case col.Default != nil:
			row[col.Name] = col.Default(ctx)
		case col.Optional:
			row[col.Name] = nil
		}
	}
	if id, ok := data["id"]; ok {
		row["id"] = id
	}
	return table.Whole(row)
}

// SyntheticUser returns the user to show for an address that is taken; see emailAndPassword.customSyntheticUser.
func (c *Context) SyntheticUser(core, added store.Record, id string) (*PublicRow, error) {
	custom := c.Options.EmailAndPassword.CustomSyntheticUser
	if custom == nil {
		data := maps.Clone(core)
		maps.Copy(data, added)
		data["id"] = id
		return c.syntheticUser(c, data), nil
	}
	extra := js.NewObject()
	for _, f := range c.Options.User.AdditionalFields {
		if v, ok := added[f.Name]; ok {
			extra.Set(f.Name, v)
		}
	}
	answer, err := custom(c, SyntheticUser{CoreFields: objectOf(core), AdditionalFields: extra, ID: id})
	if err != nil {
		return nil, FromCallback(err)
	}
	return c.syntheticUser(c, recordOf(answer)), nil
}

func objectOf(r store.Record) *js.Object {
	o := js.NewObject()
	for _, k := range slices.Sorted(maps.Keys(r)) {
		o.Set(k, r[k])
	}
	return o
}

func recordOf(o *js.Object) store.Record {
	r := store.Record{}
	if o != nil {
		for k, v := range o.All() {
			r[k] = v
		}
	}
	return r
}
