package auth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestRequire(t *testing.T) {
	o := auth.Options{}
	no := false
	o.User.AdditionalFields = auth.AdditionalFields{{Name: "plan", Type: auth.FieldType{Type: store.String}, Required: &no}}
	s := authtest.New(t, o)
	c := s.Client()
	c.Post("/sign-up/email", `{"name":"Test","email":"a@example.com","password":"password1234","plan":"gold"}`)
	guarded := s.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := auth.CurrentUser(r.Context())
		io.WriteString(w, u.Email+" "+u.Extra["plan"].(string)+" "+auth.CurrentSession(r.Context()).UserID)
	}))
	do := func(cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/tasks", nil)
		if cookie != "" {
			r.Header.Set("Cookie", "better-auth.session_token="+cookie)
		}
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		return w
	}
	if got := do(""); got.Code != 401 || got.Body.String() != `{"message":"Unauthorized","code":"UNAUTHORIZED"}` {
		t.Errorf("stranger: %d %s", got.Code, got.Body)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "better-auth.session_token="+c.Jar["better-auth.session_token"])
	session, user, err := s.Session(r)
	if err != nil || user == nil || user.Email != "a@example.com" || user.Image != nil || session.ExpiresAt.IsZero() {
		t.Fatalf("%v %v %v", session, user, err)
	}
	if got := do(c.Jar["better-auth.session_token"]); got.Code != 200 || got.Body.String() != "a@example.com gold "+user.ID {
		t.Errorf("signed in: %d %s", got.Code, got.Body)
	}
	s.Advance(25 * time.Hour)
	if got := do(c.Jar["better-auth.session_token"]); got.Code != 200 || len(got.Header()["Set-Cookie"]) != 1 {
		t.Errorf("refreshed cookies are lost: %v", got.Header())
	}
}

// GHSA-7rqj-j65f-68wh: a text that becomes an e-mail address only by normalization is not accepted.
func TestAttackLookAlikeAt(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	for _, email := range []string{"victim＠example.com", "a@example.com﹫evil.test", "a@exam\u2024ple.com", "\u212Along@example.com", "a@example.com\u0000"} {
		got := s.Client().Post("/sign-up/email", `{"name":"x","email":"`+email+`","password":"password1234"}`)
		if got.Status != 400 {
			t.Errorf("%q: %d %s", email, got.Status, got.Body)
		}
	}
}

// GHSA-xmf8-cvqr-rfgj: no Authorization header can crash the server.
func TestAttackBadAuthorization(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	for _, header := range []string{"", " ", "Bearer", "Basic", "Basic !!!", "Bearer " + string(make([]byte, 3)), "x"} {
		c := s.Client()
		c.Header["Authorization"] = []string{header}
		if got := c.Get("/get-session"); got.Status != 200 || got.Body != "null" {
			t.Errorf("%q: %d %s", header, got.Status, got.Body)
		}
	}
}

// 1.6.10: where sign-up must not reveal users, the answers for a taken and for a free address have the same form.
func TestAttackEnumerateBySignUp(t *testing.T) {
	o := auth.Options{}
	o.EmailAndPassword.RequireEmailVerification = true
	s := authtest.New(t, o)
	up := func() map[string]any {
		return s.Client().Post("/sign-up/email", `{"name":"Test","email":"a@example.com","password":"password1234"}`).JSON(t)
	}
	first, second := up(), up()
	if first["token"] != nil || second["token"] != nil {
		t.Fatalf("%v\n%v", first, second)
	}
	a, b := first["user"].(map[string]any), second["user"].(map[string]any)
	if len(a) != len(b) || a["id"] == b["id"] {
		t.Errorf("the answers differ in form, or tell the id:\n%v\n%v", a, b)
	}
	for k, v := range a {
		if k != "id" && b[k] != v {
			t.Errorf("%s: %v and %v", k, v, b[k])
		}
	}
}
