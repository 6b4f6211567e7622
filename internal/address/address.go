// Package address parses the addresses of databases and secondary storages as
// people copy them from elsewhere, and prints them without their passwords:
//
//	a, err := address.Parse("postgres://me:secret@db.example.com/app?sslmode=require")
//	a.Hosts[0].Name // db.example.com
//	a.String()      // postgres://me:xxxxx@db.example.com/app
//
// No error of this package contains a part of the address that may belong to a
// password.
package address

// This package knows no engine: the meaning of parameters is defined by the
// tables of store/sqlstore and kv/rediskv.

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"unicode"
)

// Address is a URL in decoded parts.
type Address struct {
	Scheme   string // in lower case
	User     string
	Password string
	Hosts    []Host // none if the address names no host
	Path     string // without the leading slash
	Params   []Param
	Notes    []string // what was corrected to parse it
}

// Host is one host; Name is a path for a Unix socket.
type Host struct{ Name, Port string }

// Param is a parameter of the query.
type Param struct {
	Name, Value string
	// Unsure says that the name may be part of a password that was not escaped.
	Unsure bool
}

// Unreadable is printed instead of an address that cannot be parsed.
const Unreadable = "(an address that cannot be read)"

// Errors of Parse. They contain no part of the address.
var (
	ErrScheme  = errors.New("has no scheme: it must begin with one, like postgres://host or redis://host")
	ErrControl = errors.New("contains a control character or a line break")
	ErrHash    = errors.New("contains a #: in a password, write %23")
	ErrAt      = errors.New("has an @ after the host: in a password, / ? # and % are written %2F %3F %23 %25, and elsewhere @ is written %40")
	ErrPort    = errors.New("has a port that is not a number from 1 to 65535: in a password, / ? # and % are written %2F %3F %23 %25")
	ErrHost    = errors.New("has a host name with invalid characters")
)

// mayHaveAt reports whether the value of a parameter may contain an unescaped @:
// a password, or a user like me@tenant. A text like @host/name is more likely the
// end of a password that was not escaped.
func mayHaveAt(name, value string) bool {
	return Secret(name) || (name == "user" || name == "username") && !strings.Contains(value, "/")
}

// Parse parses scheme://user:password@host:port,host:port/path?name=value. As in
// Node, the password ends at the last @ before the path, and a % that escapes
// nothing is literal.
func Parse(raw string) (*Address, error) {
	text, notes := Clean(raw)
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !isScheme(scheme) {
		return nil, ErrScheme
	}
	switch {
	case strings.ContainsFunc(rest, unicode.IsControl):
		return nil, ErrControl
	case strings.Contains(rest, "#"):
		return nil, ErrHash
	}
	a := &Address{Scheme: strings.ToLower(scheme), Notes: notes}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		a.User, a.Password = Unescape(user), Unescape(password)
		authority = authority[i+1:]
	}
	path, query, _ := strings.Cut(tail, "?")
	a.Path = Unescape(strings.TrimPrefix(path, "/"))
	if strings.Contains(path, "@") {
		return nil, ErrAt
	}
	var err error
	if a.Params, err = ParseQuery(query); err != nil {
		return nil, err
	}
	a.Hosts, err = hosts(authority)
	return a, err
}

func isScheme(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '.' && r != '-'
	})
}

// Clean removes what copying leaves around an address: blanks, quotes, and the
// command psql that some consoles put before it.
func Clean(raw string) (text string, notes []string) {
	text = strings.TrimSpace(raw)
	if rest, ok := strings.CutPrefix(text, "psql "); ok {
		text = strings.TrimSpace(rest)
		notes = append(notes, "the command psql before the address is ignored")
	}
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'') {
		text = strings.TrimSpace(text[1 : n-1])
		notes = append(notes, "the quotes around the address are ignored")
	}
	return text, notes
}

// ParseQuery parses a=1&b=2, where a + means a blank.
func ParseQuery(query string) ([]Param, error) {
	var out []Param
	unsure := false
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name = Unescape(strings.ReplaceAll(name, "+", " "))
		if strings.Contains(pair, "@") && !mayHaveAt(name, value) {
			return nil, ErrAt
		}
		out = append(out, Param{name, Unescape(strings.ReplaceAll(value, "+", " ")), unsure})
		unsure = unsure || Secret(name)
	}
	return out, nil
}

// Secret reports whether a parameter contains a password.
func Secret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"pass", "pwd", "secret", "token", "api_key", "apikey"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func hosts(text string) ([]Host, error) {
	if text == "" {
		return nil, nil
	}
	var out []Host
	for one := range strings.SplitSeq(text, ",") {
		h := Host{Name: one}
		if i := strings.LastIndexByte(one, ':'); i >= 0 && !strings.HasSuffix(one, "]") {
			h.Name, h.Port = one[:i], one[i+1:]
		}
		if inner, ok := strings.CutPrefix(h.Name, "["); ok {
			if h.Name, ok = strings.CutSuffix(inner, "]"); !ok {
				return nil, ErrHost
			}
		} else if strings.Contains(h.Name, ":") {
			return nil, ErrPort // host:part:of:password
		}
		h.Name = Unescape(h.Name)
		if !IsPort(h.Port) {
			return nil, ErrPort
		}
		if !IsHost(h.Name) {
			return nil, ErrHost
		}
		out = append(out, h)
	}
	return out, nil
}

// IsPort reports whether text is a port or empty.
func IsPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// IsHost reports whether name may be a host: a name, an IP address, or the
// absolute path of a socket.
func IsHost(name string) bool {
	if strings.HasPrefix(name, "/") {
		return !strings.Contains(name, "@")
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._:%", r)
	})
}

// Unescape decodes %XX. A % that escapes nothing is literal.
func Unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// String returns the address without its password and parameters, which may
// contain another password.
func (a *Address) String() string {
	user := a.User
	if a.Password != "" {
		user += ":xxxxx"
	}
	if user != "" {
		user += "@"
	}
	var names []string
	for _, h := range a.Hosts {
		names = append(names, h.String())
	}
	text := a.Scheme + "://" + user + strings.Join(names, ",")
	if a.Path != "" {
		text += "/" + a.Path
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// String returns host:port as in an address.
func (h Host) String() string {
	if strings.HasPrefix(h.Name, "/") {
		return h.Name
	}
	if h.Port != "" {
		return net.JoinHostPort(h.Name, h.Port)
	}
	if strings.Contains(h.Name, ":") {
		return "[" + h.Name + "]"
	}
	return h.Name
}
