// Package cookie reads and writes cookies like the npm package better-auth: names
// and attributes, the reference's two ways of parsing a Cookie header, signed
// values, values that are too long for one cookie, and the session cache in a
// cookie. Names, bytes and order are those of the reference.
//
//	c := options.Cookie("session_token", cookie.Seconds(3600))
//	line, err := c.Line(cookie.Sign(token, keys))
//
//	jar := cookie.Parse(header)
//	token, ok, current := jar.Signed(c.Name, keys)
package cookie

// This package uses no requests, responses, storage or sessions: it converts
// header texts to values and values to header texts.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LongestAge is 400 days in seconds, the longest time that browsers keep a
// cookie. Serialize rejects a longer Max-Age.
const LongestAge = 34_560_000

// Attributes are the attributes of a cookie; the zero value sets none.
type Attributes struct {
	MaxAge      *int   // seconds; nil or negative: left out
	Domain      string // empty: left out
	Path        string // empty: left out
	Expires     time.Time
	HttpOnly    bool
	Secure      bool
	SameSite    string // "lax", "strict" or "none"
	Partitioned bool
	Prefix      string // "secure" or "host": becomes the prefix of the name
}

// Cookie is a cookie's full name and its attributes, without a value.
type Cookie struct {
	Name       string
	Attributes Attributes
}

// Seconds returns a pointer to n, for Attributes.MaxAge.
func Seconds(n int) *int { return &n }

// WithMaxAge returns the cookie with another Max-Age; nil removes it.
func (c Cookie) WithMaxAge(maxAge *int) Cookie {
	c.Attributes.MaxAge = maxAge
	return c
}

// Expired returns the cookie with Max-Age=0. Set with an empty value, it makes a
// browser delete the cookie.
func (c Cookie) Expired() Cookie { return c.WithMaxAge(Seconds(0)) }

// Line returns the Set-Cookie line that sets the cookie to this value.
func (c Cookie) Line(value string) (string, error) { return Serialize(c.Name, value, c.Attributes) }

// Serialize returns the text of a Set-Cookie header. The value is encoded like
// encodeURIComponent. Names that begin with __Host- or __Secure-, SameSite None,
// and Partitioned imply the attributes that browsers require
// (better-call/dist/cookies.mjs). It returns an error if Max-Age is above 400
// days, or if a name or an attribute would break the header. The reference also
// rejects an Expires more than 400 days ahead; here the code that reads the
// options checks this.
func Serialize(name, value string, a Attributes) (string, error) {
	name, a = resolve(name, a)
	if strings.ContainsFunc(name+a.Domain+a.Path+a.SameSite, breaksHeader) {
		return "", fmt.Errorf("cookie: name or attribute of %q contains a semicolon or control character", name)
	}
	b := make([]byte, 0, len(name)+len(value)+len(a.Domain)+96)
	b = append(b, name...)
	b = append(b, '=')
	b = appendURIComponent(b, value)
	if a.MaxAge != nil && *a.MaxAge >= 0 {
		if *a.MaxAge > LongestAge {
			return "", errors.New("cookie: Cookies Max-Age SHOULD NOT be greater than 400 days (34560000 seconds) in duration")
		}
		b = strconv.AppendInt(append(b, "; Max-Age="...), int64(*a.MaxAge), 10)
	}
	if a.Domain != "" {
		b = append(append(b, "; Domain="...), a.Domain...)
	}
	if a.Path != "" {
		b = append(append(b, "; Path="...), a.Path...)
	}
	if !a.Expires.IsZero() {
		b = append(b, "; Expires="...)
		b = a.Expires.UTC().AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT")
	}
	if a.HttpOnly {
		b = append(b, "; HttpOnly"...)
	}
	if a.Secure {
		b = append(b, "; Secure"...)
	}
	if a.SameSite != "" {
		b = append(b, "; SameSite="...)
		b = append(b, strings.ToUpper(a.SameSite[:1])...)
		b = append(b, a.SameSite[1:]...)
	}
	if a.Partitioned {
		b = append(b, "; Partitioned"...)
	}
	return string(b), nil
}

func breaksHeader(r rune) bool { return r < ' ' || r == ';' || r == 0x7F }

func resolve(name string, a Attributes) (string, Attributes) {
	switch a.Prefix {
	case "secure":
		name = securePrefix + name
	case "host":
		name = hostPrefix + name
	}
	if hasPrefixFold(name, hostPrefix) {
		a.Secure, a.Path, a.Domain = true, "/", ""
	} else if hasPrefixFold(name, securePrefix) {
		a.Secure = true
	}
	if a.Partitioned || strings.EqualFold(a.SameSite, "none") {
		a.Secure = true
	}
	return name, a
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// RemoveSetCookie returns the Set-Cookie lines without those of the cookie and
// its chunks, so that a value that was set and withdrawn within one request is
// not sent (removeSetCookieEntries in cookies/index.mjs). It does not modify
// lines.
func RemoveSetCookie(lines []string, name string) []string {
	if !HasPending(lines, name) {
		return lines
	}
	kept := make([]string, 0, len(lines))
	for _, line := range lines {
		if !sets(line, name) {
			kept = append(kept, line)
		}
	}
	return kept
}

// HasPending reports whether one of the Set-Cookie lines sets the cookie or one
// of its chunks.
func HasPending(lines []string, name string) bool {
	for _, line := range lines {
		if sets(line, name) {
			return true
		}
	}
	return false
}

func sets(line, name string) bool {
	rest, ok := strings.CutPrefix(line, name)
	return ok && rest != "" && (rest[0] == '=' || rest[0] == '.')
}
