package all_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// where is a place that keeps single-use values.
type where struct {
	database       func(t *testing.T) store.Driver
	storage        func(t *testing.T) kv.Store
	storeInToo     bool // secondary storage and the database
	hashIdentifier bool
}

func sqlite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "once.db") }

func sql(at func(testing.TB) string) func(t *testing.T) store.Driver {
	return func(t *testing.T) store.Driver {
		db, err := sqlstore.Open(t.Context(), at(t), sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
}

func redis(t *testing.T) kv.Store {
	s, err := rediskv.New("redis://"+testserver.Redis(t), rediskv.Options{Prefix: t.Name() + ":"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var places = map[string]where{
	"memory":             {database: func(*testing.T) store.Driver { return memstore.New() }},
	"sqlite":             {database: sql(sqlite)},
	"postgres":           {database: sql(testserver.Postgres)},
	"mariadb":            {database: sql(testserver.MariaDB)},
	"identifiers hashed": {database: sql(sqlite), hashIdentifier: true},
	"redis":              {database: sql(sqlite), storage: redis},
	"redis and database": {database: sql(sqlite), storage: redis, storeInToo: true},
}

// world is a server that listens, and what it sent.
type world struct {
	*authtest.Server
	t    *testing.T
	http *httptest.Server
	idp  *oauthtest.Server

	mu    sync.Mutex
	sent  string // the newest token or code
	email string // of the user that it is about
	users int
}

func (w *world) keep(what string) (callback.Nothing, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = what
	return callback.Nothing{}, nil
}

func (w *world) newest() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

func open(t *testing.T, at where) *world {
	t.Helper()
	w := &world{t: t}
	var o auth.Options
	o.Database = at.database(t)
	if at.storage != nil {
		o.SecondaryStorage = at.storage(t)
	}
	o.Verification.StoreInDatabase = at.storeInToo
	o.Verification.StoreIdentifier.Default.Hashed = at.hashIdentifier
	// What is raced here is not the hash.
	o.EmailAndPassword.Password.Hash = func(_ context.Context, password string) (string, error) { return "plain:" + password, nil }
	o.EmailAndPassword.Password.Verify = func(_ context.Context, in auth.PasswordCheck) (bool, error) {
		return in.Hash == "plain:"+in.Password, nil
	}
	link := func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) { return w.keep(m.Token) }
	o.EmailAndPassword.SendResetPassword = link
	o.User.DeleteUser = auth.DeleteUser{Enabled: true, SendDeleteAccountVerification: link}
	o.Plugins = []auth.Plugin{
		magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) (callback.Nothing, error) { return w.keep(m.Token) }}),
		emailotp.New(emailotp.Options{
			ChangeEmail:         emailotp.ChangeEmailOptions{Enabled: true},
			SendVerificationOTP: func(_ context.Context, m emailotp.Mail) (callback.Nothing, error) { return w.keep(m.OTP) },
		}),
		onetimetoken.New(onetimetoken.Options{}),
	}
	idp := oauthtest.New(t, func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) })
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "octo", "email": "octo@example.com"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "octo@example.com", "verified": true}},
	}
	o.HTTP, w.idp = idp, idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	w.Server = authtest.New(t, o)
	if db, ok := o.Database.(*sqlstore.DB); ok {
		plan, err := db.Plan(t.Context(), w.Store.Tables())
		if err == nil {
			err = plan.Apply(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.http = httptest.NewServer(w.Auth)
	w.http.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(w.http.Close)
	return w
}

// use is one way to spend a value: what is asked for, by whom, and when it won.
type use struct {
	prepare func(w *world, c *authtest.Client)
	request func(w *world, c *authtest.Client) (method, path, body string)
	won     func(status int, location string, cookies []string) bool
}

func fine(status int, _ string, _ []string) bool { return status == http.StatusOK }

// post asks for something and expects it to be given.
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

// race sends one request n times at once, each over the network and with the
// cookies that c has now, and returns how many won and how many were refused.
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

// signsIn tells a session's cookie from one that is taken away.
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

// signUp makes another user, whose address is proven, so that every racer who
// gets past the value that is raced for would win.
func (w *world) signUp() *authtest.Client {
	w.t.Helper()
	return w.signUpAs(fmt.Sprintf("user%d@example.com", w.users+1))
}

func (w *world) signUpAs(email string) *authtest.Client {
	w.t.Helper()
	w.users++
	w.email = email
	c := w.Client()
	c.SignUp(w.email)
	if _, err := w.Store.Update(w.t.Context(), "user", []store.Where{store.Is("email", w.email)}, store.Record{"emailVerified": true}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// TestAttackEverythingAHundredTimes: of a hundred uses at once of whatever is
// good for one use, one wins, wherever it is kept.
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

// TestAttackGuessesOfOneCode: however many guesses race, no more wrong ones than
// allowed are compared before the code is gone, wherever it is kept.
func TestAttackGuessesOfOneCode(t *testing.T) {
	for place, at := range places {
		t.Run(place, func(t *testing.T) {
			w := open(t, at)
			w.signUp()
			for allowed := range 4 { // wrong guesses before the right one
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
			// Guesses that met another one under way were refused unread, so that the
			// code may not be gone yet; three more read ones are enough.
			for i := range 4 {
				guess(w, right, i)
			}
			if status, _, set, _ := w.ask("POST", "/sign-in/email-otp", `{"email":"`+w.email+`","otp":"`+right+`"}`, ""); status == 200 || signsIn(set) {
				t.Errorf("the code outlived a hundred wrong guesses: %d", status)
			}
		})
	}
}

// guess enters a wrong code.
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
