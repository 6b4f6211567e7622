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

// What a request may bring is bounded where it comes in, before any hook,
// endpoint, message or row has it: a text of a stranger is escaped into links,
// mails, cookies and log lines, and is many times as long there.

const (
	maxPath    = 2 << 10  // bytes, as it is written
	maxQuery   = 16 << 10 // bytes; a Node server takes no more of all headers together
	maxHeaders = 64 << 10 // bytes of all names and values
	// maxCookieValue is the longest value that is put into the parts of a cookie, in
	// bytes: with more of them a browser's next request would be refused.
	maxCookieValue = 32 << 10

	maxUserAgent = 1 << 10 // what a session keeps of it, in bytes
	maxLanguage  = 256     // what a message keeps of Accept-Language, in bytes
	maxShown     = 300     // what a log line or an error text shows of a text, in bytes
)

var (
	uriTooLong     = Code{"URI_TOO_LONG", "The address of the request is too long"}
	headerTooLarge = Code{"REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers of the request are too large"}
)

// checkSize refuses an address or headers that are too long.
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

// bodyLimit is how many bytes of body a route reads: less where anybody may call
// it, for what a stranger sends is held while passwords wait to be hashed.
func (a *Auth) bodyLimit(r *Route) int64 {
	switch r.Session {
	case Public, OptionalSession, RequestSession:
		return a.Options.Advanced.Limits.PublicBody
	}
	return a.Options.MaxBodyBytes
}

// checkLengths refuses members of body and query that are too long.
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

// tooBig says how a member is too big, in zod's manner, "" when it is not.
func (l Limits) tooBig(name string, v any) string {
	limit, unit := l.Text, "bytes"
	switch {
	case len(name) > l.Text:
	case isPassword(name): // their own bound, with an answer of its own
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

// isAddress: an image may also be the image itself, as a data: URL.
func isAddress(name string, v any) bool {
	if name == "image" {
		text, _ := v.(string)
		return !isDataURL(text)
	}
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "url") || strings.HasSuffix(name, "uri") || name == "redirectto" || name == "additionalparams"
}

func isDataURL(s string) bool { return len(s) >= 5 && strings.EqualFold(s[:5], "data:") }

// perElement is what an element or a member counts beside its text.
const perElement = 8

// weight is about how many bytes a value is; it stops counting beyond limit.
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

// CheckEmailLength refuses an e-mail address that is too long to be kept, for
// those that no request brings.
func (a *Auth) CheckEmailLength(email string) error {
	if utf8.RuneCountInString(email) > a.Options.Advanced.Limits.Name {
		return BadRequest(InvalidEmail)
	}
	return nil
}

// FitProfile fits what a provider says of a user to what a request may say: a
// name that is too long is cut, and a picture that is too long left out.
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

// cut is the beginning of s, at most n bytes, that ends between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shown is what a log line or an error text shows of a text.
func shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return cut(s, maxShown) + "…"
}
