package auth

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The arguments of callbacks. In the data of a webhook a row is an object, the request of Call is {"$type":
// "request"}, and Call itself is an endpoint context.

// LinkMail is the argument of callbacks that send User a message with a link.
type LinkMail struct {
	User  *User    `arg:"0.user"`
	URL   string   `arg:"0.url"`
	Token string   `arg:"0.token"`
	Call  *Context `arg:"1,request"`
}

// ChangeMail is the argument of the callback that asks the current address to confirm a new one.
type ChangeMail struct {
	LinkMail
	NewEmail string
}

// Arguments implements [callback.Arguer].
func (m ChangeMail) Arguments() []any {
	return []any{js.Obj("user", rowText(m.User.Record()), "newEmail", m.NewEmail, "url", m.URL, "token", m.Token), m.Call.CallbackRequest()}
}

// UserEvent is the argument of callbacks that get a user in an object: {user}.
type UserEvent struct {
	User *User    `arg:"0.user"`
	Call *Context `arg:"1,request"`
}

// UserRequest is the argument of callbacks that get a user and the request.
type UserRequest struct {
	User *User    `arg:"0"`
	Call *Context `arg:"1,request"`
}

// SyntheticUser is the argument of the callback that makes up a user for an address that is taken.
type SyntheticUser struct {
	CoreFields       *js.Object `json:"coreFields"`
	AdditionalFields *js.Object `json:"additionalFields"`
	ID               string     `json:"id"`
}

// ValidateUserInfo is the argument of the callback that decides whether a user may be created or linked.
type ValidateUserInfo struct {
	User   store.Record `arg:"0.user"`
	Source *js.Object   `arg:"0.source"`
	Call   *Context     `arg:"1"`
}

// RowEvent is the argument of database hooks: the row, and the call that writes it.
type RowEvent struct {
	Row   store.Record
	Count *int64   // number of rows after an update of several; Row is then not set
	Call  *Context // nil outside of a call
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

// ErrorEvent is the argument of onAPIError.onError: the error that a call ended with.
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

// OriginsRequest is the argument of the callback that returns the trusted origins of a request.
type OriginsRequest struct {
	Call *Context `arg:"0,request"` // before routing; Call.Request is nil for calls from Go
}

// CallbackRequest returns the request of the call in the form for callbacks, or nil for calls from Go.
func (c *Context) CallbackRequest() *callback.Request {
	if c == nil || c.Request == nil {
		return nil
	}
	return callback.RequestOf(c.Request, c.requestURL())
}

// Cached holds the arguments of the callback that returns the version of a cached session: session and user.
type Cached struct {
	Session store.Record `arg:"0"`
	User    store.Record `arg:"1"`
}
