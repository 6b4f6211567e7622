package anonymous_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
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
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// links collects the calls of onLinkAccount.
type links struct {
	mu   sync.Mutex
	list []anonymous.Link
}

func (l *links) add(_ context.Context, link anonymous.Link) (callback.Nothing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, link)
	return callback.Nothing{}, nil
}

func server(t *testing.T, o auth.Options, p anonymous.Options) (*authtest.Server, *links) {
	t.Helper()
	told := &links{}
	if p.OnLinkAccount == nil {
		p.OnLinkAccount = told.add
	}
	o.Plugins = append(o.Plugins, anonymous.New(p))
	return authtest.New(t, authtest.PlainPasswords(o)), told
}

// enter signs in anonymously and returns the id of the new user.
func enter(c *authtest.Client) string {
	c.Server.T.Helper()
	return c.Post("/sign-in/anonymous", "{}").Want(200, "token", authtest.Any, "user.isAnonymous", true).Text("user.id")
}

func TestSignIn(t *testing.T) {
	s, _ := server(t, auth.Options{}, anonymous.Options{})
	c := s.Client()
	c.Post("/sign-in/anonymous", "{}").Want(200, "user.name", "Anonymous", "user.emailVerified", false, "user.isAnonymous", true,
		"user.email", authtest.Like(`^[a-z0-9]{32}@anonymous\.placeholder\.invalid$`)).WantCookie("better-auth.session_token", "HttpOnly")
	c.Get("/get-session").Want(200, "user.isAnonymous", true)
	c.Post("/sign-in/anonymous", "{}").WantCode(400, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY")
	s.WantRows(1, "user")
	s.WantRows(0, "account")
	c.Post("/delete-anonymous-user", "{}").Want(200, "", map[string]any{"success": true}).WantCookie("better-auth.session_token", "Max-Age=0")
	s.WantRows(0, "user")
	s.WantRows(0, "session")
	real := s.Client()
	real.SignUp("a@example.com").Want(200, "user.isAnonymous", false)
	enter(real) // a real session does not stand in the way, and is replaced
}

// TestDeleteRefused: who may not delete, and what stays then.
func TestDeleteRefused(t *testing.T) {
	failing := func(context.Context, auth.RowEvent) (callback.Answer, error) {
		return callback.Answer{}, errors.New("no")
	}
	keep := func(context.Context, auth.RowEvent) (callback.Answer, error) {
		return callback.Answer{Result: false, Set: true}, nil
	}
	before := func(hook callback.Func[auth.RowEvent, callback.Answer]) (m auth.ModelHooks) {
		m.Delete.Before = hook
		return m
	}
	for name, tc := range map[string]struct {
		o      auth.Options
		p      anonymous.Options
		who    func(c *authtest.Client)
		status int
		code   string
		users  int
	}{
		"stranger":              {who: func(*authtest.Client) {}, status: 401, code: "UNAUTHORIZED"},
		"real user":             {who: func(c *authtest.Client) { c.SignUp("a@example.com") }, status: 403, code: "USER_IS_NOT_ANONYMOUS", users: 1},
		"disabled":              {p: anonymous.Options{DisableDeleteAnonymousUser: true}, status: 400, code: "DELETE_ANONYMOUS_USER_DISABLED", users: 1},
		"sessions stay":         {o: auth.Options{DatabaseHooks: auth.DatabaseHooks{Session: before(failing)}}, status: 500, code: "FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS", users: 1},
		"user stays":            {o: auth.Options{DatabaseHooks: auth.DatabaseHooks{User: before(failing)}}, status: 500, code: "FAILED_TO_DELETE_ANONYMOUS_USER", users: 1},
		"a hook keeps the user": {o: auth.Options{DatabaseHooks: auth.DatabaseHooks{User: before(keep)}}, status: 200, users: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := server(t, tc.o, tc.p)
			c := s.Client()
			if tc.who == nil {
				tc.who = func(c *authtest.Client) { enter(c) }
			}
			tc.who(c)
			c.Post("/delete-anonymous-user", "{}").WantCode(tc.status, tc.code)
			s.WantRows(tc.users, "user")
		})
	}
}

func TestOptions(t *testing.T) {
	name := func(text string) callback.Func[*auth.Context, string] {
		return func(_ context.Context, c *auth.Context) (string, error) { return text, nil }
	}
	email := func(text string) callback.Func[callback.Nothing, string] {
		return func(context.Context, callback.Nothing) (string, error) { return text, nil }
	}
	refuse := &callback.APIError{Status: 418, Code: "TEAPOT", Message: "short and stout"}
	for about, tc := range map[string]struct {
		o      anonymous.Options
		status int
		path   string
		want   any
	}{
		"domain":          {anonymous.Options{EmailDomainName: "guests.example.com"}, 200, "user.email", authtest.Like(`^temp-[a-z0-9]{32}@guests\.example\.com$`)},
		"name":            {anonymous.Options{GenerateName: name("Guest")}, 200, "user.name", "Guest"},
		"no name":         {anonymous.Options{GenerateName: name("")}, 200, "user.name", "Anonymous"},
		"address":         {anonymous.Options{GenerateRandomEmail: email("Guest@Example.com"), EmailDomainName: "x.example.com"}, 200, "user.email", "guest@example.com"},
		"no address":      {anonymous.Options{GenerateRandomEmail: email(""), EmailDomainName: "x.example.com"}, 200, "user.email", authtest.Like(`^temp-.*@x\.example\.com$`)},
		"not an address":  {anonymous.Options{GenerateRandomEmail: email("guest")}, 400, "code", "INVALID_EMAIL_FORMAT"},
		"address refused": {anonymous.Options{GenerateRandomEmail: func(context.Context, callback.Nothing) (string, error) { return "", refuse }}, 418, "code", "TEAPOT"},
		"name refused":    {anonymous.Options{GenerateName: func(context.Context, *auth.Context) (string, error) { return "", refuse }}, 418, "code", "TEAPOT"},
		"name failed":     {anonymous.Options{GenerateName: func(context.Context, *auth.Context) (string, error) { return "", errors.New("no") }}, 500, "", authtest.Absent},
	} {
		s, _ := server(t, auth.Options{}, tc.o)
		got := s.Client().Post("/sign-in/anonymous", "{}").Want(tc.status, tc.path, tc.want)
		if t.Failed() {
			t.Fatalf("%s: %s", about, got)
		}
	}
	renamed := anonymous.SchemaOptions{User: anonymous.TableOptions{Fields: map[string]string{"isAnonymous": "is_guest"}}}
	s, _ := server(t, auth.Options{}, anonymous.Options{Schema: renamed})
	if column := s.Store.Table("user").Column("isAnonymous").Physical; column != "is_guest" {
		t.Errorf("the column is %s", column)
	}
	enter(s.Client())
	two, _ := server(t, auth.Options{}, anonymous.Options{GenerateRandomEmail: email("guest@example.com")})
	enter(two.Client())
	two.Client().Post("/sign-in/anonymous", "{}").Want(500) // the address is taken
}

// TestDropped: a database hook that drops the user or the session refuses the sign-in.
func TestDropped(t *testing.T) {
	drop := auth.ModelHooks{Create: auth.HookPair{Before: func(context.Context, auth.RowEvent) (callback.Answer, error) {
		return callback.Answer{Result: false, Set: true}, nil
	}}}
	s, _ := server(t, auth.Options{DatabaseHooks: auth.DatabaseHooks{User: drop}}, anonymous.Options{})
	s.Client().Post("/sign-in/anonymous", "{}").WantCode(500, "FAILED_TO_CREATE_USER").WantNoCookie()
	s, _ = server(t, auth.Options{DatabaseHooks: auth.DatabaseHooks{Session: drop}}, anonymous.Options{})
	s.Client().Post("/sign-in/anonymous", "{}").WantCode(400, "COULD_NOT_CREATE_SESSION").WantNoCookie()
}

// TestLink: a real sign-in reports both users and deletes the anonymous one, everywhere.
func TestLink(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, told := server(t, o, anonymous.Options{})
		c := s.Client()
		guest := enter(c)
		copied := s.Client()
		copied.Jar["better-auth.session_token"] = c.Jar["better-auth.session_token"]
		ann := c.SignUp("ann@example.com").Text("user.id")
		c.Get("/get-session").Want(200, "user.id", ann)
		if len(told.list) != 1 {
			t.Fatalf("told %d times", len(told.list))
		}
		link := told.list[0]
		if link.AnonymousUser.User.ID != guest || link.AnonymousUser.Session.UserID != guest || link.NewUser.User.ID != ann || link.NewUser.Session.UserID != ann {
			t.Errorf("%+v", link)
		}
		s.WantRows(0, "user", store.Is("id", guest))
		s.WantRows(1, "user")
		if copied.SignedIn() {
			t.Error("the anonymous session outlives its user")
		}
		c.SignIn("ann@example.com") // not from an anonymous session
		if len(told.list) != 1 {
			t.Errorf("told %d times", len(told.list))
		}
	})
}

// TestLinkOutcomes: what becomes of the anonymous user and of the answer.
func TestLinkOutcomes(t *testing.T) {
	failing := func(err error) callback.Func[anonymous.Link, callback.Nothing] {
		return func(context.Context, anonymous.Link) (callback.Nothing, error) { return callback.Nothing{}, err }
	}
	kept := auth.Options{DatabaseHooks: auth.DatabaseHooks{User: auth.ModelHooks{Delete: auth.HookPair{
		Before: func(context.Context, auth.RowEvent) (callback.Answer, error) {
			return callback.Answer{}, errors.New("no")
		},
	}}}}
	for name, tc := range map[string]struct {
		o      auth.Options
		p      anonymous.Options
		status int
		left   int // anonymous users
	}{
		"deleted":       {status: 200, left: 0},
		"kept":          {p: anonymous.Options{DisableDeleteAnonymousUser: true}, status: 200, left: 1},
		"not deletable": {o: kept, status: 200, left: 1},
		"refused":       {p: anonymous.Options{OnLinkAccount: failing(&callback.APIError{Status: 409, Code: "CART_FULL"})}, status: 409, left: 1},
		"failed":        {p: anonymous.Options{OnLinkAccount: failing(errors.New("no"))}, status: 500, left: 1},
	} {
		s, _ := server(t, tc.o, tc.p)
		c := s.Client()
		enter(c)
		got := c.Post("/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
		if got.Status != tc.status || name == "refused" && got.Code() != "CART_FULL" {
			t.Errorf("%s: %s", name, got)
		}
		s.WantRows(tc.left, "user", store.Is("isAnonymous", true))
	}
	s, told := server(t, auth.Options{}, anonymous.Options{})
	c := s.Client()
	enter(c)
	c.TrySignIn("nobody@example.com", "wrong password").Want(401)
	if s.WantRows(1, "user"); len(told.list) != 0 {
		t.Error("linked by a wrong password")
	}
}

// Signing in with the cookies of a session that has ended must not remove the new cookies.
func TestOldCookies(t *testing.T) {
	s, told := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, anonymous.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	if err := s.Sessions.End(t.Context(), s.Row("session")["token"].(string)); err != nil {
		t.Fatal(err)
	}
	s.Advance(6 * time.Minute) // the cached session is too old
	c.SignIn("ann@example.com")
	if !c.SignedIn() {
		t.Error("not signed in")
	}
	if len(told.list) != 0 {
		t.Error("linked")
	}
}

// Of simultaneous sign-ins from one anonymous browser all succeed, and the anonymous user is gone.
func TestRacingSignIns(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, told := server(t, o, anonymous.Options{})
		s.Client().SignUp("ann@example.com")
		c := s.Client()
		guest := enter(c)
		var wg sync.WaitGroup
		for range 8 {
			one := s.Client()
			one.Jar["better-auth.session_token"] = c.Jar["better-auth.session_token"]
			wg.Go(func() { one.TrySignIn("ann@example.com", authtest.Password).Want(200) })
		}
		wg.Wait()
		s.WantRows(0, "user", store.Is("id", guest))
		if len(told.list) == 0 {
			t.Error("not linked")
		}
	})
}

// If the anonymous session cannot be read, the sign-in fails, so that the anonymous user is not lost.
func TestOutage(t *testing.T) {
	var out authtest.Outage
	broken := false
	after := func(context.Context, *auth.Context) (callback.Answer, error) {
		if broken {
			out.Begin(store.ErrUnavailable)
		}
		return callback.Answer{}, nil
	}
	o := everywhere.Memory.Options(t)
	o.Database, o.Hooks.After = out.Driver(o.Database), after
	s, told := server(t, o, anonymous.Options{})
	s.Client().SignUp("ann@example.com")
	c := s.Client()
	enter(c)
	broken = true // after the endpoint, before the hook of the plugin
	c.TrySignIn("ann@example.com", authtest.Password).Want(503)
	broken = false
	out.End()
	c.Get("/get-session").Want(200, "user.isAnonymous", true)
	c.SignIn("ann@example.com")
	if len(told.list) != 1 {
		t.Errorf("told %d times", len(told.list))
	}
}

// withGitHub adds a provider that knows Octo.
func withGitHub(t *testing.T, o auth.Options) auth.Options {
	t.Helper()
	idp := oauthtest.New(t, authtest.Start)
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "octo", "email": "octo@example.com"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "octo@example.com", "verified": true}},
	}
	o.HTTP = idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	return o
}

// begin starts a flow and returns the address to which the provider sends the browser back.
func begin(c *authtest.Client, more string) string {
	c.Server.T.Helper()
	to := c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/dash"`+more+`}`).Want(200, "url", authtest.Any).Text("url")
	u, err := url.Parse(to)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return "/callback/github?code=c&state=" + u.Query().Get("state")
}

// TestFlow: the anonymous user is linked at the end of an OAuth flow, also in a browser without the session's cookie.
func TestFlow(t *testing.T) {
	for _, withCookie := range []bool{true, false} {
		s, told := server(t, withGitHub(t, auth.Options{}), anonymous.Options{})
		c := s.Client()
		guest := enter(c)
		back := begin(c, "")
		if !withCookie {
			delete(c.Jar, "better-auth.session_token")
		}
		c.Get(back).WantRedirect("/dash")
		if len(told.list) != 1 || told.list[0].AnonymousUser.User.ID != guest || told.list[0].NewUser.User.Email != "octo@example.com" {
			t.Errorf("with cookie %t: %+v", withCookie, told.list)
		}
		s.WantRows(0, "user", store.Is("id", guest))
	}
}

// A flow belongs to the anonymous user who started it, whatever the client says.
func TestAttackFlowOfAnotherAnonymousUser(t *testing.T) {
	s, told := server(t, withGitHub(t, auth.Options{}), anonymous.Options{})
	victim := s.Client()
	id := enter(victim)
	attacker := s.Client()
	for _, data := range []string{
		`{"serverContext":{"anonymousUserId":"` + id + `"}}`, `{"anonymousUserId":"` + id + `"}`, `{"server":{"anonymousUserId":"` + id + `"}}`,
	} {
		attacker.Get(begin(attacker, `,"additionalData":`+data)).WantRedirect("/dash")
	}
	if len(told.list) != 0 || !victim.SignedIn() {
		t.Errorf("linked %+v", told.list)
	}
}

// Nobody makes a real account anonymous, or an anonymous one real, by a request: the first would be deleted at the
// next sign-in.
func TestAttackMadeAnonymous(t *testing.T) {
	s, _ := server(t, auth.Options{}, anonymous.Options{})
	c := s.Client()
	c.Post("/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234","isAnonymous":true}`).Want(200, "user.isAnonymous", false)
	c.Post("/update-user", `{"isAnonymous":true}`).WantCode(400, "FIELD_NOT_ALLOWED")
	c.Get("/get-session").Want(200, "user.isAnonymous", false)
	guest := s.Client()
	enter(guest)
	guest.Post("/update-user", `{"isAnonymous":false}`)
	guest.Get("/get-session").Want(200, "user.isAnonymous", true)
}
