package auth

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Code names a way to fail. Clients match on Name and show Message.
type Code struct{ Name, Message string }

// Error makes a Code a target for errors.Is.
func (c Code) Error() string { return c.Name }

// Error is the answer to a call that did not succeed: Status with
// {"message","code"}, an absent Name or Message left out, an empty body when
// both are absent. Body replaces all of that. Any other error that a handler
// returns becomes a 500 with an empty body whose text is logged and never sent.
type Error struct {
	Code
	Status int
	Header http.Header // e.g. Location of a redirect
	Body   any
	Cause  error // logged, never sent
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s", e.Status, e.Name)
	if e.Name == "" {
		text = fmt.Sprintf("%d %s", e.Status, e.Message)
	}
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", text, e.Cause)
	}
	return text
}

// Unwrap makes both the code and the cause visible to errors.Is.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

// Because returns a copy of e that carries the error behind it to the log.
func (e *Error) Because(cause error) *Error { c := *e; c.Cause = cause; return &c }

// body is what the client is sent, js.Undefined for nothing.
func (e *Error) body() any {
	if e.Body != nil {
		return e.Body
	}
	o := js.NewObject()
	if e.Message != "" {
		o.Set("message", e.Message)
	}
	if e.Name != "" {
		o.Set("code", e.Name)
	}
	if o.Len() == 0 {
		return js.Undefined{}
	}
	return o
}

// Fail answers with status and code.
func Fail(status int, c Code) *Error { return &Error{Code: c, Status: status} }

// BadRequest is a 400.
func BadRequest(c Code) *Error { return Fail(http.StatusBadRequest, c) }

// Unauthorized is a 401.
func Unauthorized(c Code) *Error { return Fail(http.StatusUnauthorized, c) }

// Forbidden is a 403.
func Forbidden(c Code) *Error { return Fail(http.StatusForbidden, c) }

// NotFound is a 404.
func NotFound(c Code) *Error { return Fail(http.StatusNotFound, c) }

// Internal is a 500 that the client is told the code of.
func Internal(c Code) *Error { return Fail(http.StatusInternalServerError, c) }

// Status answers with a status and a message without a code.
func Status(status int, message string) *Error { return Fail(status, Code{Message: message}) }

// Redirect ends the call by sending the browser to url. It travels as an error,
// as upstream, so that after hooks see every early exit the same way.
func Redirect(url string) *Error {
	return &Error{Status: http.StatusFound, Header: http.Header{"Location": {url}}}
}

// Refusal returns the code and the text of an error that tells the client why, for
// redirects that carry them in the query. ok is false for any other error.
func Refusal(err error) (code, message string, ok bool) {
	var known *Error
	if !errors.As(err, &known) || known.Status == http.StatusFound {
		return "", "", false
	}
	code, message = known.Name, known.Message
	if body, isObject := known.Body.(*js.Object); isObject {
		code, message = textOf(body, "code"), textOf(body, "message")
	}
	return code, message, code != ""
}
