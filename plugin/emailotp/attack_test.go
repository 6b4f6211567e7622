package emailotp_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func onEvery(t *testing.T, run func(t *testing.T, s *authtest.Server, box *mailbox)) {
	urls := map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") },
		"postgres": testserver.Postgres,
		"mariadb":  testserver.MariaDB,
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			db, err := sqlstore.Open(t.Context(), url(t), sqlstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			s, box := server(t, auth.Options{Database: db}, emailotp.Options{})
			plan, err := db.Plan(t.Context(), s.Store.Tables())
			if err == nil {
				err = plan.Apply(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			run(t, s, box)
		})
	}
	now := func(context.Context) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
	t.Run("secondary storage", func(t *testing.T) {
		s, box := server(t, auth.Options{Database: memstore.New(), SecondaryStorage: kv.NewMemory(now, 0)}, emailotp.Options{})
		run(t, s, box)
	})
}

// Of a hundred uses of one code at once exactly one signs in.
func TestAttackCodeUsedTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		send(t, s, emailotp.SignIn)
		if got := signIn(t, s.Client(), box.code(t)); got != "ok" { // the user is there
			t.Fatal(got)
		}
		send(t, s, emailotp.SignIn)
		otp := box.code(t)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				switch got := signIn(t, s.Client(), otp); got {
				case "ok":
					won.Add(1)
				case "INVALID_OTP":
				default:
					t.Errorf("answered %s", got)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of a hundred %d won", won.Load())
		}
	})
}

// A hundred guesses at once must not be compared more often than allowed.
func TestAttackRacingGuesses(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		send(t, s, emailotp.SignIn)
		otp := box.code(t)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { signIn(t, s.Client(), wrong(otp)) })
		}
		wg.Wait()
		for range 4 {
			signIn(t, s.Client(), wrong(otp))
		}
		if got := signIn(t, s.Client(), otp); got == "ok" {
			t.Error("the code survived more than fifty wrong guesses")
		}
	})
}

// GHSA-qq9h-g4jm-xgf3, by code.
func TestAttackPreHijackedAccount(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		attacker := s.Client()
		attacker.SignUp(alice)
		send(t, s, emailotp.SignIn)
		owner := s.Client()
		if got := signIn(t, owner, box.code(t)); got != "ok" {
			t.Fatal(got)
		}
		if got := attacker.Get("/get-session"); got.Body != "null" {
			t.Errorf("the attacker is still signed in: %s", got.Body)
		}
		if got := post(t, attacker, "/sign-in/email", map[string]string{"email": alice, "password": "password1234"}); got != "INVALID_EMAIL_OR_PASSWORD" {
			t.Errorf("the attacker's password: %s", got)
		}
		if owner.Get("/get-session").Body == "null" {
			t.Error("the owner was signed out with the attacker")
		}
	})
}

// 1.6.26: checking a code told who is registered.
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
	// Asking for a code tells nothing either, and sends a stranger nothing.
	for _, path := range []string{"/email-otp/request-password-reset", "/forget-password/email-otp"} {
		before := len(box.sent)
		if got := post(t, s.Client(), path, map[string]string{"email": "stranger@example.com"}); got != "ok" || len(box.sent) != before {
			t.Errorf("%s: %s", path, got)
		}
	}
	rows, err := s.Store.Count(t.Context(), "verification")
	if err != nil || rows != 0 {
		t.Errorf("%d codes of strangers are kept, %v", rows, err)
	}
}

// 1.6.24: the Origin is looked at also where there is no cookie.
func TestAttackCookielessForeignOrigin(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{})
	for origin, want := range map[string]int{authtest.Origin: 200, "": 200, "https://evil.example": 403, "null": 403} {
		box.sent = nil
		c := s.Client()
		c.Origin = origin
		got := c.Post("/email-otp/send-verification-otp", `{"email":"a@example.com","type":"sign-in"}`)
		if got.Status != want || (len(box.sent) == 1) != (want == 200) {
			t.Errorf("origin %q: %d %s", origin, got.Status, got.Body)
		}
	}
}

// A change of address needs the code of the user who asked for it.
func TestAttackChangeWithAnothersCode(t *testing.T) {
	box := &mailbox{}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{emailotp.New(emailotp.Options{
		SendVerificationOTP: box.send, ChangeEmail: emailotp.ChangeEmailOptions{Enabled: true},
	})}})
	alices, mallory := s.Client(), s.Client()
	alices.SignUp(alice)
	mallory.SignUp("mallory@example.com")
	if got := post(t, alices, "/email-otp/request-email-change", map[string]string{"newEmail": "new@example.com"}); got != "ok" {
		t.Fatal(got)
	}
	if got := post(t, mallory, "/email-otp/change-email", map[string]string{"newEmail": "new@example.com", "otp": box.code(t)}); got != "INVALID_OTP" {
		t.Error(got)
	}
}
