package lastloginmethod_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/lastloginmethod"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	name = "better-auth.last_used_login_method"
	ann  = "ann@example.com"
)

// server returns a server with several ways to sign in, and the last message that it sent.
func server(t *testing.T, o auth.Options, p lastloginmethod.Options) (*authtest.Server, *string) {
	t.Helper()
	sent := new(string)
	idp := oauthtest.New(t, authtest.Start)
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "octo", "email": "octo@example.com"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "octo@example.com", "verified": true}},
	}
	o.HTTP = idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	o.Plugins = append(o.Plugins, lastloginmethod.New(p),
		magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) (callback.Nothing, error) {
			*sent = m.Token
			return callback.Nothing{}, nil
		}}),
		emailotp.New(emailotp.Options{SendVerificationOTP: func(_ context.Context, m emailotp.Mail) (callback.Nothing, error) {
			*sent = m.OTP
			return callback.Nothing{}, nil
		}}))
	return authtest.New(t, authtest.PlainPasswords(o)), sent
}

// TestWays: each way of signing in is named in the cookie and in the user's row, everywhere.
func TestWays(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, sent := server(t, o, lastloginmethod.Options{StoreInDatabase: true})
		ways := []struct {
			method, email string
			signIn        func(c *authtest.Client) *authtest.Answer
		}{
			{"email", ann, func(c *authtest.Client) *authtest.Answer { return c.SignUp(ann) }},
			{"email", ann, func(c *authtest.Client) *authtest.Answer { return c.SignIn(ann) }},
			{"email-otp", "dave@example.com", func(c *authtest.Client) *authtest.Answer {
				c.Post("/email-otp/send-verification-otp", `{"email":"dave@example.com","type":"sign-in"}`).Want(200)
				return c.Post("/sign-in/email-otp", `{"email":"dave@example.com","otp":"`+*sent+`"}`).Want(200)
			}},
			{"magic-link", "dave@example.com", func(c *authtest.Client) *authtest.Answer {
				c.Post("/sign-in/magic-link", `{"email":"dave@example.com"}`).Want(200)
				return c.Get("/magic-link/verify?token=" + *sent).Want(200)
			}},
			{"github", "octo@example.com", func(c *authtest.Client) *authtest.Answer {
				u, err := url.Parse(c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/dash"}`).WantNoCookie(name).Text("url"))
				if err != nil {
					t.Fatal(err)
				}
				return c.Get("/callback/github?code=c&state=" + u.Query().Get("state")).WantRedirect("/dash")
			}},
		}
		for _, way := range ways {
			c := s.Client()
			way.signIn(c).WantCookie(name, "Max-Age=2592000", "Path=/", "SameSite=Lax")
			if c.Jar[name] != way.method {
				t.Errorf("%s: the cookie is %q", way.method, c.Jar[name])
			}
			if got := s.Row("user", store.Is("email", way.email))["lastLoginMethod"]; got != way.method {
				t.Errorf("%s: the row has %v", way.method, got)
			}
			c.Get("/get-session?disableCookieCache=true").Want(200, "user.lastLoginMethod", way.method).WantNoCookie(name)
		}
	})
}

// TestNotStored: without the option there is neither field nor column, and refused sign-ins set nothing.
func TestNotStored(t *testing.T) {
	s, _ := server(t, auth.Options{}, lastloginmethod.Options{})
	c := s.Client()
	c.SignUp(ann).Want(200, "user.lastLoginMethod", authtest.Absent)
	if s.Store.Table("user").Column("lastLoginMethod") != nil {
		t.Error("there is a column")
	}
	stranger := s.Client()
	stranger.TrySignIn(ann, "wrong password").WantCode(401, "INVALID_EMAIL_OR_PASSWORD").WantNoCookie(name)
	c.Post("/sign-out", "{}").WantNoCookie(name)
	if c.Jar[name] != "email" {
		t.Error("signing out forgets the method")
	}
}

func TestOptions(t *testing.T) {
	own := func(text *string, err error) callback.Func[*auth.Context, *string] {
		return func(context.Context, *auth.Context) (*string, error) { return text, err }
	}
	ask := func(yes bool, err error) callback.Func[lastloginmethod.CookieRequest, bool] {
		return func(_ context.Context, r lastloginmethod.CookieRequest) (bool, error) {
			if r.Method != "email" || r.Call.Route.Path != "/sign-up/email" {
				t.Errorf("asked for %q at %s", r.Method, r.Call.Route.Path)
			}
			return yes, err
		}
	}
	short := 60
	for about, tc := range map[string]struct {
		o      lastloginmethod.Options
		status int
		cookie string
		value  string // "" for no cookie
	}{
		"defaults":            {lastloginmethod.Options{}, 200, name, "email"},
		"another cookie":      {lastloginmethod.Options{CookieName: "way-in", MaxAge: &short}, 200, "way-in", "email"},
		"own name":            {lastloginmethod.Options{CustomResolveMethod: own(new("corp"), nil)}, 200, name, "corp"},
		"own, left to path":   {lastloginmethod.Options{CustomResolveMethod: own(nil, nil)}, 200, name, "email"},
		"own, nothing":        {lastloginmethod.Options{CustomResolveMethod: own(new(""), nil)}, 200, name, ""},
		"own, fails":          {lastloginmethod.Options{CustomResolveMethod: own(nil, errors.New("no"))}, 500, name, ""},
		"permitted":           {lastloginmethod.Options{BeforeStoreCookie: ask(true, nil)}, 200, name, "email"},
		"not permitted":       {lastloginmethod.Options{BeforeStoreCookie: ask(false, nil)}, 200, name, ""},
		"asking for it fails": {lastloginmethod.Options{BeforeStoreCookie: ask(true, errors.New("no"))}, 200, name, ""},
	} {
		s, _ := server(t, auth.Options{}, tc.o)
		c := s.Client()
		c.Post("/sign-up/email", `{"name":"Ann","email":"`+ann+`","password":"password1234"}`).Want(tc.status)
		if c.Jar[tc.cookie] != tc.value {
			t.Errorf("%s: the cookie is %q", about, c.Jar[tc.cookie])
		}
	}
	s, _ := server(t, auth.Options{}, lastloginmethod.Options{StoreInDatabase: true, Schema: lastloginmethod.SchemaOptions{User: lastloginmethod.ColumnOptions{LastLoginMethod: "way_in"}}})
	if column := s.Store.Table("user").Column("lastLoginMethod").Physical; column != "way_in" {
		t.Errorf("the column is %s", column)
	}
	for _, age := range []int{-1, 34_560_001} {
		if err := lastloginmethod.New(lastloginmethod.Options{MaxAge: &age}).Manifest().Init(nil); err == nil {
			t.Errorf("an age of %d is accepted", age)
		}
	}
}

// TestUserKept: a user that cannot be changed is signed in nevertheless.
func TestUserKept(t *testing.T) {
	fails := auth.ModelHooks{Update: auth.HookPair{Before: func(context.Context, auth.RowEvent) (callback.Answer, error) {
		return callback.Answer{}, errors.New("no")
	}}}
	s, _ := server(t, auth.Options{DatabaseHooks: auth.DatabaseHooks{User: fails}}, lastloginmethod.Options{StoreInDatabase: true})
	s.Client().SignUp(ann)
	s.Client().SignIn(ann)
}

// TestOutsideOfCalls: users and sessions that no call creates have no method.
func TestOutsideOfCalls(t *testing.T) {
	s, _ := server(t, auth.Options{}, lastloginmethod.Options{StoreInDatabase: true})
	user, err := s.Users.Create(t.Context(), store.Record{"email": ann, "name": "Ann", "emailVerified": true}, "import")
	if err != nil {
		t.Fatal(err)
	}
	row := store.Record{"userId": user.ID, "token": "t", "expiresAt": s.Now().Add(time.Hour), "createdAt": s.Now(), "updatedAt": s.Now()}
	if _, err := s.Sessions.Create(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	if got := s.Row("user")["lastLoginMethod"]; got != nil {
		t.Errorf("the row has %v", got)
	}
}

// Clients cannot choose the method that is stored with a user.
func TestAttackChosenMethod(t *testing.T) {
	s, _ := server(t, auth.Options{}, lastloginmethod.Options{StoreInDatabase: true})
	c := s.Client()
	c.Post("/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234","lastLoginMethod":"<script>"}`).WantCode(400, "FIELD_NOT_ALLOWED")
	c.SignUp(ann)
	c.Post("/update-user", `{"lastLoginMethod":"<script>"}`).WantCode(400, "FIELD_NOT_ALLOWED")
	if got := s.Row("user")["lastLoginMethod"]; got != "email" {
		t.Errorf("the row has %v", got)
	}
}
