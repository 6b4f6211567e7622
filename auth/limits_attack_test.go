package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

func from(s *authtest.Server, ip string) *authtest.Client {
	c := s.Client()
	c.Header.Set("X-Forwarded-For", ip)
	return c
}

// The number of the limiter's counters stays small, however many paths a client tries.
func TestAttackRandomPaths(t *testing.T) {
	s := authtest.New(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes(), Storage: "database", Max: 100_000, CustomRules: auth.CustomRules{
		{Path: "/callback/github", Window: 10, Max: 2}, {Path: "/call*/g*", Window: 10, Max: 3},
	}}})
	c := from(s, "192.0.2.1")
	for i := range 300 {
		for _, path := range []string{"/x%d", "/x/%d/y", "//%d", "/reset-password/token%d", "/sign-in/x%d", "/" + strings.Repeat("y", 1900) + "%d"} {
			if got := c.Get(fmt.Sprintf(path, i)); got.Status == 500 {
				t.Fatalf("%s: %s", path, got.Body)
			}
		}
	}
	if got := c.Get("/" + strings.Repeat("z", 3000)); got.Status != http.StatusRequestURITooLong || got.Code() != "URI_TOO_LONG" {
		t.Errorf("a path of 3000 bytes: %d %s", got.Status, got.Body)
	}
	// Rules are matched with the actual path, and each has its own count.
	for path, passes := range map[string]int{"/callback/github": 2, "/callback/google": 3} {
		for i := range 5 {
			if got := c.Get(path); (got.Status == 429) != (i >= passes) {
				t.Errorf("%s, call %d: %d", path, i, got.Status)
			}
		}
	}
	rows, err := s.Store.Find(t.Context(), "rateLimit", store.Query{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, row := range rows {
		keys[row["key"].(string)] = true
	}
	for _, key := range []string{"*", "*|/sign-in*", "/reset-password/:token", "/callback/github", "/callback/:id|/call*/g*"} {
		if !keys["192.0.2.1|"+key] {
			t.Errorf("%s is not counted by itself", key)
		}
	}
	if len(keys) != 5 {
		t.Errorf("%d counters: %v", len(keys), keys)
	}
}

func accountLimits(t *testing.T, now func() time.Time) map[string]auth.Options {
	counts := map[string]int{}
	return map[string]auth.Options{
		"memory":            {RateLimit: auth.RateLimitOptions{Storage: "memory"}},
		"database":          {RateLimit: auth.RateLimitOptions{Storage: "database"}},
		"secondary-storage": {SecondaryStorage: kv.NewMemory(func(context.Context) time.Time { return now() }, 1000)},
		"custom": {RateLimit: auth.RateLimitOptions{CustomStorage: auth.CustomRateLimitStorage{Consume: func(_ context.Context, in auth.ConsumeRequest) (auth.ConsumeAnswer, error) {
			counts[in.Key]++
			return auth.ConsumeAnswer{Allowed: counts[in.Key] <= in.Rule.Max}, nil
		}}}},
	}
}

// Guesses of one account's password from many addresses are stopped, whether or not the account exists, and the owner
// is not locked out.
func TestAttackRotatingAddresses(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, o := range accountLimits(t, func() time.Time { return now }) {
		t.Run(name, func(t *testing.T) {
			o.RateLimit.Enabled = yes()
			s := authtest.New(t, authtest.PlainPasswords(o))
			owner := from(s, "198.51.100.1")
			owner.SignUp("owner@example.com")
			for _, email := range []string{"owner@example.com", "Owner@Example.COM", "nobody@example.com"} {
				guesses := 0
				for i := range 30 {
					got := from(s, fmt.Sprintf("192.0.2.%d", i)).Post("/sign-in/email", `{"email":"`+email+`","password":"guess"}`)
					switch {
					case got.Status == 401:
						guesses++
					case got.Status != 429 || got.Body != `{"message":"Too many requests. Please try again later."}`:
						t.Fatalf("guess %d: %d %s", i, got.Status, got.Body)
					case got.Header.Get("X-Retry-After") != "300" || got.Header.Get("Retry-After") != "300":
						t.Fatalf("guess %d: %v", i, got.Header)
					}
				}
				if want := map[string]int{"owner@example.com": 20, "nobody@example.com": 20}[email]; guesses != want {
					t.Errorf("%s: %d guesses got an answer, want %d", email, guesses, want)
				}
			}
			right := `{"email":"owner@example.com","password":"password1234"}`
			if got := from(s, "203.0.113.9").Post("/sign-in/email", right); got.Status != 429 {
				t.Errorf("the right guess got through: %d %s", got.Status, got.Body)
			}
			if got := from(s, "198.51.100.1").Post("/sign-in/email", right); got.Status != 200 {
				t.Errorf("the owner at a known address: %d %s", got.Status, got.Body)
			}
			owner.Header.Set("X-Forwarded-For", "203.0.113.10") // from another address, with the same session
			if got := owner.Post("/verify-password", `{"password":"password1234"}`); got.Status != 200 {
				t.Errorf("the owner's session: %d %s", got.Status, got.Body)
			}
		})
	}
}

// A correct password resets the count of wrong ones, so that frequent sign-ins do not count as guesses.
func TestAccountLimitForgives(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes()}}))
	from(s, "198.51.100.1").SignUp("a@example.com")
	for i := range 100 {
		password := map[bool]string{true: "guess", false: "password1234"}[i%3 != 0]
		if got := from(s, fmt.Sprintf("192.0.2.%d", i)).Post("/sign-in/email", `{"email":"a@example.com","password":"`+password+`"}`); got.Status == 429 {
			t.Fatalf("call %d: %s", i, got.Body)
		}
	}
	for range 20 {
		s.Advance(20 * time.Second)
		from(s, "192.0.2.1").Post("/sign-in/email", `{"email":"a@example.com","password":"guess"}`)
	}
	if got := from(s, "192.0.2.2").Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`); got.Status != 429 {
		t.Errorf("after 20 guesses: %d", got.Status)
	}
	s.Advance(301 * time.Second)
	if got := from(s, "192.0.2.2").Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`); got.Status != 200 {
		t.Errorf("after the window: %d %s", got.Status, got.Body)
	}
}

// A user who signs in from an own address is not locked out by the guesses of others.
func TestAccountLimitKnowsTheOwner(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes()}}))
	from(s, "198.51.100.1").SignUp("a@example.com")
	for i := range 30 {
		from(s, fmt.Sprintf("192.0.2.%d", i)).Post("/sign-in/email", `{"email":"a@example.com","password":"guess"}`)
		s.Advance(11 * time.Second)
		for range 2 { // more guesses
			from(s, fmt.Sprintf("192.0.2.%d", i)).Post("/sign-in/email", `{"email":"a@example.com","password":"guess"}`)
		}
		if got := from(s, "198.51.100.1").Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`); got.Status != 200 {
			t.Fatalf("sign-in %d: %d %s", i, got.Status, got.Body)
		}
	}
}

// Guesses with a stolen session are stopped too.
func TestAttackGuessesWithASession(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes(), Account: auth.AccountLimit{Max: 5}}}))
	c := from(s, "198.51.100.1")
	c.SignUp("a@example.com")
	refused := 0
	for i := range 10 {
		c.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
		path, body := "/verify-password", `{"password":"guess"}`
		if i%2 == 1 {
			path, body = "/change-password", `{"currentPassword":"guess","newPassword":"password12345"}`
		}
		if got := c.Post(path, body); got.Status == 429 {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d of 10 guesses were refused, want 5", refused)
	}
	if got := from(s, "198.51.100.2").Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`); got.Status != 200 {
		t.Errorf("and the owner: %d %s", got.Status, got.Body)
	}
}

// A limit that a callback returns counts for its own window: the sweep deletes only rows whose window has ended.
func TestSweepOfTheDatabaseLimiter(t *testing.T) {
	o := auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes(), Storage: "database", CustomRules: auth.CustomRules{
		{Path: "/ok", Func: func(context.Context, auth.RuleRequest) (callback.Answer, error) {
			return callback.Answer{Set: true, Result: js.Obj("window", 7200.0, "max", 2.0)}, nil
		}},
	}}}
	s := authtest.New(t, o)
	for i := range 1500 {
		from(s, fmt.Sprintf("10.0.%d.%d", i/250, i%250)).Get("/get-session")
	}
	c := from(s, "192.0.2.1")
	c.Get("/ok")
	c.Get("/ok")
	s.Advance(time.Hour)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.Get("/ok"); got.Status != 429 {
		t.Errorf("a window of two hours was forgotten after one: %d", got.Status)
	}
	s.Advance(2 * time.Hour)
	if err := s.SweepLimiter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Store.Count(t.Context(), "rateLimit"); n != 0 || err != nil {
		t.Errorf("%d rows are left, %v", n, err)
	}
}
