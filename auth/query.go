package auth

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/js"
)

// parseQuery parses a query as URLSearchParams does: a repeated name becomes a list, an invalid escape is kept as
// text.
func parseQuery(raw string) *js.Object {
	var q js.Builder
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		k, v, _ := strings.Cut(part, "=")
		key, value := unescape(k), unescape(v)
		switch old, _ := q.Get(key); old := old.(type) {
		case string:
			q.Set(key, []any{old, value})
		case []any:
			q.Set(key, append(old, value))
		default:
			q.Set(key, value)
		}
	}
	return q.Object()
}

func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b.WriteByte(' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return replaceInvalid(b.String())
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// replaceInvalid replaces each invalid byte with U+FFFD, as a text decoder does in the cases that matter.
func replaceInvalid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
