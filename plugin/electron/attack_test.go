package electron_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/plugin/electron"
	"github.com/seed-32bd42cb/betterauth/store"
)

// codeFor signs Ann up in a browser that an application opened.
func codeFor(s *authtest.Server) string {
	s.T.Helper()
	return s.Client().Post("/sign-up/email"+wanted(), ann).Want(200).Text("electron_authorization_code")
}

// Of fifty simultaneous uses of one code one gets a session.
func TestAttackCodeUsedTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, electron.Options{})
		code := codeFor(s)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			c := s.Client()
			wg.Go(func() {
				if redeem(c, code, "s1", verifier).Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of fifty %d won", won.Load())
		}
	})
}

// Who steals a code, but has neither the state nor the verifier of the application, gets nothing, and cannot try again.
func TestAttackStolenCode(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	for _, try := range []struct{ state, verifier, code string }{
		{"s2", verifier, "STATE_MISMATCH"}, {"s1", "guess", "INVALID_CODE_VERIFIER"}, {"s1", verifier + " ", "INVALID_CODE_VERIFIER"},
	} {
		code := c.Post("/electron/transfer-user"+wanted(), `{}`).Want(200).Text("electron_authorization_code")
		thief := s.Client()
		redeem(thief, code, try.state, try.verifier).WantCode(400, try.code).WantNoCookie()
		redeem(thief, code, "s1", verifier).WantCode(404, "INVALID_TOKEN").WantNoCookie()
	}
}

// The request of an application that a cookie keeps is signed: a page on a subdomain cannot plant one.
func TestAttackPlantedRequest(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{})
	s.Client().SignUp("ann@example.com")
	for name, planted := range map[string]string{
		"unsigned":   `{"client_id":"electron","code_challenge":"c","state":"s"}`,
		"signature":  `{"client_id":"electron","code_challenge":"c","state":"s"}.` + strings.Repeat("A", 43) + "=",
		"not a text": cookie.Sign("no json", s.Keys),
	} {
		c := s.In(t).Client()
		c.Jar["better-auth.transfer_token"] = url.QueryEscape(planted)
		got := c.SignIn("ann@example.com")
		if !strings.Contains(got.Body, `"token"`) || strings.Contains(got.Body, "authorization_code") {
			t.Errorf("%s: %s", name, got)
		}
		got.WantNoCookie("better-auth.electron")
	}
	s.WantRows(0, "verification")
}

// A kept request of an application with another name is ignored. The npm package answers such a sign-in with its whole
// context, secret included.
func TestAttackRequestOfAnotherName(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	c.Jar = map[string]string{"better-auth.transfer_token": url.QueryEscape(cookie.Sign(`{"client_id":"old-name","code_challenge":"c","state":"s"}`, s.Keys))}
	got := c.SignIn("ann@example.com")
	got.Want(200, "user.email", "ann@example.com", "token", authtest.Any, "context", authtest.Absent, "electron_authorization_code", authtest.Absent)
	if strings.Contains(got.Body, authtest.Secret) {
		t.Error("the answer has the secret")
	}
}

// The code belongs to the user who signs in now, not to the one who was signed in before.
func TestAttackCodeOfTheOneBefore(t *testing.T) {
	var token string
	o := auth.Options{EmailVerification: auth.EmailVerification{
		AutoSignInAfterVerification: true,
		SendVerificationEmail: func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) {
			token = m.Token
			return callback.Nothing{}, nil
		},
	}}
	s := server(t, o, electron.Options{})
	c := s.Client()
	c.SignUp("bob@example.com")
	c.Post("/send-verification-email", `{"email":"bob@example.com"}`).Want(200)
	c.Jar = map[string]string{}
	c.SignUp("ann@example.com")
	c.Get("/verify-email"+wanted()+"&token="+token).Want(200, "electron_authorization_code", authtest.Any)
	redeem(s.Client(), shown(t, c), "s1", verifier).Want(200, "user.email", "bob@example.com")
}

// A page of another site gets no code for the user of a browser, and no application of another scheme a session.
func TestAttackForeignOrigin(t *testing.T) {
	s := server(t, auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"com.example.app:/"}}}, electron.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	code := c.Post("/electron/transfer-user"+wanted(), `{}`).Want(200).Text("electron_authorization_code")
	for _, origin := range []string{"https://evil.example", "com.evil.app:/", "null"} {
		c.Origin = origin
		if got := c.Post("/electron/transfer-user"+wanted(), `{}`); got.Status != 403 {
			t.Errorf("%s: %s", origin, got)
		}
		if got := redeem(c, code, "s1", verifier); got.Status != 403 {
			t.Errorf("%s: %s", origin, got)
		}
	}
	c.Origin = "com.example.app:/"
	redeem(c, code, "s1", verifier).Want(200)
}

// A user whom a plugin refuses gets no session in an application.
func TestAttackRefusedUser(t *testing.T) {
	refuse := auth.Manifest{ID: "refuse", Admit: func(_ *auth.Context, _ *auth.User, how auth.SignIn) error {
		if how.Method == "electron" {
			return auth.Forbidden(auth.Code{Name: "BANNED", Message: "Banned"})
		}
		return nil
	}}
	s := server(t, auth.Options{Plugins: []auth.Plugin{refuse}}, electron.Options{})
	redeem(s.Client(), codeFor(s), "s1", verifier).WantCode(403, "BANNED").WantNoCookie()
	s.WantRows(1, "session", store.Is("userId", s.ID("user")))
}
