package passkey

import (
	"errors"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// RegistrationOptions are the options for registering a passkey.
type RegistrationOptions struct {
	// Only users who signed in recently may register a passkey. With `false`, `resolveUser` names the user of those who
	// are not signed in.
	RequireSession *bool `json:"requireSession" default:"true"`
	// Returns the user of a registration without a session. Its result decides whose account the passkey opens, so it
	// must prove the request, for example by a token in `context`.
	ResolveUser callback.Func[ResolveRequest, User] `json:"resolveUser" unset:"needed without a session"`
	// Called with a verified registration; may refuse it, name the passkey, or give it to another user.
	AfterVerification callback.Func[AfterRegistration, Assignment] `json:"afterVerification"`
	// WebAuthn extensions for the browser: a map, or a callback.
	Extensions Extensions `json:"extensions"`
}

// AuthenticationOptions are the options for signing in with a passkey.
type AuthenticationOptions struct {
	// WebAuthn extensions for the browser: a map, or a callback.
	Extensions Extensions `json:"extensions"`
	// Called with a verified sign-in; may refuse it.
	AfterVerification callback.Func[AfterAuthentication, callback.Nothing] `json:"afterVerification"`
}

// User is the user of a registration.
type User struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName,omitempty"`
}

// ResolveRequest is the argument of resolveUser.
type ResolveRequest struct {
	Call    *auth.Context `arg:"0.ctx"`
	Context *string       `arg:"0.context"` // parameter context of the request
}

// AfterRegistration is the argument of registration.afterVerification.
type AfterRegistration struct {
	Call         *auth.Context `arg:"0.ctx"`
	Verification *Registration `arg:"0.verification"`
	User         User          `arg:"0.user"`
	ClientData   any           `arg:"0.clientData"` // the browser's response
	Context      *string       `arg:"0.context"`    // parameter context of the first call
}

// Assignment is the result of registration.afterVerification. Empty members change nothing.
type Assignment struct {
	UserID string `json:"userId"` // the user who gets the passkey
	Name   string `json:"name"`   // name of the passkey, unless the client gave one
}

// AfterAuthentication is the argument of authentication.afterVerification.
type AfterAuthentication struct {
	Call         *auth.Context   `arg:"0.ctx"`
	Verification *Authentication `arg:"0.verification"`
	ClientData   *js.Object      `arg:"0.clientData"` // the browser's response
}

// Extensions are WebAuthn extensions for the browser: fixed ones, or the result of a callback.
type Extensions struct {
	Fixed *js.Object
	Func  callback.Func[ExtensionsRequest, *js.Object]
}

// ExtensionsRequest is the argument of extensions.
type ExtensionsRequest struct {
	Call *auth.Context `arg:"0.ctx"`
}

// OptionShape implements [option.Shaper].
func (Extensions) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string]any](), Callback: true}
}

// UnmarshalJSON reads a map or a webhook.
func (e *Extensions) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if o, ok := v.(*js.Object); ok && !o.Has("webhook") {
		e.Fixed = o
		return nil
	}
	return e.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (e *Extensions) BindCallback(event string, c *callback.Caller) error {
	return e.Func.BindCallback(event, c)
}

// of returns the extensions for a call, or nil if there are none.
func (e *Extensions) of(c *auth.Context) (*js.Object, error) {
	if e.Func == nil {
		return e.Fixed, nil
	}
	o, err := e.Func(c, ExtensionsRequest{c})
	return o, auth.FromCallback(err)
}

// Origins is one origin, or several.
type Origins []string

// OptionShape implements [option.Shaper].
func (Origins) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// UnmarshalJSON reads a text or a list of texts.
func (o *Origins) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	switch {
	case ok:
	case v == nil, v == "":
		return nil
	default:
		list = []any{v}
	}
	out := make(Origins, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return errors.New("must be a text or a list of texts")
		}
	}
	*o = out
	return nil
}
