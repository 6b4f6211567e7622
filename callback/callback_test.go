package callback

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type mailData struct {
	Email string `json:"email"`
	URL   string `json:"url"`
}

// sendIn has two arguments, like the reference's senders.
type sendIn struct {
	Data    mailData
	Request *Request
}

func (in sendIn) Arguments() []any { return []any{in.Data, in.Request} }

type (
	sender = Func[sendIn, Nothing]
	lookup = Func[string, Result[any]]
)

func TestDecode(t *testing.T) {
	hook := func(w Webhook) *Webhook { return &w }
	tests := []struct {
		json    string
		webhook *Webhook
		builtin string
		unset   bool
	}{
		{json: `null`, unset: true},
		{json: ` false `, unset: true},
		{json: `"mail"`, builtin: "mail"},
		{json: `"https://a.example/x?y=1"`, webhook: hook(Webhook{URL: "https://a.example/x?y=1"})},
		{json: `"http://127.0.0.1:1/"`, webhook: hook(Webhook{URL: "http://127.0.0.1:1/"})},
		{json: `{"webhook":"https://a.example"}`, webhook: hook(Webhook{URL: "https://a.example"})},
		{
			json:    `{"webhook":"https://a.example","secret":"whsec_AAAA","timeout":"1.5s","retries":3,"credentials":true}`,
			webhook: hook(Webhook{URL: "https://a.example", Secret: "whsec_AAAA", Timeout: 1500 * time.Millisecond, Retries: 3, Credentials: true}),
		},
		{json: `{"webhook":"https://a.example","timeout":250}`, webhook: hook(Webhook{URL: "https://a.example", Timeout: 250 * time.Millisecond})},
	}
	for _, tt := range tests {
		var options struct {
			Send sender `json:"send"`
		}
		if err := json.Unmarshal([]byte(`{"send":`+tt.json+`}`), &options); err != nil {
			t.Errorf("%s: %v", tt.json, err)
			continue
		}
		f := options.Send
		if (f == nil) != tt.unset {
			t.Errorf("%s: unset = %v", tt.json, f == nil)
		}
		if diff := cmp.Diff(tt.webhook, f.Webhook()); diff != "" {
			t.Errorf("%s: webhook (-want +got):\n%s", tt.json, diff)
		}
		if f.Builtin() != tt.builtin {
			t.Errorf("%s: built-in %q, want %q", tt.json, f.Builtin(), tt.builtin)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ json, says string }{
		{`""`, "empty"},
		{`true`, "must be { webhook"},
		{`12`, "must be { webhook"},
		{`{}`, "address is missing"},
		{`{"webhook":"mail"}`, "not an http"},
		{`{"webhook":"ftp://a.example"}`, "not an http"},
		{`"https://"`, "not an http"},
		{`{"webhook":"https://a.example","url":"x"}`, `"url"`},
		{`{"webhook":"https://a.example","secret":"whsec_*"}`, "base64"},
		{`{"webhook":"https://a.example","secret":"whsec_"}`, "base64"},
		{`{"webhook":"https://a.example","timeout":"soon"}`, "soon"},
		{`{"webhook":"https://a.example","timeout":0}`, "timeout"},
		{`{"webhook":"https://a.example","timeout":"-1s"}`, "timeout"},
		{`{"webhook":"https://a.example","timeout":true}`, "timeout"},
		{`{"webhook":"https://a.example","retries":-1}`, "retries"},
		{`{"webhook":"https://a.example","retries":11}`, "retries"},
		{`{"webhook":"nonsense","retries":99}`, "retries"}, // all mistakes in one error
		{`{"webhook":"nonsense","retries":99}`, "not an http"},
	}
	for _, tt := range tests {
		var f sender
		err := json.Unmarshal([]byte(tt.json), &f)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want one that says %q", tt.json, err, tt.says)
		}
	}
	var f sender
	if err := json.Unmarshal([]byte(`{"webhook":"ftp://host/topsecret"}`), &f); strings.Contains(err.Error(), "topsecret") {
		t.Errorf("the error shows the address: %v", err)
	}
}

func TestGoFuncIsCalledDirectlyAndNeverProbed(t *testing.T) {
	calls := 0
	f := lookup(func(_ context.Context, in string) (Result[any], error) {
		calls++
		return Give[any](in + "!"), nil
	})
	if f.Webhook() != nil || f.Builtin() != "" {
		t.Error("a func of Go has no webhook and no name")
	}
	if err := Binder(&f).BindCallback("x", &Caller{}); err != nil {
		t.Error(err)
	}
	if calls != 0 {
		t.Fatalf("asking about a func of Go called it %d times", calls)
	}
	got, err := f(t.Context(), "a")
	if err != nil || got.Value != "a!" || !got.Set || calls != 1 {
		t.Errorf("f = %+v, %v", got, err)
	}
	var unset lookup
	if err := unset.BindCallback("x", &Caller{}); err != nil || unset != nil {
		t.Errorf("binding an unset func: %v", err)
	}
}

func TestUnbound(t *testing.T) {
	for _, text := range []string{`"mail"`, `"https://a.example"`} {
		var f lookup
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		if _, err := f(t.Context(), "x"); !errors.Is(err, ErrUnbound) {
			t.Errorf("%s: %v, want ErrUnbound", text, err)
		}
	}
}

func TestBuiltin(t *testing.T) {
	broken := errors.New("no SMTP server")
	var result any
	var fail error
	c := &Caller{Builtins: map[string]Builtin{
		"mail": func(_ context.Context, event string, in any) (any, error) {
			if event != "user.send" || in.(sendIn).Data.Email != "a@b.example" {
				t.Errorf("built-in got %q, %+v", event, in)
			}
			return result, fail
		},
	}}
	f := decoded[sendIn, Result[string]](t, `"mail"`)
	if err := f.BindCallback("user.send", c); err != nil {
		t.Fatal(err)
	}
	in := sendIn{Data: mailData{Email: "a@b.example"}}
	if out, err := f(t.Context(), in); err != nil || out.Set {
		t.Errorf("nil result: %+v, %v", out, err)
	}
	result = Give("done")
	if out, err := f(t.Context(), in); err != nil || out.Value != "done" {
		t.Errorf("result: %+v, %v", out, err)
	}
	result = 12
	if _, err := f(t.Context(), in); err == nil {
		t.Error("a result of another type is no error")
	}
	result, fail = nil, broken
	if _, err := f(t.Context(), in); !errors.Is(err, broken) {
		t.Errorf("error: %v", err)
	}
}

func TestBindRefuses(t *testing.T) {
	unknown := decoded[sendIn, Nothing](t, `"fax"`)
	if err := unknown.BindCallback("a.b", &Caller{}); err == nil || !strings.Contains(err.Error(), "fax") || !strings.Contains(err.Error(), "a.b") {
		t.Errorf("unknown built-in: %v", err)
	}
	retried := decoded[string, Result[any]](t, `{"webhook":"https://a.example","retries":1}`)
	if err := retried.BindCallback("a.b", &Caller{}); err == nil || !strings.Contains(err.Error(), "retries") {
		t.Errorf("retries where the answer is used: %v", err)
	}
}

func decoded[In, Out any](t *testing.T, text string) Func[In, Out] {
	t.Helper()
	var f Func[In, Out]
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return f
}
