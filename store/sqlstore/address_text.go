package sqlstore

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

var connInfoStart = regexp.MustCompile(`^([A-Za-z_]+)[ \t]*=`)

// isConnInfo reports whether text has libpq's form "host=… dbname=…".
func isConnInfo(text string) bool {
	m := connInfoStart.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	_, known := postgresParams[m[1]]
	return known
}

// readConnInfo parses libpq's form: name=value pairs separated by blanks, values
// with blanks in single quotes, and backslashes before ' and \.
func (a *Address) readConnInfo(text string) error {
	a.Dialect = Postgres
	a.libpqSemantics = true
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return address.ErrControl
	}
	var params []address.Param
	unsure := false
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !ok || strings.ContainsFunc(name, unicode.IsSpace) {
			return errors.New("has a value with blanks that is not in single quotes; write it like host=… password='…'")
		}
		after = strings.TrimLeftFunc(after, unicode.IsSpace)
		quoted := strings.HasPrefix(after, "'")
		var value string
		if value, rest, ok = connInfoValue(after, quoted); !ok {
			return errors.New("has a value without a closing single quote")
		}
		if quoted && rest != "" && !unicode.IsSpace(rune(rest[0])) {
			return errors.New("has no blank after a value in single quotes (write a quote in it as \\')")
		}
		params = append(params, address.Param{Name: name, Value: value, Unsure: unsure})
		unsure = unsure || address.Secret(name) && !quoted
	}
	return a.postgres(params)
}

// connInfoValue splits a value off the beginning of text.
func connInfoValue(text string, quoted bool) (value, rest string, ok bool) {
	var b strings.Builder
	i := 0
	if quoted {
		i = 1
	}
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case c == '\\':
		case quoted && c == '\'':
			return b.String(), text[i+1:], true
		case !quoted && strings.IndexByte(" \t\n\r\v\f", c) >= 0:
			return b.String(), text[i:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", !quoted
}

// mysqlDSN matches the form of go-sql-driver/mysql:
// user:password@tcp(host:3306)/name. Nothing is escaped before the slash, so the
// password ends at the last @ before a network in parentheses, or before the slash.
var mysqlDSN = regexp.MustCompile(`(?s)^(?:(.*)@)?(?:(tcp|tcp4|tcp6|unix)\(([^()]*)\))?/([^/?@]*)(?:\?(.*))?$`)

// isDSN reports whether text is such an address and not a path.
func isDSN(text string) bool {
	m := mysqlDSN.FindStringSubmatch(text)
	return m != nil && (m[2] != "" || strings.Contains(m[1], ":"))
}

func (a *Address) readDSN(text string) error {
	a.Dialect = MySQL
	m := mysqlDSN.FindStringSubmatch(text)
	if strings.ContainsFunc(text, unicode.IsControl) {
		return address.ErrControl
	}
	a.user, a.password, _ = strings.Cut(m[1], ":")
	if strings.ContainsAny(a.user, "=;/? ") {
		return errors.New("has an unknown form")
	}
	a.database = address.Unescape(m[4])
	if m[2] == "unix" {
		a.hosts = []address.Host{{Name: m[3]}}
	} else if m[3] != "" {
		u, err := address.Parse("mysql://" + m[3])
		if err != nil || u.Path != "" || len(u.Params) > 0 {
			return address.ErrHost
		}
		a.hosts = u.Hosts
	}
	params, err := address.ParseQuery(m[5])
	if err != nil {
		return err
	}
	return a.mysql(params)
}

// waitsWithin says why a separate limit for the wait for a connection has no
// effect.
const waitsWithin = "the wait for a connection is part of the time of one call, which database.queryTimeout limits"
