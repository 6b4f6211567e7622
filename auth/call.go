package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
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

// addUserHooks adds the options' database hooks, which run after the plugins'.
func (a *Auth) addUserHooks(hooks map[string][]store.Hooks) map[string][]store.Hooks {
	d := a.Options.DatabaseHooks
	for model, h := range map[string]ModelHooks{"user": d.User, "session": d.Session, "account": d.Account, "verification": d.Verification} {
		if made, any := userHooks(h); any {
			hooks[model] = append(hooks[model], made)
		}
	}
	return hooks
}

func userHooks(h ModelHooks) (out store.Hooks, any bool) {
	out = store.Hooks{
		Source:       "user",
		BeforeCreate: beforeHook(h.Create.Before), AfterCreate: afterHook(h.Create.After),
		BeforeUpdate: beforeHook(h.Update.Before), AfterUpdate: afterHook(h.Update.After),
		AfterDelete: afterHook(h.Delete.After),
	}
	if before := beforeHook(h.Delete.Before); before != nil {
		out.BeforeDelete = func(ctx context.Context, row store.Record) error {
			_, err := before(ctx, row)
			return err
		}
	}
	if after := h.Update.After; after != nil {
		out.AfterUpdateMany = func(ctx context.Context, count int64) error {
			_, err := after(ctx, RowEvent{Count: &count, Call: From(ctx)})
			return FromCallback(err)
		}
	}
	any = h.Create.Before != nil || h.Create.After != nil || h.Update.Before != nil || h.Update.After != nil || h.Delete.Before != nil || h.Delete.After != nil
	return out, any
}

type rowHook = callback.Func[RowEvent, callback.Answer]

func beforeHook(hook rowHook) func(context.Context, store.Record) (store.Record, error) {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, row store.Record) (store.Record, error) {
		answer, err := hook(ctx, RowEvent{Row: row, Call: From(ctx)})
		if err != nil {
			return nil, FromCallback(err)
		}
		switch v := answer.Result.(type) {
		case bool:
			if !v {
				return nil, store.ErrDropped
			}
		case *js.Object:
			if data, ok := v.Get("data"); ok {
				if change, isObject := data.(*js.Object); isObject {
					return recordOf(change), nil
				}
			}
		}
		return nil, nil
	}
}

func afterHook(hook rowHook) func(context.Context, store.Record) error {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, row store.Record) error {
		_, err := hook(ctx, RowEvent{Row: row, Call: From(ctx)})
		return FromCallback(err)
	}
}

// HasDeleteHooks reports whether deletes of users, accounts or sessions are
// listened to.
func (a *Auth) HasDeleteHooks() bool {
	for _, m := range a.manifests {
		for _, model := range []string{"user", "account", "session"} {
			for _, h := range m.Database[model] {
				if h.BeforeDelete != nil || h.AfterDelete != nil {
					return true
				}
			}
		}
	}
	d := a.Options.DatabaseHooks
	for _, h := range []ModelHooks{d.User, d.Account, d.Session} {
		if h.Delete.Before != nil || h.Delete.After != nil {
			return true
		}
	}
	return false
}
