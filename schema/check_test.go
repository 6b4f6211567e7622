package schema

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-32bd42cb/betterauth/js"
)

func TestFormatsAsExpressions(t *testing.T) {
	email := regexp.MustCompile(`^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`)
	uuid := regexp.MustCompile(`^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[aZ0_'+.\-]{0,4}@?[aZ0.\-]{0,6}(\.[a-z0]{1,3})?[@é\n]?`).Draw(t, "email")
		if isEmail(s) != email.MatchString(s) {
			t.Fatalf("isEmail(%q) = %v", s, isEmail(s))
		}
		s = rapid.StringMatching(`[0f]{8}-[0fA]{4}-[0-9a]{1,2}[0f]{2,3}-[7-9a-cA-C][0f]{3}-[0f]{12}|0{8}-0{4}-0{4}-0{4}-0{12}|[fF]{8}-f{4}-f{4}-f{4}-f{12}`).Draw(t, "uuid")
		if isUUID(s) != uuid.MatchString(s) {
			t.Fatalf("isUUID(%q) = %v", s, isUUID(s))
		}
	})
}

func TestSchemasDoNotChange(t *testing.T) {
	base := String().Min(2)
	a, b := base.Max(3), base.Max(9).Optional()
	base.Email()
	b.Min(5)
	for _, c := range []struct {
		s    *Schema
		in   any
		want int
	}{{base, "abcdefghijk", 0}, {a, "abcd", 1}, {b, "abcd", 0}, {b, js.Undefined{}, 0}} {
		if _, issues := c.s.Check(c.in); len(issues) != c.want {
			t.Errorf("%v: %v", c.in, issues)
		}
	}
	def := Object(Field("o", Any().Default(js.Obj("a", 1))))
	v, _ := def.Check(js.NewObject())
	o, _ := v.(*js.Object).Get("o")
	o.(*js.Object).Set("a", 2)
	again, _ := def.Check(js.NewObject())
	if got := written(again); got != `{"o":{"a":1}}` {
		t.Errorf("a default was changed: %s", got)
	}
}

func TestPaths(t *testing.T) {
	s := Object(Field("list", Array(Object(Field("n", Number())))))
	_, issues := s.Check(js.Obj("list", []any{js.Obj("n", 1.0), js.Obj("n", "x")}))
	if len(issues) != 1 || !slices.Equal(issues[0].Path, []any{"list", 1, "n"}) {
		t.Errorf("%v", issues)
	}
	if got := Text("query", issues); got != "[query.list.1.n] Invalid input: expected number, received string" {
		t.Error(got)
	}
}

func TestFields(t *testing.T) {
	var names []string
	for _, f := range Of(reflect.TypeFor[signUpEmail]()).Body.Optional().Fields() {
		if f.Required() {
			names = append(names, f.Name)
		}
	}
	if !slices.Equal(names, []string{"name", "email", "password"}) {
		t.Errorf("%v", names)
	}
	if String().Fields() != nil {
		t.Error("a string has fields")
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"a":1,"length":2}`, `[["x"],null]`, `{"email":"a@b.co","name":1,"__proto__":{}}`, `"http://[::1"`, `1e999`, `{"t":"x"}`} {
		f.Add([]byte(s))
	}
	schemas := endpointSchemas()
	for name, s := range zodSchemas() {
		schemas["zod:"+name] = s
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := js.Parse(data)
		if err != nil {
			return
		}
		before := written(v)
		for name, s := range schemas {
			out, issues := s.Check(v)
			if issues != nil && out != nil {
				t.Fatalf("%s: a value and issues", name)
			}
			Text("body", issues)
			written(out)
		}
		if written(v) != before {
			t.Fatal("the input was changed")
		}
	})
}

func BenchmarkSignUp(b *testing.B) {
	s := Of(reflect.TypeFor[signUpEmail]()).Body
	in := js.Obj("name", "Ada", "email", "ada@example.com", "password", "correct horse", "rememberMe", true)
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := s.Check(in); issues != nil {
			b.Fatal(issues)
		}
	}
}
