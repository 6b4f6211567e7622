package authtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// recorder is a testing.TB that records reports instead of failing.
type recorder struct {
	testing.TB
	reports []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Errorf(format string, args ...any) {
	r.reports = append(r.reports, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func Example() {
	t := &recorder{} // in a test: the *testing.T
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{}))
	c := s.Client()
	c.SignUp("ann@example.com").Want(200, "user.email", "ann@example.com", "token", authtest.Any).
		WantCookie("better-auth.session_token", "HttpOnly", "SameSite=Lax")

	c.Get("/get-session").Want(200, "user.emailVerified", false, "user.image", nil, "user.password", authtest.Absent)
	c.Post("/change-email", `{"newEmail":"bob@example.com"}`).WantCode(400, "CHANGE_EMAIL_DISABLED")
	s.WantRows(1, "session")

	s.Advance(8 * 24 * time.Hour) // past the end of the session
	fmt.Println("signed in:", c.SignedIn())
	fmt.Println("reports:", len(t.reports))
	// Output:
	// signed in: false
	// reports: 0
}

// A failure report shows the request, the difference and the whole answer.
func ExampleAnswer_Want() {
	t := &recorder{}
	c := authtest.New(t, authtest.PlainPasswords(auth.Options{})).Client()
	c.Post("/sign-out", "{}").Want(200, "success", false)
	fmt.Println(strings.ReplaceAll(t.reports[0], "\t", "    "))
	// Output:
	// POST /sign-out
	//     success: got true, want false
	//     answer: 200 {"success":true}
}

// TestChecks runs each check on a matching and on a different value.
func TestChecks(t *testing.T) {
	r := &recorder{}
	s := authtest.New(r, authtest.PlainPasswords(auth.Options{}))
	c := s.Client()
	up := c.SignUpAs("Ann", "Ann@Example.com")
	list := c.Get("/list-sessions")
	null := s.Client().Get("/get-session")
	nowhere := c.Get("/nowhere")
	short := c.Post("/change-password", `{"newPassword":"x","currentPassword":"x"}`)
	out := s.Client().Post("/sign-out", "{}")
	sent := c.Get("/reset-password/x?callbackURL=/new")
	for name, tc := range map[string]struct {
		right, wrong func()
	}{
		"status":        {func() { up.Want(200) }, func() { up.Want(201, "user.name", "Bob") }},
		"text":          {func() { up.Want(200, "user.name", "Ann") }, func() { up.Want(200, "user.name", "Bob") }},
		"boolean":       {func() { up.Want(200, "user.emailVerified", false) }, func() { up.Want(200, "user.emailVerified", "false") }},
		"null":          {func() { up.Want(200, "user.image", nil) }, func() { up.Want(200, "user.picture", nil) }},
		"time":          {func() { up.Want(200, "user.createdAt", authtest.Start()) }, func() { up.Want(200, "user.createdAt", authtest.Start().Add(time.Second)) }},
		"element":       {func() { list.Want(200, "0.userId", up.Text("user.id")) }, func() { list.Want(200, "1.userId", up.Text("user.id")) }},
		"whole body":    {func() { out.Want(200, "", map[string]any{"success": true}) }, func() { out.Want(200, "", map[string]any{}) }},
		"body is null":  {func() { null.Want(200, "", nil) }, func() { null.Want(200, "", authtest.Any) }},
		"any":           {func() { up.Want(200, "token", authtest.Any) }, func() { up.Want(200, "user.image", authtest.Any) }},
		"absent":        {func() { up.Want(200, "user.password", authtest.Absent) }, func() { up.Want(200, "user.image", authtest.Absent) }},
		"no body":       {func() { nowhere.Want(404, "", authtest.Absent) }, func() { null.Want(200, "", authtest.Absent) }},
		"like":          {func() { up.Want(200, "token", authtest.Like(`^[\w-]{32}$`)) }, func() { up.Want(200, "user.name", authtest.Like("^a")) }},
		"length":        {func() { list.Want(200, "", authtest.Len(1)) }, func() { list.Want(200, "", authtest.Len(2)) }},
		"code":          {func() { short.WantCode(400, "PASSWORD_TOO_SHORT") }, func() { short.WantCode(400, "PASSWORD_TOO_LONG") }},
		"status, code":  {func() { up.WantCode(200, "") }, func() { short.WantCode(401, "PASSWORD_TOO_SHORT") }},
		"redirect":      {func() { sent.WantRedirect(authtest.Origin + "/new?error=INVALID_TOKEN") }, func() { sent.WantRedirect("/new") }},
		"no redirect":   {func() {}, func() { up.WantRedirect("") }},
		"cookie":        {func() { up.WantCookie("better-auth.session_token", "Max-Age=604800", "path=/") }, func() { up.WantCookie("better-auth.session_token", "Secure") }},
		"cookie's name": {func() { out.WantCookie("better-auth.session_token", "Max-Age=0") }, func() { up.WantCookie("session_token") }},
		"no cookie":     {func() { list.WantNoCookie() }, func() { up.WantNoCookie() }},
		"not this one":  {func() { up.WantNoCookie("better-auth.state") }, func() { up.WantNoCookie("better-auth.session_token") }},
		"rows":          {func() { s.WantRows(1, "user", store.Is("email", "ann@example.com")) }, func() { s.WantRows(1, "verification") }},
	} {
		r.reports = nil
		tc.right()
		if len(r.reports) != 0 {
			t.Errorf("%s: reported %q", name, r.reports)
		}
		tc.wrong()
		if len(r.reports) != 1 {
			t.Errorf("%s: of something wrong %d reports: %q", name, len(r.reports), r.reports)
		}
	}
}

// TestFatal checks that helpers end the test when it cannot continue.
func TestFatal(t *testing.T) {
	r := &recorder{}
	s := authtest.New(r, authtest.PlainPasswords(auth.Options{}))
	up := s.Client().SignUp("ann@example.com")
	for name, do := range map[string]func(){
		"sign-up of a taken address": func() { s.Client().SignUp("ann@example.com") },
		"sign-in of a stranger":      func() { s.Client().SignIn("bob@example.com") },
		"a path without a value":     func() { up.Want(200, "token") },
		"a value without a path":     func() { up.Want(200, true, "token") },
		"a text that is none":        func() { up.Text("user.emailVerified") },
		"no row":                     func() { s.Row("user", store.Is("email", "bob@example.com")) },
		"no change":                  func() { s.Change("user", store.Record{"name": "x"}, store.Is("email", "bob@example.com")) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the test goes on", name)
				}
			}()
			do()
		}()
	}
}

// TestIn checks that In shares server and clock and reports to its own test.
func TestIn(t *testing.T) {
	r := &recorder{}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{}))
	c := s.Client()
	c.SignUp("ann@example.com")
	there := s.In(r).Client()
	there.SignIn("ann@example.com")
	s.Advance(time.Hour)
	there.Get("/get-session").Want(http.StatusOK, "session.createdAt", s.Now())
	if len(r.reports) != 1 || s.In(r).Now() != s.Now() {
		t.Errorf("reported %q", r.reports)
	}
	s.Change("user", store.Record{"name": "Ann"}, store.Is("email", "ann@example.com"))
	if s.Row("user")["name"] != "Ann" || s.ID("user") == "" || !c.SignedIn() {
		t.Errorf("%v", s.Row("user"))
	}
	c.TrySignIn("ann@example.com", "wrong password").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
}
