package auth

import (
	"errors"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// dispatch runs one call in the order of the reference: before hooks (raw body) → validation → session rule → guards
// → handler → after hooks.
//
// Header scopes: headers set by before hooks are kept. The endpoint writes to a scope of its own, which is merged
// afterwards, even if the endpoint fails. An error of a before hook discards all headers, because it leaves the
// pipeline.
func (a *Auth) dispatch(e *Endpoint, c *Context) (any, error) {
	out, err := a.run(e, c)
	a.recordRefusal(c)
	return out, c.blame(err)
}

func (a *Auth) run(e *Endpoint, c *Context) (any, error) {
	if err := a.runBefore(c); err != nil {
		return nil, err
	}
	if c.Answered {
		return c.Returned, nil
	}
	body, query := c.Body, c.Query
	out, err := c.runEndpoint(e)
	var known *Error
	if err != nil && !errors.As(err, &known) {
		return nil, err
	}
	if c.Returned = out; known != nil {
		known = c.answerFailure(known)
		c.Returned, c.failed = known, known.Status
	}
	// After hooks see the request as it was received, not the validated values.
	c.Body, c.Query = body, query
	c.done = true
	err = a.runAfter(c)
	if err == nil {
		err = c.restoreSignedIn()
	}
	c.reportSignIn()
	if err != nil {
		return nil, err
	}
	if failed, ok := c.Returned.(*Error); ok {
		return nil, failed
	}
	return c.Returned, nil
}

// status returns the status of the answer. If the endpoint failed, this is the status of its error, even if an after
// hook replaces the answer (api/dispatch.mjs).
func (c *Context) status(otherwise int) int {
	if c.failed != 0 {
		return c.failed
	}
	if c.success != 0 && otherwise == http.StatusOK {
		return c.success
	}
	return otherwise
}

// SetStatus sets the status of the answer over HTTP if the call succeeds; without it, that is 200.
func (c *Context) SetStatus(status int) {
	if c.served {
		c.success = status
	}
}

func (a *Auth) runBefore(c *Context) error {
	if hook := a.Options.Hooks.Before; hook != nil {
		if err := a.userBefore(c, hook); err != nil || c.Answered {
			return err
		}
	}
	for _, h := range a.before {
		if !h.matches(c) {
			continue
		}
		if err := h.Do(c); err != nil || c.Answered {
			return err
		}
	}
	return nil
}

// runEndpoint runs everything between the hooks, in a header scope of its own.
func (c *Context) runEndpoint(e *Endpoint) (out any, err error) {
	before := c.ResponseHeader
	c.outer, c.ResponseHeader = before, http.Header{}
	defer func() {
		mergeHeaders(before, c.ResponseHeader)
		c.outer, c.ResponseHeader = nil, before
		// Headers of the error override headers that were set before it.
		var known *Error
		if errors.As(err, &known) {
			mergeHeaders(before, known.Header)
		}
	}()
	if err := c.validate(e); err != nil {
		return nil, err
	}
	if err := c.runGuards(e); err != nil {
		return nil, err
	}
	if e.NoStore {
		c.ResponseHeader.Set("Cache-Control", "no-store")
		c.ResponseHeader.Set("Pragma", "no-cache")
	}
	if c.showsLanding(e) {
		return e.landing.show(c)
	}
	out, err = e.call(c)
	if err != nil && e.NoStore && !c.served { // as in the reference
		delete(c.ResponseHeader, "Cache-Control")
		delete(c.ResponseHeader, "Pragma")
	}
	return out, err
}

// runGuards runs the cross-site check, the session rule and the guards, each in a header scope of its own. The
// headers of a scope replace those of earlier scopes: better-call copies the headers of a middleware with set, so
// only the last of several Set-Cookie headers remains (better-call/dist/context.mjs).
func (c *Context) runGuards(e *Endpoint) error {
	// A POST must come from the button on the landing page, not from a form on another site.
	if e.CheckForm || e.landing != nil && c.Method == http.MethodPost {
		if err := c.checkForm(); err != nil {
			return err
		}
	}
	if e.Session != Public {
		if err := c.scoped(func() error { return c.requireSession(e.Session) }); err != nil {
			return err
		}
	}
	for _, guard := range e.guards {
		if err := c.scoped(func() error { return guard(c) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *Context) scoped(fn func() error) error {
	around := c.ResponseHeader
	c.ResponseHeader = http.Header{}
	if err := fn(); err != nil {
		return err // keeps the headers of this scope only
	}
	for name, values := range c.ResponseHeader {
		around[name] = values[len(values)-1:]
	}
	c.ResponseHeader = around
	return nil
}

func (a *Auth) runAfter(c *Context) error {
	if hook := a.Options.Hooks.After; hook != nil {
		if err := c.afterResult(a.userAfter(c, hook)); err != nil {
			return err
		}
	}
	if c.began != nil {
		for _, h := range a.signedInHooks {
			if c.began == nil || !h.matches(c) {
				continue
			}
			if err := c.afterResult(c.afterScope(h)); err != nil {
				return err
			}
		}
	}
	for _, h := range a.after {
		if !h.matches(c) {
			continue
		}
		if err := c.afterResult(h.Do(c)); err != nil {
			return err
		}
	}
	return nil
}

// afterScope runs a SignedIn hook in a header scope of its own, which is merged afterwards, as that of an after hook in
// the reference. Database hooks that it causes are told the headers from before it.
func (c *Context) afterScope(h Hook) error {
	before := c.ResponseHeader
	c.outer, c.ResponseHeader = before, http.Header{}
	defer func() {
		mergeHeaders(before, c.ResponseHeader)
		c.outer, c.ResponseHeader = nil, before
	}()
	return h.Do(c)
}

// afterResult makes an *Error of an after hook the answer. Any other error ends the call.
func (c *Context) afterResult(err error) error {
	var known *Error
	if err == nil || !errors.As(err, &known) {
		return err
	}
	mergeHeaders(c.ResponseHeader, known.Header)
	c.Returned = known
	return nil
}

// mergeHeaders copies from into to: cookies are added, lists of exposed headers are joined, all other headers are
// replaced.
func mergeHeaders(to, from http.Header) {
	for name, values := range from {
		switch name {
		case "Set-Cookie":
			to[name] = append(to[name], values...)
		case "Access-Control-Expose-Headers":
			for _, v := range values {
				Expose(to, strings.Split(v, ",")...)
			}
		default:
			to[name] = values
		}
	}
}

// Expose adds header names to Access-Control-Expose-Headers, without duplicates.
func Expose(h http.Header, names ...string) {
	var have []string
	for _, n := range strings.Split(h.Get("Access-Control-Expose-Headers"), ",") {
		if n = strings.TrimSpace(n); n != "" {
			have = append(have, n)
		}
	}
next:
	for _, n := range names {
		if n = strings.TrimSpace(n); n == "" {
			continue
		}
		for _, old := range have {
			if strings.EqualFold(old, n) {
				continue next
			}
		}
		have = append(have, n)
	}
	h.Set("Access-Control-Expose-Headers", strings.Join(have, ", "))
}

// userBefore runs hooks.before of the options. The hook returns nothing, or {context: {body, query, headers …}} to
// change the call, or the answer of the call.
func (a *Auth) userBefore(c *Context, hook callback.Func[*Context, callback.Answer]) error {
	answer, err := c.ask(hook)
	if err != nil {
		return FromCallback(err)
	}
	addHeaders(c.ResponseHeader, answer.Header)
	o, isObject := answer.Result.(*js.Object)
	if !isObject {
		if list, ok := answer.Result.([]any); ok {
			c.Respond(list)
		}
		return nil
	}
	change, _ := o.Get("context")
	rewrite, ok := change.(*js.Object)
	if !ok {
		c.Respond(o)
		return nil
	}
	c.rewrite(rewrite)
	return nil
}

func (c *Context) ask(hook callback.Func[*Context, callback.Answer]) (callback.Answer, error) {
	c.inHook = true
	defer func() { c.inHook = false }()
	return hook(c, c)
}

// rewrite merges the changes of a before hook into the call, as defu does: objects are merged, other values replaced,
// null and undefined ignored.
func (c *Context) rewrite(change *js.Object) {
	for key, v := range change.All() {
		switch key {
		case "body":
			c.Body = mergeValues(c.Body, v)
		case "query":
			if q, ok := mergeValues(c.queryValue(), v).(*js.Object); ok {
				c.Query = q
			}
		case "headers":
			for name, value := range headerPairs(v) {
				c.setRequestHeader(name, value)
			}
		}
	}
}

func (c *Context) setRequestHeader(name, value string) {
	h := c.RequestHeader.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	c.RequestHeader = h
}

func mergeValues(old, change any) any {
	switch change := change.(type) {
	case nil, js.Undefined:
		return old
	case *js.Object:
		base, ok := old.(*js.Object)
		if !ok {
			return change
		}
		merged := base.Clone()
		for k, v := range change.All() {
			if k == "__proto__" || k == "constructor" {
				continue
			}
			have, _ := merged.Get(k)
			merged.Set(k, mergeValues(have, v))
		}
		return merged
	default:
		return change
	}
}

// headerPairs reads headers as {$type: "headers", headers: [[name, value]]},
// a list of pairs, or an object.
func headerPairs(v any) map[string]string {
	out := map[string]string{}
	if o, ok := v.(*js.Object); ok {
		if list, has := o.Get("headers"); has {
			v = list
		} else {
			for k, value := range o.All() {
				if s, ok := value.(string); ok {
					out[k] = s
				}
			}
			return out
		}
	}
	list, _ := v.([]any)
	for _, item := range list {
		if pair, ok := item.([]any); ok && len(pair) == 2 {
			name, okName := pair[0].(string)
			value, okValue := pair[1].(string)
			if okName && okValue {
				out[name] = value
			}
		}
	}
	return out
}

// userAfter runs hooks.after of the options. If the hook returns something, that replaces the answer.
func (a *Auth) userAfter(c *Context, hook callback.Func[*Context, callback.Answer]) error {
	answer, err := c.ask(hook)
	if err != nil {
		return FromCallback(err)
	}
	addHeaders(c.ResponseHeader, answer.Header)
	if answer.Set {
		c.Returned = answer.Result
	}
	return nil
}

func addHeaders(h http.Header, pairs [][2]string) {
	for _, p := range pairs {
		if strings.EqualFold(p[0], "Set-Cookie") {
			h.Add("Set-Cookie", p[1])
			continue
		}
		mergeHeaders(h, http.Header{http.CanonicalHeaderKey(p[0]): {p[1]}})
	}
}

// FromCallback converts an API error that a webhook returned to an *Error; other errors are returned unchanged.
func FromCallback(err error) error {
	var api *callback.APIError
	if !errors.As(err, &api) {
		return err
	}
	e := &Error{Status: api.Status, Code: Code{api.Code, api.Message}, Cause: err, Header: http.Header{}}
	if api.Body != nil {
		e.Body = api.Body
	}
	addHeaders(e.Header, api.Header)
	return e
}
