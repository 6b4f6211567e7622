package auth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Context is one call of one endpoint. It must not be used after the call has ended.
type Context struct {
	context.Context
	*Auth
	Route         *Route
	Request       *http.Request     // nil for calls from Go without a request
	Method        string            // of this call
	Params        map[string]string // parameters in the path
	RequestHeader http.Header       // request headers, including changes made by before hooks; nil for calls from Go without headers
	Body          any               // a value of package js; js.Undefined if there is no body
	Form          url.Values        // all values of a body in the form of HTML forms, of which Body has the last of each name; nil for other bodies
	Query         *js.Object        // nil for calls from Go without a query

	ResponseHeader http.Header // response headers set so far

	// BaseURL is the base URL of the endpoints for this request: http://host/api/auth. Empty for calls from Go when
	// neither the request nor the options give an address.
	BaseURL string
	// BaseOrigin is the origin of BaseURL (options.baseURL in the reference).
	BaseOrigin string

	Session    *SignedIn // session of the caller; nil while unknown, or if there is none
	NewSession *SignedIn // session that this call started
	Returned   any       // result for after hooks, which may replace it: an answer or an *Error
	Answered   bool      // a before hook has answered the call

	kept        *kept
	began       *begun          // session that SignIn started in this call
	cachedAs    *SignedIn       // session that was read from the cookie cache
	cached      *cookie.Decoded // content of that cookie
	cookies     *cookie.Options
	set         *cookie.Set
	now         time.Time
	steered     bool // the time of the call was set, by a test request or Input.Now
	jar         cookie.Jar
	jarRead     bool
	outer       http.Header // response headers from outside the current header scope
	skipRefresh bool
	trusted     trustList
	served      bool   // the call came over HTTP, so rate limits apply
	ownTry      string // key of the caller's own password counter, once it was used
	inHook      bool   // hooks.before or hooks.after is running
	done        bool   // the endpoint has run
	failed      int    // status of the endpoint's error; 0 if it succeeded
	success     int    // status of the answer if the call succeeds; 0 for 200
}

type contextKey struct{}

// From returns the call to which ctx belongs, or nil outside of a call. Store hooks use it.
func From(ctx context.Context) *Context {
	if c, ok := ctx.(*Context); ok {
		return c
	}
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

// Value implements context.Context. It also finds the call itself, for From, and the values stored with Keep.
func (c *Context) Value(key any) any {
	if key == (contextKey{}) {
		return c
	}
	if v, ok := c.kept.find(key); ok {
		return v
	}
	return c.Context.Value(key)
}

// Keep stores a value that Value returns for the rest of the call. Replacing c.Context instead would race with a
// database driver that still watches it.
func (c *Context) Keep(key, value any) {
	c.kept.last.Store(&keptValue{key, value, c.kept.last.Load()})
}

// kept holds what Keep stored, shared by a call and all copies of it.
type kept struct {
	last    atomic.Pointer[keptValue]
	failure atomic.Pointer[error] // the first failure of a store
	refused atomic.Pointer[refusedSignUp]
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

// begin returns c as a new call with nothing kept. It uses one allocation.
func begin(c Context) *Context {
	whole := &struct {
		call Context
		kept kept
	}{call: c}
	whole.call.kept = &whole.kept
	return &whole.call
}

// Now returns the time of the call. It does not change during the call.
func (c *Context) Now() time.Time { return c.now }

// Clock returns the current time, which advances during and after the call. If the time of the call was set
// (Input.Now, or a request in a test), it returns that time.
func (c *Context) Clock() time.Time {
	if c.steered {
		return c.now
	}
	return c.Options.Now()
}

// Respond ends the call with the answer v. Before hooks use it to answer a call early.
func (c *Context) Respond(v any) { c.Returned, c.Answered = v, true }

// Tx runs fn in a transaction. The parameter of fn should shadow the outer context, so that the outer one cannot be
// used by mistake. Inside a transaction, Tx calls fn directly. An error of fn rolls the transaction back, and the
// call forgets the sessions that fn started and the cookies that it set.
func (c *Context) Tx(fn func(c *Context) error) error {
	inner := *c // a copy, because database/sql may still watch the outer context
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

// RequestHeaderValue returns a request header as fetch's Headers.get does: several values of one name are joined. ok
// is false if there is none.
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
		return v[0], true // for these headers Node keeps the first value
	}
	return strings.Join(v, ", "), true
}

// Cookie returns the value of a request cookie, or "" if there is none.
func (c *Context) Cookie(name string) string {
	value, _ := c.Jar().Get(name)
	return value
}

// Jar returns the cookies of the request, including changes made by before hooks.
func (c *Context) Jar() *cookie.Jar {
	header, _ := c.RequestHeaderValue("Cookie")
	if !c.jarRead || header != c.jar.Header() {
		c.jar, c.jarRead = cookie.Parse(header), true
	}
	return &c.jar
}

// SignedCookie returns the value of a signed request cookie. If several cookies have the name, it is the first one
// whose signature is valid. ok is false if there is none.
func (c *Context) SignedCookie(name string) (string, bool) {
	value, ok, _ := c.Jar().Signed(name, c.Keys)
	return value, ok
}

// SetResponseHeader sets a response header.
func (c *Context) SetResponseHeader(name, value string) { c.ResponseHeader.Set(name, value) }

// SetCookie adds a Set-Cookie header.
func (c *Context) SetCookie(name, value string, a cookie.Attributes) error {
	line, err := cookie.Serialize(name, value, a)
	if err != nil {
		return err
	}
	c.ResponseHeader.Add("Set-Cookie", line)
	return nil
}

// SetSignedCookie adds a Set-Cookie header with a signed value.
func (c *Context) SetSignedCookie(name, value string, a cookie.Attributes) error {
	return c.SetCookie(name, cookie.Sign(value, c.Keys), a)
}

// ExpireCookie removes what this call has set for the cookie and adds a Set-Cookie header that expires it.
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

// CookieNamed returns the cookie that the reference calls name, with the attributes for this request.
func (c *Context) CookieNamed(name string, maxAge *int) cookie.Cookie {
	return c.cookies.Cookie(name, maxAge)
}

// Arguments implements [callback.Arguer]: the argument of hooks is the call itself.
func (c *Context) Arguments() []any { return []any{c.Described()} }

// Described returns the description of this call that a webhook receives.
func (c *Context) Described() *callback.EndpointContext {
	if c == nil {
		return nil
	}
	headers := c.RequestHeader
	if c.Request != nil && headers != nil { // net/http stores Host separately
		headers = headers.Clone()
		headers.Set("Host", c.Request.Host)
	}
	path := "virtual:"
	if c.Route != nil && c.Route.Path != "" {
		path = c.Route.Path
	}
	method := c.Method
	if c.inHook && c.Request == nil { // not resolved yet, as in the reference
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
			returned = js.NewObject() // a Response object has no members to send
		}
		e.After = &callback.Outcome{Returned: returned}
		if c.outer != nil {
			e.After.Headers = callback.HeadersOf(c.outer)
		} else if len(c.ResponseHeader) > 0 {
			e.After.Headers = callback.HeadersOf(c.ResponseHeader)
		}
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
