package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Optional is .optional(): undefined passes.
func (s *Schema) Optional() *Schema {
	return &Schema{kind: kindOptional, inner: s, in: max(permitted, s.in), outOptional: true}
}

// Nullable is .nullable(): null passes.
func (s *Schema) Nullable() *Schema {
	return &Schema{kind: kindNullable, inner: s, in: s.in, outOptional: s.outOptional}
}

// Nullish is .nullish(): null and undefined pass.
func (s *Schema) Nullish() *Schema { return s.Nullable().Optional() }

// Default is .default(v): v replaces undefined and is not checked.
func (s *Schema) Default(v any) *Schema {
	return &Schema{kind: kindDefault, inner: s, values: []any{v}, in: defaulted}
}

// Catch is .catch(v): v replaces any invalid value.
func (s *Schema) Catch(v any) *Schema {
	return &Schema{kind: kindCatch, inner: s, values: []any{v}, in: max(permitted, s.in), outOptional: s.outOptional}
}

// Transform is .transform(fn): fn gets only valid values.
func (s *Schema) Transform(fn func(any) any) *Schema {
	return &Schema{kind: kindTransform, inner: s, fn: fn, in: s.in}
}

// Or is .or(other).
func (s *Schema) Or(other *Schema) *Schema { return Union(s, other) }

// And is .and(other).
func (s *Schema) And(other *Schema) *Schema { return Intersection(s, other) }

// Min is .min(n): characters of a string, elements of an array, or the value of a
// number. A message replaces zod's text, here and in the other methods.
func (s *Schema) Min(n float64, message ...string) *Schema {
	return s.check(check{kind: pick(s, checkMinLength, checkMin), n: n, message: first(message)})
}

// Max is .max(n), see [Schema.Min].
func (s *Schema) Max(n float64, message ...string) *Schema {
	return s.check(check{kind: pick(s, checkMaxLength, checkMax), n: n, message: first(message)})
}

// Length is .length(n) of a string or an array.
func (s *Schema) Length(n int, message ...string) *Schema {
	return s.check(check{kind: checkLength, n: float64(n), message: first(message)})
}

// NonEmpty is .nonempty().
func (s *Schema) NonEmpty(message ...string) *Schema {
	return s.check(check{kind: checkMinLength, n: 1, message: first(message)})
}

// Email is z.email(), also as .email() of a string.
func (s *Schema) Email(message ...string) *Schema {
	return s.check(check{kind: checkFormat, format: "email", test: isEmail, message: first(message)})
}

// UUID is z.uuid(), also as .uuid() of a string.
func (s *Schema) UUID(message ...string) *Schema {
	return s.check(check{kind: checkFormat, format: "uuid", test: isUUID, message: first(message)})
}

// URL is z.url(), also as .url() of a string. The result has lost white space
// at its ends, tabs and line breaks.
func (s *Schema) URL(message ...string) *Schema {
	return s.check(check{kind: checkURL, format: "url", message: first(message)})
}

// Regex is .regex(re, message). Without a message the text shows the
// expression as Go writes it.
func (s *Schema) Regex(re *regexp.Regexp, message ...string) *Schema {
	return s.check(check{kind: checkFormat, format: "regex", pattern: literal(re.String()), test: re.MatchString, message: first(message)})
}

// literal escapes the slashes of an expression that stand outside a class, as
// JavaScript does when it shows one between slashes.
func literal(source string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c == '\\' && i+1 < len(source):
			b.WriteByte(c)
			i++
			c = source[i]
		case c == '/' && !class:
			b.WriteByte('\\')
		case c == '[' || c == ']':
			class = c == '['
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Int is .int(): whole numbers that a float64 holds exactly.
func (s *Schema) Int(message ...string) *Schema {
	return s.check(check{kind: checkInt, message: first(message)})
}

// Positive is .positive().
func (s *Schema) Positive(message ...string) *Schema {
	return s.check(check{kind: checkAbove, message: first(message)})
}

// Overwrite replaces the value between the checks before and after it, like
// .trim() and .toLowerCase().
func (s *Schema) Overwrite(fn func(any) any) *Schema {
	return s.check(check{kind: checkOverwrite, replace: fn})
}

// Trim is .trim() of a string.
func (s *Schema) Trim() *Schema { return s.Overwrite(onString(js.Trim)) }

// Lower is .toLowerCase() of a string.
func (s *Schema) Lower() *Schema { return s.Overwrite(onString(strings.ToLower)) }

// Refine is .refine(fn, {message, path}): fn gets the value unless an earlier
// failure makes zod stop.
func (s *Schema) Refine(fn func(any) bool, message string, path ...any) *Schema {
	rev := slices.Clone(path)
	slices.Reverse(rev)
	c := *s
	c.checks = append(slices.Clone(s.checks), check{kind: checkRefine, refine: fn, message: message, path: rev})
	return &c
}

// Demand is a superRefine whose issue is fatal: later checks do not run, and the
// option of a union that fails it counts as one of another type.
func (s *Schema) Demand(fn func(any) bool, message string) *Schema {
	c := *s
	c.checks = append(slices.Clone(s.checks), check{kind: checkRefine, refine: fn, message: message, fatal: true})
	return &c
}

// Coerce is z.coerce for a string, number, boolean or date.
func (s *Schema) Coerce() *Schema {
	return s.atCore(func(c *Schema) { c.coerce = true })
}

// Message is the error option of a schema: the text for a wrong type, and for
// checks without their own message.
func (s *Schema) Message(text string) *Schema {
	c := *s
	c.message = text
	return &c
}

// Doc sets the description of the schema in OpenAPI.
func (s *Schema) Doc(text string) *Schema {
	c := *s
	c.doc = text
	return &c
}

// Loose is z.looseObject: unnamed members are kept.
func (s *Schema) Loose() *Schema {
	return s.atCore(func(c *Schema) { c.unknown, c.catchall = keep, nil })
}

// Strict is z.strictObject: unnamed members are an error.
func (s *Schema) Strict() *Schema {
	return s.atCore(func(c *Schema) { c.unknown, c.catchall = reject, nil })
}

// Catchall is .catchall(rest): unnamed members must match rest.
func (s *Schema) Catchall(rest *Schema) *Schema {
	return s.atCore(func(c *Schema) { c.unknown, c.catchall = keep, rest })
}

// Extend is .extend: it adds members and replaces those of the same name.
func (s *Schema) Extend(fields ...NamedSchema) *Schema {
	return s.atCore(func(c *Schema) { c.setFields(append(slices.Clone(c.fields), fields...)) })
}

// Partial is .partial(): every member optional.
func (s *Schema) Partial() *Schema {
	return s.atCore(func(c *Schema) {
		fields := slices.Clone(c.fields)
		for i := range fields {
			fields[i].Schema = fields[i].Schema.Optional()
		}
		c.setFields(fields)
	})
}

// core returns the schema inside all wrappers.
func (s *Schema) core() *Schema {
	switch s.kind {
	case kindOptional, kindNullable, kindDefault, kindCatch, kindTransform:
		return s.inner.core()
	}
	return s
}

// atCore copies s and changes its core, so that methods of one type also work on
// a schema that was made optional before.
func (s *Schema) atCore(change func(*Schema)) *Schema {
	c := *s
	if s.core() != s {
		c.inner = s.inner.atCore(change)
		return &c
	}
	change(&c)
	return &c
}

func (s *Schema) check(ch check) *Schema {
	return s.atCore(func(c *Schema) { c.checks = append(slices.Clone(c.checks), ch) })
}

func pick(s *Schema, length, number checkKind) checkKind {
	if s.core().kind == kindNumber {
		return number
	}
	return length
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func onString(fn func(string) string) func(any) any {
	return func(v any) any {
		if s, ok := v.(string); ok {
			return fn(s)
		}
		return v
	}
}
