package onetimetoken_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p onetimetoken.Options) *authtest.Server {
	o.Plugins = []auth.Plugin{onetimetoken.New(p)}
	return authtest.New(t, authtest.PlainPasswords(o))
}

func generate(c *authtest.Client) string {
	c.Server.T.Helper()
	return c.Get("/one-time-token/generate").Want(200, "token", authtest.Any).Text("token")
}

func redeem(c *authtest.Client, token string) *authtest.Answer {
	return c.Post("/one-time-token/verify", `{"token":"`+token+`"}`)
}

func TestToken(t *testing.T) {
	s := server(t, auth.Options{}, onetimetoken.Options{})
	c := s.Client()
	c.Get("/one-time-token/generate").WantCode(401, "UNAUTHORIZED")
	c.SignUp("a@example.com")
	token := generate(c)
	if len(token) != 32 {
		t.Errorf("token %q", token)
	}
	other := s.Client()
	redeem(other, token).Want(200, "session.userId", s.ID("user"), "user.email", "a@example.com")
	if !other.SignedIn() {
		t.Error("no cookie came with the session")
	}
	redeem(s.Client(), token).Want(400, "", map[string]any{"message": "Invalid token"}) // the second use
	late := generate(c)
	s.Advance(3*time.Minute + time.Second)
	redeem(s.Client(), late).Want(400)
}

func TestOptions(t *testing.T) {
	own := func(_ context.Context, r onetimetoken.TokenRequest) (string, error) {
		return "own-" + r.User.Email, nil
	}
	half := 0.5
	for name, tc := range map[string]struct {
		o     onetimetoken.Options
		check func(t *testing.T, s *authtest.Server, c *authtest.Client)
	}{
		"hashed": {onetimetoken.Options{StoreToken: auth.TokenStorage{Hashed: true}}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			token := generate(c)
			s.WantRows(1, "verification", store.Is("identifier", "one-time-token:"+auth.HashToken(token)))
			redeem(s.Client(), token).Want(200)
		}},
		"own token": {onetimetoken.Options{GenerateToken: own}, func(t *testing.T, _ *authtest.Server, c *authtest.Client) {
			if token := generate(c); token != "own-a@example.com" {
				t.Error(token)
			}
		}},
		"half a minute": {onetimetoken.Options{ExpiresIn: &half}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			token := generate(c)
			s.Advance(31 * time.Second)
			redeem(c, token).Want(400)
		}},
		"no cookie": {onetimetoken.Options{DisableSetSessionCookie: true}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			redeem(s.Client(), generate(c)).Want(200).WantNoCookie()
		}},
		"not for clients": {onetimetoken.Options{DisableClientRequest: true}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			c.Get("/one-time-token/generate").Want(400, "", map[string]any{"message": "Client requests are disabled"})
		}},
		"header": {onetimetoken.Options{SetOTTHeaderOnNewSession: true}, func(t *testing.T, s *authtest.Server, _ *authtest.Client) {
			up := s.Client().SignUp("b@example.com")
			if up.Header.Get("Access-Control-Expose-Headers") != "set-ott" {
				t.Errorf("headers %v", up.Header)
			}
			redeem(s.Client(), up.Header.Get("Set-Ott")).Want(200, "user.email", "b@example.com")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, auth.Options{}, tc.o)
			c := s.Client()
			c.SignUp("a@example.com")
			tc.check(t, s, c)
		})
	}
}

// A token of an ended session does not work.
func TestAttackTokenOfRevokedSession(t *testing.T) {
	s := server(t, auth.Options{}, onetimetoken.Options{})
	c := s.Client()
	c.SignUp("a@example.com")
	token := generate(c)
	c.Post("/sign-out", "{}")
	redeem(s.Client(), token).Want(400, "", map[string]any{"message": "Session not found"}).WantNoCookie()
}

// Of a hundred simultaneous uses of one token exactly one gets the session.
func TestAttackTokenUsedTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, onetimetoken.Options{})
		c := s.Client()
		c.SignUp("a@example.com")
		token := generate(c)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if redeem(s.Client(), token).Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of a hundred %d won", won.Load())
		}
	})
}
