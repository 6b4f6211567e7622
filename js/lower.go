package js

import (
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// ToLowerCase returns s as String.prototype.toLowerCase does. It differs from strings.ToLower in that a capital I
// with a dot becomes two characters, and that a sigma at the end of a word has a form of its own.
func ToLowerCase(s string) string {
	if isLowerASCII(s) {
		return s
	}
	out := make([]byte, 0, len(s))
	lower := cases.Lower(language.Und)
	for len(s) > 0 {
		n := validPrefix(s)
		out = append(out, lower.String(s[:n])...)
		for s = s[n:]; len(s) > 0; s = s[1:] { // half of a surrogate pair
			if r, size := utf8.DecodeRuneInString(s); r != utf8.RuneError || size > 1 {
				break
			}
			out = append(out, s[0])
		}
	}
	return string(out)
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// validPrefix returns the length of the part of s before the first byte that is not valid UTF-8.
func validPrefix(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}
