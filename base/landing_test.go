package base_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// A program that opens every link in a mailbox, even with the user's cookies, verifies no address that somebody else
// signed up with and deletes nothing.
func TestAttackScannerOfLinks(t *testing.T) {
	s := newLinked(t, func(o *auth.Options) {
		o.EmailVerification.LandingPage = true
		o.User.DeleteUser.LandingPage = true
	})
	c := s.Client()
	c.SignUp("a@example.com")
	c.Post("/send-verification-email", `{"email":"a@example.com","callbackURL":"/verified"}`).Want(200)
	c.Post("/delete-user", `{"callbackURL":"/bye"}`).Want(200)
	c.Post("/request-password-reset", `{"email":"a@example.com","redirectTo":"/reset"}`).Want(200)
	path := func(m auth.LinkMail) string { return strings.TrimPrefix(m.URL, authtest.Origin+"/api/auth") }
	for _, link := range []string{path(s.verify), path(s.deletion), path(s.reset)} {
		for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodHead, http.MethodGet} {
			c.Do(method, link, "", "")
		}
	}
	if verifiedNow(s, "a@example.com") {
		t.Error("a GET has verified the address")
	}
	if !c.SignedIn() {
		t.Error("a GET has deleted the account")
	}
	if got := s.Client().Get(path(s.deletion)); got.Status != http.StatusOK || !strings.Contains(got.Body, "<button>Delete my account</button>") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	press := func(link string) *authtest.Answer {
		return c.Do(http.MethodPost, link, "application/x-www-form-urlencoded", "")
	}
	if got := c.Post("/reset-password?token="+s.reset.Token, `{"newPassword":"another1234"}`); got.Status != http.StatusOK {
		t.Errorf("the reset link is used up: %d %s", got.Status, got.Body)
	}
	c.Post("/sign-in/email", `{"email":"a@example.com","password":"another1234"}`)
	if got := press(path(s.verify)); got.Header.Get("Location") != "/verified" || !verifiedNow(s, "a@example.com") {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header)
	}
	if got := press(path(s.deletion)); got.Header.Get("Location") != "/bye" {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header)
	}
	if c.SignedIn() {
		t.Error("the account is still there")
	}
}
