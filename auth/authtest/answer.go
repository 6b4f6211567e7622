package authtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/cookie"
)

// Answer is the response to a request of a Client.
type Answer struct {
	Status int
	Header http.Header
	Body   string

	t       testing.TB
	request string // method and path
}

// JSON reads the body into a map; the test ends when it is no object.
func (a *Answer) JSON(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.Body), &m); err != nil {
		t.Fatalf("not an object: %s", a.Body)
	}
	return m
}

// Code returns the code of an error answer, or "" if there is none.
func (a *Answer) Code() string {
	var e struct{ Code string }
	_ = json.Unmarshal([]byte(a.Body), &e)
	return e.Code
}

// Value returns the value at a path of the JSON body, or nil if there is none. A
// path joins member names and element indices by dots, as in "user.emailVerified"
// or "0.token"; "" is the whole body.
func (a *Answer) Value(path string) any {
	v, _ := a.at(path)
	return v
}

// Text returns the string at a path of the JSON body. The test ends if there is no
// string.
func (a *Answer) Text(path string) string {
	a.t.Helper()
	v, _ := a.at(path)
	text, ok := v.(string)
	if !ok {
		a.t.Fatalf("%s\n\t%s: got %s, want a string\n\tanswer: %s", a.request, named(path), shown(v), a)
	}
	return text
}

// String returns status and body.
func (a *Answer) String() string { return strconv.Itoa(a.Status) + " " + a.Body }

// Want checks the status and values of the JSON body. pairs alternates paths, as
// in [Answer.Value], and expected values. Values are compared in their JSON form:
// 7 equals 7.0, and a time equals its string. nil means null, which differs from
// a missing member. [Any], [Absent], [Like] and [Len] match values that are not
// known exactly. Differences are reported with Errorf; the test continues.
//
//	got.Want(200, "user.email", "ann@example.com", "user.image", nil, "token", authtest.Any)
func (a *Answer) Want(status int, pairs ...any) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.fail("got %d, want %d", a.Status, status)
		return a // the other checks would only repeat it
	}
	for i := 0; i < len(pairs); i += 2 {
		path, ok := pairs[i].(string)
		if !ok || i+1 == len(pairs) {
			a.t.Fatalf("Want: argument %d: got %v, want a path followed by a value", i+2, pairs[i])
		}
		v, there := a.at(path)
		if want, ok := meets(v, there, pairs[i+1]); !ok {
			got := "no value"
			if there {
				got = shown(v)
			}
			a.fail("%s: got %s, want %s", named(path), got, want)
		}
	}
	return a
}

// WantCode checks the status and the code of an error answer; "" means that the
// answer has no code.
func (a *Answer) WantCode(status int, code string) *Answer {
	a.t.Helper()
	if a.Status != status || a.Code() != code {
		a.fail("got %d %s, want %d %s", a.Status, a.Code(), status, code)
	}
	return a
}

// WantRedirect checks for a 302 to this address.
func (a *Answer) WantRedirect(to string) *Answer {
	a.t.Helper()
	if got := a.Header.Get("Location"); a.Status != http.StatusFound || got != to {
		a.fail("got %d to %q, want 302 to %q", a.Status, got, to)
	}
	return a
}

// WantCookie checks that the answer sets a cookie with these attributes, such as
// "Max-Age=604800" and "HttpOnly". A cookie that is deleted has "Max-Age=0".
func (a *Answer) WantCookie(name string, attributes ...string) *Answer {
	a.t.Helper()
	lines := a.setCookies(name)
	if len(lines) == 0 {
		a.fail("cookie %s is not set", name)
		return a
	}
	last := strings.Split(lines[len(lines)-1], "; ")
	for _, attribute := range attributes {
		if !slices.ContainsFunc(last[1:], func(s string) bool { return strings.EqualFold(s, attribute) }) {
			a.fail("cookie %s lacks %s: %s", name, attribute, strings.Join(last, "; "))
		}
	}
	return a
}

// WantNoCookie checks that the answer neither sets nor deletes these cookies, or
// any cookie when none is named.
func (a *Answer) WantNoCookie(names ...string) *Answer {
	a.t.Helper()
	lines := a.Header["Set-Cookie"]
	if len(names) > 0 {
		lines = nil
		for _, name := range names {
			lines = append(lines, a.setCookies(name)...)
		}
	}
	if len(lines) > 0 {
		a.fail("sets cookies: %s", strings.Join(lines, "\n\t\t"))
	}
	return a
}

func (a *Answer) setCookies(name string) []string {
	var lines []string
	for _, line := range a.Header["Set-Cookie"] {
		if k, _, ok := cookie.ParseSetCookie(line); ok && k.Name == name {
			lines = append(lines, line)
		}
	}
	return lines
}

func (a *Answer) fail(format string, args ...any) {
	a.t.Helper()
	a.t.Errorf("%s\n\t"+format+"\n\tanswer: %s", append(append([]any{a.request}, args...), a)...)
}

func (a *Answer) at(path string) (v any, there bool) {
	if json.Unmarshal([]byte(a.Body), &v) != nil {
		return nil, false
	}
	if path == "" {
		return v, true
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v, there = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if there = err == nil && i >= 0 && i < len(in); there {
				v = in[i]
			}
		default:
			there = false
		}
		if !there {
			return nil, false
		}
	}
	return v, true
}

func named(path string) string {
	if path == "" {
		return "the body"
	}
	return path
}
