package auth

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Code is an error that clients know. They compare Name and show Message.
type Code struct{ Name, Message string }

// Error implements error, so that a Code can be the target of errors.Is.
func (c Code) Error() string { return c.Name }

// Error is the answer to a call that failed: Status with the body {"message","code"}. An empty Name or Message is
// left out; if both are empty, so is the body. Body, if set, replaces the whole body. Any other error that a handler
// returns is answered with 500 and an empty body; its text is logged and never sent.
type Error struct {
	Code
	Status int
	Header http.Header // for example Location of a redirect
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

// Unwrap returns the code and the cause, so that errors.Is finds both.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

// Because returns a copy of e with a cause, which is logged and never sent.
func (e *Error) Because(cause error) *Error { c := *e; c.Cause = cause; return &c }

// body returns the body for the client, or js.Undefined for an empty one.
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

// Fail returns an error with this status and code.
func Fail(status int, c Code) *Error { return &Error{Code: c, Status: status} }

// BadRequest returns an error with status 400.
func BadRequest(c Code) *Error { return Fail(http.StatusBadRequest, c) }

// Unauthorized returns an error with status 401.
func Unauthorized(c Code) *Error { return Fail(http.StatusUnauthorized, c) }

// Forbidden returns an error with status 403.
func Forbidden(c Code) *Error { return Fail(http.StatusForbidden, c) }

// NotFound returns an error with status 404.
func NotFound(c Code) *Error { return Fail(http.StatusNotFound, c) }

// Internal returns an error with status 500 whose code is sent to the client.
func Internal(c Code) *Error { return Fail(http.StatusInternalServerError, c) }

// Status returns an error with a status and a message, without a code.
func Status(status int, message string) *Error { return Fail(status, Code{Message: message}) }

// Redirect returns an error that sends the browser to url. It is an error, as in the reference, so that after hooks
// see every early exit in the same way.
func Redirect(url string) *Error {
	return &Error{Status: http.StatusFound, Header: http.Header{"Location": {url}}}
}

// Refusal returns the code and the message of an *Error that is meant for the client, for redirects that carry them
// in the query. ok is false for any other error.
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
