package schema

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

type listOrText struct{ list []string }

func (listOrText) Schema() *Schema { return Union(String(), Array(String())) }

func (l *listOrText) BindValue(v any) error {
	if s, ok := v.(string); ok {
		l.list = []string{s}
		return nil
	}
	return Bind(&l.list, v)
}

type page struct {
	Limit int `query:"limit,omitempty" coerce:"true" minimum:"1" maximum:"100" default:"10"`
}

type tree struct {
	Name string `json:"name"`
	Kids []tree `json:"kids,omitempty"`
}

type everything struct {
	page
	ID      string            `path:"id"`
	Role    listOrText        `json:"role" doc:"Roles"`
	Count   int8              `json:"count" format:"int"`
	Tags    []string          `json:"tags,omitempty" enum:"a,b" maxLength:"2"`
	Note    *string           `json:"note" nullable:"true"`
	When    *time.Time        `query:"when" coerce:"true"`
	Meta    map[string]any    `json:"meta,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Any     any               `json:"any,omitempty"`
	Raw     json.RawMessage   `json:"raw,omitempty"`
	Obj     *js.Object        `json:"obj,omitempty"`
	Tree    *tree             `json:"tree"`
	Link    string            `json:"link,omitempty" format:"uri"`
	Token   string            `query:"token,omitempty" format:"uuid"`
	Plain   string
	private string
	Extra   *js.Object `extra:"user"`
}

func parsed(t *testing.T, text string) any { t.Helper(); return parseInput(t, text) }

func TestOfAndBind(t *testing.T) {
	req := Of(reflect.TypeFor[*everything]())
	if req.Extra != "user" {
		t.Errorf("Extra = %q", req.Extra)
	}
	body, issues := req.Body.Check(parsed(t, `{"role":"r","count":300,"tags":["a","b"],"note":"n","meta":{"a":[1]},"labels":{"x":"y"},
		"any":[true],"raw":{"b":1,"a":2},"obj":{"z":0},"tree":{"name":"t","kids":[{"name":"k"}]},"link":"http://a","extra":5}`))
	if issues != nil {
		t.Fatal(Text("body", issues))
	}
	query, issues := req.Query.Check(parsed(t, `{"limit":"7.9","when":"2024-01-02"}`))
	if issues != nil {
		t.Fatal(Text("query", issues))
	}
	var in everything
	if err := req.Bind(&in, body, query, js.Obj("id", "i")); err != nil {
		t.Fatal(err)
	}
	if in.ID != "i" || in.Limit != 7 || in.Role.list[0] != "r" || in.Count != math.MaxInt8 || len(in.Tags) != 2 || *in.Note != "n" || in.When.Year() != 2024 ||
		in.Labels["x"] != "y" || string(in.Raw) != `{"b":1,"a":2}` || in.Obj.Len() != 1 || in.Tree.Name != "t" || in.Tree.Kids[0].Name != "k" || in.Link != "http://a" {
		t.Errorf("bound %+v", in)
	}
	if got := written(in.Extra); got != `{"extra":5}` {
		t.Errorf("extra %s", got)
	}
	if in.Plain != "" || in.private != "" || in.Token != "" {
		t.Error("a field without value is set")
	}
}

func TestOfTexts(t *testing.T) {
	req := Of(reflect.TypeFor[everything]())
	cases := []struct {
		schema   *Schema
		in, want string
	}{
		{req.Body, `{}`, "[x.role] Invalid input; [x.count] Invalid input: expected number, received undefined"},
		{req.Body, `{"role":["a"],"count":1.5,"tags":["c","a"],"note":null}`, `[x.count] Invalid input: expected int, received number; [x.tags.0] Invalid option: expected one of "a"|"b"`},
		{req.Body, `{"role":["a"],"count":1,"tags":["a","a","a"]}`, "[x.tags] Too big: expected array to have <=2 items"},
		{req.Body, `{"role":["a"],"count":1,"tree":{"kids":1},"link":"x"}`, "[x.tree.name] Invalid input: expected string, received undefined; [x.tree.kids] Invalid input: expected array, received number; [x.link] Invalid URL"},
		{req.Query, `{"limit":"0","token":"x"}`, "[x.limit] Too small: expected number to be >=1; [x.token] Invalid UUID"},
		{req.Query, `{}`, `value {"limit":10}`},
		{req.Params, `{"id":"a"}`, `value {"id":"a"}`},
	}
	for _, c := range cases {
		v, issues := c.schema.Check(parsed(t, c.in))
		got := "value " + written(v)
		if issues != nil {
			got = Text("x", issues)
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestWholeBodies(t *testing.T) {
	req := Of(reflect.TypeFor[updateUser]())
	var in updateUser
	if err := req.Bind(&in, js.Obj("name", "n"), nil, nil); err != nil || in.Body.Len() != 1 {
		t.Errorf("%v, %v", in.Body, err)
	}
	raw := Of(reflect.TypeFor[struct {
		Body any `body:"any"`
	}]())
	if raw.Body != nil {
		t.Error(`body:"any" is checked`)
	}
	both := Of(reflect.TypeFor[resetPassword]())
	var rp resetPassword
	if err := both.Bind(&rp, js.Obj("newPassword", "p", "token", "b"), js.Obj("token", "q"), js.NewObject()); err != nil || rp.BodyToken != "b" || rp.QueryToken != "q" {
		t.Errorf("%+v, %v", rp, err)
	}
	var none signOut
	if err := Of(reflect.TypeFor[signOut]()).Bind(&none, js.Undefined{}, js.Undefined{}, nil); err != nil {
		t.Error(err)
	}
	if empty := Of(reflect.TypeFor[struct{}]()); empty.Body != nil || empty.Query != nil || empty.Params != nil {
		t.Error("an empty struct has a schema")
	}
	if Of(reflect.TypeFor[string]()).Body != nil {
		t.Error("a string has a body")
	}
}

func TestBindRefuses(t *testing.T) {
	var s struct {
		S string         `json:"s"`
		I uint8          `json:"i"`
		B bool           `json:"b"`
		M map[string]int `json:"m"`
		T time.Time      `json:"t"`
		C chan int       `json:"c"`
		L []int          `json:"l"`
		N page           `json:"n"`
	}
	for _, in := range []string{`{"s":1}`, `{"i":"x"}`, `{"b":"true"}`, `{"m":[]}`, `{"m":{"a":"b"}}`, `{"t":"2024"}`, `{"c":1}`, `{"l":["x"]}`, `{"n":1}`} {
		if err := Bind(&s, parsed(t, in)); err == nil {
			t.Errorf("%s is bound", in)
		}
	}
	if err := Bind(&s, parsed(t, `{"s":null,"i":-5,"l":3,"n":{"limit":4},"m":null}`)); err != nil || s.I != 0 || s.L[0] != 3 || s.N.Limit != 4 {
		t.Errorf("%+v, %v", s, err)
	}
	if Bind(s, js.NewObject()) == nil || Bind((*page)(nil), js.NewObject()) == nil || Bind(reflect.ValueOf(s), js.NewObject()) == nil {
		t.Error("bound to what cannot be set")
	}
	var other page
	if Of(reflect.TypeFor[tree]()).Bind(&other, nil, nil, nil) == nil {
		t.Error("bound to another type")
	}
}

func TestJSONSchema(t *testing.T) {
	req := Of(reflect.TypeFor[everything]())
	want := `{"type":"object","properties":{"role":{"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}],"description":"Roles"},` +
		`"count":{"type":"integer"},"tags":{"type":"array","items":{"type":"string","enum":["a","b"]},"maxItems":2},"note":{"type":["string","null"]},` +
		`"meta":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}},` +
		`"labels":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"string"}},"any":{},"raw":{},` +
		`"obj":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}},` +
		`"tree":{"type":"object","properties":{"name":{"type":"string"},"kids":{"type":"array","items":{}}},"required":["name"]},` +
		`"link":{"type":"string","format":"uri"}},"required":["role","count"],"additionalProperties":{},"propertyNames":{"type":"string"}}`
	if got := written(req.Body.JSONSchema()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want = `{"type":"object","properties":{"limit":{"type":"number","minimum":1,"maximum":100,"default":10},"when":{"type":"string","format":"date-time"},"token":{"type":"string","format":"uuid"}}}`
	if got := written(req.Query.JSONSchema()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
