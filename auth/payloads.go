package auth

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// What callbacks are told. In a webhook's data a row is an object, the request
// of Call a {"$type": "request"}, Call itself an endpoint context.

// LinkMail asks for a message with a link to be sent to User.
type LinkMail struct {
	User  *User    `arg:"0.user"`
	URL   string   `arg:"0.url"`
	Token string   `arg:"0.token"`
	Call  *Context `arg:"1,request"`
}

// ChangeMail asks the present address to confirm a new one.
type ChangeMail struct {
	LinkMail
	NewEmail string
}

// Arguments implements [callback.Arguer].
func (m ChangeMail) Arguments() []any {
	return []any{js.Obj("user", rowText(m.User.Record()), "newEmail", m.NewEmail, "url", m.URL, "token", m.Token), m.Call.CallbackRequest()}
}

// UserEvent tells of a user in an object: {user}.
type UserEvent struct {
	User *User    `arg:"0.user"`
	Call *Context `arg:"1,request"`
}

// UserRequest tells of a user and the request it came with.
type UserRequest struct {
	User *User    `arg:"0"`
	Call *Context `arg:"1,request"`
}

// SyntheticUser asks for the user that is shown when an address is taken.
type SyntheticUser struct {
	CoreFields       *js.Object `json:"coreFields"`
	AdditionalFields *js.Object `json:"additionalFields"`
	ID               string     `json:"id"`
}

// ValidateUserInfo asks whether a user may be made or linked.
type ValidateUserInfo struct {
	User   store.Record `arg:"0.user"`
	Source *js.Object   `arg:"0.source"`
	Call   *Context     `arg:"1"`
}

// RowEvent tells a database hook of a row, and of the call it happens in.
type RowEvent struct {
	Row   store.Record
	Count *int64   // of rows, instead of Row, after an update of several
	Call  *Context // nil outside a call
}

// Arguments implements [callback.Arguer].
func (e RowEvent) Arguments() []any {
	var about any = rowText(e.Row)
	if e.Count != nil {
		about = *e.Count
	}
	if e.Call == nil {
		return []any{about, nil}
	}
	return []any{about, e.Call.Described()}
}

// ErrorEvent tells of an error that a call ended with.
type ErrorEvent struct {
	Err  error
	Auth *Auth
}

// Arguments implements [callback.Arguer].
func (e ErrorEvent) Arguments() []any {
	about := js.Obj("$type", "authcontext", "baseURL", e.Auth.baseURL)
	var known *Error
	if errors.As(e.Err, &known) {
		body, _ := known.body().(*js.Object)
		return []any{&callback.APIError{Status: known.Status, Body: body}, about}
	}
	return []any{js.Obj("$type", "error", "name", "Error", "message", e.Err.Error()), about}
}

func rowText(r store.Record) any {
	if r == nil {
		return nil
	}
	return map[string]any(r)
}

// OriginsRequest asks which origins a request may come from and be sent to.
type OriginsRequest struct {
	Call *Context `arg:"0,request"` // not routed yet; Call.Request is nil from Go
}

// CallbackRequest is the call's request as a callback sees it, nil from Go.
func (c *Context) CallbackRequest() *callback.Request {
	if c == nil || c.Request == nil {
		return nil
	}
	return callback.RequestOf(c.Request, c.requestURL())
}

// Cached asks for the version of a cached session: two arguments, session and
// user.
type Cached struct {
	Session store.Record `arg:"0"`
	User    store.Record `arg:"1"`
}
