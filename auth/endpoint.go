package auth

import (
	"net/http"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// SessionRule says which session an endpoint needs. It must be set: New refuses the zero value, so that no endpoint
// is public because the field was forgotten.
type SessionRule int

// The session rules.
const (
	_               SessionRule = iota
	Public                      // no session needed
	OptionalSession             // c.Session is set if there is a session
	RequireSession              // 401 without a session; a session from the cookie cache is enough
	StoredSession               // as RequireSession, but read from the store, if there is one, and not from the cookie cache
	FreshSession                // as RequireSession, and 403 if the session is older than session.freshAge
	RequestSession              // as RequireSession over HTTP; not needed for calls from Go
)

// Route declares an endpoint: everything that the router, the rate limiter and the OpenAPI document need to know. The
// handler is added by [Handle].
type Route struct {
	ID          string   // operation id: the name under which clients call the endpoint
	Methods     []string // GET, POST …
	Aliases     []string // more paths of the same endpoint; the limiter and hooks see Path
	Path        string   // empty: callable from Go only
	ServerOnly  bool     // has a path, but is not served over HTTP
	Session     SessionRule
	Summary     string
	MediaTypes  []string // accepted types of the body; default application/json
	NoBody      bool     // the body is not read
	NeedHeaders bool     // calls from Go without headers are refused
	NeedRequest bool     // calls from Go without a request are refused
	NoStore     bool     // the answer has Cache-Control: no-store
	Storeless   bool     // needs neither database nor secondary storage, and works while they fail
	CheckForm   bool     // checks for cross-site sign-in, even without cookies
	Hidden      bool     // not in client types; still listed in the OpenAPI document, as in the reference
	// Replaces says that this endpoint takes the place of the one with the same ID, with its own methods and paths. New
	// refuses it if there is no such endpoint. In the OpenAPI document the replaced endpoint stays, as in the reference.
	Replaces bool
	// Landing returns the page that a GET shows before a POST does what the link in a message is for. If Landing or
	// its result is nil, a GET does it at once.
	Landing func(o *Options) *LandingPage
	// Root says that Path is relative to "/" instead of the base path, as protocols prescribe for /.well-known/…
	Root bool
	// CORS says which pages of other origins may read the answer.
	CORS CORS
	// Invalid returns the answer to a request that fails validation, where a protocol prescribes its form. If nil,
	// the answer is a 400 VALIDATION_ERROR.
	Invalid   func(in Invalid) *Error
	Responses *js.Object // OpenAPI responses by status; they override those in OpenAPI

	// OpenAPI is metadata.openapi of the reference: operationId, tags, description (default: Summary), parameters,
	// requestBody, responses. It is used as is, omissions included. If nil, it is generated from ID and the Go types.
	OpenAPI *js.Object
}

// CORS says which pages of other origins may read the answers of an endpoint.
type CORS int

// The values of CORS.
const (
	TrustedPages CORS = iota // pages of trusted origins, with cookies
	AnyOrigin                // pages of all origins, without cookies
)

// Invalid describes why a request failed validation.
type Invalid struct {
	Where  string // "body" or "query"
	Text   string // all issues in one text, as in a VALIDATION_ERROR
	Issues []schema.Issue
}

// Method returns the first of Methods.
func (r Route) Method() string {
	if len(r.Methods) == 0 {
		return http.MethodGet
	}
	return r.Methods[0]
}

// Endpoint is a Route with its handler. Requests are decoded into the Go type Input, and answers are encoded from
// Output.
type Endpoint struct {
	Route
	Input, Output reflect.Type
	request       schema.Request
	call          func(c *Context) (any, error)
	guards        []Guard
	landing       *LandingPage // the landing page of this endpoint; nil for none
}

// Described returns the OpenAPI description of an endpoint with one successful answer, for Route.OpenAPI: its
// operation id ("" for Route.ID), a description, and the schema of the answer.
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

// Guard checks a call before the handler runs, and stops it by returning an error.
type Guard func(c *Context) error

// Handle joins a route and its handler. Body and query are validated against the tags of Req; then the session rule
// and the guards are checked; then fn runs. A nil *Resp is answered as null. If Resp is any, the answer is the value in
// it.
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
			if of, ok := any(out).(*any); ok {
				return *of, nil
			}
			return out, nil
		},
	}
}

// WithBody returns the endpoint with another schema of the body, for one that depends on options. The fields of the
// request struct must fit it.
func (e Endpoint) WithBody(s *schema.Schema) Endpoint {
	e.request.Body = s
	return e
}

// None is the request type of an endpoint that reads neither body nor query.
type None struct{}

// Raw is an answer that is not JSON or has a status other than 200.
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

// validate validates the body and then the query, and keeps the validated values.
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
	if e.NeedRequest && c.Request == nil {
		return BadRequest(Code{ValidationError.Name, "Request is required"})
	}
	return nil
}

// refuse returns the error for a request that failed validation.
func (e *Endpoint) refuse(where string, issues []schema.Issue) error {
	in := Invalid{Where: where, Text: schema.Text(where, issues), Issues: issues}
	if e.Route.Invalid != nil {
		return e.Route.Invalid(in)
	}
	return BadRequest(Code{ValidationError.Name, in.Text})
}

// BodySchema returns the schema of the body, or nil if the endpoint reads none.
func (e *Endpoint) BodySchema() *schema.Schema { return e.request.Body }

// QuerySchema returns the schema of the query, or nil if the endpoint reads none.
func (e *Endpoint) QuerySchema() *schema.Schema { return e.request.Query }

func (c *Context) queryValue() any {
	if c.Query == nil {
		return js.Undefined{}
	}
	return c.Query
}
