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

// Input is what an endpoint is called with from Go.
type Input struct {
	Body    any // nil for none; else anything that marshals to JSON
	Query   map[string]any
	Params  map[string]string
	Header  http.Header   // nil for none: the call then has no session
	Request *http.Request // optional: the call is then treated as this request's, origin checks of guards included
	Now     time.Time     // of the call; zero: the server's clock
}

// Output is what an endpoint answered.
type Output struct {
	Value  any // what the handler (or an after hook) returned
	Header http.Header
}

// JSON is the answer's body as a client would get it.
func (o *Output) JSON() []byte {
	if o.Value == nil {
		return []byte("null")
	}
	return js.Marshal(o.Value)
}

// Call runs the endpoint with this id as the host program would: no limiter, no
// origin check and no Wrap, but all hooks, validation and session rules. An
// answer that is not a success is an *Error.
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

// Invoke runs the endpoint with this id, as [Auth.Call] does, and reads its answer
// into a T by the json tags. An answer null is nil.
func Invoke[T any](ctx context.Context, a *Auth, id string, in Input) (*T, error) {
	out, err := a.Call(ctx, id, in)
	if err != nil {
		return nil, err
	}
	var answer *T
	if err := json.Unmarshal(out.JSON(), &answer); err != nil {
		return nil, fmt.Errorf("auth: the answer of %s does not fit: %w", id, err)
	}
	return answer, nil
}

// Run runs another endpoint within this call: for the same request, with its
// headers and its session, at the same time. Cookies that the endpoint sets go out
// with the answer of this call. Fields of in that are set win.
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
