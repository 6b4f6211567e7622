package all_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// leaving is a server whose users are deleted after a month.
type leaving struct {
	*authtest.Server
	mu     sync.Mutex
	told   []string // hooks and events
	broken bool     // afterDelete fails
}

func (l *leaving) tell(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, what)
}

func (l *leaving) wantTold(want string) {
	l.T.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := strings.Join(l.told, " "); got != want {
		l.T.Errorf("reported %q, want %q", got, want)
	}
	l.told = nil
}

const month = 30 * 24 * time.Hour

func openLeaving(t *testing.T, o auth.Options) *leaving {
	t.Helper()
	l := &leaving{}
	o = authtest.PlainPasswords(o)
	o.User.DeleteUser = auth.DeleteUser{
		Enabled: true, GracePeriod: option.Span(month),
		BeforeDelete: func(_ context.Context, in auth.UserRequest) (callback.Nothing, error) {
			l.tell("before")
			if in.User.Name == "Kept" {
				return callback.Nothing{}, auth.Forbidden(auth.Code{Name: "KEPT", Message: "Kept"})
			}
			return callback.Nothing{}, nil
		},
		AfterDelete: func(_ context.Context, in auth.UserRequest) (callback.Nothing, error) {
			l.tell("after:" + in.User.Email)
			if l.broken {
				return callback.Nothing{}, errors.New("out of order")
			}
			return callback.Nothing{}, nil
		},
	}
	o.OnEvent = func(_ context.Context, e auth.Event) {
		if e.Name != auth.UserSignedIn && e.Name != auth.UserCreated {
			l.tell(e.Name)
		}
	}
	o.Plugins = append(o.Plugins, admin.New(admin.Options{}), twofactor.New(twofactor.Options{}),
		apikey.New(apikey.Options{Configurations: []apikey.Configuration{{EnableSessionForAPIKeys: true}}}))
	l.Server = authtest.New(t, o)
	return l
}

// goAway deletes the account of a new user, in whose other browser it was open too.
func (l *leaving) goAway(email string) (other *authtest.Client) {
	l.T.Helper()
	c, other := l.Client(), l.Client()
	c.SignUp(email)
	other.SignIn(email)
	c.Post("/delete-user", `{}`).Want(200, "success", true, "message", "User deleted")
	if c.SignedIn() || other.SignedIn() {
		l.T.Error("still signed in")
	}
	return other
}

func TestGracePeriod(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		l := openLeaving(t, o)
		l.goAway("ann@example.com")
		l.wantTold("before user_deletion_requested")
		l.WantRows(1, "user")
		// Nobody else can have the address.
		l.Client().Post("/sign-up/email", `{"name":"Other","email":"ann@example.com","password":"password5678"}`).WantCode(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
		l.Client().TrySignIn("ann@example.com", "password5678").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
		l.Advance(month - time.Second)
		l.RunJobs(t.Context())
		// Signing in restores.
		c := l.Client()
		c.SignIn("ann@example.com")
		l.wantTold("user_sign_in_failed user_restored")
		l.Advance(2 * month)
		l.RunJobs(t.Context())
		l.WantRows(1, "user")
		l.Client().SignIn("ann@example.com")
		l.wantTold("")

		l.Client().SignUp("bob@example.com")
		l.goAway("cy@example.com")
		l.Advance(month)
		l.RunJobs(t.Context())
		l.wantTold("before user_deletion_requested user_erased after:cy@example.com")
		l.WantRows(2, "user")
		l.WantRows(0, "user", store.Is("email", "cy@example.com"))
		l.WantRows(2, "account")
		l.Client().SignUp("cy@example.com") // the address is free again
	})
}

// TestGracePeriodRefused: beforeDelete decides when the user asks.
func TestGracePeriodRefused(t *testing.T) {
	l := openLeaving(t, auth.Options{})
	c := l.Client()
	c.SignUpAs("Kept", "ann@example.com")
	c.Post("/delete-user", `{}`).WantCode(403, "KEPT")
	l.wantTold("before")
	if !c.SignedIn() {
		t.Error("signed out")
	}
	l.Row("user", store.Is("betterauthDeleteAt", nil))
}

// TestErasureGoesOn: what fails for one user does not keep the others, and afterDelete is called once.
func TestErasureGoesOn(t *testing.T) {
	l := openLeaving(t, auth.Options{DatabaseHooks: auth.DatabaseHooks{Account: auth.ModelHooks{Delete: auth.HookPair{
		Before: func(_ context.Context, in auth.RowEvent) (callback.Answer, error) {
			return callback.Answer{Set: true, Result: in.Row.Text("password") != "plain:"+authtest.Password}, nil
		},
	}}}})
	l.goAway("kept@example.com")
	l.goAway("ann@example.com")
	l.Change("account", store.Record{"password": "plain:other"}, store.Is("userId", l.ID("user", store.Is("email", "ann@example.com"))))
	l.broken = true
	l.wantTold("before user_deletion_requested before user_deletion_requested")
	l.Advance(month)
	l.RunJobs(t.Context())
	l.RunJobs(t.Context())
	l.wantTold("user_erased after:ann@example.com")
	l.Row("user", store.Is("email", "kept@example.com"))
}

// TestAttackRestoreWithoutSecondFactor: the password alone does not restore a user who has a second factor, and neither
// does an administrator who acts as the user.
func TestAttackRestoreWithoutSecondFactor(t *testing.T) {
	l := openLeaving(t, auth.Options{})
	c := l.Client()
	c.SignUp("ann@example.com")
	id := l.ID("user")
	l.Change("user", store.Record{"twoFactorEnabled": true})
	c.Post("/delete-user", `{}`).Want(200)
	l.Client().TrySignIn("ann@example.com", authtest.Password).Want(200, "twoFactorRedirect", true)
	marked := func() {
		t.Helper()
		if l.Row("user", store.Is("id", id)).Time("betterauthDeleteAt").IsZero() {
			t.Error("restored")
		}
	}
	marked()
	boss := l.Client()
	boss.SignUp("boss@example.com")
	l.Change("user", store.Record{"role": "admin"}, store.Is("email", "boss@example.com"))
	boss.Post("/admin/impersonate-user", `{"userId":"`+id+`"}`).Want(200)
	marked()
}

// TestAttackKeyOfALeavingUser: an API key of a user who waits for erasure stands for no session.
func TestAttackKeyOfALeavingUser(t *testing.T) {
	l := openLeaving(t, auth.Options{})
	c := l.Client()
	c.SignUp("ann@example.com")
	key := c.Post("/api-key/create", `{}`).Want(200).Text("key")
	program := l.Client()
	program.Header.Set("X-Api-Key", key)
	if !program.SignedIn() {
		t.Fatal("the key does not work")
	}
	c.Post("/delete-user", `{}`).Want(200)
	program.Get("/get-session").WantCode(401, "INVALID_REFERENCE_ID_FROM_API_KEY")
}

// TestAttackErasureRaces: of a sign-in and the erasure at the same moment one wins, and nothing is left half done.
func TestAttackErasureRaces(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		l := openLeaving(t, o)
		for range 5 {
			l.goAway("ann@example.com")
			l.Advance(month)
			var wait sync.WaitGroup
			clients := make([]*authtest.Client, 3)
			for i := range clients {
				clients[i] = l.Client()
				wait.Go(func() { clients[i].TrySignIn("ann@example.com", authtest.Password) })
				wait.Go(func() { l.RunJobs(t.Context()) })
			}
			wait.Wait()
			users := len(l.Rows("user"))
			for _, c := range clients {
				if users == 0 && c.SignedIn() {
					t.Error("a session of an erased user")
				}
			}
			if users == 0 {
				l.WantRows(0, "account")
				continue
			}
			l.RunJobs(t.Context())
			if l.Row("user").Time("betterauthDeleteAt").IsZero() { // restored
				l.WantRows(1, "account")
				if err := l.Erase(t.Context(), l.ID("user")); err != nil {
					t.Fatal(err)
				}
			}
		}
	}, everywhere.Databases()...)
}
