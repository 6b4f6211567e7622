package multisession_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/multisession"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	ann = "ann@example.com"
	bob = "bob@example.com"
)

func server(t *testing.T, o auth.Options, p multisession.Options) *authtest.Server {
	t.Helper()
	o.Plugins = append(o.Plugins, multisession.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

func list(c *authtest.Client) *authtest.Answer { return c.Get("/multi-session/list-device-sessions") }

func activate(c *authtest.Client, token string) *authtest.Answer {
	return c.Post("/multi-session/set-active", `{"sessionToken":"`+token+`"}`)
}

func revoke(c *authtest.Client, token string) *authtest.Answer {
	return c.Post("/multi-session/revoke", `{"sessionToken":"`+token+`"}`)
}

// multi returns the name of the cookie for a token.
func multi(token string) string {
	return "better-auth.session_token_multi-" + strings.ToLower(token)
}

// who returns the address of the signed-in user, or "".
func who(c *authtest.Client) string {
	email, _ := c.Get("/get-session").Value("user.email").(string)
	return email
}

// TestSeveralUsers: two users share a browser, everywhere.
func TestSeveralUsers(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, multisession.Options{})
		c := s.Client()
		list(c).Want(200, "", authtest.Len(0))
		a := c.SignUp(ann).WantCookie("better-auth.session_token").Text("token")
		b := c.SignUp(bob).Text("token")
		list(c).Want(200, "", authtest.Len(2))
		if who(c) != bob {
			t.Error(who(c))
		}
		activate(c, a).Want(200, "user.email", ann, "session.token", a)
		if who(c) != ann {
			t.Error(who(c))
		}
		again := c.SignIn(ann).WantCookie(multi(a), "Max-Age=0").Text("token")
		if again == a {
			t.Error("the session was not replaced")
		}
		activate(c, a).WantCode(401, "INVALID_SESSION_TOKEN")
		list(c).Want(200, "", authtest.Len(2))
		revoke(c, b).Want(200, "", map[string]any{"status": true}).WantCookie(multi(b), "Max-Age=0").WantNoCookie("better-auth.session_token")
		list(c).Want(200, "", authtest.Len(1), "0.user.email", ann)
		b = c.SignIn(bob).Text("token")
		revoke(c, b).Want(200).WantCookie("better-auth.session_token")
		if who(c) != ann {
			t.Error("the other session is not active:", who(c))
		}
		revoke(c, again).Want(200).WantCookie("better-auth.session_token", "Max-Age=0")
		if who(c) != "" || len(c.Jar) != 0 {
			t.Error(who(c), c.Jar)
		}
	})
}

// TestSignOut ends all sessions of the browser, and no other.
func TestSignOut(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, multisession.Options{})
		c, other := s.Client(), s.Client()
		c.SignUp(ann)
		c.SignUp(bob)
		other.SignIn(ann)
		copied := s.Client()
		for name, value := range c.Jar {
			copied.Jar[name] = value
		}
		c.Post("/sign-out", "{}").Want(200)
		if len(c.Jar) != 0 {
			t.Errorf("cookies stay: %v", c.Jar)
		}
		list(copied).Want(200, "", authtest.Len(0))
		if who(copied) != "" || who(other) != ann {
			t.Errorf("%q, %q", who(copied), who(other))
		}
	})
}

// TestCapitals: also cookies whose name has capitals are expired, unlike in the reference.
func TestCapitals(t *testing.T) {
	s := server(t, auth.Options{Advanced: auth.Advanced{CookiePrefix: "MyApp"}}, multisession.Options{})
	c := s.Client()
	c.SignUp(ann)
	c.SignUp(bob)
	if len(c.Jar) != 3 {
		t.Fatal(c.Jar)
	}
	c.Post("/sign-out", "{}").Want(200)
	if len(c.Jar) != 0 {
		t.Errorf("cookies stay: %v", c.Jar)
	}
}

func TestMaximumSessions(t *testing.T) {
	for most, held := range map[int]int{0: 0, 1: 1, 2: 2, 5: 4} {
		s := server(t, auth.Options{}, multisession.Options{MaximumSessions: &most})
		c := s.Client()
		for _, name := range []string{"a", "b", "c", "d"} {
			c.SignUp(name + "@example.com")
		}
		list(c).Want(200, "", authtest.Len(held))
	}
	if err := multisession.New(multisession.Options{MaximumSessions: new(-1)}).Manifest().Init(nil); err == nil {
		t.Error("a negative number is accepted")
	}
}

// TestRefused: as a stranger, with a token that is not held, with a bad body, and with a session that has ended.
func TestRefused(t *testing.T) {
	s := server(t, auth.Options{}, multisession.Options{})
	stranger, c := s.Client(), s.Client()
	a := c.SignUp(ann).Text("token")
	for _, path := range []string{"/multi-session/set-active", "/multi-session/revoke"} {
		want := 401
		stranger.Post(path, `{"sessionToken":"`+a+`"}`).Want(want)
		c.Post(path, `{"sessionToken":"x"}`).WantCode(401, "INVALID_SESSION_TOKEN").WantNoCookie()
		c.Post(path, `{"sessionToken":1}`).WantCode(400, "VALIDATION_ERROR")
		c.Post(path, `{}`).WantCode(400, "VALIDATION_ERROR")
	}
	c.Origin = "https://evil.example"
	activate(c, a).WantCode(403, "INVALID_ORIGIN")
	c.Origin = authtest.Origin
	s.Advance(8 * 24 * time.Hour)
	activate(c, a).WantCode(401, "INVALID_SESSION_TOKEN").WantCookie(multi(a), "Max-Age=0")
}

// TestRemember: switching keeps whether the browser remembers its session.
func TestRemember(t *testing.T) {
	s := server(t, auth.Options{}, multisession.Options{})
	c := s.Client()
	a := c.SignUp(ann).Text("token")
	c.Post("/sign-up/email", `{"name":"Bob","email":"`+bob+`","password":"password1234","rememberMe":false}`).Want(200)
	got := activate(c, a).Want(200)
	for _, line := range got.Header["Set-Cookie"] {
		if strings.HasPrefix(line, "better-auth.session_token=") && strings.Contains(line, "Max-Age") {
			t.Errorf("remembered: %s", line)
		}
	}
}

// TestBearer: clients without cookies hold one session only, and are not disturbed.
func TestBearer(t *testing.T) {
	s := server(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}}, multisession.Options{})
	c := s.Client()
	token := c.SignUp(ann).Header.Get("Set-Auth-Token")
	app := s.Client()
	app.Header.Set("Authorization", "Bearer "+token)
	if who(app) != ann {
		t.Error(who(app))
	}
	list(app).Want(200, "", authtest.Len(0))
}

// TestOutage: while the database does not answer, no cookie is lost and nothing is said to be ended.
func TestOutage(t *testing.T) {
	var out authtest.Outage
	o := everywhere.Memory.Options(t)
	o.Database = out.Driver(o.Database)
	s := server(t, o, multisession.Options{})
	c := s.Client()
	a := c.SignUp(ann).Text("token")
	c.SignUp(bob)
	out.Begin(store.ErrUnavailable)
	for _, got := range []*authtest.Answer{list(c), activate(c, a), revoke(c, a), c.Post("/sign-out", "{}")} {
		got.WantCode(503, "SERVICE_UNAVAILABLE").WantNoCookie()
	}
	out.End()
	list(c).Want(200, "", authtest.Len(2))
	if who(c) != bob {
		t.Error(who(c))
	}
}

// TestRacingSignIns: of simultaneous sign-ins of one browser all succeed, and those that lose their cookie stay valid
// or end, but nobody else's session does.
func TestRacingSignIns(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, multisession.Options{})
		s.Client().SignUp(ann)
		bystander := s.Client()
		bystander.SignIn(ann)
		c := s.Client()
		c.SignUp(bob)
		c.SignIn(ann)
		var wg sync.WaitGroup
		for range 8 {
			one := s.Client()
			for name, value := range c.Jar {
				one.Jar[name] = value
			}
			wg.Go(func() {
				one.TrySignIn(ann, authtest.Password).Want(200)
				list(one).Want(200, "", authtest.Len(2))
			})
		}
		wg.Wait()
		if who(bystander) != ann {
			t.Error("a session of another browser ended")
		}
	})
}

// A cookie with a token but without a valid signature neither activates nor revokes a session, nor lists it, nor lets
// a sign-out or a sign-in end it.
func TestAttackForgedCookie(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, multisession.Options{})
		victim := s.Client()
		stolen := victim.SignUp(ann).Text("token")
		attacker := s.Client()
		attacker.SignUp(bob)
		own, err := url.QueryUnescape(attacker.Jar["better-auth.session_token"])
		if err != nil {
			t.Fatal(err)
		}
		_, signature, _ := strings.Cut(own, ".")
		for _, forged := range []string{stolen, stolen + ".", stolen + "." + signature, stolen + "." + strings.Repeat("A", 43) + "="} {
			attacker.Jar[multi(stolen)] = url.QueryEscape(forged)
			list(attacker).Want(200, "", authtest.Len(1), "0.user.email", bob)
			activate(attacker, stolen).WantCode(401, "INVALID_SESSION_TOKEN").WantNoCookie()
			revoke(attacker, stolen).WantCode(401, "INVALID_SESSION_TOKEN").WantNoCookie()
			attacker.SignIn(bob)
			attacker.Post("/sign-out", "{}").Want(200)
			if !victim.SignedIn() {
				t.Fatalf("%q ended the session of the victim", forged)
			}
			attacker.Jar = map[string]string{}
			attacker.SignIn(bob)
		}
	})
}

// A session that was revoked elsewhere cannot be activated by the cookie that is left, nor by a cached session.
func TestAttackRevokedSession(t *testing.T) {
	s := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, multisession.Options{})
	c := s.Client()
	a := c.SignUp(ann).Text("token")
	c.SignUp(bob)
	if err := s.Sessions.EndAll(t.Context(), s.ID("user", store.Is("email", ann))); err != nil {
		t.Fatal(err)
	}
	list(c).Want(200, "", authtest.Len(1), "0.user.email", bob)
	activate(c, a).WantCode(401, "INVALID_SESSION_TOKEN")
	if who(c) != bob {
		t.Error(who(c))
	}
}
