package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// AdditionalFields are the fields added to a model, in order.
type AdditionalFields []AdditionalField

// AdditionalField is one field added to a model. A nil pointer stands for the default of the reference, which is
// true.
type AdditionalField struct {
	Name string `json:"-"`
	// `string`, `number`, `boolean`, `date`, `json`, `string[]`, `number[]`, or a list of the allowed texts.
	Type FieldType `json:"type" unset:"needed"`
	// The field must have a value.
	Required *bool `json:"required" unset:"true"`
	// The field is part of answers.
	Returned *bool `json:"returned" unset:"true"`
	// Clients may set the field.
	Input *bool `json:"input" unset:"true"`
	// Value in a new row for which none is given; null counts as a value.
	DefaultValue any  `json:"defaultValue"`
	HasDefault   bool `json:"-"` // DefaultValue is set; it may be null
	// Name of the column.
	FieldName string `json:"fieldName" unset:"the key"`
	// No two rows may have the same value.
	Unique bool `json:"unique"`
	// The column has an index.
	Index bool `json:"index"`
	// On MySQL, makes the column `varchar(255)` instead of `text`.
	Sortable bool `json:"sortable"`
	// Makes a number column 64 bits wide.
	BigInt bool `json:"bigint"`
	// The field of another model that this field points at.
	References *References `json:"references"`

	// Callbacks in place of the Go functions below, called for each row; a file may name them only in tests.
	DefaultFunc callback.Func[callback.Nothing, callback.Answer] `json:"-"` // a webhook in place of defaultValue
	// Makes a new value at each update.
	OnUpdateFunc callback.Func[callback.Nothing, callback.Answer] `json:"onUpdate" gofunc:"it is called for every row"`
	// Converts values on their way to and from the database.
	Transform Transforms `json:"transform"`
	// Checks the values that clients send.
	Validator Validator `json:"validator"`

	// The following functions can only be set from Go; they are called for each row.
	Default      func(ctx context.Context) any                 `json:"-"`
	OnUpdate     func(ctx context.Context) any                 `json:"-"`
	Validate     func(v any) (value any, problem string)       `json:"-"`
	TransformIn  func(ctx context.Context, v any) (any, error) `json:"-"`
	TransformOut func(ctx context.Context, v any) (any, error) `json:"-"`
}

// Transforms convert a value on its way to and from the database.
type Transforms struct {
	// Converts a value on its way to the database.
	Input callback.Func[any, callback.Answer] `json:"input" gofunc:"it is called for every row"`
	// Converts a value on its way from the database.
	Output callback.Func[any, callback.Answer] `json:"output" gofunc:"it is called for every row"`
}

// Validator checks a value that a client sends. The result is {value}, or {issues: [{message}]}.
type Validator struct {
	// Checks a value that a client sends; answers {value}, or {issues: [{message}]}.
	Input callback.Func[any, *js.Object] `json:"input" gofunc:"it is called for every request"`
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

// References names a field of another model that a field refers to.
type References struct {
	// The model.
	Model string `json:"model"`
	// Its field.
	Field string `json:"field"`
	// What happens to this row when the other one is deleted.
	OnDelete string `json:"onDelete" unset:"cascade" enum:"cascade,no action,restrict,set default,set null"`
}

// FieldType is the type of a field, or the texts that a string field may hold.
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
		if !slices.Contains(fieldTypes(), v) {
			return fmt.Errorf("must be one of %s, not %q", strings.Join(fieldTypes(), ", "), v)
		}
		t.Type = store.Type(v)
		return nil
	case []any:
		*t = FieldType{Type: store.String, Enum: texts(v)}
		return nil
	}
	return errors.New("must be a type's name or a list of texts")
}

func fieldTypes() []string {
	return []string{
		string(store.String), string(store.Number), string(store.Boolean), string(store.Date), string(store.JSON),
		string(store.StringArray), string(store.NumberArray),
	}
}
