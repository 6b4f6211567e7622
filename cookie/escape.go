package cookie

import (
	"strings"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

// EncodeURIComponent is JavaScript's function of that name.
func EncodeURIComponent(s string) string {
	for i := range len(s) {
		if !unreserved(s[i]) {
			return string(appendURIComponent(make([]byte, 0, len(s)+16), s))
		}
	}
	return s
}

func appendURIComponent(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

func unreserved(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	case c == '-', c == '_', c == '.', c == '!', c == '~', c == '*', c == '\'', c == '(', c == ')':
		return true
	}
	return false
}

// tryDecode is decodeURIComponent. It returns the text unchanged if that would
// fail: for an invalid escape, or escapes that are not UTF-8.
func tryDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+2 >= len(s) {
			return s
		}
		high, low := unhex(s[i+1]), unhex(s[i+2])
		if high < 0 || low < 0 {
			return s
		}
		b = append(b, byte(high<<4|low))
		i += 2
	}
	// The text outside the escapes is ASCII or whole characters (fromLatin1), so
	// invalid UTF-8 comes from the escapes.
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
