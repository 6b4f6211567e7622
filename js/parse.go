package js

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// maxDepth is the largest nesting depth of arrays and objects.
const maxDepth = 10000

// SyntaxError is the position in the text at which JSON.parse would fail.
type SyntaxError struct {
	Offset  int // bytes from the start, after the BOM
	Message string
}

func (e *SyntaxError) Error() string {
	return "js: " + e.Message + " in JSON at position " + strconv.Itoa(e.Offset)
}

// Parse parses a request body like JSON.parse after Request.text(): a BOM is
// dropped and invalid UTF-8 becomes U+FFFD. The result is nil, bool, float64,
// string, []any or *Object. Numbers that are too large are infinite. The error is
// always a *[SyntaxError]. More than 10000 levels are an error too, where
// JavaScript has no limit. Parse does not retain data.
func Parse(data []byte) (any, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		data = decode(data)
	}
	p := parser{data: data}
	p.space()
	v, ok := p.value(0)
	if !ok {
		return nil, p.err
	}
	p.space()
	if p.pos < len(p.data) {
		p.fail("unexpected text after the value")
		return nil, p.err
	}
	return v, nil
}

// decode is the UTF-8 decoder of the Encoding Standard in replacement mode: one
// U+FFFD for each maximal part of a sequence that could have been valid.
func decode(data []byte) []byte {
	out := make([]byte, 0, len(data)+16)
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			size = brokenPrefix(data)
		}
		out = utf8.AppendRune(out, r)
		data = data[size:]
	}
	return out
}

func brokenPrefix(b []byte) int {
	lo, hi, need := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			lo = 0xA0
		}
		if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			lo = 0x90
		}
		if c == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for n <= need && n < len(b) && b[n] >= lo && b[n] <= hi {
		lo, hi = 0x80, 0xBF
		n++
	}
	return n
}

type parser struct {
	data []byte
	pos  int
	err  error
}

func (p *parser) fail(message string) bool {
	if p.pos >= len(p.data) {
		message = "unexpected end"
	}
	p.err = &SyntaxError{Offset: p.pos, Message: message}
	return false
}

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (any, bool) {
	if p.pos >= len(p.data) {
		return nil, p.fail("")
	}
	switch c := p.data[p.pos]; {
	case c == '{':
		return p.object(depth + 1)
	case c == '[':
		return p.array(depth + 1)
	case c == '"':
		s, ok := p.str()
		return s, ok
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case c == 't':
		return true, p.word("true")
	case c == 'f':
		return false, p.word("false")
	case c == 'n':
		return nil, p.word("null")
	}
	return nil, p.fail("unexpected token")
}

func (p *parser) word(w string) bool {
	for i := range len(w) {
		if p.pos >= len(p.data) || p.data[p.pos] != w[i] {
			return p.fail("unexpected token")
		}
		p.pos++
	}
	return true
}

func (p *parser) object(depth int) (any, bool) {
	if depth > maxDepth {
		return nil, p.fail("more than 10000 levels")
	}
	var b Builder
	p.pos++
	p.space()
	if p.is('}') {
		return b.Object(), true
	}
	for {
		if p.pos >= len(p.data) || p.data[p.pos] != '"' {
			return nil, p.fail("expected a property name")
		}
		key, ok := p.str()
		if !ok {
			return nil, false
		}
		p.space()
		if !p.is(':') {
			return nil, p.fail("expected ':'")
		}
		p.space()
		val, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		b.Set(key, val)
		p.space()
		if p.is('}') {
			return b.Object(), true
		}
		if !p.is(',') {
			return nil, p.fail("expected ',' or '}'")
		}
		p.space()
	}
}

func (p *parser) array(depth int) (any, bool) {
	if depth > maxDepth {
		return nil, p.fail("more than 10000 levels")
	}
	list := []any{}
	p.pos++
	p.space()
	if p.is(']') {
		return list, true
	}
	for {
		val, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		list = append(list, val)
		p.space()
		if p.is(']') {
			return list, true
		}
		if !p.is(',') {
			return nil, p.fail("expected ',' or ']'")
		}
		p.space()
	}
}

// is skips c if it comes next.
func (p *parser) is(c byte) bool {
	if p.pos < len(p.data) && p.data[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) digits() bool {
	start := p.pos
	for p.pos < len(p.data) && p.data[p.pos] >= '0' && p.data[p.pos] <= '9' {
		p.pos++
	}
	return p.pos > start
}

func (p *parser) number() (any, bool) {
	start := p.pos
	p.is('-')
	if !p.is('0') && !p.digits() {
		return nil, p.fail("no number after minus sign")
	}
	whole := p.pos - start
	isInt := true
	if p.is('.') {
		isInt = false
		if !p.digits() {
			return nil, p.fail("unterminated fraction")
		}
	}
	if p.is('e') || p.is('E') {
		isInt = false
		if !p.is('+') {
			p.is('-')
		}
		if !p.digits() {
			return nil, p.fail("exponent part is missing a number")
		}
	}
	text := p.data[start:p.pos]
	if isInt && whole <= 15 && text[0] != '-' {
		var n int64
		for _, c := range text {
			n = n*10 + int64(c-'0')
		}
		return float64(n), true
	}
	// Out of range is not an error: ParseFloat returns the infinity or zero that
	// JavaScript returns too.
	f, _ := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64)
	return f, true
}

func (p *parser) str() (string, bool) {
	p.pos++
	start := p.pos
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			s := string(p.data[start:p.pos])
			p.pos++
			return s, true
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", p.fail("bad control character in string")
		}
		p.pos++
	}
	return "", p.fail("unterminated string")
}

// escaped parses the rest of a string from its first backslash.
func (p *parser) escaped(start int) (string, bool) {
	buf := append(make([]byte, 0, p.pos-start+32), p.data[start:p.pos]...)
	for p.pos < len(p.data) {
		c := p.data[p.pos]
		switch {
		case c == '"':
			p.pos++
			return string(buf), true
		case c < 0x20:
			return "", p.fail("bad control character in string")
		case c != '\\':
			buf = append(buf, c)
			p.pos++
			continue
		}
		p.pos++
		if p.is('u') {
			r, ok := p.unicode()
			if !ok {
				return "", false
			}
			buf = appendWTF8(buf, r)
			continue
		}
		e, ok := p.simpleEscape()
		if !ok {
			return "", false
		}
		buf = append(buf, e)
	}
	return "", p.fail("unterminated string")
}

func (p *parser) simpleEscape() (byte, bool) {
	if p.pos >= len(p.data) {
		return 0, p.fail("")
	}
	c := p.data[p.pos]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	default:
		return 0, p.fail("bad escaped character")
	}
	p.pos++
	return c, true
}

// unicode parses the four digits after \u, and the second half of a pair.
func (p *parser) unicode() (rune, bool) {
	r, ok := p.hex4()
	if !ok {
		return 0, p.fail("bad Unicode escape")
	}
	if !utf16.IsSurrogate(r) || p.pos+1 >= len(p.data) || p.data[p.pos] != '\\' || p.data[p.pos+1] != 'u' {
		return r, true
	}
	back := p.pos
	p.pos += 2
	low, ok := p.hex4()
	if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
		return pair, true
	}
	p.pos = back
	return r, true
}

func (p *parser) hex4() (rune, bool) {
	var r rune
	for range 4 {
		if p.pos >= len(p.data) {
			return 0, false
		}
		c := p.data[p.pos]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
		p.pos++
	}
	return r, true
}
