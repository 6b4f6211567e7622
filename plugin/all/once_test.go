package all_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/store"
)

// use is one way to use up a value: the request, the client, and when it succeeds.
type use struct {
	prepare func(w *world, c *authtest.Client)
	request func(w *world, c *authtest.Client) (method, path, body string)
	won     func(status int, location string, cookies []string) bool
}

func fine(status int, _ string, _ []string) bool { return status == http.StatusOK }

// post sends a request that must succeed.
func post(w *world, c *authtest.Client, path, body string) {
	w.t.Helper()
	if got := c.Post(path, body); got.Status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", path, got.Status, got.Body)
	}
}

func askCode(kind string) func(w *world, c *authtest.Client) {
	return func(w *world, c *authtest.Client) {
		post(w, c, "/email-otp/send-verification-otp", `{"email":"`+w.email+`","type":"`+kind+`"}`)
	}
}

func spendCode(path, more string) func(w *world, c *authtest.Client) (string, string, string) {
	return func(w *world, _ *authtest.Client) (string, string, string) {
		return "POST", path, `{"email":"` + w.email + `","otp":"` + w.newest() + `"` + more + `}`
	}
}

var uses = map[string]use{
	"magic link": {
		prepare: func(w *world, c *authtest.Client) { post(w, c, "/sign-in/magic-link", `{"email":"`+w.email+`"}`) },
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "GET", "/magic-link/verify?token=" + w.newest(), ""
		},
		won: fine,
	},
	"code to sign in":           {askCode(emailotp.SignIn), spendCode("/sign-in/email-otp", ""), fine},
	"code to verify an address": {askCode(emailotp.EmailVerification), spendCode("/email-otp/verify-email", ""), fine},
	"code to reset a password": {
		prepare: func(w *world, c *authtest.Client) {
			post(w, c, "/email-otp/request-password-reset", `{"email":"`+w.email+`"}`)
		},
		request: spendCode("/email-otp/reset-password", `,"password":"password5678"`),
		won:     fine,
	},
	"code to change the address": {
		prepare: func(w *world, c *authtest.Client) {
			post(w, c, "/email-otp/request-email-change", `{"newEmail":"new-`+w.email+`"}`)
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/email-otp/change-email", `{"newEmail":"new-` + w.email + `","otp":"` + w.newest() + `"}`
		},
		won: fine,
	},
	"reset token": {
		prepare: func(w *world, c *authtest.Client) {
			post(w, c, "/request-password-reset", `{"email":"`+w.email+`"}`)
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/reset-password", `{"token":"` + w.newest() + `","newPassword":"password5678"}`
		},
		won: fine,
	},
	"token to delete the account": {
		prepare: func(w *world, c *authtest.Client) { post(w, c, "/delete-user", `{}`) },
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "GET", "/delete-user/callback?token=" + w.newest(), ""
		},
		won: fine,
	},
	"one-time token": {
		prepare: func(w *world, c *authtest.Client) {
			token, _ := c.Get("/one-time-token/generate").JSON(w.t)["token"].(string)
			_, _ = w.keep(token)
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/one-time-token/verify", `{"token":"` + w.newest() + `"}`
		},
		won: fine,
	},
	"challenge of a passkey": {
		prepare: func(w *world, c *authtest.Client) {
			key := passkeytest.New(passkeytest.ES256, authtest.Origin)
			key.Counts, key.Counter = false, 0
			post(w, c, "/passkey/verify-registration", `{"response":`+key.Create(c.Get("/passkey/generate-register-options").Text("challenge"))+`}`)
			_, _ = w.keep(key.Get(c.Get("/passkey/generate-authenticate-options").Text("challenge")))
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/passkey/verify-authentication", `{"response":` + w.newest() + `}`
		},
		won: fine,
	},
	"second factor, a code that is sent": {
		prepare: func(w *world, c *authtest.Client) {
			post(w, c, "/two-factor/enable", `{"password":"password1234","method":"otp"}`)
			c.SignIn(w.email)
			post(w, c, "/two-factor/send-otp", `{}`)
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/two-factor/verify-otp", `{"code":"` + w.newest() + `"}`
		},
		won: fine,
	},
	"second factor, a backup code": {
		prepare: func(w *world, c *authtest.Client) {
			codes := c.Post("/two-factor/enable", `{"password":"password1234"}`).JSON(w.t)["backupCodes"].([]any)
			_, _ = w.keep(codes[0].(string))
			w.Change("user", store.Record{"twoFactorEnabled": true}, store.Is("email", w.email))
			c.SignIn(w.email)
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "POST", "/two-factor/verify-backup-code", `{"code":"` + w.newest() + `"}`
		},
		won: fine,
	},
	"OAuth state": {
		prepare: func(w *world, c *authtest.Client) {
			got := c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/dash","newUserCallbackURL":"/dash","errorCallbackURL":"/failed"}`)
			to, _ := got.JSON(w.t)["url"].(string)
			u, err := url.Parse(to)
			if err != nil || u.Query().Get("state") == "" {
				w.t.Fatalf("%d %s", got.Status, got.Body)
			}
			_, _ = w.keep(u.Query().Get("state"))
		},
		request: func(w *world, _ *authtest.Client) (string, string, string) {
			return "GET", "/callback/github?code=c&state=" + url.QueryEscape(w.newest()), ""
		},
		won: func(_ int, location string, _ []string) bool { return location == "/dash" },
	},
}

// race sends n simultaneous requests over the network with the current cookies of c, and returns how many succeeded
// and how many were refused.
func (w *world) race(c *authtest.Client, n int, u use) (won, lost int) {
	method, path, body := u.request(w, c)
	var pairs []string
	for name, value := range c.Jar {
		pairs = append(pairs, name+"="+value)
	}
	cookies := strings.Join(pairs, "; ")
	start := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range n {
		wg.Go(func() {
			<-start
			status, location, set, err := w.ask(method, path, body, cookies)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				w.t.Error(err)
			case u.won(status, location, set):
				won++
			case status >= 300 && status < 500 && status != http.StatusTooManyRequests && !signsIn(set):
				lost++
			default:
				w.t.Errorf("a loser is answered %d %s %q", status, location, set)
			}
		})
	}
	close(start)
	wg.Wait()
	return won, lost
}

// signsIn reports whether the cookies contain a session cookie that is set and not deleted.
func signsIn(cookies []string) bool {
	for _, line := range cookies {
		if strings.Contains(line, "session_token=") && !strings.Contains(line, "Max-Age=0") {
			return true
		}
	}
	return false
}

func (w *world) ask(method, path, body, cookies string) (status int, location string, set []string, err error) {
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.http.URL+"/api/auth"+path, strings.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	r.Header.Set("Origin", authtest.Origin)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	res, err := w.http.Client().Do(r)
	if err != nil {
		return 0, "", nil, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Location"), res.Header["Set-Cookie"], errors.Join(err, res.Body.Close())
}

// TestAttackEverythingAHundredTimes: of a hundred simultaneous uses of a single-use value one succeeds, wherever the
// value is kept.
func TestAttackEverythingAHundredTimes(t *testing.T) {
	for place, at := range places {
		t.Run(place, func(t *testing.T) {
			w := open(t, at)
			for name, u := range uses {
				t.Run(name, func(t *testing.T) {
					w.t = t
					c := w.signUp()
					u.prepare(w, c)
					if won, lost := w.race(c, 100, u); won != 1 || lost != 99 {
						t.Errorf("of a hundred %d won and %d were refused", won, lost)
					}
				})
			}
		})
	}
}

// TestAttackGuessesOfOneCode: however many guesses are made at once, no more wrong ones than allowed are compared
// before the code is gone, wherever it is kept.
func TestAttackGuessesOfOneCode(t *testing.T) {
	for place, at := range places {
		t.Run(place, func(t *testing.T) {
			w := open(t, at)
			w.signUp()
			for allowed := range 4 { // wrong guesses before the correct one
				askCode(emailotp.SignIn)(w, w.Client())
				right := w.newest()
				for i := range allowed {
					guess(w, right, i)
				}
				method, path, body := spendCode("/sign-in/email-otp", "")(w, nil)
				status, _, _, err := w.ask(method, path, body, "")
				if want := map[bool]int{true: 200, false: 403}[allowed < 3]; status != want || err != nil {
					t.Errorf("after %d wrong guesses: %d, want %d, %v", allowed, status, want, err)
				}
			}
			askCode(emailotp.SignIn)(w, w.Client())
			right := w.newest()
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() { guess(w, right, i) })
			}
			wg.Wait()
			// Guesses that found another one in progress were refused without a comparison, so the code may still
			// exist; three more compared guesses are enough.
			for i := range 4 {
				guess(w, right, i)
			}
			if status, _, set, _ := w.ask("POST", "/sign-in/email-otp", `{"email":"`+w.email+`","otp":"`+right+`"}`, ""); status == 200 || signsIn(set) {
				t.Errorf("the code outlived a hundred wrong guesses: %d", status)
			}
		})
	}
}

// guess sends a wrong code.
func guess(w *world, right string, i int) {
	wrong := fmt.Sprintf("%06d", i)
	if wrong == right {
		wrong = "999999"
	}
	status, _, set, err := w.ask("POST", "/sign-in/email-otp", `{"email":"`+w.email+`","otp":"`+wrong+`"}`, "")
	if err != nil || status != 400 && status != 403 || signsIn(set) {
		w.t.Errorf("a wrong guess is answered %d %q, %v", status, set, err)
	}
}
