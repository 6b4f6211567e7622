package cookie

import (
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// check checks the text of a field, which is nil if the field is absent. It
// returns the text to use, nil to leave the field out, and false for an invalid
// value.
type check func(text []byte, now time.Time) ([]byte, bool)

type field struct {
	name  string
	check check
}

// sessionFields and userFields are the schemas of
// @better-auth/core/dist/db/schema, with the fields in the same order.
func sessionFields() [8]field {
	return [8]field{
		{"id", text}, {"createdAt", dateOrNow}, {"updatedAt", dateOrNow}, {"userId", coerced},
		{"expiresAt", dateText}, {"token", text}, {"ipAddress", optionalText}, {"userAgent", optionalText},
	}
}

func userFields() [7]field {
	return [7]field{
		{"id", text}, {"createdAt", dateOrNow}, {"updatedAt", dateOrNow}, {"email", lowerCase},
		{"emailVerified", boolean}, {"name", text}, {"image", optionalText},
	}
}

// readCache checks a payload like parseCookieCachePayload in cookies/cache.mjs.
// The fields of the schema come first, in its order, then all others in their
// own.
func readCache(payload secret.Members, now time.Time) (c Cache, ok bool) {
	session, isObject := payload.Object("session")
	if !isObject {
		return Cache{}, false
	}
	user, isObject := payload.Object("user")
	if !isObject {
		return Cache{}, false
	}
	updatedAt, isNumber := number(payload.Get("updatedAt"))
	if !isNumber {
		return Cache{}, false
	}
	c.UpdatedAt = int64(updatedAt)
	if version := payload.Get("version"); version != nil {
		if c.Version, ok = secret.String(version); !ok {
			return Cache{}, false
		}
	}
	sessionSchema, userSchema := sessionFields(), userFields()
	if c.Session, ok = shape(session, sessionSchema[:], len(payload.Get("session")), now); !ok {
		return Cache{}, false
	}
	c.User, ok = shape(user, userSchema[:], len(payload.Get("user")), now)
	return c, ok
}

func shape(members secret.Members, fields []field, size int, now time.Time) ([]byte, bool) {
	out := append(make([]byte, 0, size+64), '{')
	// In a JavaScript object, names that are numbers always come first.
	for len(members) > 0 && isArrayIndex(string(members[0].Name)) {
		out = appendField(out, members[0].Name, members[0].Value)
		members = members[1:]
	}
	for _, f := range fields {
		value, ok := f.check(members.Get(f.name), now)
		if !ok {
			return nil, false
		}
		if value != nil {
			out = appendField(out, []byte(f.name), value)
		}
	}
	for _, m := range members {
		if !isField(fields, m.Name) {
			out = appendField(out, m.Name, m.Value)
		}
	}
	return append(out, '}'), true
}

func isField(fields []field, name []byte) bool {
	for _, f := range fields {
		if f.name == string(name) {
			return true
		}
	}
	return false
}

func appendField(out, name, value []byte) []byte {
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = js.AppendString(out, string(name))
	return append(append(out, ':'), value...)
}

func text(v []byte, _ time.Time) ([]byte, bool) { return v, isText(v) }

func isText(v []byte) bool { return len(v) > 0 && v[0] == '"' }

func optionalText(v []byte, _ time.Time) ([]byte, bool) {
	return v, v == nil || isText(v) || string(v) == "null"
}

func boolean(v []byte, _ time.Time) ([]byte, bool) {
	if v == nil {
		return []byte("false"), true
	}
	return v, v[0] == 't' || v[0] == 'f'
}

// coerced is z.coerce.string() for a required field. It rejects objects and
// arrays, which do not become useful text.
func coerced(v []byte, _ time.Time) ([]byte, bool) {
	switch {
	case v == nil || v[0] == '{' || v[0] == '[':
		return nil, false
	case v[0] == '"':
		return v, true
	}
	return append(append([]byte{'"'}, v...), '"'), true
}

func lowerCase(v []byte, _ time.Time) ([]byte, bool) {
	if !isText(v) {
		return nil, false
	}
	plain := true
	for _, c := range v {
		plain = plain && c < 0x80 && c != '\\' && (c < 'A' || c > 'Z')
	}
	if plain {
		return v, true
	}
	s, ok := secret.String(v)
	if !ok {
		return nil, false
	}
	// Unlike strings.ToLower, this handles JavaScript's special cases.
	return js.AppendString(nil, cases.Lower(language.Und).String(s)), true
}

func dateOrNow(v []byte, now time.Time) ([]byte, bool) {
	if v == nil {
		return []byte(`"` + js.ISO(now) + `"`), true
	}
	return dateText(v, now)
}

func dateText(v []byte, _ time.Time) ([]byte, bool) {
	if isPlainDate(v) {
		return v, true
	}
	s, ok := secret.String(v)
	if !ok {
		return nil, false
	}
	t, ok := date(s)
	if !ok {
		return nil, false
	}
	return []byte(`"` + js.ISO(t) + `"`), true
}

// isPlainDate quickly recognises the usual form of dates,
// "2030-01-31T00:00:00.000Z" in quotes. Days at the end of a month are left to
// date.
func isPlainDate(v []byte) bool {
	const pattern = `"dddd-dd-ddTdd:dd:dd.dddZ"`
	if len(v) != len(pattern) {
		return false
	}
	for i := range pattern {
		if pattern[i] == 'd' && (v[i] < '0' || v[i] > '9') || pattern[i] != 'd' && v[i] != pattern[i] {
			return false
		}
	}
	two := func(i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }
	month, day := two(6), two(9)
	return month >= 1 && month <= 12 && day >= 1 && day <= 28 && two(12) < 24 && two(15) < 60 && two(18) < 60
}

// date parses a text that the reference accepts as a date: ISO 8601 in UTC with
// seconds and any fraction.
func date(s string) (time.Time, bool) {
	const pattern = "dddd-dd-ddTdd:dd:dd"
	rest, ok := strings.CutSuffix(s, "Z")
	if !ok || len(rest) < len(pattern) {
		return time.Time{}, false
	}
	for i := range pattern {
		if isDigit := rest[i] >= '0' && rest[i] <= '9'; pattern[i] == 'd' != isDigit || !isDigit && rest[i] != pattern[i] {
			return time.Time{}, false
		}
	}
	if fraction := rest[len(pattern):]; fraction != "" {
		if len(fraction) < 2 || fraction[0] != '.' || strings.Trim(fraction[1:], "0123456789") != "" {
			return time.Time{}, false
		}
	}
	return js.ParseDate(s)
}
