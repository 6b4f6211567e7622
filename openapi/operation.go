package openapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// writer collects the paths of a document.
type writer struct {
	auth         *auth.Auth
	paths        *js.Object
	operationIDs map[string]bool
}

// The reference lists methods without a body before those with one. The first one gets the operation id without a
// suffix.
var (
	reading = []string{http.MethodGet, http.MethodDelete}
	writing = []string{http.MethodPost, http.MethodPatch, http.MethodPut}
)

func (w *writer) plugin(m auth.Manifest) {
	for i := range m.Endpoints {
		e := &m.Endpoints[i]
		if e.Path == "" || e.ServerOnly || e.Replaces || slices.Contains(w.auth.Options.DisabledPaths, e.Path) {
			continue
		}
		for _, methods := range [][]string{reading, writing} {
			for _, method := range e.Methods {
				if slices.Contains(methods, method) {
					w.operation(m.ID, e, method)
				}
			}
		}
	}
}

func (w *writer) operation(plugin string, e *auth.Endpoint, method string) {
	op := js.Obj("tags", tags(plugin, e.OpenAPI))
	if description, ok := e.OpenAPI.Get("description"); ok {
		op.Set("description", description)
	} else if e.Summary != "" {
		op.Set("description", e.Summary)
	}
	if id := w.operationID(e, method); id != "" {
		op.Set("operationId", id)
	}
	op.Set("security", []any{js.Obj("bearerAuth", []any{})})
	op.Set("parameters", parameters(e))
	if slices.Contains(writing, method) {
		if body := w.requestBody(plugin, e); body != nil {
			op.Set("requestBody", body)
		}
	}
	op.Set("responses", responses(e))

	path := template(e.Path)
	item := object(w.paths, path).Clone()
	item.Set(strings.ToLower(method), op)
	w.paths.Set(path, item)
}

func tags(plugin string, doc *js.Object) []any {
	own, said := doc.Get("tags")
	switch {
	case plugin == core:
		return append([]any{"Default"}, list(doc, "tags")...)
	case said:
		given, _ := own.([]any)
		return slices.Clone(given)
	}
	return []any{capital(plugin)}
}

// operationID returns an id that is unique in the document: if the id is taken, the name of the method and then a
// number are appended.
func (w *writer) operationID(e *auth.Endpoint, method string) string {
	id := e.ID
	if e.OpenAPI != nil {
		v, _ := e.OpenAPI.Get("operationId")
		id, _ = v.(string)
	}
	if id == "" {
		return ""
	}
	if w.operationIDs[id] {
		stem := id + capital(strings.ToLower(method))
		id = stem
		for n := 2; w.operationIDs[id]; n++ {
			id = stem + strconv.Itoa(n)
		}
	}
	w.operationIDs[id] = true
	return id
}

// template returns the path of a route in OpenAPI's form: /reset-password/{token}.
func template(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

func parameters(e *auth.Endpoint) []any {
	out := slices.Clone(list(e.OpenAPI, "parameters"))
	if !e.OpenAPI.Has("parameters") && e.QuerySchema() != nil {
		for _, f := range e.QuerySchema().Fields() {
			out = append(out, js.Obj("name", f.Name, "in", "query", "schema", f.Schema.OpenAPI()))
		}
	}
	for s := range strings.SplitSeq(e.Path, "/") {
		name, ok := strings.CutPrefix(s, ":")
		if ok && !slices.ContainsFunc(out, func(p any) bool { return isPathParameter(p, name) }) {
			out = append(out, js.Obj("name", name, "in", "path", "required", true, "schema", js.Obj("type", "string")))
		}
	}
	if out == nil {
		return []any{}
	}
	return out
}

func isPathParameter(parameter any, name string) bool {
	p, _ := parameter.(*js.Object)
	in, _ := p.Get("in")
	have, _ := p.Get("name")
	return in == "path" && have == name
}

// requestBody returns nil for an endpoint of a plugin without a body. A built-in one without a body has an empty
// object, as in the reference.
func (w *writer) requestBody(plugin string, e *auth.Endpoint) *js.Object {
	body := object(e.OpenAPI, "requestBody")
	if s := e.BodySchema(); body == nil && s != nil {
		body = jsonContent(s.OpenAPI())
		body.Set("required", !s.AcceptsUndefined())
	}
	if plugin != core {
		return body
	}
	body = w.withUserFields(e.Path, body)
	if body == nil {
		return jsonContent(js.Obj("type", "object", "properties", js.NewObject()))
	}
	return body
}

// withUserFields adds the fields of users that a client may set to the bodies that accept them.
func (w *writer) withUserFields(path string, body *js.Object) *js.Object {
	if path != "/sign-up/email" && path != "/update-user" {
		return body
	}
	fields := userInput(w.auth)
	if len(fields) == 0 {
		return body
	}
	shape := object(object(object(body, "content"), "application/json"), "schema").Clone()
	if !shape.Has("type") {
		shape.Set("type", "object")
	}
	properties := object(shape, "properties").Clone()
	required := slices.Clone(list(shape, "required"))
	for _, f := range fields {
		if !properties.Has(f.name) {
			properties.Set(f.name, f.schema)
		}
		if f.required && path == "/sign-up/email" && !slices.Contains(required, any(f.name)) {
			required = append(required, f.name)
		}
	}
	shape.Set("properties", properties)
	if len(required) > 0 {
		shape.Set("required", required)
	}
	out := body.Clone()
	out.Set("content", js.Obj("application/json", js.Obj("schema", shape)))
	return out
}

func jsonContent(shape *js.Object) *js.Object {
	return js.Obj("content", js.Obj("application/json", js.Obj("schema", shape)))
}

// responses returns the errors that any endpoint may answer with, overridden by what the endpoint declares.
func responses(e *auth.Endpoint) *js.Object {
	out := js.NewObject()
	for _, f := range []struct {
		status, description string
		required            bool
	}{
		{"400", "Bad Request. Usually due to missing parameters, or invalid parameters.", true},
		{"401", "Unauthorized. Due to missing or invalid authentication.", true},
		{"403", "Forbidden. You do not have permission to access this resource or to perform this action.", false},
		{"404", "Not Found. The requested resource was not found.", false},
		{"429", "Too Many Requests. You have exceeded the rate limit. Try again later.", false},
		{"500", "Internal Server Error. This is a problem with the server that you cannot fix.", false},
	} {
		shape := js.Obj("type", "object", "properties", js.Obj("message", js.Obj("type", "string")))
		if f.required {
			shape.Set("required", []any{"message"})
		}
		answer := jsonContent(shape)
		answer.Set("description", f.description)
		out.Set(f.status, answer)
	}
	if e.OpenAPI == nil && e.Responses == nil {
		out.Set("200", success(e.Output))
	}
	for _, own := range []*js.Object{object(e.OpenAPI, "responses"), e.Responses} {
		for status, answer := range own.All() {
			out.Set(status, answer)
		}
	}
	return out
}

// success returns the answer of an endpoint that is described only by its Go type.
func success(t reflect.Type) *js.Object {
	answer := js.Obj("description", "Success")
	if t != reflect.TypeFor[auth.Raw]() && t != reflect.TypeFor[auth.Nothing]() {
		answer = jsonContent(shapeOf(t))
		answer.Set("description", "Success")
	}
	return answer
}

func shapeOf(t reflect.Type) *js.Object {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return js.Obj("type", "array", "items", shapeOf(t.Elem()))
	case reflect.Struct:
		if body := schema.Of(t).Body; body != nil {
			return body.JSONSchema()
		}
		return js.Obj("type", "object")
	case reflect.Map:
		return js.Obj("type", "object")
	case reflect.String:
		return js.Obj("type", "string")
	case reflect.Bool:
		return js.Obj("type", "boolean")
	}
	return js.NewObject()
}
