package base_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// linked is a server that mails links of every kind, and keeps the newest ones.
type linked struct {
	*authtest.Server
	reset, verify, deletion auth.LinkMail
}

func newLinked(t *testing.T, change ...func(*auth.Options)) *linked {
	t.Helper()
	s := &linked{}
	var o auth.Options
	o.Verification.DisableCleanup = true // keep expired rows, so that the test can use them
	into := func(box *auth.LinkMail) callback.Func[auth.LinkMail, callback.Nothing] {
		return func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) {
			*box = m
			return callback.Nothing{}, nil
		}
	}
	o.EmailAndPassword.SendResetPassword = into(&s.reset)
	o.EmailAndPassword.RevokeSessionsOnPasswordReset = true
	o.EmailVerification.SendVerificationEmail = into(&s.verify)
	o.User.DeleteUser = auth.DeleteUser{Enabled: true, SendDeleteAccountVerification: into(&s.deletion)}
	o.User.ChangeEmail.Enabled = true
	o = authtest.PlainPasswords(o)
	for _, c := range change {
		c(&o)
	}
	s.Server = authtest.New(t, o)
	return s
}

func verifiedNow(s *linked, email string) bool {
	s.T.Helper()
	return len(s.Rows("user", store.Is("email", email), store.Is("emailVerified", true))) == 1
}

// TestAttackLinkToForeignSite: no link in a mail redirects to an untrusted site, and a refused link is not used up
// (CVE-2024-56734, CVE-2025-53535, with GET).
func TestAttackLinkToForeignSite(t *testing.T) {
	s := newLinked(t)
	c := s.Client()
	c.SignUp("a@example.com")
	c.Post("/send-verification-email", `{"email":"a@example.com"}`).Want(200)
	c.Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	c.Post("/delete-user", `{}`).Want(200)
	links := []struct{ name, path string }{
		{"verification", "/verify-email?token=" + s.verify.Token + "&callbackURL="},
		{"a bad token", "/verify-email?token=x&callbackURL="},
		{"reset", "/reset-password/" + s.reset.Token + "?callbackURL="},
		{"deletion", "/delete-user/callback?token=" + s.deletion.Token + "&callbackURL="},
	}
	for _, target := range []string{
		"https://evil.test", "//evil.test", `/\evil.test`, "/%5Cevil.test", "https:evil.test", "/\tevil.test",
		authtest.Origin + "@evil.test", authtest.Origin + ".evil.test", "javascript:alert(1)",
	} {
		for _, link := range links {
			got := c.Get(link.path + url.QueryEscape(target))
			if got.Status != http.StatusForbidden || got.Code() != "INVALID_CALLBACK_URL" {
				t.Errorf("%s to %q: %d %s to %s", link.name, target, got.Status, got.Body, got.Header.Get("Location"))
			}
		}
	}
	if verifiedNow(s, "a@example.com") {
		t.Error("a refused link verified the address")
	}
	for i, want := range []string{"/in", "/in?error=INVALID_TOKEN", authtest.Origin + "/in?token=" + s.reset.Token, "/in"} {
		if got := c.Get(links[i].path + "/in"); got.Header.Get("Location") != want {
			t.Errorf("%s, refused before: %d %s to %q", links[i].name, got.Status, got.Body, got.Header.Get("Location"))
		}
	}
}

// TestAttackDeletionByAnother: the link that deletes an account works only in a session of its user, and only while
// that session is valid (1.6.17).
func TestAttackDeletionByAnother(t *testing.T) {
	s := newLinked(t)
	victim, mallory := s.Client(), s.Client()
	victim.SignUp("victim@example.com")
	mallory.SignUp("mallory@example.com")
	there := func(email string) bool {
		return len(s.Rows("user", store.Is("email", email))) == 1
	}
	for name, follow := range map[string]func() *authtest.Answer{
		"another's session, GET":  func() *authtest.Answer { return mallory.Get("/delete-user/callback?token=" + s.deletion.Token) },
		"another's session, POST": func() *authtest.Answer { return mallory.Post("/delete-user", `{"token":"`+s.deletion.Token+`"}`) },
		"no session":              func() *authtest.Answer { return s.Client().Get("/delete-user/callback?token=" + s.deletion.Token) },
	} {
		victim.Post("/delete-user", `{}`).Want(200)
		if got := follow(); got.Status == http.StatusOK || !there("victim@example.com") || !there("mallory@example.com") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	victim.Post("/delete-user", `{}`).Want(200)
	victim.Post("/sign-out", `{}`).Want(200)
	if got := victim.Get("/delete-user/callback?token=" + s.deletion.Token); got.Status == http.StatusOK || !there("victim@example.com") {
		t.Errorf("signed out: %d %s", got.Status, got.Body)
	}
}

// TestAttackVerificationOfAnother: a verification link verifies an address only for the user that it was sent to, and
// only while the user has that address.
func TestAttackVerificationOfAnother(t *testing.T) {
	s := newLinked(t)
	first := s.Client()
	first.SignUp("a@example.com")
	first.Post("/send-verification-email", `{"email":"a@example.com"}`).Want(200)
	old := s.verify.Token
	first.Post("/delete-user", `{}`).Want(200)
	first.Get("/delete-user/callback?token=" + s.deletion.Token)
	second := s.Client()
	second.SignUp("a@example.com")
	if got := s.Client().Get("/verify-email?token=" + old); got.Code() != "INVALID_TOKEN" || verifiedNow(s, "a@example.com") {
		t.Errorf("a link of the address's former user: %d %s", got.Status, got.Body)
	}

	second.Post("/change-email", `{"newEmail":"b@example.com"}`).Want(200)
	change := s.verify.Token
	mallory := s.Client()
	mallory.SignUp("mallory@example.com")
	if got := mallory.Get("/verify-email?token=" + change); got.Code() != "INVALID_USER" {
		t.Errorf("a change in another's session: %d %s", got.Status, got.Body)
	}
	second.Post("/change-email", `{"newEmail":"c@example.com"}`).Want(200)
	second.Get("/verify-email?token=" + s.verify.Token)
	if got := second.Get("/verify-email?token=" + change); got.Code() != "INVALID_TOKEN" || verifiedNow(s, "b@example.com") {
		t.Errorf("a change from an address left behind: %d %s", got.Status, got.Body)
	}
}

// TestAttackForgedVerification: a verification link works only with a valid signature, and for one hour.
func TestAttackForgedVerification(t *testing.T) {
	s := newLinked(t)
	c := s.Client()
	c.SignUp("a@example.com")
	c.Post("/send-verification-email", `{"email":"a@example.com"}`).Want(200)
	parts := strings.Split(s.verify.Token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	rs256 := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`))
	other := base64.RawURLEncoding.EncodeToString([]byte(`{"email":"b@example.com","iat":1795521600,"exp":1895521600}`))
	for name, token := range map[string]string{
		"unsigned": none + "." + parts[1] + ".", "unsigned, signature kept": none + "." + parts[1] + "." + parts[2],
		"another algorithm": rs256 + "." + parts[1] + "." + parts[2], "another payload": parts[0] + "." + other + "." + parts[2],
		"cut": parts[0] + "." + parts[1], "a session's token": strings.SplitN(c.Jar["better-auth.session_token"], ".", 2)[0],
	} {
		if got := s.Client().Get("/verify-email?token=" + url.QueryEscape(token)); got.Code() != "INVALID_TOKEN" {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	s.Advance(time.Hour + time.Second)
	if got := s.Client().Get("/verify-email?token=" + s.verify.Token); got.Code() != "TOKEN_EXPIRED" {
		t.Errorf("late: %d %s", got.Status, got.Body)
	}
	if verifiedNow(s, "a@example.com") {
		t.Error("the address is verified")
	}
}

// TestAttackResetLink: a reset link works once, for one hour, and only for an existing user; sessions started with
// the old password end.
func TestAttackResetLink(t *testing.T) {
	s := newLinked(t)
	thief := s.Client()
	thief.SignUp("a@example.com")
	set := func(token, password string) string {
		got := s.Client().Post("/reset-password", `{"token":"`+token+`","newPassword":"`+password+`"}`)
		if got.Status == http.StatusOK {
			return "ok"
		}
		return got.Code()
	}
	s.Client().Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	late := s.reset.Token
	s.Advance(time.Hour + time.Second)
	if got := set(late, "password5678"); got != "INVALID_TOKEN" {
		t.Errorf("late: %s", got)
	}
	if got := s.Client().Get("/reset-password/" + late + "?callbackURL=/new").Header.Get("Location"); !strings.Contains(got, "error=INVALID_TOKEN") {
		t.Errorf("late, by GET: %s", got)
	}
	s.Client().Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	for _, want := range []string{"ok", "INVALID_TOKEN"} {
		if got := set(s.reset.Token, "password5678"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if thief.SignedIn() {
		t.Error("still signed in")
	}
	if got := thief.Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`); got.Status != http.StatusUnauthorized {
		t.Errorf("the old password: %d %s", got.Status, got.Body)
	}
	owner := s.Client()
	owner.Post("/sign-in/email", `{"email":"a@example.com","password":"password5678"}`).Want(200)
	owner.Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	owner.Post("/delete-user", `{}`).Want(200)
	owner.Get("/delete-user/callback?token=" + s.deletion.Token)
	if got := set(s.reset.Token, "password9999"); got == "ok" {
		t.Error("a password was set for nobody")
	}
}
