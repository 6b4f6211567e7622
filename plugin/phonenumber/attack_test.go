package phonenumber_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/store"
)

// atOnce runs a func a hundred times at once.
func atOnce(run func(i int)) {
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() { run(i) })
	}
	wg.Wait()
}

// Of a hundred simultaneous uses of one code exactly one succeeds.
func TestAttackPhoneCodeUsedTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, phonenumber.Options{})
		owner(s, box)
		for name, use := range map[string]func(code string) *authtest.Answer{
			"to sign in": func(code string) *authtest.Answer { return verify(s.Client(), code, nil) },
			"to reset":   func(code string) *authtest.Answer { return reset(s.Client(), code) },
		} {
			if name == "to reset" {
				ask(s)
			} else {
				send(s, number)
			}
			code := box.code(t)
			var won atomic.Int32
			atOnce(func(int) {
				switch got := use(code); got.Status {
				case 200:
					won.Add(1)
				case 400:
				default:
					t.Errorf("%s: %d %s", name, got.Status, got.Body)
				}
			})
			if won.Load() != 1 {
				t.Errorf("%s: of a hundred %d won", name, won.Load())
			}
		}
	})
}

// A hundred simultaneous guesses are compared one at a time, so that no more of them count than allowed.
func TestAttackRacingPhoneGuesses(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, phonenumber.Options{})
		owner(s, box)
		for name, guess := range map[string]func(code string) *authtest.Answer{
			"to sign in": func(code string) *authtest.Answer { return verify(s.Client(), code, nil) },
			"to reset":   func(code string) *authtest.Answer { return reset(s.Client(), code) },
		} {
			if name == "to reset" {
				ask(s)
			} else {
				send(s, number)
			}
			code := box.code(t)
			atOnce(func(i int) {
				if got := guess(fmt.Sprintf("%c%05d", wrong(code)[0], i)); got.Status != 400 && got.Status != 403 {
					t.Errorf("%s: %d %s", name, got.Status, got.Body)
				}
			})
			// Guesses that found another one in progress were refused without a comparison, so the code may still exist.
			for range 4 {
				guess(wrong(code))
			}
			if got := guess(code); got.Status == 200 {
				t.Errorf("%s: the code survived a hundred wrong guesses", name)
			}
		}
	})
}

// CVE-2026-16103, with passwords: wrong ones count per account, whether the caller names it by number or address.
func TestAttackGuessesByNumberAndAddress(t *testing.T) {
	on := true
	s, box := server(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: &on}}, phonenumber.Options{})
	owner(s, box)
	answered := 0
	for i := range 40 {
		c := s.Client()
		c.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
		got := enter(c, "guess")
		if i%2 == 0 {
			got = c.TrySignIn(ann, "guess")
		}
		if got.Status == 401 {
			answered++
		} else if got.Status != 429 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	if answered > 20 {
		t.Errorf("%d guesses were answered", answered)
	}
	c := s.Client()
	c.Header.Set("X-Forwarded-For", "192.0.2.200")
	enter(c, authtest.Password).Want(429)
}

// A number can only be set by proving it: not with other fields, at a sign-up, by another endpoint or by a provider.
func TestAttackNumberWithoutProof(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{})
	owner(s, box)
	mallory := s.Client()
	for _, value := range []any{number, "+4990000001", 5, true, []string{number}} {
		post(mallory, "/sign-up/email", body{"name": "M", "email": "m@example.com", "password": authtest.Password, "phoneNumber": value}).WantCode(400, "PHONE_NUMBER_CANNOT_BE_SET")
	}
	post(mallory, "/sign-up/email", body{"name": "M", "email": "m@example.com", "password": authtest.Password, "phoneNumberVerified": true}).WantCode(400, "FIELD_NOT_ALLOWED")
	mallory.SignUp("mallory@example.com")
	for _, value := range []any{number, "+4990000001", "", 5, false, []string{number}} {
		post(mallory, "/update-user", body{"phoneNumber": value}).WantCode(400, "PHONE_NUMBER_CANNOT_BE_UPDATED")
	}
	post(mallory, "/update-user", body{"phoneNumberVerified": true}).WantCode(400, "FIELD_NOT_ALLOWED")
	s.WantRows(1, "user", store.Is("email", "mallory@example.com"), store.Is("phoneNumber", nil))

	// A row that says that its number is not verified is stored without it.
	user, err := s.Users.Create(t.Context(), store.Record{"name": "I", "email": "i@example.com", "phoneNumber": "+4990000002"}, "import")
	if err != nil || user.Extra["phoneNumber"] != nil || user.Extra["phoneNumberVerified"] != false {
		t.Errorf("created %v, %v", user.Extra, err)
	}
}

// A database may find a number that looks like another one, or has blanks at its end. Proving such a number must not
// sign in to the other's account.
func TestAttackLookalikeNumber(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, phonenumber.Options{SignUpOnVerification: &phonenumber.SignUp{GetTempEmail: func(_ context.Context, n string) (string, error) {
			return fmt.Sprintf("%x@phone.example", n), nil
		}}})
		owner(s, box)
		for _, like := range []string{number + " ", " " + number, "＋４９１７０１２３４５６７", "+49170123456７", number + "\u200b", "+49\u00ad1701234567", number + "\t"} {
			send(s, like)
			code := box.code(t)
			mallory := s.Client()
			if got := verify(mallory, code, nil); got.Status == 200 {
				t.Errorf("%q: its code verifies the number", like)
			}
			got := post(mallory, "/phone-number/verify", body{"phoneNumber": like, "code": code})
			switch {
			case got.Status == 400 && got.Code() == "PHONE_NUMBER_EXIST":
			case got.Status == 200 && got.Text("user.email") != ann:
			default:
				t.Errorf("%q: %d %s", like, got.Status, got.Body)
			}
			post(mallory, "/sign-in/phone-number", body{"phoneNumber": like, "password": authtest.Password}).WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
			sent := len(box.sent)
			post(mallory, "/phone-number/request-password-reset", body{"phoneNumber": like}).Want(200)
			for _, m := range box.sent[sent:] {
				if got := post(mallory, "/phone-number/reset-password", body{"phoneNumber": like, "otp": m.Code, "newPassword": "mallory1234"}); got.Status != 200 {
					t.Errorf("%q: %d %s", like, got.Status, got.Body)
				}
			}
		}
		s.Client().SignIn(ann) // the owner's password is the old one
	}, everywhere.Databases()...)
}

// A sign-in must not reveal who has a number, and strangers must not make the server send messages.
func TestAttackSignInSendsMessages(t *testing.T) {
	for _, require := range []bool{false, true} {
		s, box := server(t, auth.Options{}, phonenumber.Options{RequireVerification: require})
		owner(s, box)
		s.Change("user", store.Record{"phoneNumberVerified": false}, store.Is("email", ann))
		sent := len(box.sent)
		known := enter(s.Client(), "guess")
		unknown := post(s.Client(), "/sign-in/phone-number", body{"phoneNumber": "+4990000001", "password": "guess"})
		if known.Status != unknown.Status || known.Body != unknown.Body || len(box.sent) != sent {
			t.Errorf("known: %d %s, unknown: %d %s, sent %v", known.Status, known.Body, unknown.Status, unknown.Body, box.sent[sent:])
		}
	}
}

// A code is for one number and one purpose: others can neither be verified nor reset with it.
func TestAttackPhoneCodeForSomethingElse(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{SignUpOnVerification: signsUp})
	owner(s, box)
	send(s, "+4990000001")
	verify(s.Client(), box.code(t), nil).WantCode(400, "OTP_NOT_FOUND")
	send(s, number)
	reset(s.Client(), box.code(t)).WantCode(400, "OTP_NOT_FOUND")
	ask(s)
	s.Advance(301_000_000_000)
	ask(s)
	verify(s.Client(), box.code(t), nil).WantCode(400, "OTP_EXPIRED")
	// CVE-2026-18963: whatever else the request carries, a reset changes the password of the user with the number.
	mallory := s.Client()
	mallory.SignUp("mallory@example.com")
	post(mallory, "/phone-number/reset-password", body{
		"phoneNumber": number, "otp": box.code(t), "newPassword": fresh, "email": "mallory@example.com", "userId": s.ID("user", store.Is("email", "mallory@example.com")),
	}).Want(200)
	mallory.TrySignIn("mallory@example.com", authtest.Password).Want(200)
	mallory.TrySignIn(ann, fresh).Want(200)
}

// Sessions of the old password end if the options say so, wherever they are kept.
func TestAttackSessionsOutliveReset(t *testing.T) {
	for _, revoke := range []bool{true, false} {
		everywhere.Run(t, func(t *testing.T, o auth.Options) {
			o.EmailAndPassword.RevokeSessionsOnPasswordReset = revoke
			s, box := server(t, o, phonenumber.Options{})
			thief := owner(s, box)
			ask(s)
			reset(s.Client(), box.code(t)).Want(200)
			if thief.SignedIn() == revoke {
				t.Errorf("signed in: %v", !revoke)
			}
			enter(s.Client(), authtest.Password).WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
		}, everywhere.Memory, everywhere.SQLite, everywhere.SecondaryStorage, everywhere.Both)
	}
}

// A reset that fails in the middle leaves the old password, the sessions and the code as they were.
func TestAttackHalfAReset(t *testing.T) {
	for _, at := range []string{"hash", "account"} {
		var failing atomic.Bool
		failure := func(where string) error {
			if failing.Load() && where == at {
				return errors.New("the disk is full")
			}
			return nil
		}
		o := authtest.PlainPasswords(auth.Options{EmailAndPassword: auth.EmailAndPassword{RevokeSessionsOnPasswordReset: true}})
		plain := o.EmailAndPassword.Password.Hash
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, password string) (string, error) {
			if err := failure("hash"); err != nil {
				return "", err
			}
			return plain(ctx, password)
		}
		o.EmailAndPassword.RevokeSessionsOnPasswordReset = true
		o.DatabaseHooks.Account.Update.Before = func(context.Context, auth.RowEvent) (callback.Answer, error) {
			return callback.Answer{}, failure("account")
		}
		s, box := server(t, o, phonenumber.Options{})
		c := owner(s, box)
		ask(s)
		failing.Store(true)
		reset(s.Client(), box.code(t)).Want(500)
		failing.Store(false)
		if !c.SignedIn() {
			t.Errorf("%s: the session has ended", at)
		}
		enter(s.Client(), authtest.Password).Want(200)
		reset(s.Client(), box.code(t)).Want(200)
		enter(s.Client(), fresh).Want(200)
	}
}

// A session that was ended cannot change the number, although its copy in the cookie cache is still valid.
func TestAttackRevokedSessionChangesNumber(t *testing.T) {
	on := true
	s, box := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: &on}}}, phonenumber.Options{})
	c := owner(s, box)
	thief := s.Client()
	for name, value := range c.Jar {
		thief.Jar[name] = value
	}
	c.Post("/sign-out", `{}`).Want(200)
	send(s, "+4990000001")
	post(thief, "/phone-number/verify", body{"phoneNumber": "+4990000001", "code": box.code(t), "updatePhoneNumber": true}).WantCode(401, "USER_NOT_FOUND")
	s.WantRows(1, "user", store.Is("phoneNumber", number))
}
