package faults

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
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// world is a server, what it has mailed, and the injector that sits below it.
type world struct {
	*authtest.Server
	*injector
	token string // of the newest mail
	mails int
}

const (
	address = "ada@example.com"
	old     = "password1234"
	fresh   = "password5678"
)

var setups = map[string]func(o *auth.Options, at *injector){
	"database":          func(*auth.Options, *injector) {},
	"secondary storage": secondary,
	"both": func(o *auth.Options, at *injector) {
		secondary(o, at)
		o.Session.StoreSessionInDatabase = true
		o.Verification.StoreInDatabase = true
	},
}

func secondary(o *auth.Options, at *injector) {
	now := func(context.Context) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
	o.SecondaryStorage = storage{kv.NewMemory(now, 0), at}
}

func open(t *testing.T, setup func(o *auth.Options, at *injector)) *world {
	t.Helper()
	w := &world{injector: &injector{}}
	var o auth.Options
	o.Database = driver{memstore.New(), w.injector}
	setup(&o, w.injector)
	o = authtest.PlainPasswords(o)
	send := func(ctx context.Context, token string) error {
		return w.around(ctx, "mail", callback.ErrUnavailable, func() error { w.token = token; w.mails++; return nil })
	}
	link := func(ctx context.Context, m auth.LinkMail) (callback.Nothing, error) {
		return callback.Nothing{}, send(ctx, m.Token)
	}
	o.EmailAndPassword.SendResetPassword = link
	o.EmailVerification.SendVerificationEmail = link
	o.User.DeleteUser.Enabled = true
	o.Plugins = []auth.Plugin{
		magiclink.New(magiclink.Options{SendMagicLink: func(ctx context.Context, m magiclink.Mail) (callback.Nothing, error) {
			return callback.Nothing{}, send(ctx, m.Token)
		}}),
		emailotp.New(emailotp.Options{SendVerificationOTP: func(ctx context.Context, m emailotp.Mail) (callback.Nothing, error) {
			return callback.Nothing{}, send(ctx, m.OTP)
		}}),
	}
	w.Server = authtest.New(t, o)
	return w
}

// flow is one thing that people do: prepare runs on a healthy server, act is the
// call that goes wrong, and holds looks at what came of it.
type flow struct {
	prepare func(t *testing.T, w *world, c *authtest.Client)
	act     func(w *world, c *authtest.Client) *authtest.Answer
	holds   func(w *world, c *authtest.Client, got *authtest.Answer) error
}

func signUp(t *testing.T, w *world, c *authtest.Client) {
	t.Helper()
	c.SignUp(address)
}

func body(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `,"%s":"%s"`, pairs[i], pairs[i+1])
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// opens reports whether a password signs in.
func (w *world) opens(password string) bool {
	return w.Client().Post("/sign-in/email", body("email", address, "password", password)).Status == http.StatusOK
}

func (w *world) isSignedIn(c *authtest.Client) bool { return c.Get("/get-session").Body != "null" }

var flows = map[string]flow{
	"sign-up": {
		prepare: func(*testing.T, *world, *authtest.Client) {},
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Post("/sign-up/email", body("name", "Ada", "email", address, "password", old))
		},
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status == http.StatusOK && (!w.opens(old) || !w.isSignedIn(c)) {
				return fmt.Errorf("acknowledged, and lost")
			}
			again := w.Client().Post("/sign-up/email", body("name", "Ada", "email", address, "password", old))
			if again.Status != http.StatusOK && !w.opens(old) {
				return fmt.Errorf("neither signed up nor able to: %d %s", again.Status, again.Body)
			}
			return nil
		},
	},
	"sign-in": {
		prepare: signUp,
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			c.Jar = map[string]string{}
			return c.Post("/sign-in/email", body("email", address, "password", old))
		},
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if in := w.isSignedIn(c); in != (got.Status == http.StatusOK) {
				return fmt.Errorf("signed in: %v", in)
			}
			return nil
		},
	},
	"get-session": {
		prepare: signUp,
		act:     func(w *world, c *authtest.Client) *authtest.Answer { return c.Get("/get-session") },
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status == http.StatusOK && got.Body == "null" || !w.isSignedIn(c) {
				return fmt.Errorf("a failure signed somebody out")
			}
			return nil
		},
	},
	"refresh": {
		prepare: func(t *testing.T, w *world, c *authtest.Client) { signUp(t, w, c); w.Advance(2 * 24 * time.Hour) },
		act:     func(w *world, c *authtest.Client) *authtest.Answer { return c.Get("/get-session") },
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status == http.StatusOK && got.Body == "null" || !w.isSignedIn(c) {
				return fmt.Errorf("a failure signed somebody out")
			}
			return nil
		},
	},
	"sign-out": {
		prepare: signUp,
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			kept := w.Client()
			for name, value := range c.Jar {
				kept.Jar[name] = value
			}
			got := c.Post("/sign-out", `{}`)
			c.Jar = kept.Jar
			return got
		},
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status == http.StatusOK && w.isSignedIn(c) {
				return fmt.Errorf("signed out, and the session lives on")
			}
			return nil
		},
	},
	"revoke others": {
		prepare: func(t *testing.T, w *world, c *authtest.Client) {
			signUp(t, w, c)
			other := w.Client()
			other.Post("/sign-in/email", body("email", address, "password", old))
			c.Header.Set("X-Other", other.Jar["better-auth.session_token"])
		},
		act: func(w *world, c *authtest.Client) *authtest.Answer { return c.Post("/revoke-other-sessions", `{}`) },
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			other := w.Client()
			other.Jar["better-auth.session_token"] = c.Header.Get("X-Other")
			if got.Status == http.StatusOK && w.isSignedIn(other) {
				return fmt.Errorf("revoked, and the other session lives on")
			}
			if !w.isSignedIn(c) {
				return fmt.Errorf("its own session ended")
			}
			return nil
		},
	},
	"change password": {
		prepare: signUp,
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Post("/change-password", body("currentPassword", old, "newPassword", fresh))
		},
		holds: onePassword,
	},
	"reset password": {
		prepare: func(t *testing.T, w *world, c *authtest.Client) {
			signUp(t, w, c)
			c.Post("/request-password-reset", body("email", address))
		},
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Post("/reset-password", body("token", w.token, "newPassword", fresh))
		},
		holds: onePassword,
	},
	"ask for a reset": {
		prepare: signUp,
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			w.mails = 0
			return c.Post("/request-password-reset", body("email", address))
		},
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status != http.StatusOK || w.mails == 0 {
				return nil
			}
			return usable(w.Client().Post("/reset-password", body("token", w.token, "newPassword", fresh)))
		},
	},
	"magic link": {
		prepare: func(t *testing.T, w *world, c *authtest.Client) {
			c.Post("/sign-in/magic-link", body("email", address))
		},
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Get("/magic-link/verify?token=" + w.token)
		},
		holds: signedInOrAgain(func(w *world, c *authtest.Client) *authtest.Answer {
			c.Post("/sign-in/magic-link", body("email", address))
			return c.Get("/magic-link/verify?token=" + w.token)
		}),
	},
	"e-mail code": {
		prepare: func(t *testing.T, w *world, c *authtest.Client) {
			c.Post("/email-otp/send-verification-otp", body("email", address, "type", "sign-in"))
		},
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Post("/sign-in/email-otp", body("email", address, "otp", w.token))
		},
		holds: signedInOrAgain(func(w *world, c *authtest.Client) *authtest.Answer {
			c.Post("/email-otp/send-verification-otp", body("email", address, "type", "sign-in"))
			return c.Post("/sign-in/email-otp", body("email", address, "otp", w.token))
		}),
	},
	"delete user": {
		prepare: signUp,
		act: func(w *world, c *authtest.Client) *authtest.Answer {
			return c.Post("/delete-user", body("password", old))
		},
		holds: func(w *world, c *authtest.Client, got *authtest.Answer) error {
			if got.Status == http.StatusOK && (w.opens(old) || w.isSignedIn(c)) {
				return fmt.Errorf("deleted, and still there")
			}
			return nil
		},
	},
}

// onePassword: the new password holds when it was acknowledged, and never both.
func onePassword(w *world, c *authtest.Client, got *authtest.Answer) error {
	before, after := w.opens(old), w.opens(fresh)
	if before == after || got.Status == http.StatusOK && !after {
		return fmt.Errorf("the old password works: %v, the new one: %v", before, after)
	}
	return nil
}

func usable(got *authtest.Answer) error {
	if got.Status != http.StatusOK {
		return fmt.Errorf("what was mailed does not work: %d %s", got.Status, got.Body)
	}
	return nil
}

// signedInOrAgain: an acknowledged sign-in holds, and after a failure a new link or
// code signs in.
func signedInOrAgain(again func(w *world, c *authtest.Client) *authtest.Answer) func(w *world, c *authtest.Client, got *authtest.Answer) error {
	return func(w *world, c *authtest.Client, got *authtest.Answer) error {
		if got.Status == http.StatusOK && !w.isSignedIn(c) {
			return fmt.Errorf("acknowledged, and not signed in")
		}
		w.Advance(time.Second) // the newest of two codes is the one made last
		other := w.Client()
		if got := again(w, other); got.Status != http.StatusOK || !w.isSignedIn(other) {
			return fmt.Errorf("a new one does not sign in: %d %s", got.Status, got.Body)
		}
		return nil
	}
}

// whole looks for half a user: every account and session has its user, and every
// user can be reached by an account or a proven address.
func (w *world) whole(ctx context.Context) error {
	users, err := w.Store.Find(ctx, "user", store.Query{})
	if err != nil {
		return err
	}
	there := map[any]store.Record{}
	for _, u := range users {
		there[u["id"]] = u
	}
	accounts := map[any]bool{}
	for _, model := range []string{"account", "session"} {
		rows, err := w.Store.Find(ctx, model, store.Query{})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if there[row["userId"]] == nil {
				return fmt.Errorf("a row of %s without its user", model)
			}
			accounts[row["userId"]] = accounts[row["userId"]] || model == "account"
		}
	}
	for id, u := range there {
		if !accounts[id] && u["emailVerified"] != true {
			return fmt.Errorf("a user without an account")
		}
	}
	return nil
}

// TestFaults spoils each call of each flow once, in each way.
func TestFaults(t *testing.T) {
	for setup, with := range setups {
		for name, f := range flows {
			t.Run(setup+"/"+name, func(t *testing.T) {
				t.Parallel()
				w, c := begin(t, with, f)
				w.arm(0, "")
				if got := f.act(w, c); got.Status != http.StatusOK {
					t.Fatalf("without a fault: %d %s", got.Status, got.Body)
				}
				calls, _ := w.disarm()
				for _, how := range []mode{before, after, stall} {
					for n := 1; n <= calls; n++ {
						spoil(t, with, f, n, how)
					}
				}
			})
		}
	}
}

func begin(t *testing.T, with func(o *auth.Options, at *injector), f flow) (*world, *authtest.Client) {
	t.Helper()
	w := open(t, with)
	c := w.Client()
	f.prepare(t, w, c)
	return w, c
}

func spoil(t *testing.T, with func(o *auth.Options, at *injector), f flow, n int, how mode) {
	t.Helper()
	w, c := begin(t, with, f)
	w.arm(n, how)
	answer := make(chan *authtest.Answer, 1)
	go func() { answer <- f.act(w, c) }()
	var got *authtest.Answer
	select {
	case got = <-answer:
	case <-time.After(time.Minute):
		t.Fatalf("call %d %s: no answer", n, how)
	}
	_, hit := w.disarm()
	where := fmt.Sprintf("call %d (%s) %s, answered %d %.80s", n, hit, how, got.Status, got.Body)
	if got.Status >= 400 && got.Status < 500 {
		t.Errorf("%s: a failure of ours is told as the client's", where)
	}
	if err := w.whole(t.Context()); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	if err := f.holds(w, c, got); err != nil {
		t.Errorf("%s: %v", where, err)
	}
}
