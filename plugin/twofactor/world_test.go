package twofactor_test

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	ann      = "ann@example.com"
	password = `{"password":"` + authtest.Password + `"}`
)

// world is a server with the plugin, and the messages that it has sent.
type world struct {
	*authtest.Server
	plugin *twofactor.Plugin
	mu     sync.Mutex
	codes  map[string]string // the last code by address
}

// open returns a server. Codes are sent.
func open(t testing.TB, o auth.Options, p twofactor.Options) *world {
	t.Helper()
	w := &world{codes: map[string]string{}}
	p.OTPOptions.SendOTP = func(_ context.Context, m twofactor.OTPMail) (callback.Nothing, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.codes[m.User.Email] = m.OTP
		return callback.Nothing{}, nil
	}
	w.plugin = twofactor.New(p)
	o.Plugins = append([]auth.Plugin{w.plugin}, o.Plugins...)
	w.Server = authtest.New(t, authtest.PlainPasswords(o))
	return w
}

// sent returns the last code that was sent to an address.
func (w *world) sent(email string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.codes[email]
}

// app is an authenticator app.
type app struct {
	w     *world
	key   []byte
	codes []string // the backup codes that came with it
}

// now returns the code that the app shows.
func (a *app) now() string {
	return secret.TOTP{Digits: 6, Period: 30 * time.Second}.Code(a.key, a.w.Now())
}

// wrong returns a code that the app shows neither now nor soon.
func (a *app) wrong() string {
	o := secret.TOTP{Digits: 6, Period: 30 * time.Second}
	for _, code := range []string{"000000", "111111", "222222", "333333"} {
		if !o.Verify(a.key, code, a.w.Now()) {
			return code
		}
	}
	panic("four codes at once")
}

// scan returns the app of an answer of /two-factor/enable.
func (w *world) scan(got *authtest.Answer) *app {
	w.T.Helper()
	u, err := url.Parse(got.Text("totpURI"))
	if err != nil {
		w.T.Fatal(err)
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	if err != nil {
		w.T.Fatal(err)
	}
	a := &app{w: w, key: key}
	for _, code := range got.JSON(w.T)["backupCodes"].([]any) {
		a.codes = append(a.codes, code.(string))
	}
	return a
}

// setUp signs a user up, sets up an app, and leaves the browser signed in.
func (w *world) setUp(c *authtest.Client, email string) *app {
	w.T.Helper()
	c.SignUp(email)
	a := w.scan(c.Post("/two-factor/enable", password).Want(200, "method", "totp", "backupCodes", authtest.Len(10)))
	totp(c, a.now()).Want(200)
	return a
}

// challenge signs in with the password, in a browser that is not trusted.
func (w *world) challenge(c *authtest.Client, email string) *authtest.Answer {
	w.T.Helper()
	return c.SignIn(email).Want(200, "twoFactorRedirect", true)
}

func totp(c *authtest.Client, code string) *authtest.Answer {
	return c.Post("/two-factor/verify-totp", body("code", code))
}

func otp(c *authtest.Client, code string) *authtest.Answer {
	return c.Post("/two-factor/verify-otp", body("code", code))
}

func backup(c *authtest.Client, code string) *authtest.Answer {
	return c.Post("/two-factor/verify-backup-code", body("code", code))
}

func body(pairs ...any) string {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// wantNoSession checks that an answer neither contains nor sets a session, cached or not.
func wantNoSession(t testing.TB, got *authtest.Answer) {
	t.Helper()
	for _, line := range got.Header["Set-Cookie"] {
		if (strings.Contains(line, "session_token") || strings.Contains(line, "session_data")) && !strings.Contains(line, "=; Max-Age=0") {
			t.Errorf("a session before the second factor: %s", line)
		}
	}
	for _, name := range []string{"Set-Auth-Token", "Set-Ott", "Set-Auth-Jwt"} {
		if v := got.Header.Get(name); v != "" {
			t.Errorf("a session before the second factor: %s: %s", name, v)
		}
	}
	if strings.Contains(got.Body, `"token"`) || strings.Contains(got.Body, `"session"`) {
		t.Errorf("a session before the second factor: %s", got.Body)
	}
}
