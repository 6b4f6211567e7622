package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Input is the input of a call from Go.
type Input struct {
	Body    any // nil for no body; otherwise anything that marshals to JSON
	Query   map[string]any
	Params  map[string]string
	Header  http.Header   // nil for no headers; the call then has no session
	Request *http.Request // optional; the call is then treated as part of this request, including the origin checks of guards
	Now     time.Time     // time of the call; zero for the server's clock
}

// Output is the result of a call from Go.
type Output struct {
	Value  any // what the handler or an after hook returned
	Header http.Header
}

// JSON returns the body as a client would receive it.
func (o *Output) JSON() []byte {
	if o.Value == nil {
		return []byte("null")
	}
	return js.Marshal(o.Value)
}

// Call runs the endpoint with this id from Go. Hooks, validation and session rules apply; rate limits, the origin
// check and Wrap do not. If the endpoint does not succeed, the error is an *Error.
func (a *Auth) Call(ctx context.Context, id string, in Input) (*Output, error) {
	c, out, err := a.call(ctx, id, in)
	if err != nil {
		var known *Error
		if errors.As(err, &known) && c.Returned == known {
			answer := *known
			answer.Header = c.ResponseHeader
			return nil, &answer
		}
		return nil, err
	}
	return &Output{Value: out, Header: c.ResponseHeader}, nil
}

func (a *Auth) call(ctx context.Context, id string, in Input) (*Context, any, error) {
	c := a.newGoCall(ctx, in)
	e, ok := a.byID[id]
	if !ok {
		c.Route = &Route{}
		return c, nil, fmt.Errorf("auth: there is no endpoint %q", id)
	}
	c.Route, c.Method = &e.Route, e.Method()
	if in.Request != nil {
		c.Method = in.Request.Method
	}
	if err := a.CheckSchema(); err != nil {
		return c, nil, err
	}
	if err := c.resolveAddress(); err != nil {
		return c, nil, err
	}
	out, err := a.dispatch(e, c)
	return c, out, err
}

// Invoke runs the endpoint with this id as [Auth.Call] does and decodes its answer into a T by the json tags. It
// returns nil for the answer null.
func Invoke[T any](ctx context.Context, a *Auth, id string, in Input) (*T, error) {
	out, err := a.Call(ctx, id, in)
	if err != nil {
		return nil, err
	}
	var answer *T
	if err := json.Unmarshal(out.JSON(), &answer); err != nil {
		return nil, fmt.Errorf("auth: the answer of %s cannot be decoded: %w", id, err)
	}
	return answer, nil
}

// Run runs another endpoint as part of this call: with the same request, headers, session and time. Cookies set by
// that endpoint are sent with the answer of this call. Fields that are set in in take precedence.
func (c *Context) Run(id string, in Input) (any, error) {
	if in.Request == nil {
		in.Request = c.Request
	}
	if in.Header == nil {
		in.Header = c.RequestHeader
	}
	if in.Now.IsZero() {
		in.Now = c.now
	}
	out, err := c.Auth.Call(c.Context, id, in)
	header := http.Header{}
	var known *Error
	switch {
	case err == nil:
		header = out.Header
	case errors.As(err, &known):
		header = known.Header
	}
	for _, line := range header["Set-Cookie"] {
		c.ResponseHeader.Add("Set-Cookie", line)
	}
	if err != nil {
		return nil, err
	}
	return out.Value, nil
}

// HasEndpoint reports whether there is an endpoint with this id.
func (a *Auth) HasEndpoint(id string) bool { _, ok := a.byID[id]; return ok }

func (a *Auth) newGoCall(ctx context.Context, in Input) *Context {
	c := begin(Context{Context: ctx, Auth: a, Request: in.Request, RequestHeader: in.Header, ResponseHeader: http.Header{}, Params: in.Params, cookies: &a.cookies, set: &a.set, Body: noBody})
	c.now = a.now(ctx)
	if in.Request != nil {
		c.now, c.steered = a.requestTime(in.Request)
		if c.RequestHeader == nil {
			c.RequestHeader = in.Request.Header
		}
	}
	if !in.Now.IsZero() {
		c.now, c.steered = in.Now, true
	}
	if in.Body != nil {
		if v, err := js.Parse(js.Marshal(in.Body)); err == nil {
			c.Body = v
		}
	}
	if in.Query != nil {
		c.Query, _ = mustParse(js.Marshal(in.Query)).(*js.Object)
	}
	return c
}

func mustParse(text []byte) any { v, _ := js.Parse(text); return v }
