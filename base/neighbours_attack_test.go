package base_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackLinkOfEndedSession: if the session ends during the flow that links a provider, the callback links
// nothing.
func TestAttackLinkOfEndedSession(t *testing.T) {
	for name, finish := range map[string]func(c *authtest.Client){
		"goes on":    func(*authtest.Client) {},
		"signs out":  func(c *authtest.Client) { c.Post("/sign-out", `{}`) },
		"is revoked": func(c *authtest.Client) { c.Server.Store.DeleteMany(t.Context(), "session") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSocial(t, auth.Options{})
			c := s.Client()
			c.SignUp("ann@example.com")
			state := stateOf(c.Post("/link-social", `{"provider":"github","callbackURL":"/dash","errorCallbackURL":"/failed"}`).Text("url"))
			finish(c)
			end(c, "github", state)
			linked := 0
			if name == "goes on" {
				linked = 1
			}
			s.WantRows(linked, "account", store.Is("providerId", "github"))
		})
	}
}

// TestAttackOldStateInCookie: a state in a cookie expires after ten minutes, like one in the database, however long
// the browser keeps the cookie.
func TestAttackOldStateInCookie(t *testing.T) {
	var o auth.Options
	o.Account.StoreStateStrategy = "cookie"
	s := newSocial(t, o)
	for _, tc := range []struct {
		after time.Duration
		ok    bool
	}{{9 * time.Minute, true}, {11 * time.Minute, false}} {
		c := s.Client()
		state := begin(t, c, "github")
		s.Advance(tc.after)
		if to := end(c, "github", state); c.SignedIn() != tc.ok {
			t.Errorf("after %s: sent to %s, signed in %v", tc.after, to, c.SignedIn())
		}
	}
}

// TestAttackStateOfAnotherFlowHere: a browser with a flow of its own is not signed in by the state of another flow.
func TestAttackStateOfAnotherFlowHere(t *testing.T) {
	s := newSocial(t, auth.Options{})
	mallory, victim := s.Client(), s.Client()
	state := begin(t, mallory, "github")
	begin(t, victim, "github")
	if to := end(victim, "github", state); victim.SignedIn() || !strings.Contains(to, "state_mismatch") {
		t.Errorf("signed in %v, sent to %s", victim.SignedIn(), to)
	}
}

// TestAttackStateUnderAnotherName: the stored value of one flow is not accepted for the state of another, even with a
// valid browser and cookie.
func TestAttackStateUnderAnotherName(t *testing.T) {
	s := newSocial(t, auth.Options{})
	c := s.Client()
	mine, other := begin(t, c, "github"), begin(t, s.Client(), "github")
	row := s.Row("verification", store.Is("identifier", "auth-state:"+other))
	s.Change("verification", store.Record{"value": row["value"]}, store.Is("identifier", "auth-state:"+mine))
	if to := end(c, "github", mine); c.SignedIn() {
		t.Errorf("signed in, and sent to %s", to)
	}
}

// TestAttackHalfReset: a reset that fails half-way changes nothing: the link still works, the old password is valid,
// and sessions continue.
func TestAttackHalfReset(t *testing.T) {
	fail := false
	s := newLinked(t, func(o *auth.Options) {
		o.DatabaseHooks.Account.Update.Before = func(context.Context, auth.RowEvent) (callback.Answer, error) {
			if fail {
				return callback.Answer{}, errors.New("the database is gone")
			}
			return callback.Answer{}, nil
		}
	})
	c := s.Client()
	c.SignUp("a@example.com")
	c.Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	reset := `{"token":"` + s.reset.Token + `","newPassword":"password5678"}`
	fail = true
	if got := s.Client().Post("/reset-password", reset); got.Status < 500 {
		t.Fatalf("the write failed, and the answer is %d %s", got.Status, got.Body)
	}
	if !c.SignedIn() {
		t.Error("a reset that failed ended the session")
	}
	s.Client().Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`).Want(200)
	fail = false
	s.Client().Post("/reset-password", reset).Want(200)
	s.Client().Post("/sign-in/email", `{"email":"a@example.com","password":"password5678"}`).Want(200)
}

// TestAttackResetOfAnother (CVE-2026-18963): a reset link sets the password of the user that it was sent to, whatever
// else the request contains.
func TestAttackResetOfAnother(t *testing.T) {
	s := newLinked(t)
	victim, mallory := s.Client(), s.Client()
	id := victim.SignUp("victim@example.com").Text("user.id")
	mallory.SignUp("mallory@example.com")
	mallory.Post("/request-password-reset", `{"email":"mallory@example.com"}`).Want(200)
	body := `{"token":"` + s.reset.Token + `","newPassword":"password5678","email":"victim@example.com","userId":"` + id + `","id":"` + id + `","value":"` + id + `"}`
	browser := s.Client()
	for name, value := range victim.Jar { // the victim is signed in here
		browser.Jar[name] = value
	}
	if got := browser.Post("/reset-password?userId="+id+"&email=victim@example.com", body); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	s.Client().TrySignIn("victim@example.com", "password5678").Want(401)
	s.Client().Post("/sign-in/email", `{"email":"victim@example.com","password":"password1234"}`).Want(200)
	s.Client().Post("/sign-in/email", `{"email":"mallory@example.com","password":"password5678"}`).Want(200)
}

// TestAttackLongPassword (1.7.3): a new password that is too long is refused before anything is hashed.
func TestAttackLongPassword(t *testing.T) {
	hashes := 0
	s := newLinked(t, func(o *auth.Options) {
		hash := o.EmailAndPassword.Password.Hash
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, password string) (string, error) {
			hashes++
			return hash(ctx, password)
		}
	})
	c := s.Client()
	c.SignUp("a@example.com")
	c.Post("/request-password-reset", `{"email":"a@example.com"}`).Want(200)
	long := strings.Repeat("x", 129)
	hashes = 0
	for path, body := range map[string]string{
		"/sign-up/email":   `{"name":"B","email":"b@example.com","password":"` + long + `"}`,
		"/reset-password":  `{"token":"` + s.reset.Token + `","newPassword":"` + long + `"}`,
		"/change-password": `{"currentPassword":"password1234","newPassword":"` + long + `"}`,
	} {
		if got := c.Post(path, body); got.Code() != "PASSWORD_TOO_LONG" {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	if _, err := s.Call(t.Context(), "setPassword", auth.Input{Body: map[string]any{"newPassword": long}, Header: http.Header{"Cookie": {"better-auth.session_token=" + c.Jar["better-auth.session_token"]}}}); err == nil || !strings.Contains(err.Error(), "PASSWORD_TOO_LONG") {
		t.Errorf("setPassword: %v", err)
	}
	if hashes != 0 {
		t.Errorf("%d hashes were made", hashes)
	}
}
