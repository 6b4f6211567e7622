package callback

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
)

// asJSON compares ordered objects by their text.
var asJSON = cmp.Comparer(func(a, b *js.Object) bool { return string(js.Marshal(a)) == string(js.Marshal(b)) })

func TestAnswers(t *testing.T) {
	cookies := [][2]string{{"Set-Cookie", "a=b"}, {"Set-Cookie", "c=d"}}
	tests := []struct {
		name   string
		status int
		body   string
		want   Answer
	}{
		{"nothing", 200, `{}`, Answer{}},
		{"other members do not matter", 200, `{"ok":true}`, Answer{}},
		{"empty body", 200, "", Answer{}},
		{"accepted", 202, "", Answer{}},
		{"no content", 204, "", Answer{}},
		{"null", 200, `{"result":null}`, Answer{Set: true}},
		{"undefined", 200, `{"result":{"$type":"undefined"}}`, Answer{}},
		{"false", 200, `{"result":false}`, Answer{Result: false, Set: true}},
		{"text", 200, `{"result":"a"}`, Answer{Result: "a", Set: true}},
		{"time", 200, `{"result":"2026-11-24T12:00:00.123Z"}`, Answer{Result: noon, Set: true}},
		{"time without milliseconds", 200, `{"result":"2026-11-24T12:00:00Z"}`, Answer{Result: "2026-11-24T12:00:00Z", Set: true}},
		{"no such day", 200, `{"result":"2026-02-30T12:00:00.123Z"}`, Answer{Result: "2026-02-30T12:00:00.123Z", Set: true}},
		{
			"nested", 200, `{"result":{"data":[{"at":"2026-11-24T12:00:00.123Z"}],"u":{"$type":"undefined"}}}`,
			Answer{Result: js.Obj("data", []any{js.Obj("at", noon)}, "u", js.Undefined{}), Set: true},
		},
		{"headers beside the result", 200, `{"result":1,"headers":[["Set-Cookie","a=b"],["Set-Cookie","c=d"]]}`, Answer{Result: 1.0, Set: true, Header: cookies}},
		{"headers alone", 200, `{"headers":[["Set-Cookie","a=b"],["Set-Cookie","c=d"]]}`, Answer{Header: cookies}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := answering(t, tt.status, tt.body)
			got, err := (&Caller{Client: s.Client(), Now: atNoon}).Call(t.Context(), &Webhook{URL: s.URL}, "e", nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, asJSON); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsThatWebhooksThrow(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{
			"API error", 403, `{"status":403,"code":"NO","message":"no","more":[1]}`,
			&APIError{Status: 403, Code: "NO", Message: "no", Body: js.Obj("code", "NO", "message", "no", "more", []any{1.0})},
		},
		{"status by name", 401, `{"status":"UNAUTHORIZED","message":"no"}`, &APIError{Status: 401, Message: "no", Body: js.Obj("message", "no")}},
		{"status of the body first", 400, `{"status":422}`, &APIError{Status: 422}},
		{"not a status", 400, `{"status":7}`, &APIError{Status: 400}},
		{"without status", 400, `{"code":"NO"}`, &APIError{Status: 400, Code: "NO", Body: js.Obj("code", "NO")}},
		{"server's API error", 500, `{"status":500,"message":"x"}`, &APIError{Status: 500, Message: "x", Body: js.Obj("message", "x")}},
		{
			"redirect", 302, `{"status":302,"headers":[["location","/x"]]}`,
			&APIError{Status: 302, Header: [][2]string{{"location", "/x"}}},
		},
		{"times of a body stay texts", 400, `{"status":400,"at":"2026-11-24T12:00:00.123Z"}`, &APIError{Status: 400, Body: js.Obj("at", "2026-11-24T12:00:00.123Z")}},
		{"thrown", 500, `{"$error":true,"name":"TypeError","message":"x is not a function"}`, &ThrownError{"TypeError", "x is not a function"}},
		{"thrown with 200", 200, `{"$error":true}`, &ThrownError{"Error", ""}},
		{"no JSON", 200, `OK`, ErrUnavailable},
		{"half JSON", 200, `{"result":`, ErrUnavailable},
		{"not an object", 200, `[1]`, ErrUnavailable},
		{"a page", 502, `<html>`, ErrUnavailable},
		{"a gateway's JSON", 502, `{"message":"Internal server error"}`, ErrUnavailable},
		{"JSON of something else", 404, `{"error":"not found"}`, ErrUnavailable},
		{"empty error", 500, ``, ErrUnavailable},
		{"headers that are none", 200, `{"headers":{"a":"b"}}`, ErrUnavailable},
		{"header without value", 200, `{"headers":[["a"]]}`, ErrUnavailable},
		{"header with a line break", 200, `{"headers":[["a","b\r\nset-cookie: x=y"]]}`, ErrUnavailable},
		{"header name with a colon", 200, `{"headers":[["a:","b"]]}`, ErrUnavailable},
		{"too long", 200, `{"result":"` + strings.Repeat("x", maxAnswer) + `"}`, ErrUnavailable},
		{"too deep", 200, strings.Repeat("[", 100_000), ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := answering(t, tt.status, tt.body)
			got, err := (&Caller{Client: s.Client(), Now: atNoon}).Call(t.Context(), &Webhook{URL: s.URL}, "e", nil)
			if got.Set || err == nil {
				t.Fatalf("answer %+v, %v", got, err)
			}
			if tt.want == ErrUnavailable {
				if !errors.Is(err, ErrUnavailable) {
					t.Errorf("error: %v", err)
				}
				return
			}
			if errors.Is(err, ErrUnavailable) {
				t.Errorf("unavailable: %v", err)
			}
			if diff := cmp.Diff(tt.want, err, asJSON); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestResultsBecomeGoValues(t *testing.T) {
	type name string
	type base struct {
		ID string `json:"id"`
	}
	type user struct {
		base
		Base     base           `json:"base"`
		Name     name           `json:"name"`
		Age      int            `json:"age"`
		Small    int8           `json:"small"`
		Count    uint           `json:"count"`
		Ratio    float32        `json:"ratio"`
		Verified *bool          `json:"emailVerified"`
		At       time.Time      `json:"at"`
		Text     string         `json:"text"`
		Any      any            `json:"any"`
		Object   *js.Object     `json:"object"`
		Tags     []string       `json:"tags"`
		Limits   map[name]int   `json:"limits"`
		Skipped  string         `json:"-"`
		hidden   string         // must not be set
		Plain    string         // without a tag
		Extra    map[string]any `extra:"user"`
	}
	yes := true
	const text = `{"result":{"id":"1","base":{"id":"2"},"name":"n","age":3,"small":-4,"count":5,"ratio":0.5,"emailVerified":true,
		"at":"2026-11-24T12:00:00.123Z","text":"2026-11-24T12:00:00.123Z","any":"2026-11-24T12:00:00.123Z","object":{"b":1,"a":2},
		"tags":["x","y"],"limits":{"z":6},"-":"no","hidden":"no","Plain":"p","locale":"de","seen":"2026-11-24T12:00:00.123Z"}}`
	want := user{
		base: base{"1"}, Base: base{"2"}, Name: "n", Age: 3, Small: -4, Count: 5, Ratio: 0.5, Verified: &yes,
		At: noon, Text: "2026-11-24T12:00:00.123Z", Any: noon, Object: js.Obj("b", 1, "a", 2),
		Tags: []string{"x", "y"}, Limits: map[name]int{"z": 6}, Plain: "p", hidden: "kept",
		Extra: map[string]any{"locale": "de", "seen": noon, "-": "no", "hidden": "no"},
	}
	a, err := read(http.StatusOK, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := user{hidden: "kept"}
	if err := decode(&got, a); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, asJSON, cmp.AllowUnexported(user{}, base{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResultsThatDoNotFit(t *testing.T) {
	tests := []struct {
		result string
		out    any
		says   string
	}{
		{`"x"`, new(int), "result: a text"},
		{`1.5`, new(int), "a number"},
		{`300`, new(int8), "a number"},
		{`-1`, new(uint), "a number"},
		{`1e300`, new(int64), "a number"},
		{`1`, new(string), "a number"},
		{`true`, new(string), "true or false"},
		{`{}`, new([]string), "an object"},
		{`[]`, new(map[string]string), "a list"},
		{`"2026-11-24"`, new(time.Time), "must be a time"},
		{`{"email":[]}`, new(mailData), "result.email: a list"},
		{`["a",1]`, new([]string), "result[1]"},
		{`{"a":{"b":"c"}}`, new(map[string]map[string]int), "result.a.b"},
	}
	for _, tt := range tests {
		a, err := read(http.StatusOK, []byte(`{"result":`+tt.result+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := decode(tt.out, a); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s as %T: error %v, want one that says %q", tt.result, tt.out, err, tt.says)
		}
	}
}

func TestAbsentAndNull(t *testing.T) {
	tests := []struct {
		body string
		want Result[string]
	}{
		{`{}`, Result[string]{}},
		{`{"result":null}`, Result[string]{Set: true}},
		{`{"result":""}`, Result[string]{Set: true}},
		{`{"result":"x"}`, Result[string]{Value: "x", Set: true}},
	}
	for _, tt := range tests {
		a, err := read(http.StatusOK, []byte(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		var got Result[string]
		if err := decode(&got, a); err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v", tt.body, got, err, tt.want)
		}
		var anything any
		if err := decode(&anything, a); err != nil || (anything == js.Undefined{}) == a.Set {
			t.Errorf("%s: any %v, %v", tt.body, anything, err)
		}
		var pointer *string
		if err := decode(&pointer, a); err != nil || (pointer == nil) != (a.Result == nil) {
			t.Errorf("%s: pointer %v, %v", tt.body, pointer, err)
		}
	}
}

func TestHeadersAndRequestsOfGo(t *testing.T) {
	r, err := http.NewRequest(http.MethodPut, "http://ignored/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "h.example"
	r.Header = http.Header{"X-B": {"1", "2"}, "Accept": {"*/*"}, "Set-Cookie": {"a=b", "c=d"}}
	want := &Request{URL: "https://h.example/x", Method: "PUT", Headers: Headers{
		{"accept", "*/*"}, {"host", "h.example"}, {"set-cookie", "a=b"}, {"set-cookie", "c=d"}, {"x-b", "1, 2"},
	}}
	if diff := cmp.Diff(want, RequestOf(r, "https://h.example/x")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Header.Get("Host") != "" {
		t.Error("the request's own headers were changed")
	}
}
