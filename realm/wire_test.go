package realm_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// requests are what both servers are asked, in this order.
var requests = []struct{ method, path, body, headers string }{
	{"GET", "/ok", "", ""},
	{"GET", "/ok/", "", ""},
	{"GET", "//ok", "", ""},
	{"HEAD", "/ok", "", ""},
	{"POST", "/ok", "{}", ""},
	{"GET", "/nothing", "", ""},
	{"GET", "/error?error=state_mismatch", "", ""},
	{"OPTIONS", "/sign-in/email", "", "Access-Control-Request-Method: POST"},
	{"OPTIONS", "/sign-in/email", "", "Access-Control-Request-Method: POST\nOrigin: https://evil.example"},
	{"POST", "/sign-up/email", `{"name":"A","email":"a@example.com","password":"a-password-1"}`, ""},
	{"POST", "/sign-up/email", `{"name":"A","email":"a@example.com","password":"a-password-1"}`, ""},
	{"POST", "/sign-up/email", `{"name":"A"`, ""},
	{"POST", "/sign-up/email", `name=A`, "Content-Type: text/plain"},
	{"POST", "/sign-in/email", `{"email":"a@example.com","password":"b-password-1"}`, ""},
	{"POST", "/sign-in/email", `{"email":"a@example.com","password":"a-password-1"}`, "Origin: https://evil.example"},
	{"POST", "/sign-in/email", `{"email":"a@example.com","password":"a-password-1","callbackURL":"https://evil.example/"}`, ""},
	{"POST", "/sign-in/email", `{"email":"a@example.com","password":"a-password-1","callbackURL":"/in"}`, ""},
	{"GET", "/get-session", "", ""},
	{"GET", "/get-session?disableCookieCache=true", "", ""},
	{"GET", "/list-sessions", "", ""},
	{"POST", "/update-user", `{"name":"B"}`, ""},
	{"GET", "/token", "", ""},
	{"GET", "/jwks", "", ""},
	{"POST", "/sign-in/magic-link", `{"email":"m@example.com"}`, ""},
	{"POST", "/request-password-reset", `{"email":"a@example.com","redirectTo":"/x"}`, ""},
	{"GET", "/reset-password/abc?callbackURL=%2Fx", "", ""},
	{"POST", "/sign-in/social", `{"provider":"github","callbackURL":"/in"}`, ""},
	{"GET", "/callback/github?code=x&state=y", "", ""},
	{"POST", "/api-key/create", `{"name":"k"}`, ""},
	{"POST", "/sign-out", "{}", ""},
	{"GET", "/get-session", "", ""},
	{"GET", "/list-sessions", "", ""},
}

// TestWireOfRealm: a realm answers every request as a server does that runs alone with the same options: status,
// headers, cookies and body.
func TestWireOfRealm(t *testing.T) {
	dir := t.TempDir()
	realms := serve(t, fmt.Sprintf(sampleFile, "", "'sqlite:"+filepath.Join(dir, "a.db")+"'", "'sqlite:"+filepath.Join(dir, "b.db")+"'",
		"{ url: 'sqlite:"+filepath.Join(dir, "b.db")+"', tablePrefix: c_ }", "'sqlite:"+filepath.Join(dir, "d.db")+"'"))
	head, _, _ := strings.Cut(fmt.Sprintf(sampleFile, "", "", "", "", ""), "realms:")
	alone := func(name, text string) *site {
		t.Helper()
		f := read(t, head+"\ndatabase: 'sqlite:"+filepath.Join(dir, name)+"'\n"+text)
		return open(t, f, func() time.Time { return realms.now })
	}
	for _, pair := range [][2]*site{
		{realms.sites[0], alone("alone-a.db", "baseURL: https://a.example.com\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-a\n")},
		{realms.sites[2], alone("alone-c.db", "baseURL: https://www.example.com\nbasePath: /c/api/auth\nsecret: 9wMq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-c\nadvanced: { cookiePrefix: c }\n")},
	} {
		one, other := jar{}, jar{}
		for _, r := range requests {
			var header []string
			for line := range strings.Lines(r.headers) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				header = append(header, name, value)
			}
			got, want := wire(pair[0].call(one, r.method, r.path, r.body, header...)), wire(pair[1].call(other, r.method, r.path, r.body, header...))
			if got != want {
				t.Errorf("%s: %s %s\ngot\n%s\nwant\n%s", pair[0].name, r.method, r.path, got, want)
			}
		}
		if len(one) != len(other) {
			t.Errorf("%s: %d cookies, want %d", pair[0].name, len(one), len(other))
		}
	}
}

// random matches what differs from one run to the next: ids, tokens, signatures and keys.
var random = regexp.MustCompile(`[A-Za-z0-9_-]{24,}(\.[A-Za-z0-9_-]{24,})*|"start":"[A-Za-z]+"`)

// wire writes an answer without what is random.
func wire(r reply) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.StatusCode)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			switch name {
			case "Set-Cookie":
				cookie, rest, _ := strings.Cut(value, "=")
				_, attributes, _ := strings.Cut(rest, ";")
				value = cookie + "=…;" + attributes
			case "Set-Auth-Token":
				value = "…"
			}
			fmt.Fprintf(&b, "%s: %s\n", name, random.ReplaceAllString(value, "*"))
		}
	}
	b.WriteString(random.ReplaceAllString(r.body, "*"))
	return b.String()
}
