package twofactor_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
)

// TestAttackFiveGuessesPerChallenge (#10210): five wrong codes end a challenge, whichever factor they are for, also if
// they are sent at once.
func TestAttackFiveGuessesPerChallenge(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		off := false
		w := open(t, o, twofactor.Options{AccountLockout: twofactor.LockoutOptions{Enabled: &off}})
		a := w.setUp(w.Client(), ann)
		c := w.Client()
		w.challenge(c, ann)
		for range 3 {
			totp(c, a.wrong()).WantCode(401, "INVALID_CODE")
		}
		for range 2 {
			backup(c, "nonsense").WantCode(401, "INVALID_BACKUP_CODE")
		}
		totp(c, a.now()).WantCode(400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE").WantCookie("better-auth.two_factor", "Max-Age=0")

		c = w.Client()
		w.challenge(c, ann)
		var compared atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			one := w.Client()
			one.Jar["better-auth.two_factor"] = c.Jar["better-auth.two_factor"]
			wg.Go(func() {
				if totp(one, a.wrong()).Code() == "INVALID_CODE" {
					compared.Add(1)
				}
			})
		}
		wg.Wait()
		if n := compared.Load(); n < 1 || n > 5 {
			t.Errorf("of a hundred guesses %d were compared", n)
		}
		for range 5 {
			totp(c, a.wrong())
		}
		if got := totp(c, a.now()); got.Status == 200 {
			t.Errorf("the challenge outlived its guesses: %s", got)
		}
	})
}

// TestAttackLockoutOverAllWaysIn (#10240, CVE-2026-16103): wrong codes count for the account over all challenges,
// browsers and factors, and the lock holds for all of them.
func TestAttackLockoutOverAllWaysIn(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		a := w.setUp(w.Client(), ann)
		waiting := w.Client() // began before the lock
		w.challenge(waiting, ann)
		for i := range 10 {
			c := w.Client()
			w.challenge(c, ann)
			switch i % 3 {
			case 0:
				totp(c, a.wrong()).WantCode(401, "INVALID_CODE")
			case 1:
				backup(c, "nonsense").WantCode(401, "INVALID_BACKUP_CODE")
			case 2:
				c.Post("/two-factor/send-otp", "{}").Want(200)
				otp(c, "nonsense").WantCode(401, "INVALID_CODE")
			}
		}
		later := w.Client()
		w.challenge(later, ann)
		for _, c := range []*authtest.Client{waiting, later} {
			c.Post("/two-factor/send-otp", "{}").Want(200)
			for _, got := range []*authtest.Answer{totp(c, a.now()), backup(c, a.codes[0]), otp(c, w.sent(ann))} {
				wantNoSession(t, got.WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED"))
			}
		}
		w.Advance(14 * time.Minute)
		c := w.Client()
		w.challenge(c, ann)
		totp(c, a.now()).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
		w.Advance(time.Minute)
		totp(c, a.now()).Want(200)
	})
}

// TestAttackGuessesOfAnAccountAtOnce: a hundred challenges, each with a guess, all at once: no more are compared than
// the lock-out allows.
func TestAttackGuessesOfAnAccountAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		a := w.setUp(w.Client(), ann)
		var clients []*authtest.Client
		for range 100 {
			c := w.Client()
			w.challenge(c, ann)
			clients = append(clients, c)
		}
		wrong := a.wrong()
		var compared, locked atomic.Int32
		var wg sync.WaitGroup
		for i, c := range clients {
			wg.Go(func() {
				try := totp
				if i%2 == 0 {
					try = backup
				}
				switch got := try(c, wrong); got.Code() {
				case "INVALID_CODE", "INVALID_BACKUP_CODE":
					compared.Add(1)
				case "ACCOUNT_TEMPORARILY_LOCKED":
					locked.Add(1)
				default:
					t.Errorf("%s", got)
				}
			})
		}
		wg.Wait()
		if compared.Load() != 10 || locked.Load() != 90 {
			t.Errorf("%d guesses were compared, %d refused", compared.Load(), locked.Load())
		}
		c := w.Client()
		w.challenge(c, ann)
		totp(c, a.now()).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
	})
}

// TestAttackGuessesOfSentCodes: users without an authenticator app have no row that counts; their codes are limited
// by the rate limiter.
func TestAttackGuessesOfSentCodes(t *testing.T) {
	yes := true
	o := auth.Options{RateLimit: auth.RateLimitOptions{Enabled: &yes, CustomRules: []auth.CustomRule{{Path: "/sign-in/*", Window: 1, Max: 1000}, {Path: "/two-factor/*", Window: 1, Max: 1000}}}}
	w := open(t, o, twofactor.Options{})
	c := w.Client()
	c.SignUp(ann)
	c.Post("/two-factor/enable", `{"password":"password1234","method":"otp"}`).Want(200)
	guesses := 0
	for range 4 {
		c := w.Client()
		w.challenge(c, ann)
		c.Post("/two-factor/send-otp", "{}").Want(200)
		for range 4 {
			if otp(c, "nonsense").Code() == "INVALID_CODE" {
				guesses++
			}
		}
		if guesses < 10 {
			continue
		}
		otp(c, w.sent(ann)).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
		w.Advance(15*time.Minute + time.Second)
		w.challenge(c, ann)
		c.Post("/two-factor/send-otp", "{}").Want(200)
		otp(c, w.sent(ann)).Want(200)
		break
	}
	if guesses != 10 {
		t.Errorf("%d guesses were compared", guesses)
	}
}

// TestAttackSentCodeGuessedAtOnce: a code that was sent is compared one caller at a time, so that a hundred guesses
// count as a hundred.
func TestAttackSentCodeGuessedAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		c.SignUp(ann)
		c.Post("/two-factor/enable", `{"password":"password1234","method":"otp"}`).Want(200)
		c.Post("/two-factor/send-otp", "{}").Want(200)
		var compared atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			one := w.Client()
			one.Jar = map[string]string{}
			for name, value := range c.Jar {
				one.Jar[name] = value
			}
			wg.Go(func() {
				if otp(one, "nonsense").Code() == "INVALID_CODE" {
					compared.Add(1)
				}
			})
		}
		wg.Wait()
		if n := compared.Load(); n < 1 || n > 5 {
			t.Errorf("of a hundred guesses %d were compared", n)
		}
		for range 5 {
			otp(c, "nonsense")
		}
		if got := otp(c, w.sent(ann)); got.Status == 200 {
			t.Errorf("the code outlived its guesses: %s", got)
		}
	})
}

// TestAttackGuessesInASession: where it matters when a session proved its factor, somebody with a stolen session cannot
// guess codes without limit, and does not lock the owner out.
func TestAttackGuessesInASession(t *testing.T) {
	yes := true
	o := auth.Options{
		RateLimit: auth.RateLimitOptions{Enabled: &yes, CustomRules: []auth.CustomRule{{Path: "/sign-in/*", Window: 1, Max: 1000}, {Path: "/two-factor/*", Window: 1, Max: 1000}}},
		Plugins:   []auth.Plugin{&guard{}},
	}
	w := open(t, o, twofactor.Options{})
	c := w.Client()
	a := w.setUp(c, ann)
	compared := 0
	for range 30 {
		if totp(c, a.wrong()).Code() == "INVALID_CODE" {
			compared++
		}
	}
	if compared != 10 {
		t.Errorf("%d guesses were compared", compared)
	}
	totp(c, a.now()).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
	owner := w.Client()
	w.challenge(owner, ann)
	totp(owner, a.now()).Want(200)
	w.Advance(15*time.Minute + time.Second)
	totp(c, a.now()).Want(200)
}
