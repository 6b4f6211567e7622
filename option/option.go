// Package option defines the struct tags of option fields, so that the default, the allowed values and the unit of an
// option are written once, on its field.
//
//	type Options struct {
//		// Seconds that a link works.
//		ExpiresIn int `json:"expiresIn" default:"300" unit:"seconds"`
//		// What happens to the link that was sent before.
//		Resend string `json:"resend" default:"rotate" enum:"rotate,reuse"`
//	}
//
//	func New(o Options) *Plugin {
//		option.Defaults(&o) // o.ExpiresIn is now 300 unless it was set
//		return &Plugin{o}
//	}
//
// The plugin's Init returns the error of [Check], which reports values that the tags do not allow. The config file is
// decoded and documented with the same tags:
//
//	json      name of the option; a field without one is not an option
//	default   value of an unset option; see [Defaults]
//	unset     what an unset option means, in words, if it has no fixed value
//	enum      the allowed texts, separated by commas; of a list, those of its members
//	min, max  the smallest and the largest allowed number; the default of min is 0
//	unit      seconds, minutes, bytes, characters …; times are limited to [LongestTime]
//	gofunc    why a config file cannot set it: it can only be set from Go
//
// The comment of the field says what the option means. A type with a grammar of its own describes it with a method;
// see [Shaper].
package option

// This package imports nothing of this module.

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// LongestTime is the longest time in seconds that an option may have, about a hundred years. Longer times would
// overflow durations, or give dates that database columns and JSON texts cannot hold.
const LongestTime = 100 * 366 * 24 * 60 * 60

// Field is one option: a field of a struct with the values of its tags.
type Field struct {
	Name   string       // in a file
	Owner  reflect.Type // the struct that declares the field; it may be an embedded one
	GoName string
	Type   reflect.Type
	Index  []int // for [reflect.Value.FieldByIndex]

	Default  string // the text of the tag; "" if there is none
	Unset    string // in words
	Enum     []string
	Min, Max float64 // Max is infinite if there is none
	Unit     string
	GoOnly   string // why a file cannot set it; "" if it can
}

// Fields returns the options of a struct type in order, including those of embedded structs. It panics on a malformed
// tag, which is a bug of the program.
func Fields(t reflect.Type) []Field {
	var out []Field
	for f := range t.Fields() {
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct {
			for _, inner := range Fields(f.Type) {
				inner.Index = append(slices.Clone(f.Index), inner.Index...)
				out = append(out, inner)
			}
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if !tagged || name == "-" || name == "" || !f.IsExported() {
			continue
		}
		o := Field{
			Name: name, Owner: t, GoName: f.Name, Type: f.Type, Index: f.Index,
			Default: f.Tag.Get("default"), Unset: f.Tag.Get("unset"), Unit: f.Tag.Get("unit"), GoOnly: f.Tag.Get("gofunc"),
		}
		if texts := f.Tag.Get("enum"); texts != "" {
			o.Enum = strings.Split(texts, ",")
		}
		o.Min, o.Max = o.bounds(f.Tag)
		out = append(out, o)
	}
	return out
}

func (f *Field) bounds(tag reflect.StructTag) (low, high float64) {
	low, high = 0, math.Inf(1)
	switch f.Unit {
	case "seconds":
		high = LongestTime
	case "minutes":
		high = LongestTime / 60
	}
	for name, to := range map[string]*float64{"min": &low, "max": &high} {
		text := tag.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(fmt.Sprintf("option: %s.%s: the tag %s is %q, which is no number", f.Owner, f.GoName, name, text))
		}
		*to = n
	}
	return low, high
}

// CheckText returns an error if the option may not have this text.
func (f *Field) CheckText(text string) error {
	if f.Enum == nil || slices.Contains(f.Enum, text) {
		return nil
	}
	return fmt.Errorf("must be one of %s, not %q", strings.Join(f.Enum, ", "), text)
}

// CheckNumber returns an error if the option may not have this number.
func (f *Field) CheckNumber(n float64) error {
	switch {
	case n >= f.Min && n <= f.Max:
		return nil
	case n > f.Max:
		return fmt.Errorf("must be at most %s, not %s", f.amount(f.Max), decimal(n))
	}
	return fmt.Errorf("must be at least %s, not %s", f.amount(f.Min), decimal(n)) // also for NaN
}

// amount formats a bound for an error message.
func (f *Field) amount(n float64) string {
	text := decimal(n)
	if f.Unit != "" {
		text += " " + f.Unit
	}
	if days := n / (24 * 60 * 60); f.Unit == "seconds" && days >= 2 {
		text += fmt.Sprintf(" (%d days)", int64(days))
	}
	return text
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// Members returns the members in the default of a field that is a group of options, such as "window=60 max=5", and
// nil for other fields.
func (f *Field) Members() map[string]string {
	out := map[string]string{}
	if !isGroup(f.Type) {
		return out
	}
	for pair := range strings.FieldsSeq(f.Default) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			panic(fmt.Sprintf("option: %s.%s: the default of a group is written name=value name=value, not %q", f.Owner, f.GoName, f.Default))
		}
		out[name] = value
	}
	return out
}
