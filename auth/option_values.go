package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Static returns a base URL that is the same for all requests.
func Static(url string) BaseURL { return BaseURL{URL: url} }

// Dynamic returns a base URL that is derived from the host of each request.
func Dynamic(allowedHosts []string, fallback, protocol string) BaseURL {
	return BaseURL{AllowedHosts: allowedHosts, Fallback: fallback, Protocol: protocol, dynamic: true}
}

// IsDynamic reports whether the base URL depends on the request.
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

// Names is a list of names, a callback that returns one, or both.
type Names[In any] struct {
	List []string
	Func callback.Func[In, []string]
}

// TrustedOrigins is a list of origins, a callback that returns one for a request, or both.
type TrustedOrigins = Names[OriginsRequest]

// UnmarshalJSON reads a list or a webhook.
func (n *Names[In]) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if list, ok := v.([]any); ok {
		n.List = texts(list)
		return nil
	}
	return n.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (n *Names[In]) BindCallback(event string, caller *callback.Caller) error {
	return n.Func.BindCallback(event, caller)
}

// OriginCheckOff turns the origin check off, for all paths or for some.
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

// StoreIdentifier says how the identifiers of single-use values are stored.
type StoreIdentifier struct {
	Default   IdentifierStorage
	Overrides []IdentifierOverride // the first matching prefix counts

	named bool // a file sets default explicitly
}

// IdentifierOverride says how identifiers that start with Prefix are stored.
type IdentifierOverride struct {
	Prefix string
	IdentifierStorage
}

// IdentifierStorage is plain (""), hashed, or a callback that converts the identifier.
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
			s.named = true
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
	byDefault := event
	if s.named {
		byDefault += ".default"
	}
	errs := []error{s.Default.Hash.BindCallback(byDefault+".hash", caller)}
	for i := range s.Overrides {
		errs = append(errs, s.Overrides[i].Hash.BindCallback(event+".overrides."+s.Overrides[i].Prefix+".hash", caller))
	}
	return errors.Join(errs...)
}

// GenerateID says how the ids of rows are generated.
type GenerateID struct {
	Kind store.IDKind
	Func callback.Func[IDRequest, string]
}

// IDRequest asks a callback for the id of a new row.
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

// stored returns the form in which the identifier of a single-use value is stored. plain reports whether that is the
// identifier itself.
func (v *Verification) stored(ctx context.Context, identifier string) (stored string, plain bool, err error) {
	how := v.StoreIdentifier.Default
	for _, over := range v.StoreIdentifier.Overrides {
		if strings.HasPrefix(identifier, over.Prefix) {
			how = over.IdentifierStorage
			break
		}
	}
	switch {
	case how.Hash != nil:
		stored, err = how.Hash(ctx, identifier)
		return stored, false, FromCallback(err)
	case how.Hashed:
		return secret.Digest(identifier), false, nil
	}
	return identifier, true, nil
}
