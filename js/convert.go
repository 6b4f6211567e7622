package js

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Number returns String(f) for a number: "NaN", "Infinity", "1e+21", "0" for -0.
func Number(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return string(appendNumber(make([]byte, 0, 24), f))
}

// Truthy returns Boolean(v).
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil, Undefined:
		return false
	case bool:
		return v
	case string:
		return v != ""
	}
	if f, ok := number(v); ok {
		return f != 0 && !math.IsNaN(f)
	}
	return true
}

// String returns String(v). A time.Time is written as ISO text, because the text
// of a Date in JavaScript depends on the machine's time zone.
func String(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case Undefined:
		return "undefined"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	case time.Time:
		return ISO(v)
	case []string:
		return strings.Join(v, ",")
	case []any:
		return joined(v)
	}
	if f, ok := number(v); ok {
		return Number(f)
	}
	return "[object Object]"
}

// joined is Array.prototype.join: null and undefined become empty.
func joined(list []any) string {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		switch v.(type) {
		case nil, Undefined:
		default:
			b.WriteString(String(v))
		}
	}
	return b.String()
}

// ToNumber returns Number(v), which is NaN for a value that is not a number.
func ToNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case Undefined:
		return math.NaN()
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		return stringToNumber(v)
	case time.Time:
		return float64(v.UnixMilli())
	case []any, []string:
		return stringToNumber(String(v))
	}
	if f, ok := number(v); ok {
		return f
	}
	return math.NaN()
}

// number returns the value of any of Go's number types.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case *Object:
		return 0, false
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

func stringToNumber(s string) float64 {
	s = Trim(s)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		if base := radix(s[1]); base > 0 {
			return parseRadix(s[2:], base)
		}
	}
	digits := strings.TrimLeft(s, "+-")
	if digits == "Infinity" && len(s)-len(digits) <= 1 {
		return math.Inf(1 - 2*strings.Count(s, "-"))
	}
	for i := range len(s) {
		if !strings.ContainsRune("0123456789+-.eE", rune(s[i])) {
			return math.NaN()
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

func radix(c byte) int {
	switch c {
	case 'x', 'X':
		return 16
	case 'o', 'O':
		return 8
	case 'b', 'B':
		return 2
	}
	return 0
}

func parseRadix(s string, base int) float64 {
	f := 0.0
	for i := range len(s) {
		n, err := strconv.ParseUint(s[i:i+1], base, 8)
		if err != nil {
			return math.NaN()
		}
		f = f*float64(base) + float64(n)
	}
	return f
}

// Trim returns s.trim().
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch {
		case r >= 0x09 && r <= 0x0D, r == 0x20, r == 0xA0, r == 0x1680, r >= 0x2000 && r <= 0x200A,
			r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000, r == 0xFEFF:
			return true
		}
		return false
	})
}
