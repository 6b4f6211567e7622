package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// AdditionalFields are fields added to a model, in order.
type AdditionalFields []AdditionalField

// AdditionalField is one field added to a model. The zero value of the pointers
// is the reference's default, true.
type AdditionalField struct {
	Name         string      `json:"-"`
	Type         FieldType   `json:"type"`
	Required     *bool       `json:"required"`
	Returned     *bool       `json:"returned"`
	Input        *bool       `json:"input"`
	DefaultValue any         `json:"defaultValue"`
	HasDefault   bool        `json:"-"` // DefaultValue is set, be it null
	FieldName    string      `json:"fieldName"`
	Unique       bool        `json:"unique"`
	Index        bool        `json:"index"`
	Sortable     bool        `json:"sortable"`
	BigInt       bool        `json:"bigint"`
	References   *References `json:"references"`

	// As callbacks, called for each row; a file may name them only in tests.
	DefaultFunc  callback.Func[callback.Nothing, callback.Answer] `json:"-"` // a webhook in place of defaultValue
	OnUpdateFunc callback.Func[callback.Nothing, callback.Answer] `json:"onUpdate"`
	Transform    Transforms                                       `json:"transform"`
	Validator    Validator                                        `json:"validator"`

	// From Go only: called for each row.
	Default      func(ctx context.Context) any                 `json:"-"`
	OnUpdate     func(ctx context.Context) any                 `json:"-"`
	Validate     func(v any) (value any, problem string)       `json:"-"`
	TransformIn  func(ctx context.Context, v any) (any, error) `json:"-"`
	TransformOut func(ctx context.Context, v any) (any, error) `json:"-"`
}

// Transforms convert a value on its way to and from the database.
type Transforms struct {
	Input  callback.Func[any, callback.Answer] `json:"input"`
	Output callback.Func[any, callback.Answer] `json:"output"`
}

// Validator checks a value that a client sends. The answer is {value}, or
// {issues: [{message}]}.
type Validator struct {
	Input callback.Func[any, *js.Object] `json:"input"`
}

// BindCallback implements [callback.Binder].
func (a *AdditionalFields) BindCallback(event string, caller *callback.Caller) error {
	var errs []error
	for i := range *a {
		f := &(*a)[i]
		at := event + "." + f.Name
		errs = append(errs,
			f.DefaultFunc.BindCallback(at+".defaultValue", caller), f.OnUpdateFunc.BindCallback(at+".onUpdate", caller),
			f.Validator.Input.BindCallback(at+".validator.input", caller),
			f.Transform.Input.BindCallback(at+".transform.input", caller), f.Transform.Output.BindCallback(at+".transform.output", caller))
	}
	return errors.Join(errs...)
}

// References points at another model's field.
type References struct {
	Model    string `json:"model"`
	Field    string `json:"field"`
	OnDelete string `json:"onDelete"`
}

// FieldType is a store type, or the texts a string field may hold.
type FieldType struct {
	Type store.Type
	Enum []string
}

// UnmarshalJSON reads a type's name or a list of texts.
func (t *FieldType) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		switch k := store.Type(v); k {
		case store.String, store.Number, store.Boolean, store.Date, store.JSON, store.StringArray, store.NumberArray:
			t.Type = k
			return nil
		}
		return fmt.Errorf("unknown type %q (known: string, number, boolean, date, json, string[], number[])", v)
	case []any:
		*t = FieldType{Type: store.String, Enum: texts(v)}
		return nil
	}
	return errors.New("must be a type's name or a list of texts")
}
