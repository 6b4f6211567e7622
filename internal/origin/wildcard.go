package origin

import (
	"strings"
	"unicode/utf16"
)

// WildcardMatch reports whether the whole of text matches pattern: "*" stands for
// any characters and "?" for one, including dots but not slashes; "**" between
// slashes stands for any number of segments; a backslash makes the next character
// literal. In text, slash and backslash are the same, any number of them counts
// as one, and text may end in more of them. Case matters.
func WildcardMatch(pattern, text string) bool { return compileGlob(pattern).matches(text) }

// glob is a small automaton: state i has matched the steps before i. Its time is
// limited by the product of the lengths of pattern and text, where the regular
// expressions of utils/wildcard.mjs backtrack exponentially.
type glob []globStep

type globStep struct {
	kind globKind
	unit uint16
}

type globKind uint8

const (
	literal    globKind = iota // one code unit
	anyUnit                    // one unit that is not a separator
	anyRun                     // any number of units that are not separators
	separator                  // one separator
	separators                 // any number of separators
	anything                   // any number of any units
	optional                   // the next two steps, or neither
)

// compileGlob works on UTF-16 code units, like the reference: "?" matches half of
// an emoji. The separator is "/", the default of utils/wildcard.mjs.
func compileGlob(pattern string) glob {
	var g glob
	segments := strings.Split(pattern, "/")
	last := len(segments) - 1
	for i, segment := range segments {
		switch {
		case segment == "" && i > 0:
			continue
		case segment == "**":
			g = g.appendSegments(i == 0, i == last, i < last && segments[i+1] == "**")
			continue
		}
		g = g.appendSegment(segment)
		switch {
		case i == last:
			g = append(g, globStep{kind: separators})
		case segments[i+1] != "**":
			g = append(g, globStep{kind: separator}, globStep{kind: separators})
		}
	}
	return g
}

// appendSegments adds a "**" segment; of several in a row only the last counts.
func (g glob) appendSegments(first, last, repeated bool) glob {
	switch {
	case repeated:
		return g
	case last:
		return append(g, globStep{kind: anything})
	}
	if !first {
		g = append(g, globStep{kind: separator}, globStep{kind: separators})
	}
	return append(g, globStep{kind: optional}, globStep{kind: anything}, globStep{kind: separator})
}

func (g glob) appendSegment(segment string) glob {
	units := utf16.Encode([]rune(segment))
	for i := 0; i < len(units); i++ {
		switch units[i] {
		case '?':
			g = append(g, globStep{kind: anyUnit})
		case '*':
			g = append(g, globStep{kind: anyRun})
		case '\\':
			// A backslash at the end of a segment is ignored.
			if i+1 < len(units) {
				i++
				g = append(g, globStep{literal, units[i]})
			}
		default:
			g = append(g, globStep{literal, units[i]})
		}
	}
	return g
}

func (g glob) matches(text string) bool {
	states, next := make([]bool, len(g)+1), make([]bool, len(g)+1)
	states[0] = true
	for _, unit := range utf16.Encode([]rune(text)) {
		g.closure(states)
		if !g.advance(states, next, unit) {
			return false
		}
		states, next = next, states
		clear(next)
	}
	g.closure(states)
	return states[len(g)]
}

// closure adds the states that are reached without input; they are later states,
// so one pass is enough.
func (g glob) closure(states []bool) {
	for i, step := range g {
		if !states[i] {
			continue
		}
		switch step.kind {
		case anyRun, separators, anything:
			states[i+1] = true
		case optional:
			states[i+1], states[i+3] = true, true
		}
	}
}

// advance fills next with the states reached by unit and reports whether there
// are any.
func (g glob) advance(states, next []bool, unit uint16) bool {
	isSeparator := unit == '/' || unit == '\\'
	alive := false
	for i, step := range g {
		if !states[i] {
			continue
		}
		to := -1
		switch step.kind {
		case literal:
			if unit == step.unit {
				to = i + 1
			}
		case anyUnit:
			if !isSeparator {
				to = i + 1
			}
		case separator:
			if isSeparator {
				to = i + 1
			}
		case anyRun:
			if !isSeparator {
				to = i
			}
		case separators:
			if isSeparator {
				to = i
			}
		case anything:
			to = i
		}
		if to >= 0 {
			next[to], alive = true, true
		}
	}
	return alive
}
