// Package js reads and writes JSON exactly as JSON.parse and JSON.stringify do:
// it keeps the order of keys (integer-like keys first, as in a JavaScript
// object), the last of duplicate keys wins in the place of the first, <, >, & and
// U+2028 are not escaped, numbers have ECMAScript's format, and dates are ISO
// texts with milliseconds.
//
//	v, err := js.Parse(body)
//	text := js.Marshal(js.Obj("id", id, "createdAt", time.Now()))
//
// A JavaScript value is one of nil (null), [Undefined], bool, float64, string,
// time.Time (a Date), []any and *[Object].
//
// JavaScript strings are UTF-16 and may contain half of a surrogate pair. Such a
// half is kept as the three bytes that UTF-8 would use for it (WTF-8), so that
// "\ud800" is written as "\ud800" again. [WellFormed] replaces it by U+FFFD for a
// database or a hash, as Node does when it encodes a string.
package js

import (
	"strings"
	"unicode/utf8"
)

// Undefined is JavaScript's undefined: object members with this value are left
// out, array elements become null.
type Undefined struct{}

// Length returns the length property of a JavaScript string: its UTF-16 code
// units.
func Length(s string) int {
	n := 0
	for i := 0; i < len(s); {
		r, size := next(s[i:])
		n++
		if r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}

// Points returns the number of code points of a string; a lone surrogate counts
// as one.
func Points(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		_, size := next(s[i:])
		i += size
	}
	return n
}

// WellFormed replaces every lone surrogate and every invalid byte by U+FFFD.
func WellFormed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := next(s[i:])
		if isSurrogate(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// next decodes one code point of WTF-8, like utf8.DecodeRuneInString, but a
// surrogate is returned as it is, three bytes wide.
func next(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

func isSurrogate(r rune) bool { return r >= 0xD800 && r <= 0xDFFF }

// appendWTF8 encodes r, including surrogates.
func appendWTF8(dst []byte, r rune) []byte {
	if isSurrogate(r) {
		return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}
