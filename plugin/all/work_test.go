package all_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// work counts what was done for a call: statements by kind, hashes, keys.
type work struct {
	mu   sync.Mutex
	done map[string]int
}

func (w *work) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done[what]++
}

// during returns the work that f does.
func (w *work) during(f func()) map[string]int {
	w.mu.Lock()
	w.done = map[string]int{}
	w.mu.Unlock()
	f()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done
}

// counted is a driver that counts its statements. Reads and writes are counted separately, because a write waits for
// the disk.
type counted struct {
	store.Driver
	*work
}

func (d counted) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	d.count("insert")
	return d.Driver.Insert(ctx, t, row)
}

func (d counted) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	d.count("select")
	return d.Driver.Select(ctx, t, q)
}

func (d counted) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	d.count("select")
	return d.Driver.Count(ctx, t, where)
}

func (d counted) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	d.count("update")
	return d.Driver.UpdateOne(ctx, t, where, c)
}

func (d counted) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	d.count("update")
	return d.Driver.UpdateMany(ctx, t, where, c)
}

func (d counted) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	d.count("delete")
	return d.Driver.DeleteOne(ctx, t, where)
}

func (d counted) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	d.count("delete")
	return d.Driver.DeleteMany(ctx, t, where)
}

func (d counted) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	d.count("delete")
	return d.Driver.TakeMany(ctx, t, where)
}

func (d counted) Group(ctx context.Context, g store.Writes) error {
	d.count("group")
	return d.Driver.Group(ctx, g)
}

func (d counted) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	d.count("transaction")
	return d.Driver.Tx(ctx, fn)
}

// countedKV counts the operations of secondary storage.
type countedKV struct {
	kv.Store
	*work
}

func (s countedKV) Get(ctx context.Context, key string) (string, bool, error) {
	s.count("key")
	return s.Store.Get(ctx, key)
}

func (s countedKV) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	s.count("key")
	return s.Store.Set(ctx, key, value, ttl)
}

func (s countedKV) Delete(ctx context.Context, key string) error {
	s.count("key")
	return s.Store.Delete(ctx, key)
}

func (s countedKV) Take(ctx context.Context, key string) (string, bool, error) {
	s.count("key")
	return s.Store.Take(ctx, key)
}

// TestAttackEnumerateByWork: an answer takes the same number of statements, hashes and keys for an address with a
// user as for one without, so that its time does not reveal users. Mail callbacks are not counted, because messages
// are queued in memory (see the tests of mail).
func TestAttackEnumerateByWork(t *testing.T) {
	calls := map[string]struct {
		path, body string
		more       func(*auth.Options, *emailotp.Options)
	}{
		"sign-in":               {path: "/sign-in/email", body: `{"email":"@","password":"wrong-password"}`},
		"sign-in by name":       {path: "/sign-in/username", body: `{"username":"NAME","password":"wrong-password"}`},
		"sign-in by phone":      {path: "/sign-in/phone-number", body: `{"phoneNumber":"PHONE","password":"wrong-password"}`},
		"code by phone":         {path: "/phone-number/send-otp", body: `{"phoneNumber":"PHONE"}`},
		"wrong code by phone":   {path: "/phone-number/verify", body: `{"phoneNumber":"PHONE","code":"000000"}`},
		"reset by phone, asked": {path: "/phone-number/request-password-reset", body: `{"phoneNumber":"PHONE"}`},
		"reset by wrong code":   {path: "/phone-number/reset-password", body: `{"phoneNumber":"PHONE","otp":"000000","newPassword":"password5678"}`},
		"sign-up":               {path: "/sign-up/email", body: `{"email":"@","password":"password1234","name":"N"}`, more: func(o *auth.Options, _ *emailotp.Options) { o.EmailAndPassword.RequireEmailVerification = true }},
		"sign-up, no session":   {path: "/sign-up/email", body: `{"email":"@","password":"password1234","name":"N"}`, more: func(o *auth.Options, _ *emailotp.Options) { no := false; o.EmailAndPassword.AutoSignIn = &no }},
		"password reset":        {path: "/request-password-reset", body: `{"email":"@"}`},
		"verification":          {path: "/send-verification-email", body: `{"email":"@"}`},
		"magic link":            {path: "/sign-in/magic-link", body: `{"email":"@"}`},
		"code to sign in":       {path: "/email-otp/send-verification-otp", body: `{"email":"@","type":"sign-in"}`},
		"code, no sign-up":      {path: "/email-otp/send-verification-otp", body: `{"email":"@","type":"sign-in"}`, more: func(_ *auth.Options, p *emailotp.Options) { p.DisableSignUp = true }},
		"code to verify":        {path: "/email-otp/send-verification-otp", body: `{"email":"@","type":"email-verification"}`},
		"code to reset":         {path: "/email-otp/send-verification-otp", body: `{"email":"@","type":"forget-password"}`},
		"code to reset, asked":  {path: "/email-otp/request-password-reset", body: `{"email":"@"}`},
		"code to reset, old":    {path: "/forget-password/email-otp", body: `{"email":"@"}`},
		"code checked":          {path: "/email-otp/check-verification-otp", body: `{"email":"@","type":"sign-in","otp":"000000"}`},
		"code entered":          {path: "/sign-in/email-otp", body: `{"email":"@","otp":"000000"}`},
		"reset by a wrong code": {path: "/email-otp/reset-password", body: `{"email":"@","otp":"000000","password":"password5678"}`},
		"verified by a code":    {path: "/email-otp/verify-email", body: `{"email":"@","otp":"000000"}`},
		"change of address":     {path: "/change-email", body: `{"newEmail":"@"}`, more: func(o *auth.Options, _ *emailotp.Options) { o.User.ChangeEmail.Enabled = true }},
		"change by a code":      {path: "/email-otp/request-email-change", body: `{"newEmail":"@"}`},
	}
	for _, place := range []string{"database", "secondary storage", "both"} {
		for name, call := range calls {
			t.Run(place+"/"+name, func(t *testing.T) {
				w := &work{done: map[string]int{}}
				var o auth.Options
				o.Database = counted{memstore.New(), w}
				o.Verification.StoreInDatabase = place == "both"
				if place != "database" {
					now := func(context.Context) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
					o.SecondaryStorage = countedKV{kv.NewMemory(now, 0), w}
				}
				o.EmailAndPassword.Password.Hash = func(_ context.Context, password string) (string, error) {
					w.count("hash")
					return "plain:" + password, nil
				}
				o.EmailAndPassword.Password.Verify = func(_ context.Context, in auth.PasswordCheck) (bool, error) {
					w.count("hash")
					return in.Hash == "plain:"+in.Password, nil
				}
				link := func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, nil }
				o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = link, link
				p := emailotp.Options{
					ChangeEmail:         emailotp.ChangeEmailOptions{Enabled: true},
					SendVerificationOTP: func(context.Context, emailotp.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil },
				}
				sms := func(context.Context, phonenumber.Message) (callback.Nothing, error) { return callback.Nothing{}, nil }
				if call.more != nil {
					call.more(&o, &p)
				}
				o.Plugins = []auth.Plugin{emailotp.New(p), magiclink.New(magiclink.Options{SendMagicLink: func(context.Context, magiclink.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil }}), username.New(username.Options{}), phonenumber.New(phonenumber.Options{SendOTP: sms, SendPasswordResetOTP: sms, RequireVerification: true})}
				s := authtest.New(t, o)
				s.Client().SignUp("known@example.com")
				s.Change("user", store.Record{"username": "known", "phoneNumber": "+known", "phoneNumberVerified": true}, store.Is("email", "known@example.com"))
				asking := s.Client()
				asking.SignUp("asking@example.com")
				// The first call also does what is done once a minute.
				asking.Post("/request-password-reset", `{"email":"somebody@example.com"}`)
				asking.Get("/reset-password/x?callbackURL=/x")
				var answers []string
				var costs []map[string]int
				for _, email := range []string{"known@example.com", "unknown@example.com"} {
					c := s.Client()
					if strings.Contains(call.body, "newEmail") {
						c = asking
					}
					costs = append(costs, w.during(func() {
						name, _, _ := strings.Cut(email, "@")
						got := c.Post(call.path, strings.NewReplacer("@", email, "NAME", name, "PHONE", "+"+name).Replace(call.body))
						answers = append(answers, strings.TrimSpace(got.Body))
						if got.Status == 404 || got.Status >= 500 {
							t.Errorf("%s: %d %s", email, got.Status, got.Body)
						}
					}))
				}
				if !maps.Equal(costs[0], costs[1]) || len(costs[0]) == 0 {
					t.Errorf("a known address costs %v, an unknown one %v (answers %v)", costs[0], costs[1], answers)
				}
				if !strings.HasPrefix(name, "sign-up") && answers[0] != answers[1] {
					t.Errorf("answers differ: %v", answers)
				}
			})
		}
	}
}
