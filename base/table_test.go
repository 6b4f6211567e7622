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

// endpoint is what the table of an endpoint is about. body is that of a call
// that gets past validation.
type endpoint struct {
	method, path, body string
	session            rule
}

// rule is the session that an endpoint asks for.
type rule int

const (
	public rule = iota
	cached      // any session, be it only in the cookie cache
	stored      // one that the database still has
	fresh       // any that began within a day
)

// call is a row of an endpoint's table: the server, what happened before, one
// request and all that its answer must be.
type call struct {
	name    string
	options func(o *auth.Options) // besides those of newWorld
	given   func(w *world)        // what happened before
	by      caller                // who calls; Ann unless said otherwise

	// The request, where it is not that of the endpoint. <name> stands for what
	// world.value knows.
	method, path, query, body string
	form                      bool // body is a form
	contentType               string
	origin                    string

	status  int
	code    string // of an error
	want    want   // in the body
	to      string // where the browser is sent, when status is 302
	cookie  effect // on the session cookie
	then    func(w *world, got *authtest.Answer)
	message string // of an error without a code
}

// want is pairs of a path and a value, as [authtest.Answer.Want] takes them.
type want []any

type caller int

const (
	ann caller = iota // has signed up just now
	nobody
)

type effect int

const (
	untouched effect = iota
	begun
	ended
	forVisit // set until the browser closes
	either   // not said here
)

const sessionCookie = "better-auth.session_token"

// test plays every row on a server of its own, after the session rule.
func (e endpoint) test(t *testing.T, calls []call) {
	t.Helper()
	idp := newIDP(t)
	if e.session != public {
		t.Run("session rule", func(t *testing.T) { e.testRule(t, idp) })
	}
	for _, tc := range calls {
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

// testRule checks whom the endpoint lets pass: nobody without a session, and by
// its rule some whose session has been revoked, but is still in the cookie
// cache, or is a day old.
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

// fill puts values in the place of <name>.
func (w *world) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string { return w.value(strings.Trim(name, "<>")) })
}

// location checks the header of that name, which an answer may have besides a
// body; "" is none.
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
