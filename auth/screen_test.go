package auth_test

import (
	"errors"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// Screen runs after the limit and before the body is read, hooks run and the endpoint is found.
func TestScreen(t *testing.T) {
	var seen []string
	var answer error
	one := auth.Manifest{ID: "one", Screen: func(c *auth.Context) error {
		seen = append(seen, c.Request.URL.Path)
		return answer
	}}
	two := auth.Manifest{
		ID:     "two",
		Screen: func(*auth.Context) error { seen = append(seen, "two"); return nil },
		Before: []auth.Hook{{Do: func(*auth.Context) error { seen = append(seen, "before"); return nil }}},
	}
	s := authtest.New(t, auth.Options{
		Plugins:       []auth.Plugin{one, two},
		DisabledPaths: []string{"/error"},
		RateLimit:     auth.RateLimitOptions{Enabled: yes(), CustomRules: auth.CustomRules{{Path: "/ok", Window: 60, Max: 2}}},
	})
	c := s.Client()
	c.Get("/ok").Want(200)
	want(t, &seen, "/api/auth/ok", "two", "before")
	c.Get("/error").Want(404)
	want(t, &seen)

	answer = &auth.Error{Code: auth.Code{Name: "STOPPED", Message: "No"}, Status: 418, Header: map[string][]string{"X-Why": {"test"}}}
	if got := c.Get("/ok").Want(418, "", map[string]any{"message": "No", "code": "STOPPED"}); got.Header.Get("X-Why") != "test" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", got.Header)
	}
	c.Post("/nowhere", "{").WantCode(418, "STOPPED")
	want(t, &seen, "/api/auth/ok", "/api/auth/nowhere")
	c.Get("/ok").Want(429)
	want(t, &seen)

	answer = errors.New("secret reason")
	if got := c.Get("/get-session"); got.Status != 500 || got.Body != "" {
		t.Errorf("%s", got)
	}
	seen = nil
	if _, err := s.Call(t.Context(), "ok", auth.Input{}); err != nil {
		t.Error(err)
	}
	want(t, &seen, "before")
}

func want(t *testing.T, seen *[]string, calls ...string) {
	t.Helper()
	if len(*seen) != len(calls) {
		t.Errorf("called %q, want %q", *seen, calls)
	} else {
		for i, call := range calls {
			if (*seen)[i] != call {
				t.Errorf("called %q, want %q", *seen, calls)
			}
		}
	}
	*seen = nil
}

func TestRequestMatches(t *testing.T) {
	paths := map[string][]string{
		"/sign-in/email":       {"/sign-in/email", "/sign-in/email/", "//sign-in/email", "/sign-in//email///", "/sign-in/./email", "/a/../sign-in/email?x=/y"},
		"/sign-in/*":           {"/sign-in/email", "/sign-in/social", "//sign-in//x"},
		"/**":                  {"/ok", "/a/b/c"},
		"/get-session":         {"/get-session", "/session"},
		"/session":             {"/session"},
		"/callback/google":     {"/callback/google"},
		"/reset-password/:tok": {},
	}
	others := []string{"/sign-in", "/sign-in/emails", "/SIGN-IN/email", "/sign-in/%65mail", "/x/sign-in/email", "/reset-password/t"}
	for pattern, match := range paths {
		var found bool
		s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{auth.Manifest{ID: "x", Screen: func(c *auth.Context) error {
			found = c.RequestMatches([]string{"/never", pattern})
			return nil
		}}}})
		for _, path := range match {
			if s.Client().Get(path); !found {
				t.Errorf("%s does not match %s", pattern, path)
			}
		}
		for _, path := range others {
			if s.Client().Get(path); found && pattern != "/**" && !(pattern == "/sign-in/*" && path == "/sign-in/emails" || pattern == "/sign-in/*" && path == "/sign-in/%65mail") {
				t.Errorf("%s matches %s", pattern, path)
			}
		}
	}
}
