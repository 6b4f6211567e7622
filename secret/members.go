package secret

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Member is one name-value pair of a JSON object. Name is the decoded name, Value
// is the original text of the value.
type Member struct{ Name, Value []byte }

// Members are the name-value pairs of a JSON object in their order, with the values
// as text. Claims are kept in this form because the text is what is signed:
// decoding and encoding it again would change it.
type Members []Member

// jsonSpace is the white space of JSON, a subset of Unicode's.
const jsonSpace = " \t\r\n"

var errNotObject = errors.New("not a JSON object")

// ParseMembers splits the text of a JSON object without decoding its values. The
// result shares memory with the text.
func ParseMembers(text []byte) (Members, error) {
	text = bytes.Trim(text, jsonSpace)
	if len(text) == 0 || text[0] != '{' || !json.Valid(text) {
		return nil, errNotObject
	}
	return split(text), nil
}

// Object splits a member that is a JSON object; false if it is absent or something
// else. ParseMembers has validated the text, so it is not validated again.
func (m Members) Object(name string) (Members, bool) {
	text := m.Get(name)
	if len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	return split(text), true
}

// SplitAuthentic is like ParseMembers, for a text whose signature has been checked:
// a holder of the secret wrote it, so it is not validated. Validation would take
// most of the time of reading a cached session. ok is false if the text is not a
// JSON object nevertheless.
func SplitAuthentic(text []byte) (members Members, ok bool) {
	defer func() {
		if recover() != nil { // an index out of range in a malformed text
			members, ok = nil, false
		}
	}()
	text = bytes.Trim(text, jsonSpace)
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return nil, false
	}
	return split(text), true
}

func split(text []byte) Members {
	members := make(Members, 0, 12)
	pos := skipSpace(text, 1)
	for text[pos] == '"' {
		end := skipString(text, pos)
		name := text[pos+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			decoded, _ := String(text[pos:end])
			name = []byte(decoded)
		}
		start := skipSpace(text, skipSpace(text, end)+1) // skip the colon
		end = skipValue(text, start)
		members = append(members, Member{Name: name, Value: text[start:end:end]})
		pos = skipSpace(text, end)
		if text[pos] == ',' {
			pos = skipSpace(text, pos+1)
		}
	}
	return members
}

// Get returns the text of a member, nil if it is absent. If several members have
// the name, the last one counts, as in JavaScript.
func (m Members) Get(name string) []byte {
	for i := len(m) - 1; i >= 0; i-- {
		if string(m[i].Name) == name {
			return m[i].Value
		}
	}
	return nil
}

// String returns a member that is a JSON string; false if it is absent or something
// else.
func (m Members) String(name string) (string, bool) { return String(m.Get(name)) }

// String decodes the text of a JSON string; false if it is something else.
func String(text []byte) (string, bool) {
	if len(text) < 2 || text[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1]), true
	}
	v, err := js.Parse(text)
	s, ok := v.(string)
	return s, ok && err == nil
}

// withClaims returns the text of a claims object with the given claims set: an
// existing claim keeps its place, new ones are appended, as when JavaScript assigns
// to an object.
func withClaims(claims []byte, set ...Member) ([]byte, error) {
	members, err := ParseMembers(claims)
	if err != nil {
		return nil, err
	}
	claims = bytes.Trim(claims, jsonSpace)
	replaced := false
	for _, s := range set {
		if members.Get(string(s.Name)) != nil {
			replaced = true
		}
	}
	if replaced {
		return replaceClaims(members, set), nil
	}
	out := make([]byte, 0, len(claims)+96)
	out = append(out, claims[:len(claims)-1]...)
	for i, s := range set {
		if i > 0 || len(members) > 0 {
			out = append(out, ',')
		}
		out = appendMember(out, s)
	}
	return append(out, '}'), nil
}

func replaceClaims(members Members, set []Member) []byte {
	for _, s := range set {
		found := false
		for i := range members {
			if bytes.Equal(members[i].Name, s.Name) {
				members[i].Value, found = s.Value, true
			}
		}
		if !found {
			members = append(members, s)
		}
	}
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendMember(out, m)
	}
	return append(out, '}')
}

func appendMember(out []byte, m Member) []byte {
	out = js.AppendString(out, string(m.Name))
	out = append(out, ':')
	return append(out, m.Value...)
}

// The functions below scan a text that is known to be valid JSON.

func skipSpace(text []byte, pos int) int {
	for text[pos] == ' ' || text[pos] == '\t' || text[pos] == '\n' || text[pos] == '\r' {
		pos++
	}
	return pos
}

func skipString(text []byte, pos int) int {
	for pos++; text[pos] != '"'; pos++ {
		if text[pos] == '\\' {
			pos++
		}
	}
	return pos + 1
}

func skipValue(text []byte, pos int) int {
	switch text[pos] {
	case '"':
		return skipString(text, pos)
	case '{', '[':
		return skipNested(text, pos)
	}
	for ; ; pos++ {
		switch text[pos] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			return pos
		}
	}
}

func skipNested(text []byte, pos int) int {
	depth := 0
	for {
		switch text[pos] {
		case '"':
			pos = skipString(text, pos)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		pos++
		if depth == 0 {
			return pos
		}
	}
}
