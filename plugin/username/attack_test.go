package username_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Of several simultaneous sign-ups with one name exactly one gets it.
func TestAttackRacingForAName(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, username.Options{})
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				switch got := join(s.Client(), fmt.Sprintf("u%d@example.com", i), names{"username": "Wanted"}); got.Status {
				case 200:
					won.Add(1)
				case 400, 422:
				default:
					t.Errorf("%d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d users have the name", won.Load())
		}
		s.WantRows(1, "user", store.Is("username", "wanted"))
		s.WantRows(1, "user")
	})
}

// Names that look like another one, or become another one when they are normalized, are refused or are that name.
func TestAttackLookalikeNames(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, username.Options{})
		join(s.Client(), "kim@example.com", names{"username": "kim"}).Want(200)
		for _, name := range []string{"\u212Aim", "кim", "ｋｉｍ", "kim\u200b", "kim ", " kim", "kim\n", "kim\x00", "k\u0130m", "kìm"} {
			join(s.Client(), "mallory@example.com", names{"username": name}).WantCode(400, "INVALID_USERNAME")
			post(s.Client(), "/is-username-available", names{"username": name}).WantCode(422, "INVALID_USERNAME")
		}
	}, everywhere.Databases()...)
	// With names in all scripts, validated after they are normalized, a Kelvin sign is a k.
	s := server(t, auth.Options{}, username.Options{
		UsernameValidator: func(context.Context, string) (bool, error) { return true, nil },
		ValidationOrder:   username.ValidationOrder{Username: username.PostNormalization},
	})
	join(s.Client(), "kim@example.com", names{"username": "kim"}).Want(200)
	join(s.Client(), "mallory@example.com", names{"username": "\u212Aim"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
	join(s.Client(), "other@example.com", names{"username": "KI\u0307M"}).Want(200, "user.username", "ki\u0307m")
	join(s.Client(), "mallory@example.com", names{"username": "K\u0130M"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
}

// A username that cannot be changed can neither be removed and set again, nor changed with a session that was cached
// before it was set.
func TestAttackImmutableName(t *testing.T) {
	on := true
	s := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: &on}}}, username.Options{ImmutableUsername: true})
	c, other := s.Client(), s.Client()
	c.SignUp("ann@example.com")
	other.SignIn("ann@example.com")
	other.Get("/get-session").Want(200, "user.username", nil)
	post(c, "/update-user", names{"username": "first"}).Want(200)
	for _, value := range []any{nil, "", "second", 5, false, []string{"second"}} {
		if got := post(c, "/update-user", names{"username": value}); got.Status != 400 {
			t.Errorf("%v: %d %s", value, got.Status, got.Body)
		}
	}
	post(other, "/update-user", names{"username": "second"}).WantCode(400, "USERNAME_IS_IMMUTABLE")
	s.WantRows(1, "user", store.Is("username", "first"))
}

// A name that is not a text would get past the validator.
func TestAttackNameThatIsNoText(t *testing.T) {
	for _, n := range []username.Normalization{{}, {Off: true}} {
		s := server(t, auth.Options{}, username.Options{UsernameNormalization: n})
		c := s.Client()
		c.SignUp("ann@example.com")
		for i, value := range []any{0, 7, 1234567, true, false, []string{"name"}, map[string]string{"a": "b"}} {
			join(s.Client(), fmt.Sprintf("u%d@example.com", i), names{"username": value}).WantCode(400, "INVALID_USERNAME")
			post(c, "/update-user", names{"username": value}).WantCode(400, "INVALID_USERNAME")
		}
		s.WantRows(1, "user", store.Is("username", nil))
	}
}

// CVE-2026-16103, with passwords: wrong ones count per account, whether the caller names it by username or address.
func TestAttackGuessesByNameAndAddress(t *testing.T) {
	on := true
	s := server(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: &on}}, username.Options{})
	owner := s.Client()
	owner.Header.Set("X-Forwarded-For", "198.51.100.1")
	join(owner, "ann@example.com", names{"username": "ann"}).Want(200)
	guess := func(i int, path, body string) *authtest.Answer {
		c := s.Client()
		c.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
		return c.Post(path, body)
	}
	answered := 0
	for i := range 40 {
		path, body := "/sign-in/username", `{"username":"Ann","password":"guess"}`
		if i%2 == 0 {
			path, body = "/sign-in/email", `{"email":"ann@example.com","password":"guess"}`
		}
		if got := guess(i, path, body); got.Status == 401 {
			answered++
		} else if got.Status != 429 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	if answered != 20 {
		t.Errorf("%d guesses were answered", answered)
	}
	guess(99, "/sign-in/username", `{"username":"ann","password":"password1234"}`).Want(429)
	// The owner is not locked out, and names that nobody has are counted too.
	owner.Post("/sign-in/username", `{"username":"ann","password":"password1234"}`).Want(200)
	for i := range 25 {
		if got := guess(100+i, "/sign-in/username", `{"username":"nobody","password":"guess"}`); (got.Status == 429) != (i >= 20) {
			t.Errorf("guess %d of an unknown name: %d", i, got.Status)
		}
	}
}

// A password that is too long is refused before anything is hashed.
func TestAttackLongPassword(t *testing.T) {
	hashed := 0
	o := auth.Options{EmailAndPassword: auth.EmailAndPassword{Password: auth.PasswordFuncs{
		Hash: func(_ context.Context, password string) (string, error) { hashed++; return "hash", nil },
		Verify: func(context.Context, auth.PasswordCheck) (bool, error) {
			hashed++
			return true, nil
		},
	}}}
	o.Plugins = []auth.Plugin{username.New(username.Options{})}
	s := authtest.New(t, o)
	join(s.Client(), "ann@example.com", names{"username": "ann"}).Want(200)
	hashed = 0
	for _, name := range []string{"ann", "nobody"} {
		enter(s.Client(), name, strings.Repeat("x", 129)).WantCode(400, "PASSWORD_TOO_LONG")
	}
	if hashed != 0 {
		t.Errorf("%d hashes", hashed)
	}
}
