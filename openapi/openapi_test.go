package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/openapi"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store"
)

const baseURL = authtest.Origin + "/api/auth"

type document struct {
	OpenAPI    string
	Info       any
	Components struct {
		Schemas         map[string]any
		SecuritySchemes any
	}
	Security, Servers, Tags any
	Paths                   map[string]map[string]any
}

// golden returns the document of the reference, which testdata/golden.mjs wrote.
func golden(t *testing.T, name string) document {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]document
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	doc, ok := all[name]
	if !ok {
		t.Fatalf("no document %q", name)
	}
	return doc
}

func written(t *testing.T, s *authtest.Server, without ...string) (document, []byte) {
	t.Helper()
	text := js.Marshal(openapi.Document(s.Auth, baseURL, without...))
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc, text
}

// compare compares the paths of a document with those of the reference's.
func compare(t *testing.T, want, got document) {
	t.Helper()
	for path, item := range got.Paths {
		if diff := cmp.Diff(want.Paths[path], item); diff != "" {
			t.Errorf("%s (-reference +ours):\n%s", path, diff)
		}
	}
	want.Paths, got.Paths = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outside of the paths (-reference +ours):\n%s", diff)
	}
}

func TestPlainServer(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{jwt.New(jwt.Options{}), bearer.New(bearer.Options{})}})
	got, text := written(t, s)
	want := golden(t, "plain")
	for _, path := range []string{
		"/get-session", "/sign-out", "/sign-up/email", "/sign-in/email", "/verify-password", "/change-password", "/update-session",
		"/update-user", "/delete-user", "/list-sessions", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions",
		"/list-accounts", "/unlink-account", "/ok", "/error", "/jwks", "/token",
	} {
		if got.Paths[path] == nil {
			t.Errorf("%s is not in the document", path)
		}
	}
	for _, m := range s.Manifests() {
		for _, e := range m.Endpoints {
			if m.ID == "jwt" && e.Path != "" && e.OpenAPI == nil {
				t.Logf("%s is not documented yet", e.Path)
				delete(got.Paths, e.Path)
			}
		}
	}
	compare(t, want, got)
	validate(t, text)
}

// validate parses the document as OpenAPI 3.1 with another implementation.
func validate(t *testing.T, text []byte) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Error(err)
	}
	if doc.Paths.Len() == 0 || doc.Components.Schemas["User"] == nil {
		t.Error("the document is empty")
	}
}

func TestAddedFieldsAndPlugin(t *testing.T) {
	yes, no := true, false
	text := func(words ...string) auth.FieldType { return auth.FieldType{Type: store.String, Enum: words} }
	s := authtest.New(t, auth.Options{
		DisabledPaths: []string{"/ok", "/disabled-widget"},
		RateLimit:     auth.RateLimitOptions{Storage: "database"},
		Plugins:       []auth.Plugin{kit()},
		User: auth.UserOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{
			{Name: "nick", Type: text(), Required: &no},
			{Name: "color", Type: text("red", "blue"), Required: &yes, DefaultValue: "red", HasDefault: true},
			{Name: "age", Type: auth.FieldType{Type: store.Number}, Required: &yes},
			{Name: "born", Type: auth.FieldType{Type: store.Date}},
			{Name: "words", Type: auth.FieldType{Type: store.StringArray}, Required: &yes, Input: &no},
			{Name: "prefs", Type: auth.FieldType{Type: store.JSON}, Required: &yes, Returned: &no},
			{Name: "stamp", Type: text(), Required: &yes, Default: func(context.Context) any { return "x" }},
			{Name: "nothing", Type: auth.FieldType{Type: store.Boolean}, HasDefault: true},
		}}},
		Session: auth.SessionOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{
			{Name: "lang", Type: text(), Required: &yes, DefaultValue: "en", HasDefault: true},
		}}},
	})
	got, _ := written(t, s)
	for _, path := range []string{"/sign-up/email", "/update-user", "/widget/{id}", "/widgets", "/widgets/{id}/parts/{part}"} {
		if got.Paths[path] == nil {
			t.Errorf("%s is not in the document", path)
		}
	}
	compare(t, golden(t, "fields"), got)
	if without, _ := written(t, s, "fixture-kit"); without.Paths["/widgets"] != nil || without.Components.Schemas["Widget"] == nil {
		t.Error("a plugin left out must lose its paths, and only those")
	}
}

type widgetChange struct {
	_    struct{} `body:"optional"`
	Name string   `json:"name" minLength:"2" doc:"Its name"`
	Size float64  `json:"size,omitempty"`
}

type widgetQuery struct {
	_     struct{} `query:"optional"`
	Q     string   `query:"q" minLength:"1" maxLength:"5"`
	Limit string   `query:"limit,omitempty" doc:"How many"`
}

// kit is the plugin of testdata/golden.mjs.
func kit() auth.Manifest {
	three := func(context.Context) any { return 3.0 }
	widget := js.Obj(
		"operationId", "widget", "tags", []any{"Widgets"}, "description", "Change a widget",
		"parameters", []any{js.Obj("name", "id", "in", "path", "required", true, "description", "Which", "schema", js.Obj("type", "string"))},
		"responses", js.Obj("200", js.Obj("description", "Done"), "404", js.Obj("description", "No such widget")),
	)
	return auth.Manifest{
		ID: "fixture-kit",
		Models: []store.Model{
			{Name: "user", Fields: []store.Field{
				{Name: "plan", Type: store.String},
				{Name: "score", Type: store.Number, Optional: true, Default: three, SQLDefault: 3.0},
				{Name: "flagged", Type: store.Boolean, ReadOnly: true, Hidden: true},
			}},
			{Name: "widget", Fields: []store.Field{
				{Name: "name", Type: store.String},
				{Name: "born", Type: store.Date},
				{Name: "words", Type: store.StringArray, Optional: true},
				{Name: "sizes", Type: store.NumberArray, Optional: true},
				{Name: "extra", Type: store.JSON, Optional: true},
				{Name: "big", Type: store.Number, BigInt: true},
			}},
		},
		Endpoints: []auth.Endpoint{
			endpoint[auth.None](auth.Route{ID: "readWidget", Path: "/widget/:id", Methods: []string{"GET"}, Session: auth.Public, OpenAPI: js.NewObject()}),
			endpoint[widgetChange](auth.Route{ID: "changeWidget", Path: "/widget/:id", Methods: []string{"POST", "DELETE", "PUT"}, Session: auth.Public, Summary: "Not this", OpenAPI: widget}),
			endpoint[widgetQuery](auth.Route{ID: "findWidgets", Path: "/widgets", Methods: []string{"GET"}, Session: auth.Public, OpenAPI: js.Obj("operationId", "widget")}),
			endpoint[auth.None](auth.Route{ID: "widgetParts", Path: "/widgets/:id/parts/:part", Methods: []string{"POST"}, Session: auth.Public, OpenAPI: js.NewObject()}),
			endpoint[auth.None](auth.Route{ID: "hiddenWidget", Path: "/hidden-widget", Methods: []string{"GET"}, Session: auth.Public, ServerOnly: true}),
			endpoint[auth.None](auth.Route{ID: "disabledWidget", Path: "/disabled-widget", Methods: []string{"GET"}, Session: auth.Public}),
		},
	}
}

func endpoint[Req any](r auth.Route) auth.Endpoint {
	return auth.Handle(r, func(*auth.Context, *Req) (*auth.Nothing, error) { return &auth.Nothing{}, nil })
}

type note struct {
	Text  string  `json:"text" minLength:"1"`
	Title *string `json:"title,omitempty"`
}

// An endpoint without documentation is described by its Go types.
func TestFromGoTypes(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{auth.Manifest{ID: "notes", Endpoints: []auth.Endpoint{
		auth.Handle(auth.Route{ID: "listNotes", Path: "/notes", Methods: []string{http.MethodGet}, Session: auth.Public, Summary: "List notes"},
			func(*auth.Context, *auth.None) (*[]note, error) { return &[]note{}, nil }),
		auth.Handle(auth.Route{ID: "showNote", Path: "/notes/:id", Methods: []string{http.MethodGet}, Session: auth.Public},
			func(*auth.Context, *auth.None) (*auth.Raw, error) { return &auth.Raw{}, nil }),
		auth.Handle(auth.Route{ID: "addNote", Path: "/notes", Methods: []string{http.MethodPost}, Session: auth.Public, Responses: js.Obj("201", js.Obj("description", "Added"))},
			func(*auth.Context, *note) (*note, error) { return nil, nil }),
	}}}})
	got, text := written(t, s)
	validate(t, text)
	for _, tc := range []struct{ path, method, member, want string }{
		{"/notes", "get", "operationId", `"listNotes"`},
		{"/notes", "get", "description", `"List notes"`},
		{"/notes", "get", "tags", `["Notes"]`},
		{"/notes", "post", "requestBody", `{"content":{"application/json":{"schema":{"properties":{"text":{"minLength":1,"type":"string"},"title":{"type":"string"}},"required":["text"],"type":"object"}}},"required":true}`},
	} {
		if have := compact(t, operation(t, got, tc.path, tc.method)[tc.member]); have != tc.want {
			t.Errorf("%s %s %s: %s, want %s", tc.method, tc.path, tc.member, have, tc.want)
		}
	}
	list := `{"content":{"application/json":{"schema":{"items":{"properties":{"text":{"minLength":1,"type":"string"},"title":{"type":"string"}},"required":["text"],"type":"object"},"type":"array"}}},"description":"Success"}`
	if have := compact(t, answers(t, got, "/notes", "get")["200"]); have != list {
		t.Errorf("listNotes answers %s", have)
	}
	if have := compact(t, answers(t, got, "/notes/{id}", "get")["200"]); have != `{"description":"Success"}` {
		t.Errorf("showNote answers %s", have)
	}
	if have := slices.Sorted(maps.Keys(answers(t, got, "/notes", "post"))); !slices.Equal(have, []string{"201", "400", "401", "403", "404", "429", "500"}) {
		t.Errorf("addNote answers %v", have)
	}
}

func operation(t *testing.T, d document, path, method string) map[string]any {
	t.Helper()
	op, ok := d.Paths[path][method].(map[string]any)
	if !ok {
		t.Fatalf("no %s %s", method, path)
	}
	return op
}

func answers(t *testing.T, d document, path, method string) map[string]any {
	t.Helper()
	m, ok := operation(t, d, path, method)["responses"].(map[string]any)
	if !ok {
		t.Fatalf("%s %s has no responses", method, path)
	}
	return m
}

func compact(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(b.Bytes()))
}
