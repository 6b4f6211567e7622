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
	User  *User
	URL   string
	Token string
	Call  *Context
}

// Arguments implements [callback.Arguer].
func (m LinkMail) Arguments() []any {
	return []any{js.Obj("user", rowText(m.User.Record()), "url", m.URL, "token", m.Token), m.Call.requestArg()}
}

// ChangeMail asks the present address to confirm a new one.
type ChangeMail struct {
	LinkMail
	NewEmail string
}

// Arguments implements [callback.Arguer].
func (m ChangeMail) Arguments() []any {
	return []any{js.Obj("user", rowText(m.User.Record()), "newEmail", m.NewEmail, "url", m.URL, "token", m.Token), m.Call.requestArg()}
}

// UserEvent tells of a user in an object: {user}.
type UserEvent struct {
	User *User
	Call *Context
}

// Arguments implements [callback.Arguer].
func (e UserEvent) Arguments() []any {
	return []any{js.Obj("user", rowText(e.User.Record())), e.Call.requestArg()}
}

// UserRequest tells of a user and the request it came with.
type UserRequest struct {
	User *User
	Call *Context
}

// Arguments implements [callback.Arguer].
func (e UserRequest) Arguments() []any {
	return []any{rowText(e.User.Record()), e.Call.requestArg()}
}

// SyntheticUser asks for the user that is shown when an address is taken.
type SyntheticUser struct {
	CoreFields       *js.Object `json:"coreFields"`
	AdditionalFields *js.Object `json:"additionalFields"`
	ID               string     `json:"id"`
}

// ValidateUserInfo asks whether a user may be made or linked.
type ValidateUserInfo struct {
	User   store.Record
	Source *js.Object
	Call   *Context
}

// Arguments implements [callback.Arguer].
func (v ValidateUserInfo) Arguments() []any {
	return []any{js.Obj("user", rowText(v.User), "source", v.Source), v.Call.Described()}
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
type OriginsRequest struct{ Call *Context } // not routed yet; Call.Request is nil from Go

// Arguments implements [callback.Arguer].
func (r OriginsRequest) Arguments() []any { return []any{r.Call.requestArg()} }

// requestArg is the call's request as a callback sees it, nil from Go.
func (c *Context) requestArg() *callback.Request {
	if c == nil || c.Request == nil {
		return nil
	}
	return callback.RequestOf(c.Request, c.requestURL())
}

// Cached asks for the version of a cached session: two arguments, session and
// user.
type Cached struct{ Session, User store.Record }

// Arguments implements [callback.Arguer].
func (s Cached) Arguments() []any { return []any{rowText(s.Session), rowText(s.User)} }
