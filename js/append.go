package js

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// appendDepth ends the output of a value that contains itself; deeper values
// become null.
const appendDepth = 2 * maxDepth

// Appender is a value that writes its own JSON: exactly one value, or nothing to
// be left out like undefined.
type Appender interface {
	AppendJSON(dst []byte) []byte
}

// Marshal returns JSON.stringify(v). See [Append].
func Marshal(v any) []byte { return Append(nil, v) }

// Append appends JSON.stringify(v) to dst. It supports JavaScript values, Go's
// numbers and strings, slices, maps (keys sorted, integer-like ones first),
// pointers, json.RawMessage (verbatim), [Appender], json.Marshaler, and structs
// by their json tags (name, "-", omitempty, omitzero; embedded structs are
// flattened). []byte is base64 as in encoding/json. Values that JSON cannot
// express (NaN, channels, functions, a Date out of JavaScript's range) become
// null; Undefined appends nothing.
func Append(dst []byte, v any) []byte { return appendAny(dst, v, 0) }

func appendAny(dst []byte, v any, depth int) []byte {
	if depth > appendDepth {
		return append(dst, "null"...)
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return AppendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case float64:
		return appendFloat(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case *Object:
		return appendObject(dst, v, depth)
	case []any:
		return appendList(dst, v, depth)
	case time.Time:
		return appendTime(dst, v)
	case Undefined:
		return dst
	case json.RawMessage:
		if len(v) == 0 {
			return append(dst, "null"...)
		}
		return append(dst, v...)
	case map[string]any:
		return appendMap(dst, v, depth)
	case []string:
		return appendStrings(dst, v)
	}
	return appendReflect(dst, v, depth)
}

func appendObject(dst []byte, o *Object, depth int) []byte {
	if o == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	start := len(dst)
	for key, val := range o.All() {
		dst = appendMember(dst, start, key, val, depth)
	}
	return append(dst, '}')
}

// appendMember appends one member of an object whose first member begins at
// start. If the value is undefined, it appends nothing.
func appendMember(dst []byte, start int, key string, val any, depth int) []byte {
	before := len(dst)
	if before > start {
		dst = append(dst, ',')
	}
	dst = AppendString(dst, key)
	dst = append(dst, ':')
	mark := len(dst)
	dst = appendAny(dst, val, depth+1)
	if len(dst) == mark {
		return dst[:before]
	}
	return dst
}

func appendElement(dst []byte, v any, depth int) []byte {
	mark := len(dst)
	dst = appendAny(dst, v, depth+1)
	if len(dst) == mark {
		return append(dst, "null"...)
	}
	return dst
}

func appendList(dst []byte, list []any, depth int) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendElement(dst, v, depth)
	}
	return append(dst, ']')
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, s)
	}
	return append(dst, ']')
}

func appendMap(dst []byte, m map[string]any, depth int) []byte {
	if m == nil {
		return append(dst, "null"...)
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sortKeys(keys)
	dst = append(dst, '{')
	start := len(dst)
	for _, k := range keys {
		dst = appendMember(dst, start, k, m[k], depth)
	}
	return append(dst, '}')
}

func sortKeys(keys []string) {
	slices.SortFunc(keys, func(a, b string) int {
		if c := compareIndex(a, b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a quoted JSON string. Only quotes, backslashes,
// control characters below U+0020 and lone surrogates are escaped.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := next(s[i:])
		if c >= utf8.RuneSelf && !isSurrogate(r) && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, r)
		i += size
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case utf8.RuneError:
		return utf8.AppendRune(dst, r)
	}
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return appendNumber(dst, f)
}

// appendNumber appends a finite number as Number.prototype.toString writes it.
func appendNumber(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		if abs < 1<<53 && f == math.Trunc(f) {
			return strconv.AppendInt(dst, int64(f), 10)
		}
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// Go pads the exponent to two digits; JavaScript does not.
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

func appendTime(dst []byte, t time.Time) []byte {
	if ms := t.UnixMilli(); ms > maxDate || ms < -maxDate {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = appendISO(dst, t)
	return append(dst, '"')
}
