package base_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

func TestSignUpSignOut(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	c := s.Client()
	up := c.SignUp("Alice@Example.com")
	user := up.JSON(t)["user"].(map[string]any)
	if user["email"] != "alice@example.com" || user["emailVerified"] != false || user["image"] != nil {
		t.Errorf("user: %v", user)
	}
	if _, ok := user["image"]; !ok {
		t.Error("image is absent; it must be null")
	}
	if got := up.Header["Set-Cookie"]; len(got) != 1 || !strings.HasPrefix(got[0], "better-auth.session_token=") || !strings.HasSuffix(got[0], "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("cookies: %q", got)
	}
	session := c.Get("/get-session")
	if session.Status != 200 || session.JSON(t)["user"].(map[string]any)["id"] != user["id"] {
		t.Fatalf("get-session: %d %s", session.Status, session.Body)
	}
	if alias := c.Get("/session"); alias.Body != session.Body {
		t.Errorf("/session answers %s", alias.Body)
	}
	out := c.Post("/sign-out", "{}")
	if out.Body != `{"success":true}` || len(c.Jar) != 0 {
		t.Errorf("sign-out: %s, jar %v", out.Body, c.Jar)
	}
	if again := c.Get("/get-session"); again.Status != 200 || again.Body != "null" {
		t.Errorf("signed out: %d %s", again.Status, again.Body)
	}
}

func TestErrors(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	c := s.Client()
	c.SignUp("a@example.com")
	stranger := s.Client()
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"taken", "POST", "/sign-up/email", `{"name":"x","email":"A@example.com","password":"password1234"}`, 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"},
		{"short", "POST", "/sign-up/email", `{"name":"x","email":"b@example.com","password":"short"}`, 400, "PASSWORD_TOO_SHORT"},
		{"long", "POST", "/sign-up/email", `{"name":"x","email":"b@example.com","password":"` + strings.Repeat("x", 129) + `"}`, 400, "PASSWORD_TOO_LONG"},
		{"bad address", "POST", "/sign-up/email", `{"name":"x","email":"b","password":"password1234"}`, 400, "VALIDATION_ERROR"},
		{"bad json", "POST", "/sign-up/email", `{bad`, 400, "BAD_REQUEST"},
		{"wrong password", "POST", "/sign-in/email", `{"email":"a@example.com","password":"wrongwrong"}`, 401, "INVALID_EMAIL_OR_PASSWORD"},
		{"unknown user", "POST", "/sign-in/email", `{"email":"z@example.com","password":"wrongwrong"}`, 401, "INVALID_EMAIL_OR_PASSWORD"},
		{"bad address at sign-in", "POST", "/sign-in/email", `{"email":"z","password":"wrongwrong"}`, 400, "INVALID_EMAIL"},
		{"foreign callback", "POST", "/sign-in/email", `{"email":"a@example.com","password":"password1234","callbackURL":"https://evil.test"}`, 403, "INVALID_CALLBACK_URL"},
		{"not signed in", "GET", "/list-sessions", "", 401, "UNAUTHORIZED"},
		{"post get-session", "POST", "/get-session", "", 405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			contentType := ""
			if tc.body != "" {
				contentType = "application/json"
			}
			got := stranger.Do(tc.method, tc.path, contentType, tc.body)
			if got.Status != tc.status || got.Code() != tc.code {
				t.Errorf("got %d %s, want %d %s", got.Status, got.Body, tc.status, tc.code)
			}
		})
	}
	if got := stranger.Do(http.MethodPost, "/sign-in/email", "text/plain", "x"); got.Status != 415 {
		t.Errorf("text/plain: %d", got.Status)
	}
	if got := stranger.Get("/nowhere"); got.Status != 404 || got.Body != "" {
		t.Errorf("unknown path: %d %q", got.Status, got.Body)
	}
}
