package callback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 123_000_000, time.UTC)

func atNoon(context.Context) time.Time { return noon }

func webhook(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// answering returns a webhook that always gives the same answer.
func answering(t *testing.T, status int, body string) *httptest.Server {
	return webhook(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func bound[In, Out any](t *testing.T, url string, c *Caller) Func[In, Out] {
	t.Helper()
	f := decoded[In, Out](t, fmt.Sprintf("%q", url))
	if err := f.BindCallback("an.event", c); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWhatIsSent(t *testing.T) {
	headers := Headers{{"accept", "*/*"}, {"authorization", "Bearer t"}, {"Cookie", "a=b"}, {"x-a", "1"}}
	request := Request{URL: "https://h/api?x=1", Method: "POST", Headers: headers}
	endpoint := EndpointContext{
		Path: "/sign-in/email", Method: "POST", URL: "https://h/api/auth/sign-in/email",
		Body: js.Obj("email", "a<b"), Query: js.NewObject(), Headers: headers,
		Session: js.Obj("createdAt", noon), BaseURL: "https://h/api/auth",
	}
	after := endpoint
	after.After = &Outcome{
		Returned: &APIError{Status: 401, Body: js.Obj("code", "NO", "message", "no")},
		Headers:  Headers{{"set-cookie", "a=b"}, {"set-cookie", "c=d"}},
	}
	silent := EndpointContext{Path: "/ok", Method: "GET", After: &Outcome{Returned: js.Undefined{}}}
	null := EndpointContext{Path: "/get-session", Method: "GET", After: &Outcome{}}

	const (
		safe    = `[["accept","*/*"],["x-a","1"]]`
		all     = `[["accept","*/*"],["authorization","Bearer t"],["Cookie","a=b"],["x-a","1"]]`
		context = `{"$type":"context","path":"/sign-in/email","method":"POST","url":"https://h/api/auth/sign-in/email","body":{"email":"a<b"},"query":{},"headers":%s,"context":{"session":{"createdAt":"2026-11-24T12:00:00.123Z"},"newSession":null,"baseURL":"https://h/api/auth"%s}}`
		outcome = `,"returned":{"$type":"apierror","status":401,"body":{"code":"NO","message":"no"}},"responseHeaders":[["set-cookie","a=b"],["set-cookie","c=d"]]`
	)
	tests := []struct {
		name        string
		args        []any
		credentials bool
		data        string
	}{
		{name: "no arguments", data: `[]`},
		{name: "plain values", args: []any{"ü", 1.5, true, nil, js.Obj("b", 1, "a", 2)}, data: `["ü",1.5,true,null,{"b":1,"a":2}]`},
		{name: "times", args: []any{noon, js.Obj("at", noon.In(time.FixedZone("", 3600)))}, data: `["2026-11-24T12:00:00.123Z",{"at":"2026-11-24T12:00:00.123Z"}]`},
		{name: "trailing undefined", args: []any{"a", js.Undefined{}, (*Request)(nil), js.Undefined{}}, data: `["a"]`},
		{name: "inner undefined", args: []any{js.Undefined{}, (*Request)(nil), "b"}, data: `[{"$type":"undefined"},{"$type":"undefined"},"b"]`},
		{name: "all undefined", args: []any{js.Undefined{}}, data: `[]`},
		{name: "trailing null stays", args: []any{"a", nil, (*EndpointContext)(nil)}, data: `["a",null,null]`},
		{name: "headers", args: []any{headers}, data: `[{"$type":"headers","headers":` + safe + `}]`},
		{name: "headers with credentials", args: []any{headers}, credentials: true, data: `[{"$type":"headers","headers":` + all + `}]`},
		{name: "request", args: []any{request}, data: `[{"$type":"request","url":"https://h/api?x=1","method":"POST","headers":` + safe + `}]`},
		{name: "request with credentials", args: []any{&request}, credentials: true, data: `[{"$type":"request","url":"https://h/api?x=1","method":"POST","headers":` + all + `}]`},
		{
			name: "nested with credentials", credentials: true,
			args: []any{js.Obj("list", []any{headers}, "none", (*Request)(nil)), map[string]any{"h": headers}},
			data: `[{"list":[{"$type":"headers","headers":` + all + `}]},{"h":{"$type":"headers","headers":` + all + `}}]`,
		},
		{
			name: "in a struct", credentials: true, // never more than requested
			args: []any{struct {
				Request Request `json:"request"`
			}{request}},
			data: `[{"request":{"$type":"request","url":"https://h/api?x=1","method":"POST","headers":` + safe + `}}]`,
		},
		{name: "endpoint context", args: []any{endpoint}, data: `[` + fmt.Sprintf(context, safe, "") + `]`},
		{name: "after hook", args: []any{&after}, data: `[` + fmt.Sprintf(context, safe, outcome) + `]`},
		{name: "after hook with credentials", args: []any{&after}, credentials: true, data: `[` + fmt.Sprintf(context, all, outcome) + `]`},
		{name: "nothing returned", args: []any{silent}, data: `[{"$type":"context","path":"/ok","method":"GET","headers":[],"context":{"session":null,"newSession":null,"baseURL":""}}]`},
		{name: "null returned", args: []any{null}, data: `[{"$type":"context","path":"/get-session","method":"GET","headers":[],"context":{"session":null,"newSession":null,"baseURL":"","returned":null}}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = r.Method + " " + r.URL.String() + " " + r.Header.Get("Content-Type") + " " + string(body)
			})
			c := &Caller{Client: s.Client(), Now: atNoon}
			w := &Webhook{URL: s.URL + "/hook?k=v", Credentials: tt.credentials}
			answer, err := c.Call(t.Context(), w, "an.event", tt.args)
			if err != nil || answer.Set {
				t.Fatalf("answer %+v, %v", answer, err)
			}
			want := `POST /hook?k=v application/json {"event":"an.event","data":` + tt.data + `}`
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSigned(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	var verified, unsigned error
	s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/signed" {
			verified = Verify(secret, r.Header, body, noon)
			return
		}
		unsigned = Verify(secret, r.Header, body, noon)
	})
	c := &Caller{Client: s.Client(), Now: atNoon}
	for _, w := range []*Webhook{{URL: s.URL + "/signed", Secret: secret}, {URL: s.URL + "/plain"}} {
		if _, err := c.Call(t.Context(), w, "e", []any{"x"}); err != nil {
			t.Fatal(err)
		}
	}
	if verified != nil || !errors.Is(unsigned, ErrSignature) {
		t.Errorf("signed: %v; unsigned: %v", verified, unsigned)
	}
}

func TestSlowWebhook(t *testing.T) {
	release := make(chan struct{})
	s := webhook(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	c := &Caller{Client: s.Client(), Now: atNoon}
	_, err := c.Call(t.Context(), &Webhook{URL: s.URL, Timeout: time.Millisecond}, "an.event", nil)
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "an.event") {
		t.Errorf("timeout: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Call(ctx, &Webhook{URL: s.URL, Retries: 5}, "an.event", nil)
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got := (&Webhook{}).timeout(); got != 5*time.Second {
		t.Errorf("default timeout %v", got)
	}
}

func TestWebhookDown(t *testing.T) {
	s := answering(t, 200, `{}`)
	s.Close()
	c := &Caller{Now: atNoon}
	_, err := c.Call(t.Context(), &Webhook{URL: s.URL + "/?token=topsecret"}, "an.event", nil)
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("error: %v", err)
	}
	if strings.Contains(err.Error(), "topsecret") {
		t.Errorf("the error shows the address: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var followed atomic.Bool
	s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			followed.Store(true)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := (&Caller{Client: s.Client(), Now: atNoon}).Call(t.Context(), &Webhook{URL: s.URL}, "e", nil)
	if !errors.Is(err, ErrUnavailable) || followed.Load() {
		t.Errorf("error %v, followed %v", err, followed.Load())
	}
}

// TestNoCookiesBetweenCalls checks that no cookie jar carries a webhook's cookies
// to the next call.
func TestNoCookiesBetweenCalls(t *testing.T) {
	var sent atomic.Int32
	s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(int32(len(r.Cookies())))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *s.Client()
	client.Jar = jar
	caller := &Caller{Client: &client, Now: atNoon}
	for range 2 {
		if _, err := caller.Call(t.Context(), &Webhook{URL: s.URL}, "e", nil); err != nil {
			t.Fatal(err)
		}
	}
	if sent.Load() != 0 {
		t.Error("a cookie came back")
	}
}

// TestAnswerIsBounded checks that an answer of more than 1 MiB is not read into
// memory.
func TestAnswerIsBounded(t *testing.T) {
	long := func(n int) string { return `{"result":"` + strings.Repeat("x", n-len(`{"result":""}`)) + `"}` }
	for n, ok := range map[int]bool{maxAnswer: true, maxAnswer + 1: false} {
		s := answering(t, http.StatusOK, long(n))
		_, err := (&Caller{Client: s.Client(), Now: atNoon}).Call(t.Context(), &Webhook{URL: s.URL}, "e", nil)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "more than 1 MiB") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestRetries(t *testing.T) {
	type script []struct {
		status int
		body   string
	}
	tests := []struct {
		name    string
		answers script
		retries int
		want    int // attempts
		ok      bool
		waits   []time.Duration
	}{
		{"none by default", script{{502, "bad gateway"}, {200, ""}}, 0, 1, false, nil},
		{"until it works", script{{502, "bad gateway"}, {503, `{"message":"x"}`}, {200, ""}}, 5, 3, true, []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}},
		{"until they are used up", script{{502, ""}, {502, ""}, {502, ""}}, 2, 3, false, []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}},
		{"not after an API error", script{{400, `{"status":400}`}}, 3, 1, false, nil},
		{"not after a thrown error", script{{500, `{"$error":true}`}}, 3, 1, false, nil},
		{"not after nonsense with 200", script{{200, "OK"}}, 3, 1, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ids, attempts := map[string]bool{}, 0
			s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
				ids[r.Header.Get("webhook-id")] = true
				answer := tt.answers[attempts]
				attempts++
				w.WriteHeader(answer.status)
				_, _ = io.WriteString(w, answer.body)
			})
			var waits []time.Duration
			c := &Caller{Client: s.Client(), Now: atNoon, pausing: func(_ context.Context, d time.Duration) error {
				waits = append(waits, d)
				return nil
			}}
			_, err := c.Call(t.Context(), &Webhook{URL: s.URL, Retries: tt.retries}, "e", nil)
			if (err == nil) != tt.ok || attempts != tt.want || len(ids) != 1 {
				t.Errorf("error %v after %d attempts with %d ids", err, attempts, len(ids))
			}
			if diff := cmp.Diff(tt.waits, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	s := answering(t, 502, "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := &Caller{Client: s.Client(), Now: atNoon, pausing: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return (&Caller{}).pause(ctx, time.Hour)
	}}
	if _, err := c.Call(ctx, &Webhook{URL: s.URL, Retries: 9}, "e", nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error: %v", err)
	}
}

func TestFuncOverHTTP(t *testing.T) {
	var got string
	s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = string(body)
		_, _ = io.WriteString(w, `{"result":{"email":"a@b.example"},"headers":[["set-cookie","x=1"]]}`)
	})
	c := &Caller{Client: s.Client(), Now: atNoon}
	in := sendIn{Data: mailData{Email: "e", URL: "u"}}

	if _, err := bound[sendIn, Nothing](t, s.URL, c)(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if want := `{"event":"an.event","data":[{"email":"e","url":"u"}]}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	out, err := bound[sendIn, Result[mailData]](t, s.URL, c)(t.Context(), in)
	if want := (Result[mailData]{mailData{Email: "a@b.example"}, true, [][2]string{{"set-cookie", "x=1"}}}); err != nil || !cmp.Equal(out, want) {
		t.Errorf("out = %+v, %v", out, err)
	}
	pointer, err := bound[Nothing, *mailData](t, s.URL, c)(t.Context(), Nothing{})
	if err != nil || pointer == nil || pointer.Email != "a@b.example" {
		t.Errorf("pointer = %+v, %v", pointer, err)
	}
	if want := `{"event":"an.event","data":[]}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	if _, err := bound[string, bool](t, s.URL, c)(t.Context(), "x"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a result of the wrong type: %v", err)
	}
}

func TestNoClock(t *testing.T) {
	if _, err := (&Caller{}).Call(t.Context(), &Webhook{URL: "http://127.0.0.1:1"}, "e", nil); err == nil {
		t.Error("no error")
	}
}

// TestEveryFuncIsBound finds callbacks by their interface, like config.
func TestEveryFuncIsBound(t *testing.T) {
	s := answering(t, 200, `{"result":true}`)
	c := &Caller{Client: s.Client(), Now: atNoon}
	var options struct {
		A Func[string, bool]
		B Func[*Request, Answer]
		C Func[int, Result[any]]
	}
	text := fmt.Sprintf(`{"A":%[1]q,"B":{"webhook":%[1]q},"C":%[1]q}`, s.URL)
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		t.Fatal(err)
	}
	for _, b := range []Binder{&options.A, &options.B, &options.C} {
		if err := b.BindCallback("e", c); err != nil {
			t.Fatal(err)
		}
	}
	a, errA := options.A(t.Context(), "")
	b, errB := options.B(t.Context(), nil)
	r, errC := options.C(t.Context(), 1)
	if err := errors.Join(errA, errB, errC); err != nil || !a || b.Result != true || r.Value != true {
		t.Errorf("%v %v %v %v", a, b, r, err)
	}
}

// Node closes a connection that was idle for five seconds, possibly while a call is on its way.
func TestConnectionClosedByTheReceiver(t *testing.T) {
	calls, used := 0, map[string]bool{}
	s := webhook(t, func(_ http.ResponseWriter, r *http.Request) {
		if used[r.RemoteAddr] {
			panic(http.ErrAbortHandler)
		}
		used[r.RemoteAddr] = true
		calls++
		if h := r.Header.Values("Idempotency-Key"); h != nil {
			t.Errorf("Idempotency-Key is sent: %q", h)
		}
	})
	c := &Caller{Client: s.Client(), Now: atNoon}
	for range 3 {
		if _, err := c.Call(t.Context(), &Webhook{URL: s.URL}, "e", nil); err != nil {
			t.Fatal(err)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls arrived", calls)
	}
}
