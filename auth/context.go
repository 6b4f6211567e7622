package auth

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Context is one call of one endpoint. It ends with the call.
type Context struct {
	context.Context
	*Auth
	Route         *Route
	Request       *http.Request     // nil when called from Go without one
	Method        string            // of this call
	Params        map[string]string // of the path
	RequestHeader http.Header       // of the request, as before hooks left them; nil from Go without any
	Body          any               // a js value; js.Undefined without a body
	Query         *js.Object        // nil when called from Go without one

	ResponseHeader http.Header // of the answer, as far as it has come

	// BaseURL is where the endpoints are, for this request: http://host/api/auth.
	// It is empty when called from Go and nothing told it.
	BaseURL string
	// BaseOrigin is the reference's options.baseURL: the origin of BaseURL.
	BaseOrigin string

	Session    *SignedIn // the caller's; nil when not (yet) known
	NewSession *SignedIn // the one this call began
	Returned   any       // what after hooks see, and may replace: an answer or an *Error
	Answered   bool      // a before hook answered

	kept        *kept
	began       *begun          // the session that SignIn began in this call
	cachedAs    *SignedIn       // the session that was read from the cookie cache …
	cached      *cookie.Decoded // … and what stood there
	cookies     *cookie.Options
	set         *cookie.Set
	now         time.Time
	steered     bool // the request said what time it is
	jar         cookie.Jar
	jarRead     bool
	outer       http.Header // of the answer, from before this scope
	skipRefresh bool
	trusted     trustList
	served      bool   // it came over HTTP, and so is limited
	ownTry      string // the caller's own count of passwords, once it was used
	inHook      bool   // hooks.before or hooks.after is being asked
	done        bool   // the endpoint has run
	failed      int    // the status it failed with, 0 if it did not
}

type contextKey struct{}

// From gives store hooks the call they run in, nil outside one.
func From(ctx context.Context) *Context {
	if c, ok := ctx.(*Context); ok {
		return c
	}
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

// Value implements context.Context: the call itself is found by From, and what
// was kept by its key.
func (c *Context) Value(key any) any {
	if key == (contextKey{}) {
		return c
	}
	if v, ok := c.kept.find(key); ok {
		return v
	}
	return c.Context.Value(key)
}

// Keep has Value find value for the rest of the call. To replace c.Context
// instead would race with a database driver that still watches it.
func (c *Context) Keep(key, value any) {
	c.kept.last.Store(&keptValue{key, value, c.kept.last.Load()})
}

// kept is what a call, and every copy of it, found worth keeping.
type kept struct {
	last    atomic.Pointer[keptValue]
	failure atomic.Pointer[error] // the first failure of a store
}

type keptValue struct {
	key, value any
	before     *keptValue
}

func (k *kept) find(key any) (any, bool) {
	if k == nil {
		return nil, false
	}
	for v := k.last.Load(); v != nil; v = v.before {
		if v.key == key {
			return v.value, true
		}
	}
	return nil, false
}

// begin makes c a call with nothing kept yet, in one piece of memory.
func begin(c Context) *Context {
	whole := &struct {
		call Context
		kept kept
	}{call: c}
	whole.call.kept = &whole.kept
	return &whole.call
}

// Now is the time of the call, the same throughout.
func (c *Context) Now() time.Time { return c.now }

// Clock is the time as it goes on during the call and after it, unless the
// request itself said what time it is.
func (c *Context) Clock() time.Time {
	if c.steered {
		return c.now
	}
	return c.Options.Now()
}

// Respond ends the call with v; before hooks use it to answer early.
func (c *Context) Respond(v any) { c.Returned, c.Answered = v, true }

// Tx runs fn in a transaction. The context passed to fn shadows the outer one,
// so that it can't be used by mistake. Inside a transaction it just runs fn. An
// error of fn rolls the transaction back; sessions that fn began, and cookies that
// it set, are then forgotten with it.
func (c *Context) Tx(fn func(c *Context) error) error {
	inner := *c // a copy: database/sql may still watch the outer context
	cookies := slices.Clone(c.ResponseHeader["Set-Cookie"])
	err := c.Store.Tx(withCall(c.Context, c), func(ctx context.Context) error {
		inner.Context = ctx
		return fn(&inner)
	})
	c.ResponseHeader = inner.ResponseHeader
	if err == nil {
		c.Session, c.NewSession, c.began = inner.Session, inner.NewSession, inner.began
		return nil
	}
	delete(c.ResponseHeader, "Set-Cookie")
	if len(cookies) > 0 {
		c.ResponseHeader["Set-Cookie"] = cookies
	}
	return err
}

// RequestHeaderValue is a request header as fetch's Headers.get gives it: values of
// the same name joined, ok false when there is none.
func (c *Context) RequestHeaderValue(name string) (string, bool) {
	return headerValue(c.RequestHeader, name)
}

func headerValue(h http.Header, name string) (string, bool) {
	v := h[http.CanonicalHeaderKey(name)]
	switch len(v) {
	case 0:
		return "", false
	case 1:
		return v[0], true
	}
	switch http.CanonicalHeaderKey(name) {
	case "Cookie":
		return strings.Join(v, "; "), true
	case "User-Agent", "Authorization", "Content-Type", "Host", "Referer", "From":
		return v[0], true // Node keeps the first of these
	}
	return strings.Join(v, ", "), true
}

// Cookie is the value of a request cookie, "" when there is none.
func (c *Context) Cookie(name string) string {
	value, _ := c.Jar().Get(name)
	return value
}

// Jar is the request's cookies, as before hooks left them.
func (c *Context) Jar() *cookie.Jar {
	header, _ := c.RequestHeaderValue("Cookie")
	if !c.jarRead || header != c.jar.Header() {
		c.jar, c.jarRead = cookie.Parse(header), true
	}
	return &c.jar
}

// SignedCookie is the value of a signed request cookie, ok false when there is
// none or its signature does not hold. Of several cookies of the name it is the
// first that verifies.
func (c *Context) SignedCookie(name string) (string, bool) {
	value, ok, _ := c.Jar().Signed(name, c.Keys)
	return value, ok
}

// SetResponseHeader sets a header of the answer.
func (c *Context) SetResponseHeader(name, value string) { c.ResponseHeader.Set(name, value) }

// SetCookie adds a Set-Cookie line.
func (c *Context) SetCookie(name, value string, a cookie.Attributes) error {
	line, err := cookie.Serialize(name, value, a)
	if err != nil {
		return err
	}
	c.ResponseHeader.Add("Set-Cookie", line)
	return nil
}

// SetSignedCookie adds a Set-Cookie line with a signed value.
func (c *Context) SetSignedCookie(name, value string, a cookie.Attributes) error {
	return c.SetCookie(name, cookie.Sign(value, c.Keys), a)
}

// ExpireCookie takes back what this call set under the name, and expires it.
func (c *Context) ExpireCookie(k cookie.Cookie) error {
	for _, h := range []http.Header{c.ResponseHeader, c.outer} {
		if lines := h["Set-Cookie"]; len(lines) > 0 {
			if left := cookie.RemoveSetCookie(lines, k.Name); len(left) > 0 {
				h["Set-Cookie"] = left
			} else {
				delete(h, "Set-Cookie")
			}
		}
	}
	if err := c.expireElsewhere(k); err != nil {
		return err
	}
	gone := k.Expired()
	return c.SetCookie(gone.Name, "", gone.Attributes)
}

// CookieNamed is the cookie that the reference calls name, for this request.
func (c *Context) CookieNamed(name string, maxAge *int) cookie.Cookie {
	return c.cookies.Cookie(name, maxAge)
}

// Arguments implements [callback.Arguer]: hooks are told of the call itself.
func (c *Context) Arguments() []any { return []any{c.Described()} }

// Described is what a webhook is told of this call.
func (c *Context) Described() *callback.EndpointContext {
	if c == nil {
		return nil
	}
	headers := c.RequestHeader
	if c.Request != nil && headers != nil { // net/http keeps Host apart
		headers = headers.Clone()
		headers.Set("Host", c.Request.Host)
	}
	path := "virtual:"
	if c.Route != nil && c.Route.Path != "" {
		path = c.Route.Path
	}
	method := c.Method
	if c.inHook && c.Request == nil { // not settled yet, as upstream
		method = ""
	}
	e := &callback.EndpointContext{
		Path: path, Method: method, URL: c.requestURL(),
		Body: c.Body, Query: c.queryValue(), Params: js.Undefined{}, Headers: callback.HeadersOf(headers),
		BaseURL: c.BaseURL,
	}
	if c.Params != nil {
		e.Params = c.Params
	}
	if c.Session != nil {
		o := c.Session.Object()
		if cache := c.cached; cache != nil && c.Session == c.cachedAs {
			o.Set("updatedAt", float64(cache.UpdatedAt))
			o.Set("version", cache.Version)
		}
		e.Session = o
	}
	if c.NewSession != nil {
		e.NewSession = c.NewSession.Object()
	}
	if c.done {
		returned := c.Returned
		if _, raw := returned.(*Raw); raw {
			returned = js.NewObject() // a Response has no members to tell of
		}
		e.After = &callback.Outcome{Returned: returned, Headers: callback.HeadersOf(c.answerHeaders())}
		if failed, ok := c.Returned.(*Error); ok {
			body, _ := failed.body().(*js.Object)
			e.After.Returned = &callback.APIError{Status: failed.Status, Body: body}
		}
	}
	return e
}

func (c *Context) requestURL() string {
	if c.Request == nil {
		return ""
	}
	scheme, host := c.addressOf(c.Request)
	return scheme + "://" + host + c.Request.URL.RequestURI()
}

func (c *Context) answerHeaders() http.Header {
	h := c.outer.Clone()
	if h == nil {
		h = http.Header{}
	}
	for k, v := range c.ResponseHeader {
		h[k] = append(h[k], v...)
	}
	return h
}
