package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Static is the base URL that never changes.
func Static(url string) BaseURL { return BaseURL{URL: url} }

// Dynamic is a base URL told apart by the request's host.
func Dynamic(allowedHosts []string, fallback, protocol string) BaseURL {
	return BaseURL{AllowedHosts: allowedHosts, Fallback: fallback, Protocol: protocol, dynamic: true}
}

// IsDynamic reports whether the URL depends on the request.
func (b BaseURL) IsDynamic() bool { return b.dynamic }

// UnmarshalJSON reads a text or {allowedHosts, fallback, protocol}.
func (b *BaseURL) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*b = Static(v)
	case *js.Object:
		hosts, ok := v.Get("allowedHosts")
		list, isList := hosts.([]any)
		if !ok || !isList {
			return errors.New("needs allowedHosts, a list of hosts")
		}
		*b = Dynamic(texts(list), textOf(v, "fallback"), textOf(v, "protocol"))
		for k := range v.All() {
			if k != "allowedHosts" && k != "fallback" && k != "protocol" {
				return fmt.Errorf("unknown key %q (known: allowedHosts, fallback, protocol)", k)
			}
		}
	default:
		return errors.New("must be a URL or {allowedHosts, fallback, protocol}")
	}
	return nil
}

func textOf(o *js.Object, key string) string {
	v, _ := o.Get(key)
	s, _ := v.(string)
	return s
}

func texts(list []any) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// UnmarshalJSON reads true, false or {updateAge}.
func (r *RefreshCache) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case bool:
		*r = RefreshCache{Set: true, Enabled: v}
	case *js.Object:
		*r = RefreshCache{Set: true, Enabled: true}
		if age, ok := v.Get("updateAge"); ok {
			n, isNumber := age.(float64)
			if !isNumber {
				return errors.New("updateAge must be a number of seconds")
			}
			seconds := int(n)
			r.UpdateAge = &seconds
		}
	default:
		return errors.New("must be true, false or {updateAge: seconds}")
	}
	return nil
}

// UnmarshalJSON reads a text or a webhook.
func (c *CacheVersion) UnmarshalJSON(text []byte) error {
	if v, err := js.Parse(text); err == nil {
		if s, ok := v.(string); ok {
			c.Text = s
			return nil
		}
	}
	return c.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (c *CacheVersion) BindCallback(event string, caller *callback.Caller) error {
	return c.Func.BindCallback(event, caller)
}

// TrustedOrigins is a list, or a func of the request, or both.
type TrustedOrigins struct {
	List []string
	Func callback.Func[OriginsRequest, []string]
}

// UnmarshalJSON reads a list or a webhook.
func (t *TrustedOrigins) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if list, ok := v.([]any); ok {
		t.List = texts(list)
		return nil
	}
	return t.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (t *TrustedOrigins) BindCallback(event string, caller *callback.Caller) error {
	return t.Func.BindCallback(event, caller)
}

// OriginCheckOff turns the origin check off: everywhere, or for some paths.
type OriginCheckOff struct {
	Set   bool
	All   bool
	Paths []string
}

// UnmarshalJSON reads true, false or a list of paths.
func (o *OriginCheckOff) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case bool:
		*o = OriginCheckOff{Set: true, All: v}
	case []any:
		*o = OriginCheckOff{Set: true, Paths: texts(v)}
	default:
		return errors.New("must be true, false or a list of paths")
	}
	return nil
}

// CustomRules are rate limits by path or pattern, in order.
type CustomRules []CustomRule

// CustomRule is the limit of one path or pattern.
type CustomRule struct {
	Path   string
	Off    bool // false in a file: not limited
	Window int  // seconds
	Max    int
	Func   callback.Func[RuleRequest, callback.Answer]
}

// RuleRequest asks for the rule of a request; Current is what would apply.
type RuleRequest struct {
	Call    *Context
	Current RuleSize
}

// RuleSize is a limit: Max calls in Window seconds.
type RuleSize struct {
	Window int `json:"window"`
	Max    int `json:"max"`
}

// Arguments implements [callback.Arguer].
func (r RuleRequest) Arguments() []any { return []any{r.Call.requestArg(), r.Current} }

// UnmarshalJSON reads {path: {window, max} | false | webhook}.
func (r *CustomRules) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	o, ok := v.(*js.Object)
	if !ok {
		return errors.New("must be an object of paths")
	}
	for path, rule := range o.All() {
		c := CustomRule{Path: path}
		switch rule := rule.(type) {
		case bool:
			if rule {
				return fmt.Errorf("%s: must be false or {window, max}", path)
			}
			c.Off = true
		case *js.Object:
			if _, hook := rule.Get("webhook"); hook {
				if err := c.Func.UnmarshalJSON(js.Marshal(rule)); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				break
			}
			window, _ := rule.Get("window")
			limit, _ := rule.Get("max")
			w, okW := window.(float64)
			m, okM := limit.(float64)
			if !okW || !okM {
				return fmt.Errorf("%s: needs window and max, both numbers", path)
			}
			c.Window, c.Max = int(w), int(m)
		default:
			return fmt.Errorf("%s: must be false or {window, max}", path)
		}
		*r = append(*r, c)
	}
	return nil
}

// BindCallback implements [callback.Binder].
func (r *CustomRules) BindCallback(event string, caller *callback.Caller) error {
	var errs []error
	for i := range *r {
		errs = append(errs, (*r)[i].Func.BindCallback(event+"."+(*r)[i].Path, caller))
	}
	return errors.Join(errs...)
}

// ConsumeRequest asks a custom limiter storage to count a call.
type ConsumeRequest struct {
	Key  string
	Rule RuleSize
}

// Arguments implements [callback.Arguer].
func (r ConsumeRequest) Arguments() []any { return []any{r.Key, r.Rule} }

// ConsumeAnswer says whether the call may go on, and if not, for how long.
type ConsumeAnswer struct {
	Allowed    bool     `json:"allowed"`
	RetryAfter *float64 `json:"retryAfter"`
}

// StoreIdentifier says how a verification's identifier is stored.
type StoreIdentifier struct {
	Default   IdentifierStorage
	Overrides []IdentifierOverride // first matching prefix wins
}

// IdentifierOverride is the storage of identifiers that start with Prefix.
type IdentifierOverride struct {
	Prefix string
	IdentifierStorage
}

// IdentifierStorage is plain (""), hashed, or a func of the identifier.
type IdentifierStorage struct {
	Hashed bool
	Hash   callback.Func[string, string]
}

// UnmarshalJSON reads plain, hashed, {hash}, or {default, overrides}.
func (s *StoreIdentifier) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	o, ok := v.(*js.Object)
	if ok {
		if def, has := o.Get("default"); has {
			if err := s.Default.read(def); err != nil {
				return fmt.Errorf("default: %w", err)
			}
			overrides, _ := o.Get("overrides")
			if list, ok := overrides.(*js.Object); ok {
				for prefix, how := range list.All() {
					over := IdentifierOverride{Prefix: prefix}
					if err := over.read(how); err != nil {
						return fmt.Errorf("overrides.%s: %w", prefix, err)
					}
					s.Overrides = append(s.Overrides, over)
				}
			}
			return nil
		}
	}
	return s.Default.read(v)
}

func (s *IdentifierStorage) read(v any) error {
	switch v := v.(type) {
	case string:
		if v != "plain" && v != "hashed" {
			return fmt.Errorf("unknown storage %q (known: plain, hashed)", v)
		}
		s.Hashed = v == "hashed"
		return nil
	case *js.Object:
		if hash, ok := v.Get("hash"); ok {
			return s.Hash.UnmarshalJSON(js.Marshal(hash))
		}
	}
	return errors.New("must be plain, hashed or {hash: …}")
}

// BindCallback implements [callback.Binder].
func (s *StoreIdentifier) BindCallback(event string, caller *callback.Caller) error {
	errs := []error{s.Default.Hash.BindCallback(event+".hash", caller)}
	for i := range s.Overrides {
		errs = append(errs, s.Overrides[i].Hash.BindCallback(event+".overrides."+s.Overrides[i].Prefix+".hash", caller))
	}
	return errors.Join(errs...)
}

// GenerateID says how ids of rows are made.
type GenerateID struct {
	Kind store.IDKind
	Func callback.Func[IDRequest, string]
}

// IDRequest asks for the id of a new row.
type IDRequest struct {
	Model string `json:"model"`
	Size  *int   `json:"size,omitempty"`
}

// UnmarshalJSON reads "uuid", "serial", false or a webhook.
func (g *GenerateID) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		if v != string(store.UUID) && v != string(store.SerialID) {
			return fmt.Errorf("unknown kind %q (known: uuid, serial, false)", v)
		}
		g.Kind = store.IDKind(v)
		return nil
	case bool:
		if v {
			return errors.New("must be uuid, serial or false")
		}
		g.Kind = store.NoID
		return nil
	}
	return g.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (g *GenerateID) BindCallback(event string, caller *callback.Caller) error {
	return g.Func.BindCallback(event, caller)
}

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

// BindCallback implements [callback.Binder].
func (a *AdditionalFields) BindCallback(event string, caller *callback.Caller) error {
	var errs []error
	for i := range *a {
		f := &(*a)[i]
		at := event + "." + f.Name
		errs = append(errs,
			f.DefaultFunc.BindCallback(at+".defaultValue", caller), f.OnUpdateFunc.BindCallback(at+".onUpdate", caller),
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
