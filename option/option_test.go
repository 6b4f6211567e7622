package option_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/option"
)

type limit struct {
	Window int `json:"window" unit:"seconds"`
	Max    int `json:"max" max:"1000"`
}

// span has a grammar of its own: "5m" is 5.
type span struct{ minutes int }

func (s *span) UnmarshalJSON(text []byte) error {
	_, err := fmt.Sscanf(string(text), `"%dm"`, &s.minutes)
	return err
}

func (span) OptionShape() option.Shape {
	return option.Shape{Text: true, Bool: true, List: reflect.TypeFor[string]()}
}

type common struct {
	Name string `json:"name" default:"nobody"`
}

type options struct {
	common
	ExpiresIn int              `json:"expiresIn" default:"300" unit:"seconds"`
	Grace     *int             `json:"grace" default:"60"`
	On        *bool            `json:"on" default:"true"`
	Ratio     *float64         `json:"ratio" default:"2.5" unit:"minutes"`
	Resend    string           `json:"resend" default:"rotate" enum:"rotate,reuse"`
	Headers   []string         `json:"headers" default:"x-forwarded-for"`
	Ways      []string         `json:"ways" default:"header" enum:"header,cookie"`
	Span      span             `json:"span" default:"15m"`
	Limit     limit            `json:"limit" default:"window=60 max=5"`
	Hashes    int              `json:"hashes" unset:"by processor" min:"1" max:"1024"`
	List      []common         `json:"list"`
	ByName    map[string]limit `json:"byName"`
	Own       *common          `json:"own"`
	Secret    string           `json:"secret" gofunc:"it is secret"`
	ByGo      int              `json:"-" default:"7"`
	Untagged  int
}

func TestDefaults(t *testing.T) {
	var o options
	option.Defaults(&o)
	got := fmt.Sprint(o.Name, o.ExpiresIn, *o.Grace, *o.On, *o.Ratio, o.Resend, o.Headers, o.Ways, o.Span, o.Limit, o.Hashes, o.List, o.ByName, o.Own, o.ByGo, o.Untagged)
	want := fmt.Sprint("nobody", 300, 60, true, 2.5, "rotate", []string{"x-forwarded-for"}, []string{"header"}, span{15}, limit{60, 5}, 0, []common(nil), map[string]limit(nil), (*common)(nil), 0, 0)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Options that are set stay unchanged, including a zero behind a pointer, and values of the caller are not modified.
func TestDefaultsLeaveWhatIsSet(t *testing.T) {
	zero, off := 0, false
	list, own := []common{{}, {"Ann"}}, common{}
	o := options{ExpiresIn: 1, Grace: &zero, On: &off, Headers: []string{}, Limit: limit{Max: 9}, List: list, Own: &own}
	option.Defaults(&o)
	if o.ExpiresIn != 1 || *o.Grace != 0 || *o.On || len(o.Headers) != 0 || o.Limit != (limit{60, 9}) {
		t.Errorf("%+v", o)
	}
	if o.List[0].Name != "nobody" || o.List[1].Name != "Ann" || o.Own.Name != "nobody" {
		t.Errorf("%+v %+v", o.List, o.Own)
	}
	if list[0].Name != "" || own.Name != "" {
		t.Error("the caller's own values were changed")
	}
}

func TestCheck(t *testing.T) {
	low, nan := -1, math.NaN()
	o := options{
		ExpiresIn: option.LongestTime + 1, Grace: &low, Ratio: &nan, Resend: "resend", Ways: []string{"cookie", "query"}, Limit: limit{-3, 1001}, Hashes: 1025,
		ByName: map[string]limit{"b": {Max: -1}, "a": {Window: 5}},
	}
	want := `expiresIn: must be at most 3162240000 seconds (36600 days), not 3162240001
grace: must be at least 0, not -1
ratio: must be at least 0 minutes, not NaN
resend: must be one of rotate, reuse, not "resend"
ways.1: must be one of header, cookie, not "query"
limit.window: must be at least 0 seconds, not -3
limit.max: must be at most 1000, not 1001
hashes: must be at most 1024, not 1025
byName.b.max: must be at least 0, not -1`
	err := option.Check(&o)
	if err == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if err := option.Check(&options{}); err != nil {
		t.Errorf("unset options: %v", err)
	}
}

func TestFields(t *testing.T) {
	var names []string
	for _, f := range option.Fields(reflect.TypeFor[options]()) {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "name expiresIn grace on ratio resend headers ways span limit hashes list byName own secret" {
		t.Error(got)
	}
	name := option.Fields(reflect.TypeFor[options]())[0]
	if name.Owner != reflect.TypeFor[common]() || reflect.ValueOf(options{common: common{"x"}}).FieldByIndex(name.Index).String() != "x" {
		t.Errorf("%+v", name)
	}
}

func TestShape(t *testing.T) {
	s, ok := option.ShapeOf(reflect.TypeFor[span]())
	if !ok || s.String() != "a text, true, false or a list" {
		t.Errorf("%v %s", ok, s)
	}
	if _, ok := option.ShapeOf(reflect.TypeFor[limit]()); ok {
		t.Error("a group of options has a shape")
	}
}

// A malformed tag is a bug of the program.
func TestMalformedTags(t *testing.T) {
	for name, o := range map[string]any{
		"default of a number": &struct {
			N int `json:"n" default:"many"`
		}{},
		"bound": &struct {
			N int `json:"n" max:"many"`
		}{},
		"default of a group": &struct {
			L limit `json:"l" default:"60"`
		}{},
		"default of a func": &struct {
			F func() `json:"f" default:"x"`
		}{},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			option.Defaults(o)
		})
	}
}

func ExampleDefaults() {
	type Options struct {
		ExpiresIn int   `json:"expiresIn" default:"300" unit:"seconds"`
		Renew     *bool `json:"renew" default:"true"`
	}
	o := Options{ExpiresIn: 60}
	option.Defaults(&o)
	text, _ := json.Marshal(o)
	fmt.Println(string(text), option.Check(&o))
	// Output: {"expiresIn":60,"renew":true} <nil>
}
