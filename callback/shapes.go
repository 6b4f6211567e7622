package callback

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Headers is a JavaScript Headers object: pairs of name and value. Its JSON has
// neither Cookie nor Authorization; only Caller.Call sends those, to a webhook
// with credentials.
type Headers [][2]string

// HeadersOf returns the headers in the order of iteration of a JavaScript Headers
// object: lower case, sorted, repeated ones joined, except Set-Cookie.
func HeadersOf(h http.Header) Headers {
	list := make(Headers, 0, len(h))
	for name, values := range h {
		name = strings.ToLower(name)
		if name != "set-cookie" {
			values = []string{strings.Join(values, ", ")}
		}
		for _, value := range values {
			list = append(list, [2]string{name, value})
		}
	}
	slices.SortStableFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return list
}

// AppendJSON appends h as JSON, without credentials.
func (h Headers) AppendJSON(dst []byte) []byte { return js.Append(dst, h.shape(false)) }

func (h Headers) shape(credentials bool) *js.Object {
	return js.Obj("$type", "headers", "headers", h.pairs(credentials))
}

func (h Headers) pairs(credentials bool) []any {
	list := make([]any, 0, len(h))
	for _, pair := range h {
		secret := strings.EqualFold(pair[0], "cookie") || strings.EqualFold(pair[0], "authorization")
		if credentials || !secret {
			list = append(list, []any{pair[0], pair[1]})
		}
	}
	return list
}

// Request is a JavaScript Request without its body. As an argument, a nil
// *Request is undefined.
type Request struct {
	URL, Method string
	Headers     Headers
}

// RequestOf returns r as callbacks see it; url is its full address, which only
// the server knows.
func RequestOf(r *http.Request, url string) *Request {
	h := r.Header
	if r.Host != "" { // net/http removes the header Host
		h = h.Clone()
		if h == nil {
			h = http.Header{}
		}
		h.Set("Host", r.Host)
	}
	return &Request{URL: url, Method: r.Method, Headers: HeadersOf(h)}
}

// AppendJSON appends r as JSON, without credentials.
func (r Request) AppendJSON(dst []byte) []byte { return js.Append(dst, r.shape(false)) }

func (r Request) shape(credentials bool) *js.Object {
	return js.Obj("$type", "request", "url", r.URL, "method", r.Method, "headers", r.Headers.pairs(credentials))
}

// EndpointContext is the context of the current call, as hooks and senders see
// it. As an argument, a nil *EndpointContext is null.
type EndpointContext struct {
	Path, Method        string
	URL                 string // "" if the endpoint is called from Go; then left out
	Body, Query, Params any    // nil is left out
	Headers             Headers
	Session, NewSession any // nil is null
	BaseURL             string
	After               *Outcome // nil before the endpoint has run
}

// Outcome is the endpoint's answer as an after hook sees it.
type Outcome struct {
	Returned any // an *APIError if the endpoint failed; js.Undefined is left out
	Headers  Headers
}

// AppendJSON appends c as JSON, without credentials.
func (c EndpointContext) AppendJSON(dst []byte) []byte { return js.Append(dst, c.shape(false)) }

func (c EndpointContext) shape(credentials bool) *js.Object {
	inner := js.Obj(
		"session", shape(c.Session, credentials),
		"newSession", shape(c.NewSession, credentials),
		"baseURL", c.BaseURL,
	)
	if c.After != nil {
		if _, undefined := c.After.Returned.(js.Undefined); !undefined {
			inner.Set("returned", shape(c.After.Returned, credentials))
		}
		if c.After.Headers != nil {
			inner.Set("responseHeaders", c.After.Headers.pairs(credentials))
		}
	}
	o := js.Obj("$type", "context", "path", c.Path)
	if c.Method != "" {
		o.Set("method", c.Method)
	}
	if c.URL != "" {
		o.Set("url", c.URL)
	}
	for _, part := range []struct {
		name  string
		value any
	}{{"body", c.Body}, {"query", c.Query}, {"params", c.Params}} {
		if part.value != nil {
			o.Set(part.name, shape(part.value, credentials))
		}
	}
	o.Set("headers", c.Headers.pairs(credentials))
	o.Set("context", inner)
	return o
}

// AppendJSON appends e as JSON, in the form in which callbacks see a failed call.
func (e *APIError) AppendJSON(dst []byte) []byte { return js.Append(dst, e.shape()) }

func (e *APIError) shape() any {
	if e == nil {
		return nil
	}
	o := js.Obj("$type", "apierror", "status", e.Status)
	o.Set("body", nil)
	if e.Body != nil {
		o.Set("body", e.Body)
	}
	return o
}

// encode returns the body of a webhook call.
func encode(realm, event string, args []any, credentials bool) []byte {
	for len(args) > 0 && undefined(args[len(args)-1]) {
		args = args[:len(args)-1]
	}
	data := make([]any, len(args))
	for i, arg := range args {
		if undefined(arg) {
			data[i] = js.Obj("$type", "undefined")
			continue
		}
		data[i] = shape(arg, credentials)
	}
	body := js.Obj("event", event)
	if realm != "" {
		body.Set("realm", realm)
	}
	body.Set("data", data)
	return js.Marshal(body)
}

func undefined(v any) bool {
	switch v := v.(type) {
	case js.Undefined:
		return true
	case *Request:
		return v == nil
	}
	return false
}

// shape converts values with a special JSON form, also within objects and lists.
func shape(v any, credentials bool) any {
	switch v := v.(type) {
	case Headers:
		return v.shape(credentials)
	case Request:
		return v.shape(credentials)
	case *Request:
		if v == nil {
			return js.Undefined{}
		}
		return v.shape(credentials)
	case EndpointContext:
		return v.shape(credentials)
	case *EndpointContext:
		if v == nil {
			return nil
		}
		return v.shape(credentials)
	case *APIError:
		return v.shape()
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = shape(v[i], credentials)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for name := range v {
			m[name] = shape(v[name], credentials)
		}
		return m
	case *js.Object:
		return shapeObject(v, credentials)
	}
	return v
}

func shapeObject(v *js.Object, credentials bool) any {
	if v == nil {
		return nil
	}
	o := js.NewObject()
	for name, member := range v.All() {
		o.Set(name, shape(member, credentials))
	}
	return o
}
