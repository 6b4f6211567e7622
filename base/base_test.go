package base_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// The life of a session; cookies and bodies are compared byte for byte where clients depend on that.
func TestSignUpSignOut(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	c := s.Client()
	up := c.SignUp("Alice@Example.com").Want(200, "user.email", "alice@example.com", "user.emailVerified", false, "user.image", nil)
	if got := up.Header["Set-Cookie"]; len(got) != 1 || !strings.HasPrefix(got[0], "better-auth.session_token=") || !strings.HasSuffix(got[0], "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("cookies: %q", got)
	}
	session := c.Get("/get-session").Want(200, "user.id", up.Text("user.id"))
	if alias := c.Get("/session"); alias.Body != session.Body {
		t.Errorf("/session answers %s", alias.Body)
	}
	out := c.Post("/sign-out", "{}")
	if out.Body != `{"success":true}` || len(c.Jar) != 0 {
		t.Errorf("sign-out: %s, jar %v", out.Body, c.Jar)
	}
	if again := c.Get("/get-session"); again.Status != 200 || again.Body != "null" {
		t.Errorf("signed out: %s", again)
	}
	c.Get("/nowhere").Want(404, "", authtest.Absent)
}
