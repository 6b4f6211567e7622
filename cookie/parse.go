package cookie

import (
	"iter"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Pair is a cookie of a request, with its value decoded.
type Pair struct{ Name, Value string }

// Jar holds the cookies of a request in order, each name once.
type Jar struct {
	header   string
	pairs    []Pair
	index    map[string]int // only for jars of more than indexFrom cookies
	repeated []Pair         // further cookies with a name that occurred already, see Values
}

// maxRepeated is the largest number of further cookies of the same names that are
// kept. A browser sends only a few: one for the host and one for each parent
// domain.
const maxRepeated = 8

// indexFrom is the size from which a jar keeps an index, so that a header with
// thousands of cookies does not take quadratic time.
const indexFrom = 16

// Get returns the value of a cookie and whether the request has it.
func (j *Jar) Get(name string) (string, bool) {
	if i := j.find(name); i >= 0 {
		return j.pairs[i].Value, true
	}
	return "", false
}

// Values returns the values of all cookies of a name, in order. A browser sends
// several if a cookie was set both for the host and for a parent domain, or with
// several paths; the request does not show which is which.
func (j *Jar) Values(name string) (values []string) {
	if first, ok := j.Get(name); ok {
		values = append(values, first)
	}
	for _, p := range j.repeated {
		if p.Name == name {
			values = append(values, p.Value)
		}
	}
	return values
}

// Repeats reports whether the request has several cookies of a name.
func (j *Jar) Repeats(name string) bool {
	for _, p := range j.repeated {
		if p.Name == name {
			return true
		}
	}
	return false
}

// All yields names and values in order.
func (j *Jar) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, p := range j.pairs {
			if !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// Header returns the Cookie header that was parsed.
func (j *Jar) Header() string { return j.header }

// Signed returns the value of a signed cookie without its signature; of several
// cookies of the name, the first that verifies. ok is false if there is none or
// none verifies. current is false if an older secret signed it, so that it should
// be signed again.
func (j *Jar) Signed(name string, keys *secret.Keys) (value string, ok, current bool) {
	raw, _ := j.Get(name)
	value, ok, current = Unsign(raw, keys)
	for i := 0; !ok && i < len(j.repeated); i++ {
		if j.repeated[i].Name == name {
			value, ok, current = Unsign(j.repeated[i].Value, keys)
		}
	}
	return value, ok, current
}

// Verified is the value of a signed cookie whose signature is valid.
type Verified struct {
	Value   string
	Current bool // false if an older secret signed it
}

// AllSigned returns the distinct valid values among the cookies of a name, in
// order.
func (j *Jar) AllSigned(name string, keys *secret.Keys) (all []Verified) {
	add := func(raw string) {
		value, ok, current := Unsign(raw, keys)
		if ok && !slices.ContainsFunc(all, func(v Verified) bool { return v.Value == value }) {
			all = append(all, Verified{value, current})
		}
	}
	if first, ok := j.Get(name); ok {
		add(first)
	}
	for _, p := range j.repeated {
		if p.Name == name {
			add(p.Value)
		}
	}
	return all
}

func (j *Jar) find(name string) int {
	if j.index != nil {
		if i, ok := j.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range j.pairs {
		if j.pairs[i].Name == name {
			return i
		}
	}
	return -1
}

func (j *Jar) add(name, value string) {
	j.pairs = append(j.pairs, Pair{name, value})
	if j.index != nil {
		j.index[name] = len(j.pairs) - 1
		return
	}
	if len(j.pairs) > indexFrom {
		j.index = make(map[string]int, 2*len(j.pairs))
		for i, p := range j.pairs {
			j.index[p.Name] = i
		}
	}
}

// set sets a cookie, in its old place if it exists.
func (j *Jar) set(name, value string) {
	if i := j.find(name); i >= 0 {
		j.pairs[i].Value = value
		return
	}
	j.add(name, value)
}

// Parse parses a Cookie header like better-call (better-call/dist/cookies.mjs):
// the first cookie of a name wins, an empty name is allowed, and an opening quote
// removes the last character too, whatever it is. The reference skips further
// cookies of a name; a few are kept here. Signed cookies are read in this way.
// Join several Cookie headers with "; " first.
func Parse(header string) Jar {
	j := Jar{header: header}
	s := fromLatin1(header)
	for len(s) > 0 {
		eq := strings.IndexByte(s, '=')
		if eq < 0 {
			break
		}
		end := strings.IndexByte(s, ';')
		if end < 0 {
			end = len(s)
		} else if end < eq {
			s = s[strings.LastIndexByte(s[:eq], ';')+1:]
			continue
		}
		name := js.Trim(s[:eq])
		switch first := j.find(name) < 0; {
		case first:
			j.add(name, readValue(s[eq+1:end]))
		case len(j.repeated) < maxRepeated:
			j.repeated = append(j.repeated, Pair{name, readValue(s[eq+1 : end])})
		}
		s = s[min(end+1, len(s)):]
	}
	return j
}

func readValue(raw string) string {
	value := js.Trim(raw)
	if value != "" && value[0] == '"' {
		value = dropEnds(value)
	}
	return tryDecode(value)
}

// dropEnds is value.slice(1, -1) for a value that begins with a quote.
func dropEnds(value string) string {
	runes := []rune(value)
	if len(runes) < 3 {
		return ""
	}
	return string(runes[1 : len(runes)-1])
}

// ParseLast parses a Cookie header as better-auth does for chunks and for
// rewriting headers (cookies/cookie-utils.mjs): the last cookie of a name wins,
// in the place of the first; invalid names and values are left out.
func ParseLast(header string) Jar {
	j := Jar{header: header}
	if len(header) < 2 {
		return j
	}
	for chunk := range strings.SplitSeq(header, ";") {
		name, value, found := strings.Cut(chunk, "=")
		if !found {
			continue
		}
		name = strings.Trim(name, " \t")
		value = unquote(strings.Trim(value, " \t"))
		if ValidName(name) && validValue(value) {
			j.set(name, tryDecode(value))
		}
	}
	return j
}

// Merge returns a Cookie header with the given cookies added or replaced. Plugins
// that sign a user in within a request need it (setRequestCookie and
// applySetCookies in cookies/cookie-utils.mjs).
func Merge(header string, pairs ...Pair) string {
	j := ParseLast(header)
	for _, p := range pairs {
		if ValidName(p.Name) {
			j.set(p.Name, p.Value)
		}
	}
	var b []byte
	for i, p := range j.pairs {
		if i > 0 {
			b = append(b, "; "...)
		}
		b = append(b, p.Name...)
		b = append(b, '=')
		b = appendURIComponent(b, p.Value)
	}
	return string(b)
}

// ValidName reports whether the name is a token of RFC 7230.
func ValidName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= '^' && c <= 'z':
		case c == '!', c >= '#' && c <= '\'', c == '*', c == '+', c == '-', c == '.', c == '|', c == '~':
		default:
			return false
		}
	}
	return name != ""
}

func validValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '"' || c == ';' || c == '\\' {
			return false
		}
	}
	return true
}

func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	return value[1 : len(value)-1]
}

// fromLatin1 reads a header's bytes as ISO 8859-1, as Node does for the
// reference. An ASCII header, the usual case, is returned unchanged.
func fromLatin1(s string) string {
	i := 0
	for i < len(s) && s[i] < 0x80 {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}
