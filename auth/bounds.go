package auth

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Limits on the size of requests. They apply before any hook, endpoint, message or row sees the content: text from
// strangers is escaped into links, mails, cookies and log lines, and escaping makes it several times as long.

const (
	maxPath    = 2 << 10  // bytes, still escaped
	maxQuery   = 16 << 10 // bytes; Node's limit for all headers together
	maxHeaders = 64 << 10 // bytes of all names and values
	// maxCookieValue is the longest value, in bytes, that is split into several cookies. With a longer one the server
	// would refuse the browser's next request.
	maxCookieValue = 32 << 10

	maxUserAgent = 1 << 10 // bytes of the User-Agent that a session stores
	maxLanguage  = 256     // bytes of Accept-Language that a message stores
	maxShown     = 300     // bytes of a text that a log line or an error shows
)

var (
	uriTooLong     = Code{"URI_TOO_LONG", "The address of the request is too long"}
	headerTooLarge = Code{"REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers of the request are too large"}
)

// checkSize returns an error if the address or the headers are too long.
func checkSize(r *http.Request) error {
	if max(len(r.URL.Path), len(r.URL.RawPath)) > maxPath || len(r.URL.RawQuery) > maxQuery {
		return Fail(http.StatusRequestURITooLong, uriTooLong)
	}
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > maxHeaders {
		return Fail(http.StatusRequestHeaderFieldsTooLarge, headerTooLarge)
	}
	return nil
}

// bodyLimit returns how many bytes of the body are read. The limit is lower for endpoints that are open to everybody,
// because the body stays in memory while passwords wait to be hashed.
func (a *Auth) bodyLimit(r *Route) int64 {
	switch r.Session {
	case Public, OptionalSession, RequestSession:
		return a.Options.Advanced.Limits.PublicBody
	}
	return a.Options.MaxBodyBytes
}

// checkLengths returns an error if a member of the body or the query is too long.
func (c *Context) checkLengths() error {
	if body, ok := c.Body.(*js.Object); ok {
		if err := c.checkMembers("body", body); err != nil {
			return err
		}
	}
	return c.checkMembers("query", c.Query)
}

func (c *Context) checkMembers(where string, o *js.Object) error {
	for name, v := range o.All() {
		if problem := c.Options.Advanced.Limits.tooBig(name, v); problem != "" {
			return BadRequest(Code{ValidationError.Name, schema.Text(where, []schema.Issue{{Path: []any{shown(name)}, Message: problem}})})
		}
	}
	return nil
}

// tooBig returns zod's message for a member that is too big, or "" if it is not.
func (l Limits) tooBig(name string, v any) string {
	limit, unit := l.Text, "bytes"
	switch {
	case len(name) > l.Text:
	case isPassword(name): // passwords have a limit and an error of their own
		return ""
	case isAddress(name, v):
		limit = l.Address
	case isName(name):
		limit, unit = l.Name, "characters"
	case name == "additionalData":
		limit = l.Data
	}
	size := weight(v, limit)
	if text, ok := v.(string); ok && unit == "characters" {
		size = utf8.RuneCountInString(text)
	}
	if size <= limit && len(name) <= l.Text {
		return ""
	}
	return fmt.Sprintf("Too big: expected string to have <=%d %s", limit, unit)
}

func isPassword(name string) bool {
	switch name {
	case "password", "newPassword", "currentPassword":
		return true
	}
	return false
}

func isName(name string) bool {
	switch name {
	case "name", "email", "newEmail", "loginHint":
		return true
	}
	return false
}

// isAddress reports whether the member is a URL. An image may also be a data: URL, which is not counted as an
// address.
func isAddress(name string, v any) bool {
	if name == "image" {
		text, _ := v.(string)
		return !isDataURL(text)
	}
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "url") || strings.HasSuffix(name, "uri") || name == "redirectto" || name == "additionalparams"
}

func isDataURL(s string) bool { return len(s) >= 5 && strings.EqualFold(s[:5], "data:") }

// perElement is the size that is counted for an element or a member in addition to its text.
const perElement = 8

// weight returns the approximate size of a value in bytes. It stops counting beyond limit.
func weight(v any, limit int) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		size := 0
		for _, e := range v {
			if size += perElement + weight(e, limit-size); size > limit {
				break
			}
		}
		return size
	case *js.Object:
		size := 0
		for name, e := range v.All() {
			if size += perElement + len(name) + weight(e, limit-size); size > limit {
				break
			}
		}
		return size
	}
	return 0
}

// CheckEmailLength returns an error for an e-mail address that is too long to be stored. It is for addresses that do
// not come from a request, whose members are checked already.
func (a *Auth) CheckEmailLength(email string) error {
	if utf8.RuneCountInString(email) > a.Options.Advanced.Limits.Name {
		return BadRequest(InvalidEmail)
	}
	return nil
}

// FitProfile applies the limits for requests to what a provider says about a user: a name that is too long is cut,
// and a picture that is too long is removed.
func (a *Auth) FitProfile(row store.Record) {
	l := a.Options.Advanced.Limits
	if name, ok := row["name"].(string); ok && len(name) > l.Name {
		if runes := []rune(cut(name, utf8.UTFMax*l.Name)); len(runes) > l.Name {
			row["name"] = string(runes[:l.Name])
		}
	}
	image, _ := row["image"].(string)
	if limit := l.Address; len(image) > limit && !(isDataURL(image) && len(image) <= l.Text) {
		row["image"] = nil
	}
}

// cut returns the beginning of s, at most n bytes, without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shown returns the part of a text that a log line or an error shows.
func shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return cut(s, maxShown) + "…"
}
