package captcha_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
)

// service is a captcha service: it records what it is asked and gives one answer.
type service struct {
	status   int
	kind     string
	body     string
	location string
	err      error
	asked    []string // "METHOD URL content-type body"
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Content-Type"), string(body)}, " "))
	if s.err != nil {
		return nil, s.err
	}
	res := &http.Response{StatusCode: max(s.status, 200), Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(s.body)), Request: r}
	if s.status != 0 {
		res.StatusCode = s.status
	}
	if s.kind != "" {
		res.Header.Set("Content-Type", s.kind)
	}
	if s.location != "" {
		res.Header.Set("Location", s.location)
	}
	return res, nil
}

func server(t testing.TB, o captcha.Options, at http.RoundTripper, change ...func(*auth.Options)) *authtest.Server {
	t.Helper()
	if o.Provider == "" {
		o.Provider = captcha.CloudflareTurnstile
	}
	if o.SecretKey == "" {
		o.SecretKey = "key"
	}
	options := authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{captcha.New(o)}, HTTP: at})
	for _, c := range change {
		c(&options)
	}
	return authtest.New(t, options)
}

const ada = `{"name":"Ada","email":"ada@example.com","password":"password1234"}`

// signUp signs up with the response of a captcha.
func signUp(s *authtest.Server) *authtest.Answer {
	c := s.Client()
	c.Header.Set("X-Captcha-Response", "token 1&2")
	return c.Post("/sign-up/email", ada)
}

func TestQuestions(t *testing.T) {
	const form, direct = "application/x-www-form-urlencoded", "http://127.0.0.1:1/verify?x=1"
	for provider, want := range map[string]string{
		captcha.CloudflareTurnstile: `POST https://challenges.cloudflare.com/turnstile/v0/siteverify application/json {"secret":"key","response":"token 1&2","remoteip":"127.0.0.1"}`,
		captcha.GoogleReCAPTCHA:     "POST https://www.google.com/recaptcha/api/siteverify " + form + " secret=key&response=token+1%262&remoteip=127.0.0.1",
		captcha.HCaptcha:            "POST https://api.hcaptcha.com/siteverify " + form + " secret=key&response=token+1%262&sitekey=site&remoteip=127.0.0.1",
		captcha.CaptchaFox:          "POST https://api.captchafox.com/siteverify " + form + " secret=key&response=token+1%262&sitekey=site&remoteIp=127.0.0.1",
	} {
		t.Run(provider, func(t *testing.T) {
			at := &service{body: `{"success":true}`}
			signUp(server(t, captcha.Options{Provider: provider, SiteKey: "site"}, at)).Want(200, "user.email", "ada@example.com")
			if len(at.asked) != 1 || at.asked[0] != want {
				t.Errorf("asked\n%q, want\n%q", at.asked, want)
			}
			elsewhere := &service{body: `{"success":true}`}
			signUp(server(t, captcha.Options{Provider: provider, SiteVerifyURLOverride: direct}, elsewhere)).Want(200)
			if len(elsewhere.asked) != 1 || !strings.HasPrefix(elsewhere.asked[0], "POST "+direct+" ") || strings.Contains(elsewhere.asked[0], "sitekey") {
				t.Errorf("asked %q", elsewhere.asked)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	half := 0.3
	zero := 0.0
	pages := captcha.Options{AllowedHostnames: []string{"a.example", "b.example"}, ExpectedAction: "login"}
	scored := captcha.Options{Provider: captcha.GoogleReCAPTCHA}
	for _, tc := range []struct {
		name    string
		options captcha.Options
		body    string
		status  int
	}{
		{"yes", captcha.Options{}, `{"success":true}`, 200},
		{"no", captcha.Options{}, `{"success":false,"error-codes":["invalid-input-response"]}`, 403},
		{"no, of hcaptcha", captcha.Options{Provider: captcha.HCaptcha}, `{"success":false}`, 403},
		{"no, of captchafox", captcha.Options{Provider: captcha.CaptchaFox}, `{"success":false}`, 403},
		{"action and host", pages, `{"success":true,"action":"login","hostname":"b.example"}`, 200},
		{"another action", pages, `{"success":true,"action":"signup","hostname":"b.example"}`, 403},
		{"no action", pages, `{"success":true,"hostname":"b.example"}`, 403},
		{"another host", pages, `{"success":true,"action":"login","hostname":"c.example"}`, 403},
		{"no host", pages, `{"success":true,"action":"login"}`, 403},
		{"a host that is no text", pages, `{"success":true,"action":"login","hostname":["b.example"]}`, 403},
		{"high score", scored, `{"success":true,"score":0.5}`, 200},
		{"low score", scored, `{"success":true,"score":0.4}`, 403},
		{"no score", scored, `{"success":true}`, 200},
		{"a score that is no number", scored, `{"success":true,"score":"0.9"}`, 403},
		{"a score of null", scored, `{"success":true,"score":null}`, 403},
		{"lower bound", captcha.Options{Provider: captcha.GoogleReCAPTCHA, MinScore: &half}, `{"success":true,"score":0.4}`, 200},
		{"no bound", captcha.Options{Provider: captcha.GoogleReCAPTCHA, MinScore: &zero}, `{"success":true,"score":0}`, 200},
		{"action of another service", captcha.Options{Provider: captcha.HCaptcha, ExpectedAction: "login"}, `{"success":true}`, 200},
		{"scores are only Google's", captcha.Options{MinScore: &half}, `{"success":true,"score":0.1}`, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := server(t, tc.options, &service{body: tc.body})
			got := signUp(s)
			if tc.status == 200 {
				got.Want(200, "user.email", "ada@example.com")
				return
			}
			got.WantCode(403, "VERIFICATION_FAILED").WantNoCookie()
			s.WantRows(0, "user")
		})
	}
}

func TestWhere(t *testing.T) {
	at := &service{body: `{"success":true}`}
	s := server(t, captcha.Options{}, at)
	c := s.Client()
	for _, path := range []string{"/sign-up/email", "/sign-in/email", "/request-password-reset", "/sign-in/email/", "//sign-in//email", "/./sign-in/email"} {
		c.Post(path, ada).Want(400, "code", "MISSING_RESPONSE", "message", "Missing CAPTCHA response")
		c.Get(path).WantCode(400, "MISSING_RESPONSE")
	}
	c.Get("/ok").Want(200)
	c.Get("/get-session").Want(200)
	c.Post("/sign-in/social", `{}`).WantCode(400, "VALIDATION_ERROR")
	if got := c.Post("/SIGN-IN/email", ada); got.Status != 404 {
		t.Errorf("no endpoint: %d", got.Status)
	}
	if len(at.asked) != 0 {
		t.Errorf("asked %q", at.asked)
	}
	// The body is not read, and the program may call without a captcha.
	if _, err := s.Call(t.Context(), "signUpEmail", auth.Input{Body: map[string]any{"name": "Bob", "email": "bob@example.com", "password": "password1234"}}); err != nil {
		t.Error(err)
	}

	own := server(t, captcha.Options{Endpoints: []string{"/sign-in/*", "/get-session", "/sign-up/**"}}, at).Client()
	for path, stopped := range map[string]bool{"/sign-in/email": true, "/sign-in/social": true, "/sign-up/email": true, "/request-password-reset": false, "/ok": false, "/get-session": true, "/session": true} {
		if got := own.Get(path); (got.Code() == "MISSING_RESPONSE") != stopped {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// A base path that comes from the base URL protects nothing in the reference.
func TestBasePath(t *testing.T) {
	for _, change := range []func(*auth.Options){
		func(o *auth.Options) { o.BasePath = "/auth" },
		func(o *auth.Options) { o.BaseURL = auth.Static("http://localhost:3210/deep/auth") },
	} {
		s := server(t, captcha.Options{}, &service{body: `{"success":true}`}, change)
		path := "/auth/sign-in/email"
		if strings.Contains(s.Options.BaseURL.URL, "deep") {
			path = "/deep" + path
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(ada)))
		if w.Code != 400 || !strings.Contains(w.Body.String(), "MISSING_RESPONSE") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// The error is no failed call: onAPIError is not called, and a page of a trusted origin can read it.
func TestAnswerOfItsOwn(t *testing.T) {
	called := 0
	s := server(t, captcha.Options{}, &service{}, func(o *auth.Options) {
		o.TrustedOrigins.List = []string{"https://app.example"}
		o.OnAPIError.OnError = func(context.Context, auth.ErrorEvent) (callback.Nothing, error) {
			called++
			return callback.Nothing{}, nil
		}
	})
	c := s.Client()
	c.Origin = "https://app.example"
	got := c.Post("/sign-in/email", ada).WantCode(400, "MISSING_RESPONSE")
	if got.Header.Get("Access-Control-Allow-Origin") != "https://app.example" || got.Header.Get("Content-Type") != "application/json" || called != 0 {
		t.Errorf("%v, %d calls", got.Header, called)
	}
}

func TestBotID(t *testing.T) {
	type check = callback.Func[callback.Nothing, *js.Object]
	type validate = callback.Func[captcha.BotRequest, bool]
	says := func(v *js.Object) check {
		return func(ctx context.Context, _ callback.Nothing) (*js.Object, error) {
			if c := auth.From(ctx); c == nil || c.RequestHeader.Get("X-Is-Human") != "proof" {
				return nil, errors.New("the request cannot be read")
			}
			return v, nil
		}
	}
	decides := func(want bool) validate {
		return func(_ context.Context, in captcha.BotRequest) (bool, error) {
			name, _ := in.Verdict.Get("verifiedBotName")
			return want && in.Call.Request.URL.Path == "/api/auth/sign-up/email" && name == "good", nil
		}
	}
	bot := js.Obj("isBot", true, "isVerifiedBot", true, "verifiedBotName", "good")
	for _, tc := range []struct {
		name     string
		check    check
		validate validate
		status   int
		code     string
	}{
		{"a person", says(js.Obj("isBot", false)), nil, 200, ""},
		{"a robot", says(bot), nil, 403, "VERIFICATION_FAILED"},
		{"no verdict", says(js.Obj()), nil, 403, "VERIFICATION_FAILED"},
		{"a verdict that is no bool", says(js.Obj("isBot", "false")), nil, 403, "VERIFICATION_FAILED"},
		{"nothing", says(nil), nil, 500, "UNKNOWN_ERROR"},
		{"a robot that is welcome", says(bot), decides(true), 200, ""},
		{"a robot that is not", says(bot), decides(false), 403, "VERIFICATION_FAILED"},
		{"not set", nil, nil, 500, "UNKNOWN_ERROR"},
		{"fails", func(context.Context, callback.Nothing) (*js.Object, error) { return nil, errors.New("down") }, nil, 500, "UNKNOWN_ERROR"},
		{"fails with an answer", func(context.Context, callback.Nothing) (*js.Object, error) {
			return nil, auth.Redirect("https://evil.example")
		}, nil, 500, "UNKNOWN_ERROR"},
		{"the decision fails", says(js.Obj("isBot", false)), func(context.Context, captcha.BotRequest) (bool, error) { return true, errors.New("down") }, 500, "UNKNOWN_ERROR"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := server(t, captcha.Options{Provider: captcha.VercelBotID, CheckBotID: tc.check, ValidateRequest: tc.validate}, nil)
			c := s.Client()
			c.Header.Set("X-Is-Human", "proof")
			c.Post("/sign-up/email", ada).WantCode(tc.status, tc.code)
		})
	}
}

func TestRefusedOptions(t *testing.T) {
	high := 1.5
	for want, o := range map[string]captcha.Options{
		"provider is needed":                         {},
		"provider: must be one of":                   {Provider: "turnstile", SecretKey: "key"},
		"must be an http or https URL":               {Provider: captcha.HCaptcha, SecretKey: "key", SiteVerifyURLOverride: "/verify"},
		"minScore: must be at most 1":                {Provider: captcha.GoogleReCAPTCHA, SecretKey: "key", MinScore: &high},
		"timeout: must be at most 60 seconds, not 1": {Provider: captcha.HCaptcha, SecretKey: "key", Timeout: 100},
	} {
		_, err := betterauth.New(auth.Options{BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Plugins: []auth.Plugin{captcha.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

// elapsed returns how long a sign-up takes.
func elapsed(s *authtest.Server) (*authtest.Answer, time.Duration) {
	start := time.Now()
	got := signUp(s)
	return got, time.Since(start)
}
