package schema

import (
	"math"

	"github.com/seed-32bd42cb/betterauth/js"
)

type checkKind uint8

const (
	checkMinLength checkKind = iota
	checkMaxLength
	checkLength
	checkMin
	checkMax
	checkAbove // greater than n
	checkInt
	checkFormat
	checkURL
	checkOverwrite
	checkRefine
)

// check is one condition on a value of the right type.
type check struct {
	kind    checkKind
	n       float64
	format  string
	pattern string
	test    func(string) bool
	refine  func(any) bool
	fatal   bool // a failed refinement ends the other checks
	replace func(any) any
	message string
	path    []any // innermost first
}

func (c *check) onLength() bool { return c.kind <= checkLength }

// runChecks runs the checks in the way of zod: a wrong type stops all checks
// except those on a length, which apply to anything with a length; only an
// explicit stop stops those too.
func (s *Schema) runChecks(r *result) {
	stopped := r.aborted()
	for i := range s.checks {
		c := &s.checks[i]
		if c.onLength() {
			if r.stopped() || !hasLength(r.value) {
				continue
			}
		} else if stopped {
			continue
		}
		before := len(r.issues)
		c.run(r, s.message)
		stopped = stopped || abortedFrom(r.issues[before:])
	}
}

func (c *check) run(r *result, fallback string) {
	var text string
	how := goesOn
	switch c.kind {
	case checkMinLength, checkMaxLength, checkLength:
		text = c.lengthText(r.value)
	case checkOverwrite:
		r.value = c.replace(r.value)
	case checkRefine:
		if !c.refine(r.value) {
			text = "Invalid input"
		}
		if c.fatal {
			how = unset
		}
	case checkInt:
		text, how = intText(r.value)
	case checkURL:
		text = c.urlText(r)
	case checkFormat:
		if v, ok := r.value.(string); !ok || !c.test(v) {
			text = formatText(c.format, c.pattern)
		}
	default:
		text = c.rangeText(js.ToNumber(r.value))
	}
	if text == "" {
		return
	}
	if c.message != "" {
		text = c.message
	} else if fallback != "" {
		text = fallback
	}
	r.issues = append(r.issues, issue{path: c.path, message: text, then: how})
}

func (c *check) rangeText(f float64) string {
	switch {
	case c.kind == checkMin && !(f >= c.n):
		return tooSmall("number", ">=", c.n)
	case c.kind == checkMax && !(f <= c.n):
		return tooBig("number", "<=", c.n)
	case c.kind == checkAbove && !(f > c.n):
		return tooSmall("number", ">", c.n)
	}
	return ""
}

func intText(v any) (string, then) {
	const safe = 1<<53 - 1
	f, ok := v.(float64)
	switch {
	case !ok || f != math.Trunc(f):
		return expected("int", v), stops
	case f > safe:
		return tooBig("int", "<=", safe), goesOn
	case f < -safe:
		return tooSmall("int", ">=", -safe), goesOn
	}
	return "", goesOn
}

// lengthOf returns the length property of a value in code points, the name of its
// kind, and whether it has a length.
func lengthOf(v any) (n float64, origin string, ok bool) {
	switch v := v.(type) {
	case string:
		return float64(js.Points(v)), "string", true
	case []any:
		return float64(len(v)), "array", true
	case *js.Object:
		length, has := v.Get("length")
		return js.ToNumber(length), "unknown", has && !isUndefined(length)
	}
	return 0, "", false
}

func hasLength(v any) bool {
	if _, ok := v.(string); ok { // without counting the code points
		return true
	}
	_, _, ok := lengthOf(v)
	return ok
}

func (c *check) lengthText(v any) string {
	n, origin, _ := lengthOf(v)
	exact := c.kind == checkLength
	if exact && n == c.n || c.kind == checkMinLength && n >= c.n || c.kind == checkMaxLength && n <= c.n {
		return ""
	}
	big := c.kind == checkMaxLength || exact && n > c.n
	switch {
	case exact && big:
		return tooBig(origin, "exactly ", c.n)
	case exact:
		return tooSmall(origin, "exactly ", c.n)
	case big:
		return tooBig(origin, "<=", c.n)
	}
	return tooSmall(origin, ">=", c.n)
}

func (c *check) urlText(r *result) string {
	v, ok := r.value.(string)
	if !ok {
		return formatText(c.format, "")
	}
	trimmed := js.Trim(v)
	if !canParseURL(trimmed) {
		return formatText(c.format, "")
	}
	r.value = withoutBreaks(trimmed)
	return ""
}
