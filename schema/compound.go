package schema

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
)

func (s *Schema) parseArray(v any) result {
	list, ok := v.([]any)
	if !ok {
		return s.fail(v, expected("array", v))
	}
	r := result{value: v}
	if s.oversized(&r, len(list)) {
		return r
	}
	out := make([]any, len(list))
	for i, e := range list {
		er := s.inner.run(e)
		if len(er.issues) > 0 {
			r.under(i, er.issues)
		}
		out[i] = er.value
	}
	r.value = out
	return r
}

// oversized rejects an array that is too long before its elements are checked, if
// only length checks come first (zod/v4/core/schemas.js, capSize).
func (s *Schema) oversized(r *result, n int) bool {
	for i := range s.checks {
		c := &s.checks[i]
		if !c.onLength() {
			return false
		}
		if c.kind == checkMinLength || float64(n) <= c.n {
			continue
		}
		c.run(r, s.message)
		r.issues[0].then = stops
		return true
	}
	return false
}

func (s *Schema) parseObject(v any) result {
	in, ok := v.(*js.Object)
	if !ok {
		return s.fail(v, expected("object", v))
	}
	out := js.NewObject()
	r := result{value: out}
	for i := range s.fields {
		f := &s.fields[i]
		val, present := in.Get(f.Name)
		if !present {
			val = js.Undefined{}
		}
		fr := f.Schema.run(val)
		s.member(&r, out, f, present, fr)
	}
	if s.unknown != strip {
		s.parseRest(&r, in, out)
	}
	return r
}

// member adds the result of one named member. The cases are those of zod's
// generated parser ($ZodObjectJIT), which the reference runs.
func (s *Schema) member(r *result, out *js.Object, f *NamedSchema, present bool, fr result) {
	in := f.Schema.in
	if in != refused && f.Schema.outOptional {
		if len(fr.issues) > 0 && !present {
			return
		}
		r.under(f.Name, fr.issues)
		if present || in == defaulted && !isUndefined(fr.value) {
			out.Set(f.Name, fr.value)
		}
		return
	}
	r.under(f.Name, fr.issues)
	if in == refused {
		if !present && len(fr.issues) == 0 {
			r.issues = append(r.issues, issue{path: []any{f.Name}, message: expected("nonoptional", js.Undefined{})})
		}
		if present {
			out.Set(f.Name, fr.value)
		}
		return
	}
	if in == defaulted || present || !isUndefined(fr.value) {
		out.Set(f.Name, fr.value)
	}
}

func (s *Schema) parseRest(r *result, in, out *js.Object) {
	var bad []string
	for key, val := range in.All() {
		if _, named := s.index[key]; named {
			continue
		}
		switch {
		case s.unknown == reject:
			bad = append(bad, key)
		case key == "__proto__":
		case s.catchall == nil:
			out.Set(key, val)
		default:
			kr := s.catchall.run(val)
			r.under(key, kr.issues)
			out.Set(key, kr.value)
		}
	}
	if len(bad) > 0 {
		r.issues = append(r.issues, s.unrecognized(bad))
	}
}

func (s *Schema) unrecognized(keys []string) issue {
	iss := unrecognized(keys)
	if s.message != "" {
		iss.message = s.message
	}
	return iss
}

func (s *Schema) parseRecord(v any) result {
	in, ok := v.(*js.Object)
	if !ok {
		return s.fail(v, expected("record", v))
	}
	out := js.NewObject()
	r := result{value: out}
	if s.key != nil && (s.key.kind == kindEnum || s.key.kind == kindLiteral) {
		s.parseFixedKeys(&r, in, out)
		return r
	}
	for key, val := range in.All() {
		if key == "__proto__" {
			continue
		}
		name := key
		if s.key != nil {
			kr := s.key.run(key)
			if len(kr.issues) > 0 {
				bad := s.fail(nil, "Invalid key in record").issues[0]
				bad.path, bad.code = []any{key}, codeInvalidKey
				r.issues = append(r.issues, bad)
				continue
			}
			name = js.String(kr.value)
		}
		s.entry(&r, out, key, name, val)
	}
	return r
}

func (s *Schema) entry(r *result, out *js.Object, key, name string, val any) {
	if name == "__proto__" {
		return
	}
	vr := s.inner.run(val)
	if len(vr.issues) > 0 {
		r.under(key, vr.issues)
	}
	out.Set(name, vr.value)
}

func (s *Schema) parseFixedKeys(r *result, in, out *js.Object) {
	var names []string
	for _, v := range s.key.values {
		name := js.String(v)
		names = append(names, name)
		val, ok := in.Get(name)
		if !ok {
			val = js.Undefined{}
		}
		s.entry(r, out, name, name, val)
	}
	var bad []string
	for key := range in.All() {
		if !slices.Contains(names, key) {
			bad = append(bad, key)
		}
	}
	if len(bad) > 0 {
		r.issues = append(r.issues, s.unrecognized(bad))
	}
}
