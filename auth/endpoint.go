package auth

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/schema"
	"github.com/seed-32bd42cb/betterauth/js"
)

// SessionRule says what session an endpoint needs.
type SessionRule int

// The session rules.
const (
	NoSession       SessionRule = iota // public
	OptionalSession                    // c.Session is set if there is one
	RequireSession                     // 401 without one; the cookie cache will do
	StoredSession                      // as RequireSession, but never from the cookie cache where there is a store
	FreshSession                       // as RequireSession, and 403 unless signed in recently
	RequestSession                     // as RequireSession over HTTP; none needed from Go
)

// Route declares an endpoint: what the router, the rate limiter and the
// OpenAPI document need to know, and nothing that runs.
type Route struct {
	ID          string   // operation id: the name clients call it by
	Methods     []string // GET, POST …
	Aliases     []string // more paths of the same endpoint; the limiter and hooks see Path
	Path        string   // empty: callable from Go only
	ServerOnly  bool     // has a path, yet no URL
	Session     SessionRule
	Summary     string
	MediaTypes  []string // accepted bodies; default application/json
	NoBody      bool     // a body is not even read
	NeedHeaders bool     // refused from Go without headers
	NoStore     bool     // answer with Cache-Control: no-store
	Storeless   bool     // needs neither database nor secondary storage: it answers while they are down
	CheckForm   bool     // cross-site sign-in check, also without cookies
	Hidden      bool     // not in client types; the OpenAPI document lists it all the same, as the reference's does
	// Landing says which page stands in front of what a link in a message does;
	// nil, or nil for these options: none, a GET does it at once.
	Landing   func(o *Options) *LandingPage
	Responses *js.Object // OpenAPI responses by status, over those of OpenAPI

	// OpenAPI is the reference's metadata.openapi: operationId, tags,
	// description (default: Summary), parameters, requestBody, responses. What
	// it lacks, the document lacks too; nil has them told from ID and the Go types.
	OpenAPI *js.Object
}

// Method is the first of Methods.
func (r Route) Method() string {
	if len(r.Methods) == 0 {
		return http.MethodGet
	}
	return r.Methods[0]
}

// Endpoint is a Route with its handler. Input and Output are the Go types that
// requests are decoded into and answers encoded from.
type Endpoint struct {
	Route
	Input, Output reflect.Type
	Request       schema.Request
	call          func(c *Context) (any, error)
	guards        []Guard
	landing       *LandingPage // in front of this endpoint; nil for none
}

// Guard stops a call it does not like by returning an error.
type Guard func(c *Context) error

// Handle joins a route and its handler. Body and query are checked against
// Req's tags; then the session rule and the guards have their say; then fn
// runs. A nil *Resp answers null.
func Handle[Req, Resp any](r Route, fn func(c *Context, in *Req) (*Resp, error), guards ...Guard) Endpoint {
	input := reflect.TypeFor[Req]()
	request := schema.Of(input)
	return Endpoint{
		Route:   r,
		Input:   input,
		Output:  reflect.TypeFor[Resp](),
		Request: request,
		guards:  guards,
		call: func(c *Context) (any, error) {
			in := new(Req)
			if err := c.bind(request, in); err != nil {
				return nil, err
			}
			out, err := fn(c, in)
			if err != nil || out == nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// None is the request of an endpoint that reads neither body nor query.
type None struct{}

// Raw is an answer that is not JSON, or not a 200.
type Raw struct {
	Status int    // default 200
	Type   string // Content-Type
	Header http.Header
	Body   []byte
}

// Nothing is an answer without a body (JavaScript's undefined).
type Nothing struct{}

func (c *Context) bind(r schema.Request, in any) error {
	if _, none := in.(*None); none {
		return nil
	}
	params := js.NewObject()
	for name, value := range c.Params {
		params.Set(name, value)
	}
	return r.Bind(in, c.Body, c.queryValue(), params)
}

// validate checks body and query, in this order, and keeps what the schemas
// make of them.
func (c *Context) validate(e *Endpoint) error {
	if s := e.Request.Body; s != nil {
		v, issues := s.Check(c.Body)
		if len(issues) > 0 {
			return BadRequest(Code{ValidationError.Name, schema.Text("body", issues)})
		}
		c.Body = v
	}
	if s := e.Request.Query; s != nil {
		v, issues := s.Check(c.queryValue())
		if len(issues) > 0 {
			return BadRequest(Code{ValidationError.Name, schema.Text("query", issues)})
		}
		c.Query, _ = v.(*js.Object)
	}
	if e.NeedHeaders && c.RequestHeader == nil {
		return BadRequest(Code{ValidationError.Name, "Headers is required"})
	}
	return nil
}

func (c *Context) queryValue() any {
	if c.Query == nil {
		return js.Undefined{}
	}
	return c.Query
}

// router finds endpoints by method and path.
type router struct {
	static  map[string]*Endpoint // "METHOD /path"
	paths   map[string]bool      // of static, with any method
	pattern []*Endpoint          // with :params
}

func newRouter() router {
	return router{static: map[string]*Endpoint{}, paths: map[string]bool{}}
}

func (r *router) add(e *Endpoint) {
	if strings.Contains(e.Path, "/:") {
		r.pattern = append(r.pattern, e)
		return
	}
	for _, path := range append([]string{e.Path}, e.Aliases...) {
		r.paths[path] = true
		for _, m := range e.Methods {
			r.static[m+" "+path] = e
		}
	}
}

// isStatic reports whether path is that of an endpoint, whatever the method.
func (r *router) isStatic(path string) bool { return r.paths[path] }

// template is the path with :params of the route that path belongs to, whatever
// the method.
func (r *router) template(path string) (string, bool) {
	for _, e := range r.pattern {
		if _, ok := matchPattern(e.Path, path); ok {
			return e.Path, true
		}
	}
	return "", false
}

func (r *router) find(method, path string) (*Endpoint, map[string]string) {
	if e := r.static[method+" "+path]; e != nil {
		return e, nil
	}
	for _, e := range r.pattern {
		if params, ok := matchPattern(e.Path, path); ok && allowsMethod(e, method) {
			return e, params
		}
	}
	return nil, nil
}

func allowsMethod(e *Endpoint, method string) bool {
	for _, m := range e.Methods {
		if m == method {
			return true
		}
	}
	return false
}

func matchPattern(pattern, path string) (map[string]string, bool) {
	params := map[string]string{}
	for pattern != "" || path != "" {
		if !strings.HasPrefix(pattern, "/") || !strings.HasPrefix(path, "/") {
			return nil, false
		}
		var want, have string
		want, pattern = segment(pattern)
		have, path = segment(path)
		name, isParam := strings.CutPrefix(want, ":")
		switch {
		case isParam && have != "":
			params[name] = have
		case want != have:
			return nil, false
		}
	}
	return params, true
}

func segment(path string) (first, rest string) {
	path = path[1:]
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}
