package base_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
)

// endpoint describes the endpoint that a table tests. body is a body that passes
// validation.
type endpoint struct {
	method, path, body string
	session            rule
}

// rule is the session rule of an endpoint.
type rule int

const (
	public rule = iota
	cached      // any session, including one found only in the cookie cache
	stored      // a session that is still in the database
	fresh       // a session that began less than a day ago
)

// call is a row of an endpoint's table: options of the server, steps before the
// request, the request, and the expected answer.
type call struct {
	name    string
	options func(o *auth.Options) // changes the options of newWorld
	given   func(w *world)        // steps before the request
	by      caller                // who sends the request; default: Ann

	// Parts of the request that differ from the endpoint's. <name> is replaced by
	// world.value(name).
	method, path, query, body string
	form                      bool // body is a form
	contentType               string
	origin                    string

	status  int
	code    string // error code
	want    want   // values in the body
	to      string // Location of a redirect; status is then 302
	cookie  effect // what happens to the session cookie
	then    func(w *world, got *authtest.Answer)
	message string // expected message, for errors without a code
}

// want is pairs of a path and a value, as [authtest.Answer.Want] takes them.
type want []any

type caller int

const (
	ann caller = iota // signed up at the start of the test
	nobody
)

type effect int

const (
	untouched effect = iota
	begun
	ended
	forVisit // set until the browser closes
	either   // not checked
)

const sessionCookie = "better-auth.session_token"

// test runs the checks of the session rule, then every row on its own server.
func (e endpoint) test(t *testing.T, calls []call) {
	t.Helper()
	idp := newIDP(t)
	if e.session != public {
		t.Run("session rule", func(t *testing.T) { e.testRule(t, idp) })
	}
	names := map[string]bool{}
	for _, tc := range calls {
		if names[tc.name] {
			t.Errorf("two rows are named %q", tc.name)
		}
		names[tc.name] = true
		t.Run(tc.name, func(t *testing.T) { tc.play(t, e, newWorld(t, idp, tc.options)) })
	}
}

func (tc *call) play(t *testing.T, e endpoint, w *world) {
	t.Helper()
	if tc.by == nobody {
		w.c = w.Client()
	}
	if tc.given != nil {
		tc.given(w)
	}
	got := tc.send(w, e)
	wanted := slices.Clone(tc.want)
	for i, v := range wanted {
		if text, ok := v.(string); ok {
			wanted[i] = w.fill(text)
		}
	}
	switch {
	case tc.to != "":
		got.WantRedirect(w.fill(tc.to))
	case tc.status >= 400:
		got.WantCode(tc.status, tc.code)
		if tc.message != "" {
			got.Want(tc.status, "message", tc.message)
		}
	}
	if tc.to == "" {
		got.Want(tc.status, wanted...)
	}
	switch tc.cookie {
	case untouched:
		got.WantNoCookie(sessionCookie)
	case begun:
		got.WantCookie(sessionCookie, "Max-Age=604800", "Path=/", "HttpOnly", "SameSite=Lax")
	case forVisit:
		got.WantCookie(sessionCookie, "Path=/", "HttpOnly", "SameSite=Lax")
		if strings.Contains(strings.Join(got.Header["Set-Cookie"], "\n"), "Max-Age") {
			t.Errorf("cookies that outlive the visit: %s", got.Header["Set-Cookie"])
		}
	case ended:
		got.WantCookie(sessionCookie, "Max-Age=0")
	}
	if tc.then != nil {
		tc.then(w, got)
	}
}

func (tc *call) send(w *world, e endpoint) *authtest.Answer {
	method, path, body, contentType := e.method, e.path, e.body, "application/json"
	if tc.method != "" {
		method = tc.method
	}
	if tc.path != "" {
		path = tc.path
	}
	if tc.body != "" {
		body = tc.body
	}
	if method == http.MethodGet {
		body = ""
	}
	if tc.form {
		contentType = "application/x-www-form-urlencoded"
	}
	if tc.contentType != "" {
		contentType = tc.contentType
	}
	if body == "" {
		contentType = ""
	}
	if tc.origin != "" {
		w.c.Origin = tc.origin
	}
	return w.c.Do(method, w.fill(path+tc.query), contentType, w.fill(body))
}

// testRule checks the session rule: requests without a session are refused;
// sessions that are revoked but still in the cookie cache, or a day old, are
// refused or accepted depending on the rule.
func (e endpoint) testRule(t *testing.T, idp *oauthtest.Server) {
	for name, tc := range map[string]struct {
		by      caller
		options func(o *auth.Options)
		given   func(w *world)
		passes  bool
		status  int
		code    string
	}{
		"nobody": {by: nobody, status: 401, code: "UNAUTHORIZED"},
		"revoked, but cached": {
			options: func(o *auth.Options) { o.Session.CookieCache.Enabled = on() },
			given: func(w *world) {
				if _, err := w.Store.DeleteMany(w.T.Context(), "session"); err != nil {
					w.T.Fatal(err)
				}
			},
			passes: e.session != stored, status: 401, code: "UNAUTHORIZED",
		},
		"a day old": {given: func(w *world) { w.Advance(24 * time.Hour) }, passes: e.session != fresh, status: 403, code: "SESSION_NOT_FRESH"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, idp, tc.options)
			if tc.by == nobody {
				w.c = w.Client()
			}
			if tc.given != nil {
				tc.given(w)
			}
			got := (&call{}).send(w, e)
			if !tc.passes {
				got.WantCode(tc.status, tc.code)
			} else if got.Code() == "UNAUTHORIZED" || got.Code() == "SESSION_NOT_FRESH" {
				t.Errorf("refused: %s", got)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`<\w+>`)

// fill replaces every <name> by its value.
func (w *world) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string { return w.value(strings.Trim(name, "<>")) })
}

// location checks the Location header of an answer that is not a redirect; ""
// means that there is none.
func location(to string) func(w *world, got *authtest.Answer) {
	return func(w *world, got *authtest.Answer) {
		w.T.Helper()
		if l := got.Header.Get("Location"); l != to {
			w.T.Errorf("Location %q, want %q", l, to)
		}
	}
}

func on() *bool  { v := true; return &v }
func off() *bool { v := false; return &v }
