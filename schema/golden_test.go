package schema

import (
	"encoding/json"
	"maps"
	"os"
	"testing"

	"github.com/seed-32bd42cb/betterauth/js"
)

// golden is the behaviour of the reference, written by testdata/golden.mjs.
type golden struct {
	Docs map[string]struct {
		Required bool
		Schema   string
	}
	Cases [][]*string // schema, input, value or null, message or null
}

func readGolden(t *testing.T) *golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(golden)
	if err := json.Unmarshal(data, g); err != nil {
		t.Fatal(err)
	}
	return g
}

func parseInput(t *testing.T, text string) any {
	t.Helper()
	if text == "undefined" {
		return js.Undefined{}
	}
	v, err := js.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func written(v any) string {
	if isUndefined(v) {
		return "undefined"
	}
	return string(js.Marshal(v))
}

func TestCheckAsZod(t *testing.T) {
	schemas := endpointSchemas()
	for name, s := range zodSchemas() {
		schemas["zod:"+name] = s
	}
	used := map[string]bool{}
	failures := 0
	for _, c := range readGolden(t).Cases {
		name, input := *c[0], *c[1]
		s, ok := schemas[name]
		if !ok {
			t.Fatalf("no schema %q", name)
		}
		used[name] = true
		v, issues := s.Check(parseInput(t, input))
		got, want := "", ""
		switch {
		case issues != nil:
			got = Text("body", issues)
		default:
			got = "value " + written(v)
		}
		if want = "value "; c[3] != nil {
			want = *c[3]
		} else {
			want += *c[2]
		}
		if got != want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, input, got, want)
			if failures++; failures > 40 {
				t.FailNow()
			}
		}
	}
	for name := range maps.Keys(schemas) {
		if !used[name] {
			t.Errorf("no case for %s", name)
		}
	}
}

func withoutDescriptions(v any) any {
	switch v := v.(type) {
	case *js.Object:
		v.Delete("description")
		for _, e := range v.All() {
			withoutDescriptions(e)
		}
	case []any:
		for _, e := range v {
			withoutDescriptions(e)
		}
	}
	return v
}

func TestOpenAPIAsReference(t *testing.T) {
	schemas := endpointSchemas()
	for name, doc := range readGolden(t).Docs {
		want := parseInput(t, doc.Schema)
		got := schemas[name].OpenAPI()
		if name != "verify-password" {
			withoutDescriptions(want)
			withoutDescriptions(got)
		}
		if g, w := written(got), written(want); g != w {
			t.Errorf("%s\n got %s\nwant %s", name, g, w)
		}
		if required := !schemas[name].AcceptsUndefined(); required != doc.Required {
			t.Errorf("%s: required %v", name, required)
		}
	}
}
