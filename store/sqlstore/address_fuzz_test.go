package sqlstore

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// marker is contained in every password of the fuzz test.
const marker = "hunter2QZ"

// planted are addresses with a password in each place where one may be. exact says
// that the password is escaped, so it must be read unchanged.
var planted = []struct {
	exact   bool
	address func(password string) string
}{
	{false, func(p string) string { return "postgres://user:" + p + "@host/db?sslmode=require" }},
	{false, func(p string) string { return "mysql://user:" + p + "@host:3306/db" }},
	{false, func(p string) string { return "cockroachdb://user:" + p + "@host" }},
	{false, func(p string) string { return "user:" + p + "@tcp(host:3306)/db?timeout=1s" }},
	{false, func(p string) string { return "user:" + p + "@/db" }},
	{false, func(p string) string { return "user:" + p + "@host/db" }},
	{false, func(p string) string { return "sqlserver://host;user=sa;password=" + p }},
	{false, func(p string) string { return "Server=host;Password=" + p + ";Database=db" }},
	{false, func(p string) string { return "sqlite:postgres://user:" + p + "@host/db" }},
	{false, func(p string) string { return "file:x.db?key=" + p }},
	{false, func(p string) string { return "libsql://host?authToken=" + p }},
	{false, func(p string) string {
		return "host=host password=" + strings.Join(strings.FieldsFunc(p, unicode.IsSpace), "") + " dbname=db"
	}},
	{false, func(p string) string { return "oracle://user:" + p + "@host/db" }},
	{true, func(p string) string {
		return "postgres://user:" + strings.ReplaceAll(url.QueryEscape(p), "+", "%20") + "@host/db"
	}},
	{true, func(p string) string {
		return "postgres://host/db?user=u&password=" + url.QueryEscape(p) + "&sslmode=disable"
	}},
	{true, func(p string) string { return "jdbc:mysql://host/db?user=u&password=" + url.QueryEscape(p) }},
	{true, func(p string) string {
		return "host=host password='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(p) + "' dbname=db"
	}},
}

// FuzzAddress puts a password into addresses of every form and checks that the
// descriptions, notes and errors do not contain it.
func FuzzAddress(f *testing.F) {
	for i := range planted {
		f.Add(uint8(i), "p@ss%25", "")
		f.Add(uint8(i), "a/b?c=", "#d&e=f g'h\"")
		f.Add(uint8(i), "", ":@/x@tcp(y)/z")
		f.Add(uint8(i), "${X", "%zz\x00\n")
	}
	f.Fuzz(func(t *testing.T, form uint8, before, after string) {
		if len(before)+len(after) > 200 || strings.Contains(before+after, marker) {
			return
		}
		p := planted[int(form)%len(planted)]
		password := before + marker + after
		address := p.address(password)
		var said []string
		a, err := ReadAddress(address)
		if err != nil {
			said = append(said, err.Error())
		} else {
			said = append(said, a.String(), fmt.Sprint(a.Notes, a.Warnings), a.File)
			switch a.Dialect {
			case Postgres:
				_, err = a.pgx()
			case MySQL:
				_, err = a.mysqlConfig()
			}
			said = append(said, fmt.Sprint(err))
		}
		said = append(said, Redacted(address))
		for _, text := range said {
			if strings.Contains(text, marker) {
				t.Errorf("%q: %q", address, text)
			}
		}
		plain := utf8.ValidString(password) && !strings.ContainsFunc(password, unicode.IsControl)
		if p.exact && plain && (err != nil || a.password != password) {
			t.Errorf("%q: the password is not read as it is: %v", address, err)
		}
		_, _ = ReadAddress(before + after)
	})
}
