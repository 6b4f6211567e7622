package callback

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/js"
)

// aCall is told as its context, or as its request.
type aCall struct{ url string }

func (c *aCall) Arguments() []any { return []any{&EndpointContext{Path: c.url}} }

func (c *aCall) CallbackRequest() *Request {
	if c == nil {
		return nil
	}
	return &Request{URL: c.url, Method: "GET"}
}

type row map[string]any

type person struct {
	ID   string `arg:"0.id"`
	Name string `arg:"0.name,omitempty"`
}

func TestArgumentTags(t *testing.T) {
	call := &aCall{"/x"}
	for _, c := range []struct {
		name string
		in   any
		want string
	}{
		{"no struct", "text", `["text"]`},
		{"no tags", struct {
			A int `json:"a"`
		}{1}, `[{"a":1}]`},
		{"members in the order of the fields", person{"1", "Ann"}, `[{"id":"1","name":"Ann"}]`},
		{"a member left out", person{ID: "1"}, `[{"id":"1"}]`},
		{"embedded", struct {
			person
			Call *aCall `arg:"1,request"`
		}{person{ID: "1"}, call}, `[{"id":"1"},{"$type":"request","url":"/x","method":"GET","headers":[]}]`},
		{"no call", struct {
			Call *aCall `arg:"0,request"`
			Row  row    `arg:"1"`
		}{}, `[{"$type":"undefined"},null]`},
		{"an argument left out", struct {
			A string `arg:"0"`
			B string `arg:"1,omitempty"`
			C any    `arg:"2,omitempty"`
		}{A: "a"}, `["a"]`},
		{"out of order, with a gap", struct {
			Row row `arg:"2"`
			A   int `arg:"0"`
		}{row{"k": 1.0}, 3}, `[3,{"$type":"undefined"},{"k":1}]`},
	} {
		got := string(encode("", "e", arguments(c.in), false))
		if want := `{"event":"e","data":` + c.want + `}`; got != want {
			t.Errorf("%s: got %s, want %s", c.name, got, want)
		}
	}
	if got := arguments(struct {
		Call *aCall `arg:"0"`
	}{call}); len(got) != 1 || got[0].(*EndpointContext).Path != "/x" {
		t.Errorf("%v", got)
	}
	if got := arguments(struct {
		O *js.Object `arg:"0.o"`
	}{}); string(js.Marshal(got)) != `[{"o":null}]` {
		t.Errorf("%s", js.Marshal(got))
	}
}

// A tag that cannot be is an error where the callback is bound, not where it is
// called.
func TestMalformedArgumentTags(t *testing.T) {
	bind := func(b interface {
		UnmarshalJSON([]byte) error
		Binder
	}, want string) {
		t.Helper()
		if err := b.UnmarshalJSON([]byte(`"https://h.example"`)); err != nil {
			t.Fatal(err)
		}
		if err := b.BindCallback("e", &Caller{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	bind(new(Func[struct {
		A string `arg:"first"`
	}, Nothing]), "begins with the place of an argument")
	bind(new(Func[struct {
		A string `arg:"0,request"`
	}, Nothing]), `a string has no argument "request"`)
}
