package schema

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Issue is one thing that is wrong with a value.
type Issue struct {
	Path    []any // member names and array positions (string, int) from the outside in
	Message string
}

// Text joins issues like better-call: where is "body" or "query", and the result
// is "[body.email] Invalid email address; [body] …".
func Text(where string, issues []Issue) string {
	var b strings.Builder
	for i, iss := range issues {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteByte('[')
		b.WriteString(where)
		for _, p := range iss.Path {
			b.WriteByte('.')
			b.WriteString(js.String(p))
		}
		b.WriteString("] ")
		b.WriteString(iss.Message)
	}
	return b.String()
}

// then is zod's "continue" of an issue: unset ends the other checks, stops also
// ends those on a length, goesOn ends none.
type then uint8

const (
	unset then = iota
	goesOn
	stops
)

type code uint8

const (
	codeOther code = iota
	codeUnrecognizedKeys
	codeInvalidKey
)

type issue struct {
	path    []any // innermost first, so that a prefix is an append
	message string
	then    then
	code    code
	keys    []string // keys of codeUnrecognizedKeys
}

// result is a value being parsed, with the issues so far.
type result struct {
	value  any
	issues []issue
	piped  bool // a transform did not run
}

func abortedFrom(list []issue) bool {
	for i := range list {
		if list[i].then != goesOn {
			return true
		}
	}
	return false
}

func (r *result) aborted() bool { return r.piped || abortedFrom(r.issues) }

func (r *result) stopped() bool {
	if r.piped {
		return true
	}
	for i := range r.issues {
		if r.issues[i].then == stops {
			return true
		}
	}
	return false
}

// under adds the issues of a member or an element.
func (r *result) under(key any, list []issue) {
	for _, iss := range list {
		iss.path = append(iss.path[:len(iss.path):len(iss.path)], key)
		r.issues = append(r.issues, iss)
	}
}

func (s *Schema) fail(v any, text string) result {
	if s.message != "" {
		text = s.message
	}
	return result{value: v, issues: []issue{{message: text}}}
}

func expected(what string, got any) string {
	return "Invalid input: expected " + what + ", received " + received(got)
}

func received(v any) string {
	switch v := v.(type) {
	case js.Undefined:
		return "undefined"
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return js.Number(v)
		}
		return "number"
	case []any:
		return "array"
	case time.Time:
		return "Date"
	}
	return "object"
}

func unit(origin string) string {
	switch origin {
	case "string":
		return "characters"
	case "array":
		return "items"
	}
	return ""
}

func tooSmall(origin, sign string, n float64) string {
	if u := unit(origin); u != "" {
		return "Too small: expected " + origin + " to have " + sign + js.Number(n) + " " + u
	}
	return "Too small: expected " + origin + " to be " + sign + js.Number(n)
}

func tooBig(origin, sign string, n float64) string {
	if u := unit(origin); u != "" {
		return "Too big: expected " + origin + " to have " + sign + js.Number(n) + " " + u
	}
	return "Too big: expected " + origin + " to be " + sign + js.Number(n)
}

func formatText(format, pattern string) string {
	switch format {
	case "email":
		return "Invalid email address"
	case "url":
		return "Invalid URL"
	case "uuid":
		return "Invalid UUID"
	}
	return "Invalid string: must match pattern /" + pattern + "/"
}

func quoted(values []any, between string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = js.String(v)
		if s, ok := v.(string); ok {
			parts[i] = `"` + s + `"`
		}
	}
	return strings.Join(parts, between)
}

func invalidValue(values []any) string {
	if len(values) == 1 {
		return "Invalid input: expected " + quoted(values, "")
	}
	return "Invalid option: expected one of " + quoted(values, "|")
}

func unrecognized(keys []string) issue {
	text := "Unrecognized key"
	if len(keys) > 1 {
		text += "s"
	}
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = `"` + k + `"`
	}
	return issue{message: text + ": " + strings.Join(parts, ", "), then: goesOn, code: codeUnrecognizedKeys, keys: keys}
}

func unmergable(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = js.String(p)
		if s, ok := p.(string); ok {
			parts[i] = strconv.Quote(s)
		}
	}
	return "Unmergable intersection. Error path: [" + strings.Join(parts, ",") + "]"
}
