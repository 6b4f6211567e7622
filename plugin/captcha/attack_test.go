package captcha_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
)

// 1.6.17: whatever goes wrong with the service, the request is refused, and the endpoint is not reached.
func TestAttackFailOpen(t *testing.T) {
	for _, provider := range []string{captcha.CloudflareTurnstile, captcha.GoogleReCAPTCHA, captcha.HCaptcha, captcha.CaptchaFox} {
		for name, tc := range map[string]struct {
			service service
			status  int
			code    string
		}{
			"down":                      {service{err: errors.New("connection refused")}, 500, "UNKNOWN_ERROR"},
			"status 500":                {service{status: 500, body: `{"success":true}`}, 500, "UNKNOWN_ERROR"},
			"status 404":                {service{status: 404, body: `{"success":true}`}, 500, "UNKNOWN_ERROR"},
			"status 204":                {service{status: 204}, 500, "UNKNOWN_ERROR"},
			"a redirect":                {service{status: 302, location: "https://evil.example/", body: `{"success":true}`}, 500, "UNKNOWN_ERROR"},
			"a redirect that is a POST": {service{status: 307, location: "https://evil.example/", body: `{"success":true}`}, 500, "UNKNOWN_ERROR"},
			"an endless answer":         {service{body: `{"success":true,"x":"` + strings.Repeat("x", 5<<20) + `"}`}, 500, "UNKNOWN_ERROR"},
			"empty":                     {service{}, 500, "UNKNOWN_ERROR"},
			"null":                      {service{body: "null"}, 500, "UNKNOWN_ERROR"},
			"false":                     {service{body: "false"}, 500, "UNKNOWN_ERROR"},
			"garbage":                   {service{body: "<html>success</html>", kind: "text/html"}, 403, "VERIFICATION_FAILED"},
			"half an answer":            {service{body: `{"success":true`}, 403, "VERIFICATION_FAILED"},
			"another type":              {service{body: `{"success":true}`, kind: "application/octet-stream"}, 403, "VERIFICATION_FAILED"},
			"true":                      {service{body: "true"}, 403, "VERIFICATION_FAILED"},
			"a list":                    {service{body: `[{"success":true}]`}, 403, "VERIFICATION_FAILED"},
			"no success":                {service{body: `{}`}, 403, "VERIFICATION_FAILED"},
			"success is a text":         {service{body: `{"success":"false"}`}, 403, "VERIFICATION_FAILED"},
			"success is a number":       {service{body: `{"success":1}`}, 403, "VERIFICATION_FAILED"},
			"success is an object":      {service{body: `{"success":{}}`}, 403, "VERIFICATION_FAILED"},
		} {
			t.Run(provider+" "+name, func(t *testing.T) {
				at := tc.service
				s := server(t, captcha.Options{Provider: provider}, &at)
				signUp(s).WantCode(tc.status, tc.code).WantNoCookie()
				s.WantRows(0, "user")
				if len(at.asked) != 1 || strings.Contains(at.asked[0], "evil") {
					t.Errorf("asked %d times: the secret key must not follow a redirect", len(at.asked))
				}
			})
		}
	}
	t.Run("no secret key", func(t *testing.T) {
		s := server(t, captcha.Options{SecretKey: "x"}, nil, func(o *auth.Options) {
			o.Plugins = []auth.Plugin{captcha.New(captcha.Options{Provider: captcha.HCaptcha})}
		})
		signUp(s).WantCode(500, "UNKNOWN_ERROR")
	})
}

// A service that does not answer, or not to the end, holds a request for a bounded time.
func TestAttackSlowService(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"success":`))
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(release); slow.Close() }) // after the parallel subtests
	late := func(ctx context.Context, _ callback.Nothing) (*js.Object, error) {
		<-ctx.Done()
		return js.Obj("isBot", false), ctx.Err()
	}
	for name, o := range map[string]captcha.Options{
		"silent": {Provider: captcha.HCaptcha, SiteVerifyURLOverride: slow.URL + "/", Timeout: 1},
		"half":   {Provider: captcha.CloudflareTurnstile, SiteVerifyURLOverride: slow.URL + "/half", Timeout: 1},
		"BotID":  {Provider: captcha.VercelBotID, CheckBotID: late, Timeout: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := server(t, o, nil)
			got, took := elapsed(s)
			got.WantCode(500, "UNKNOWN_ERROR")
			if took < 900*time.Millisecond || took > 8*time.Second {
				t.Errorf("the answer took %v", took)
			}
			s.WantRows(0, "user")
		})
	}
}

// 1.7.0: other spellings of a protected path do not reach its endpoint without a captcha.
func TestAttackPathSpelling(t *testing.T) {
	s := server(t, captcha.Options{}, &service{body: `{"success":false}`})
	for _, path := range []string{
		"/sign-up/email", "//sign-up/email", "/sign-up//email", "///sign-up///email//", "/sign-up/email/", "/sign-up/./email", "/x/../sign-up/email",
		"/%2e/sign-up/email", "/sign-up/%65mail", "/sign-up%2Femail", "/SIGN-UP/EMAIL", `/sign-up\email`, "/sign-up/email;x=1", "/sign-up/email?x=1", "/sign-up/email%20",
	} {
		for _, skip := range []bool{false, true} {
			s.Options.Advanced.SkipTrailingSlashes = skip
			c := s.Client()
			if got := c.Post(path, ada); got.Status < 400 {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
	s.WantRows(0, "user")
}
