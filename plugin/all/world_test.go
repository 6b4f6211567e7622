package all_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
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
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// where is a place that keeps single-use values.
type where struct {
	everywhere.Place
	storage        func(t *testing.T) kv.Store
	storeInToo     bool // secondary storage and the database
	hashIdentifier bool
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
	"memory":             {Place: everywhere.Memory},
	"sqlite":             {Place: everywhere.SQLite},
	"postgres":           {Place: everywhere.Postgres},
	"mariadb":            {Place: everywhere.MariaDB},
	"identifiers hashed": {Place: everywhere.SQLite, hashIdentifier: true},
	"redis":              {Place: everywhere.SQLite, storage: redis},
	"redis and database": {Place: everywhere.SQLite, storage: redis, storeInToo: true},
}

// world is a server on the network, and the messages that it sent.
type world struct {
	*authtest.Server
	t    *testing.T
	http *httptest.Server
	idp  *oauthtest.Server

	mu    sync.Mutex
	sent  string // the newest token or code
	email string // of its user
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
	o := at.Options(t)
	if at.storage != nil {
		o.SecondaryStorage = at.storage(t)
	}
	o.Verification.StoreInDatabase = at.storeInToo
	o.Verification.StoreIdentifier.Default.Hashed = at.hashIdentifier
	// Hashing is not tested here.
	o = authtest.PlainPasswords(o)
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
		passkey.New(passkey.Options{}),
		twofactor.New(twofactor.Options{OTPOptions: twofactor.OTPOptions{
			SendOTP: func(_ context.Context, m twofactor.OTPMail) (callback.Nothing, error) { return w.keep(m.OTP) },
		}}),
	}
	idp := oauthtest.New(t, func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) })
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "octo", "email": "octo@example.com"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "octo@example.com", "verified": true}},
	}
	o.HTTP, w.idp = idp, idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	w.Server = authtest.New(t, o)
	w.http = httptest.NewServer(w.Auth)
	w.http.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(w.http.Close)
	return w
}

// signUp creates another user with a verified address, so that every call that gets past the tested value would
// succeed.
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
	w.Change("user", store.Record{"emailVerified": true}, store.Is("email", w.email))
	return c
}
