package auth

import (
	"net/http"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// SessionRule says what session an endpoint needs. The zero value is refused by
// New: that an endpoint is open to everybody is said, never forgotten.
type SessionRule int

// The session rules.
const (
	_               SessionRule = iota
	Public                      // none: everybody may call
	OptionalSession             // c.Session is set if there is one
	RequireSession              // 401 without one; the cookie cache will do
	StoredSession               // as RequireSession, but never from the cookie cache where there is a store
	FreshSession                // as RequireSession, and 403 unless signed in recently
	RequestSession              // as RequireSession over HTTP; none needed from Go
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
	Landing func(o *Options) *LandingPage
	// Root says that Path is below "/" and not below the base path, as protocols
	// prescribe for /.well-known/…
	Root bool
	// CORS says pages of which origins may read the answer.
	CORS CORS
	// Invalid is the answer to a request that the schemas refuse, where a protocol
	// prescribes its shape. Nil answers a 400 VALIDATION_ERROR.
	Invalid   func(in Invalid) *Error
	Responses *js.Object // OpenAPI responses by status, over those of OpenAPI

	// OpenAPI is the reference's metadata.openapi: operationId, tags,
	// description (default: Summary), parameters, requestBody, responses. What
	// it lacks, the document lacks too; nil has them told from ID and the Go types.
	OpenAPI *js.Object
}

// CORS says which pages may read an endpoint's answers.
type CORS int

// The rules for pages of other origins.
const (
	TrustedPages CORS = iota // those of trusted origins, with cookies
	AnyOrigin                // all, without cookies
)

// Invalid is what the schemas found wrong with a request.
type Invalid struct {
	Where  string // "body" or "query"
	Text   string // all of it in one text, as in a VALIDATION_ERROR
	Issues []schema.Issue
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
	request       schema.Request
	call          func(c *Context) (any, error)
	guards        []Guard
	landing       *LandingPage // in front of this endpoint; nil for none
}

// Described is the part of an OpenAPI document that plugins give for an endpoint
// with one good answer: its operation id ("" for Route.ID), a description, and the
// schema of the answer.
func Described(operationID, description string, answer *js.Object) *js.Object {
	doc := js.NewObject()
	if operationID != "" {
		doc.Set("operationId", operationID)
	}
	doc.Set("description", description)
	doc.Set("responses", js.Obj("200", js.Obj("description", "Success",
		"content", js.Obj("application/json", js.Obj("schema", answer)))))
	return doc
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
		request: request,
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
	if s := e.request.Body; s != nil {
		v, issues := s.Check(c.Body)
		if len(issues) > 0 {
			return e.refuse("body", issues)
		}
		c.Body = v
	}
	if s := e.request.Query; s != nil {
		v, issues := s.Check(c.queryValue())
		if len(issues) > 0 {
			return e.refuse("query", issues)
		}
		c.Query, _ = v.(*js.Object)
	}
	if e.NeedHeaders && c.RequestHeader == nil {
		return BadRequest(Code{ValidationError.Name, "Headers is required"})
	}
	return nil
}

// refuse answers a request that the schemas refuse.
func (e *Endpoint) refuse(where string, issues []schema.Issue) error {
	in := Invalid{Where: where, Text: schema.Text(where, issues), Issues: issues}
	if e.Route.Invalid != nil {
		return e.Route.Invalid(in)
	}
	return BadRequest(Code{ValidationError.Name, in.Text})
}

// BodySchema describes the body, nil when the endpoint reads none.
func (e *Endpoint) BodySchema() *schema.Schema { return e.request.Body }

// QuerySchema describes the query, nil when the endpoint reads none.
func (e *Endpoint) QuerySchema() *schema.Schema { return e.request.Query }

func (c *Context) queryValue() any {
	if c.Query == nil {
		return js.Undefined{}
	}
	return c.Query
}
