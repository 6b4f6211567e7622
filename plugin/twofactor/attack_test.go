package twofactor_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// cached returns options with the cookie cache, and with every plugin that tells new sessions.
func cached(strategy string) auth.Options {
	yes := true
	return auth.Options{
		Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: &yes, Strategy: strategy}},
		Plugins: []auth.Plugin{bearer.New(bearer.Options{}), jwt.New(jwt.Options{}), onetimetoken.New(onetimetoken.Options{SetOTTHeaderOnNewSession: true})},
	}
}

// TestAttackSessionBeforeSecondFactor (GHSA-xg6x-h9c9-2m83): no part of the answer to a password is a session, cached
// or not, and the session that the password began is gone.
func TestAttackSessionBeforeSecondFactor(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			w := open(t, cached(strategy), twofactor.Options{})
			c := w.Client()
			w.setUp(c, ann)
			c.Post("/sign-out", "{}")
			w.WantRows(0, "session")
			tokens := store.Where{Field: "identifier", Op: store.StartsWith, Value: "one-time-token:"}
			before := len(w.Rows("verification", tokens))
			for _, remember := range []bool{true, false} {
				got := c.Post("/sign-in/email", body("email", ann, "password", authtest.Password, "rememberMe", remember, "callbackURL", "/there"))
				wantNoSession(t, got.Want(200, "twoFactorRedirect", true))
				for name := range c.Jar {
					if name != "better-auth.two_factor" && name != "better-auth.dont_remember" {
						t.Errorf("the browser has the cookie %s", name)
					}
				}
				w.WantRows(0, "session")
				w.WantRows(before, "verification", tokens)
				c.Get("/get-session").Want(200, "", nil)
				c.Get("/token").WantCode(401, "UNAUTHORIZED")
			}
		})
	}
}

// TestAttackReplayedCache (1.6.12): the cookies of a session that has ended, though the cache in them is still good,
// neither pass the second factor nor change it.
func TestAttackReplayedCache(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			w := open(t, cached(strategy), twofactor.Options{})
			owner := w.Client()
			a := w.setUp(owner, ann)
			leaked := map[string]string{}
			for name, value := range owner.Jar {
				leaked[name] = value
			}
			owner.Post("/sign-out", "{}")
			thief := func() *authtest.Client {
				c := w.Client()
				w.challenge(c, ann)
				for name, value := range leaked {
					c.Jar[name] = value
				}
				return c
			}
			if !thief().SignedIn() {
				t.Fatal("the cache is not good, so the test shows nothing")
			}
			totp(thief(), a.wrong()).WantCode(401, "INVALID_CODE")
			otp(thief(), "000000").WantCode(400, "OTP_HAS_EXPIRED")
			backup(thief(), "nonsense").WantCode(401, "INVALID_BACKUP_CODE")
			for _, path := range []string{"enable", "disable", "get-totp-uri", "generate-backup-codes"} {
				thief().Post("/two-factor/"+path, password).WantCode(401, "UNAUTHORIZED")
			}
			w.WantRows(0, "session")
			w.WantRows(1, "twoFactor", store.Is("failedVerificationCount", 2))
		})
	}
}

// TestAttackExpiredChallenge (1.6.17): a challenge that has ended is not completed, whatever the code.
func TestAttackExpiredChallenge(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		o.Verification.DisableCleanup = true // the value is still there
		w := open(t, o, twofactor.Options{OTPOptions: twofactor.OTPOptions{Period: 60}})
		a := w.setUp(w.Client(), ann)
		for i, complete := range []func(c *authtest.Client) *authtest.Answer{
			func(c *authtest.Client) *authtest.Answer { return totp(c, a.now()) },
			func(c *authtest.Client) *authtest.Answer { return backup(c, a.codes[0]) },
			func(c *authtest.Client) *authtest.Answer { return otp(c, w.sent(ann)) },
			func(c *authtest.Client) *authtest.Answer { return c.Post("/two-factor/send-otp", "{}") },
		} {
			c := w.Client()
			w.challenge(c, ann)
			c.Post("/two-factor/send-otp", "{}").Want(200)
			w.Advance(10*time.Minute + time.Second)
			got := complete(c)
			wantNoSession(t, got.WantCode(401, "INVALID_TWO_FACTOR_COOKIE"))
			if i == 1 {
				w.challenge(c, ann)
				backup(c, a.codes[0]).Want(200) // it was not used up
			}
		}
	})
}

// TestAttackChallengeUsedTwice: of a hundred simultaneous right codes one begins a session.
func TestAttackChallengeUsedTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		a := w.setUp(w.Client(), ann)
		c := w.Client()
		w.challenge(c, ann)
		c.Post("/two-factor/send-otp", "{}").Want(200)
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 100 {
			one := w.Client()
			one.Jar["better-auth.two_factor"] = c.Jar["better-auth.two_factor"]
			wg.Go(func() {
				var got *authtest.Answer
				switch i % 3 {
				case 0:
					got = totp(one, a.now())
				case 1:
					got = backup(one, a.codes[i%10])
				default:
					got = otp(one, w.sent(ann))
				}
				if got.Status == 200 {
					won.Add(1)
				} else {
					wantNoSession(t, got)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d sessions", won.Load())
		}
	})
}

// TestAttackReEnrolment (1.7.3): setting up an app again does not replace one in use, neither signed in nor with a
// challenge, and an app that was never proven signs nobody in.
func TestAttackReEnrolment(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		a := w.setUp(c, ann)
		before := w.Row("twoFactor")
		c.Post("/two-factor/enable", password).WantCode(400, "TOTP_ALREADY_ENABLED")
		thief := w.Client()
		w.challenge(thief, ann)
		thief.Post("/two-factor/enable", password).WantCode(401, "UNAUTHORIZED")
		if after := w.Row("twoFactor"); after["secret"] != before["secret"] || after["backupCodes"] != before["backupCodes"] {
			t.Error("the app was replaced")
		}
		totp(thief, a.now()).Want(200)

		// A user with codes that are sent sets up an app but never proves it.
		bob := w.Client()
		bob.SignUp("bob@example.com")
		bob.Post("/two-factor/enable", `{"password":"password1234","method":"otp"}`).Want(200)
		unproven := w.scan(bob.Post("/two-factor/enable", password))
		w.challenge(bob, "bob@example.com")
		totp(bob, unproven.now()).WantCode(400, "TOTP_NOT_ENABLED")
	})
}

// TestAttackEnabledAtOnce: simultaneous calls make one row, and the last answer is the app that counts.
func TestAttackEnabledAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		c.SignUp(ann)
		var wg sync.WaitGroup
		for range 20 {
			one := w.Client()
			for name, value := range c.Jar {
				one.Jar[name] = value
			}
			wg.Go(func() { one.Post("/two-factor/enable", password).Want(200) })
		}
		wg.Wait()
		w.WantRows(1, "twoFactor")
	})
}

// TestAttackForgedCookies: other signed cookies of this server, and cookies of another secret, are neither a challenge
// nor a trusted device.
func TestAttackForgedCookies(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	owner := w.Client()
	a := w.setUp(owner, ann)
	userID := w.ID("user")
	c := w.Client()
	w.challenge(c, ann)
	c.Post("/two-factor/send-otp", "{}").Want(200)
	challenge, _, _ := strings.Cut(c.Jar["better-auth.two_factor"], ".")
	for _, id := range []string{"2fa-otp-" + challenge, "2fa-attempts-" + challenge, "", "2fa-", userID} {
		forged := w.Client()
		forged.Jar["better-auth.two_factor"] = cookie.Sign(id, w.Keys)
		totp(forged, a.now()).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
	}
	for _, value := range []string{owner.Jar["better-auth.session_token"], challenge, challenge + ".c2lnbmF0dXJl"} {
		forged := w.Client()
		forged.Jar["better-auth.two_factor"] = value
		totp(forged, a.now()).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
	}
	for _, value := range []string{
		"!" + challenge, userID + "!" + challenge, "x!trust-device-x", "!trust-device-", "trust-device-", "!!", userID + "!" + userID,
		fmt.Sprintf("%s!2fa-%s", "AAAA", userID),
	} {
		forged := w.Client()
		forged.Jar["better-auth.trust_device"] = cookie.Sign(value, w.Keys)
		wantNoSession(t, w.challenge(forged, ann))
	}
	for name, value := range map[string]string{"better-auth.trust_device": c.Jar["better-auth.two_factor"]} {
		forged := w.Client()
		forged.Jar[name] = value
		wantNoSession(t, w.challenge(forged, ann))
	}
	totp(c, a.now()).Want(200)
}

// TestAttackStolenDevice: a trusted device's cookie works once; after its next sign-in, or when the second factor was
// turned off, a copy of it does not.
func TestAttackStolenDevice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		a := w.setUp(c, ann)
		w.challenge(c, ann)
		c.Post("/two-factor/verify-totp", body("code", a.now(), "trustDevice", true)).Want(200)
		copied := func() *authtest.Client {
			thief := w.Client()
			thief.Jar["better-auth.trust_device"] = c.Jar["better-auth.trust_device"]
			return thief
		}
		thief := copied()
		c.SignIn(ann).Want(200, "token", authtest.Any)
		wantNoSession(t, w.challenge(thief, ann))
		thief = copied()
		c.Post("/two-factor/disable", password).Want(200)
		totp(c, w.scan(c.Post("/two-factor/enable", password)).now()).Want(200)
		wantNoSession(t, w.challenge(thief, ann))
	})
}
