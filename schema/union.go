package schema

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

func (s *Schema) parseUnion(v any) result {
	switch {
	case s.kind == kindDiscriminated:
		return s.parseDiscriminated(v)
	case len(s.options) == 1:
		return s.options[0].run(v)
	case s.kind == kindXor:
		return s.parseXor(v)
	}
	var only *result
	open := 0
	for _, o := range s.options {
		r := o.run(v)
		if len(r.issues) == 0 {
			return r
		}
		if !r.aborted() {
			open++
			only = &r
		}
	}
	// If one option has the right type and only fails a check, its issues are the
	// union's.
	if open == 1 {
		return *only
	}
	return s.fail(v, "Invalid input")
}

func (s *Schema) parseXor(v any) result {
	var match result
	n := 0
	for _, o := range s.options {
		if r := o.run(v); len(r.issues) == 0 {
			match = r
			n++
		}
	}
	switch n {
	case 0:
		return s.fail(v, "Invalid input")
	case 1:
		return match
	}
	return s.fail(v, "Invalid input: more than one option matched")
}

func (s *Schema) parseDiscriminated(v any) result {
	in, ok := v.(*js.Object)
	if !ok {
		return s.fail(v, expected("object", v))
	}
	tag, ok := in.Get(s.tag)
	if !ok {
		tag = js.Undefined{}
	}
	var names []string
	for _, o := range s.options {
		for _, val := range o.tagValues(s.tag) {
			if same(val, tag) {
				return o.run(v)
			}
			names = append(names, "'"+js.String(val)+"'")
		}
	}
	r := s.fail(v, "Invalid discriminator value. Expected "+strings.Join(names, " | "))
	r.issues[0].path = []any{s.tag}
	return r
}

// tagValues returns the values that an object schema allows for its member tag.
func (s *Schema) tagValues(tag string) []any {
	i, ok := s.index[tag]
	if !ok {
		return nil
	}
	f := s.fields[i].Schema
	values := slices.Clone(f.core().values)
	if f.in != refused {
		values = append(values, js.Undefined{})
	}
	return values
}

func (s *Schema) parseIntersection(v any) result {
	left, right := s.options[0].run(v), s.options[1].run(v)
	r := result{value: v}
	if len(left.issues)+len(right.issues) > 0 {
		r.issues = bothSides(left.issues, right.issues)
	}
	merged, path, ok := merge(left.value, right.value)
	if ok {
		r.value = merged
		return r
	}
	if !r.aborted() {
		r.issues = append(r.issues, issue{message: unmergable(path)})
	}
	return r
}

// bothSides joins the issues of an intersection. A key that one side does not
// know is an issue only if the other side does not know it either.
func bothSides(left, right []issue) []issue {
	u := unknownKeys{rejected: map[string]sides{}, single: map[string]issue{}}
	for _, iss := range left {
		u.collect(iss, leftSide)
	}
	for _, iss := range right {
		u.collect(iss, rightSide)
	}
	return append(u.others, u.issues()...)
}

type sides uint8

const (
	leftSide sides = 1 << iota
	rightSide
)

// unknownKeys records which side of an intersection rejects which key, as part of
// a list (strict objects) or by a separate issue (records).
type unknownKeys struct {
	others   []issue
	rejected map[string]sides
	order    []string
	listed   *issue
	single   map[string]issue
}

func (u *unknownKeys) collect(iss issue, side sides) {
	keys := iss.keys
	switch {
	case iss.code == codeUnrecognizedKeys && len(iss.path) == 0:
		if u.listed == nil {
			u.listed = &iss
		}
	case iss.code == codeInvalidKey && len(iss.path) == 1:
		k := js.String(iss.path[0])
		keys = []string{k}
		if _, ok := u.single[k]; !ok {
			u.single[k] = iss
		}
	default:
		u.others = append(u.others, iss)
		return
	}
	for _, k := range keys {
		if u.rejected[k] == 0 {
			u.order = append(u.order, k)
		}
		u.rejected[k] |= side
	}
}

func (u *unknownKeys) issues() []issue {
	var together []string
	var alone []issue
	for _, k := range u.order {
		if u.rejected[k] != leftSide|rightSide {
			continue
		}
		if u.listed != nil && slices.Contains(u.listed.keys, k) {
			together = append(together, k)
		} else if iss, ok := u.single[k]; ok {
			alone = append(alone, iss)
		}
	}
	if len(together) == 0 {
		return alone
	}
	return append([]issue{unrecognized(together)}, alone...)
}

// merge merges the two results of an intersection, or returns where they differ.
func merge(a, b any) (v any, path []any, ok bool) {
	if same(a, b) {
		return a, nil, true
	}
	switch a := a.(type) {
	case time.Time:
		if b, isDate := b.(time.Time); isDate && a.Equal(b) {
			return a, nil, true
		}
	case *js.Object:
		if b, isObject := b.(*js.Object); isObject {
			return mergeObjects(a, b)
		}
	case []any:
		b, isArray := b.([]any)
		if !isArray || len(a) != len(b) {
			return nil, nil, false
		}
		out := make([]any, len(a))
		for i := range a {
			if out[i], path, ok = merge(a[i], b[i]); !ok {
				return nil, append([]any{i}, path...), false
			}
		}
		return out, nil, true
	}
	return nil, nil, false
}

func mergeObjects(a, b *js.Object) (v any, path []any, ok bool) {
	if a == b {
		return a, nil, true
	}
	out := a.Clone()
	for key, val := range b.All() {
		if mine, shared := a.Get(key); shared && key != "__proto__" {
			if val, path, ok = merge(mine, val); !ok {
				return nil, append([]any{key}, path...), false
			}
		}
		out.Set(key, val)
	}
	out.Delete("__proto__")
	return out, nil, true
}
