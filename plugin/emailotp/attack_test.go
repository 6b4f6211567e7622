package emailotp_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// onEvery runs a test on every database, and with secondary storage.
func onEvery(t *testing.T, run func(t *testing.T, s *authtest.Server, box *mailbox)) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, emailotp.Options{})
		run(t, s, box)
	})
}

// Of a hundred simultaneous uses of one code exactly one signs in.
func TestAttackCodeUsedTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		send(s, emailotp.SignIn)
		signIn(s.Client(), box.code(t)).Want(200) // now the user exists
		send(s, emailotp.SignIn)
		otp := box.code(t)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				got := signIn(s.Client(), otp)
				if got.Status == 200 {
					won.Add(1)
					return
				}
				got.WantCode(400, "INVALID_OTP")
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of a hundred %d won", won.Load())
		}
	})
}

// A hundred simultaneous guesses must not be compared more often than allowed.
func TestAttackRacingGuesses(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		send(s, emailotp.SignIn)
		otp := box.code(t)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { signIn(s.Client(), wrong(otp)) })
		}
		wg.Wait()
		for range 4 {
			signIn(s.Client(), wrong(otp))
		}
		if got := signIn(s.Client(), otp); got.Status == 200 {
			t.Error("the code survived more than fifty wrong guesses")
		}
	})
}

// GHSA-qq9h-g4jm-xgf3, with a code.
func TestAttackPreHijackedAccount(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		attacker := s.Client()
		attacker.SignUp(alice)
		send(s, emailotp.SignIn)
		owner := s.Client()
		signIn(owner, box.code(t)).Want(200)
		if attacker.SignedIn() {
			t.Error("the attacker is still signed in")
		}
		attacker.TrySignIn(alice, authtest.Password).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
		if !owner.SignedIn() {
			t.Error("the owner was signed out with the attacker")
		}
	})
}

// 1.6.26: checking a code revealed who is registered.
func TestAttackCheckRevealsRegistration(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{})
	s.Client().SignUp("registered@example.com")
	for _, kind := range []string{emailotp.SignIn, emailotp.EmailVerification, emailotp.ForgetPassword} {
		var answers []string
		for _, email := range []string{"registered@example.com", "stranger@example.com"} {
			got := s.Client().Post("/email-otp/check-verification-otp", `{"email":"`+email+`","type":"`+kind+`","otp":"123456"}`)
			answers = append(answers, got.Body)
		}
		if answers[0] != answers[1] {
			t.Errorf("%s: %v", kind, answers)
		}
	}
	// Requesting a code reveals nothing either, and sends nothing to an unknown address.
	for _, path := range []string{"/email-otp/request-password-reset", "/forget-password/email-otp"} {
		before := len(box.sent)
		post(s.Client(), path, map[string]string{"email": "stranger@example.com"}).Want(200)
		if len(box.sent) != before {
			t.Errorf("%s sent %v", path, box.sent[before:])
		}
	}
	s.WantRows(0, "verification")
}

// 1.6.24: the Origin is also checked without a cookie.
func TestAttackCookielessForeignOrigin(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{})
	for origin, want := range map[string]int{authtest.Origin: 200, "": 200, "https://evil.example": 403, "null": 403} {
		box.sent = nil
		c := s.Client()
		c.Origin = origin
		c.Post("/email-otp/send-verification-otp", `{"email":"a@example.com","type":"sign-in"}`).Want(want)
		if sent := len(box.sent) == 1; sent != (want == 200) {
			t.Errorf("origin %q: sent %v", origin, box.sent)
		}
	}
}

// A change of address needs the code of the user who requested it.
func TestAttackChangeWithAnothersCode(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{ChangeEmail: emailotp.ChangeEmailOptions{Enabled: true}})
	alices, mallory := s.Client(), s.Client()
	alices.SignUp(alice)
	mallory.SignUp("mallory@example.com")
	post(alices, "/email-otp/request-email-change", map[string]string{"newEmail": "new@example.com"}).Want(200)
	post(mallory, "/email-otp/change-email", map[string]string{"newEmail": "new@example.com", "otp": box.code(t)}).WantCode(400, "INVALID_OTP")
}
