package oauth

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Profiles are JavaScript values: an absent value is js.Undefined, and || and ?? of the reference treat null and
// undefined in different ways.

// Member returns the value at a path of members in v, or js.Undefined if one is missing.
func Member(v any, path ...string) any {
	for _, name := range path {
		o, ok := v.(*js.Object)
		if !ok || o == nil {
			return js.Undefined{}
		}
		if v, ok = o.Get(name); !ok {
			return js.Undefined{}
		}
	}
	return v
}

// Element returns the i-th element of a list, or js.Undefined.
func Element(v any, i int) any {
	list, ok := v.([]any)
	if !ok || i >= len(list) {
		return js.Undefined{}
	}
	return list[i]
}

// Or is JavaScript's ||: it returns the first truthy value, or else the last value.
func Or(values ...any) any {
	for _, v := range values[:len(values)-1] {
		if js.Truthy(v) {
			return v
		}
	}
	return values[len(values)-1]
}

// Either is JavaScript's ??: it returns the first value that is neither null nor undefined, or else the last value.
func Either(values ...any) any {
	for _, v := range values[:len(values)-1] {
		if IsSet(v) {
			return v
		}
	}
	return values[len(values)-1]
}

// IsSet reports whether v is neither null nor undefined.
func IsSet(v any) bool {
	if _, undefined := v.(js.Undefined); undefined {
		return false
	}
	return v != nil
}

// Text returns v if it is a text, otherwise "".
func Text(v any) string { s, _ := v.(string); return s }

// Flag reads a boolean, which some providers send as a text. ok is false for anything but true, false, "true" and
// "false".
func Flag(v any) (value, ok bool) {
	switch v {
	case true, "true":
		return true, true
	case false, "false":
		return false, true
	}
	return false, false
}

// IsTrue is Flag, with false for all other values.
func IsTrue(v any) bool { value, _ := Flag(v); return value }

// Spread is JavaScript's {...o, …}: it returns a copy of o with the members of the other objects added. Nil objects
// add nothing.
func Spread(objects ...*js.Object) *js.Object {
	out := js.NewObject()
	for _, o := range objects {
		if o == nil {
			continue
		}
		for k, v := range o.All() {
			out.Set(k, v)
		}
	}
	return out
}

// MergeScopes returns the union of stored scopes (separated by commas) and new ones, in order.
func MergeScopes(stored string, more []string) string {
	var out []string
	seen := map[string]bool{}
	for _, scope := range append(strings.Split(stored, ","), more...) {
		if scope = js.Trim(scope); scope != "" && !seen[scope] {
			seen[scope] = true
			out = append(out, scope)
		}
	}
	return strings.Join(out, ",")
}

// StoredScopes splits scopes that are separated by commas.
func StoredScopes(scope string) []string {
	out := []string{}
	for s := range strings.SplitSeq(scope, ",") {
		if s = js.Trim(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// scopesOf reads a member scope: a text, or a list, as some providers send it.
func scopesOf(v any) []string {
	out := []string{}
	switch v := v.(type) {
	case string:
		return append(out, strings.Fields(v)...)
	case []any:
		for _, e := range v {
			if s := js.Trim(Text(e)); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}
