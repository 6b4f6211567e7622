package onetimetoken_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p onetimetoken.Options) *authtest.Server {
	o.Plugins = []auth.Plugin{onetimetoken.New(p)}
	return authtest.New(t, o)
}

func generate(t *testing.T, c *authtest.Client) string {
	t.Helper()
	got := c.Get("/one-time-token/generate")
	token, _ := got.JSON(t)["token"].(string)
	if got.Status != 200 || token == "" {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	return token
}

func redeem(c *authtest.Client, token string) *authtest.Answer {
	return c.Post("/one-time-token/verify", `{"token":"`+token+`"}`)
}

func TestToken(t *testing.T) {
	s := server(t, auth.Options{}, onetimetoken.Options{})
	c := s.Client()
	if got := c.Get("/one-time-token/generate"); got.Status != 401 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	c.SignUp("a@example.com")
	token := generate(t, c)
	if len(token) != 32 {
		t.Errorf("token %q", token)
	}
	other := s.Client()
	if got := redeem(other, token); got.Status != 200 || got.JSON(t)["session"] == nil || got.JSON(t)["user"] == nil {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if other.Get("/get-session").Body == "null" {
		t.Error("no cookie came with the session")
	}
	if got := redeem(s.Client(), token); got.Status != 400 || got.Body != `{"message":"Invalid token"}` {
		t.Errorf("second use: %d %s", got.Status, got.Body)
	}
	late := generate(t, c)
	s.Advance(3*time.Minute + time.Second)
	if got := redeem(s.Client(), late); got.Status != 400 {
		t.Errorf("late: %d %s", got.Status, got.Body)
	}
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
			token := generate(t, c)
			if _, err := s.Store.Get(t.Context(), "verification", store.Is("identifier", "one-time-token:"+auth.HashToken(token))); err != nil {
				t.Error(err)
			}
			if got := redeem(s.Client(), token); got.Status != 200 {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		}},
		"own token": {onetimetoken.Options{GenerateToken: own}, func(t *testing.T, _ *authtest.Server, c *authtest.Client) {
			if token := generate(t, c); token != "own-a@example.com" {
				t.Error(token)
			}
		}},
		"half a minute": {onetimetoken.Options{ExpiresIn: &half}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			token := generate(t, c)
			s.Advance(31 * time.Second)
			if got := redeem(c, token); got.Status != 400 {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		}},
		"no cookie": {onetimetoken.Options{DisableSetSessionCookie: true}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			if got := redeem(s.Client(), generate(t, c)); got.Status != 200 || got.Header.Get("Set-Cookie") != "" {
				t.Errorf("%d %v", got.Status, got.Header)
			}
		}},
		"not for clients": {onetimetoken.Options{DisableClientRequest: true}, func(t *testing.T, s *authtest.Server, c *authtest.Client) {
			if got := c.Get("/one-time-token/generate"); got.Status != 400 || got.Body != `{"message":"Client requests are disabled"}` {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		}},
		"header": {onetimetoken.Options{SetOTTHeaderOnNewSession: true}, func(t *testing.T, s *authtest.Server, _ *authtest.Client) {
			up := s.Client().SignUp("b@example.com")
			if up.Header.Get("Access-Control-Expose-Headers") != "set-ott" {
				t.Errorf("headers %v", up.Header)
			}
			if got := redeem(s.Client(), up.Header.Get("Set-Ott")); got.Status != 200 {
				t.Errorf("%d %s", got.Status, got.Body)
			}
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

// A token of a session that was ended stands for nothing.
func TestAttackTokenOfRevokedSession(t *testing.T) {
	s := server(t, auth.Options{}, onetimetoken.Options{})
	c := s.Client()
	c.SignUp("a@example.com")
	token := generate(t, c)
	c.Post("/sign-out", "{}")
	got := redeem(s.Client(), token)
	if got.Status != 400 || got.Body != `{"message":"Session not found"}` || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header)
	}
}

// Of a hundred uses of one token at once exactly one gets the session.
func TestAttackTokenUsedTwice(t *testing.T) {
	sql := func(url func(testing.TB) string) func(t *testing.T) store.Driver {
		return func(t *testing.T) store.Driver {
			db, err := sqlstore.Open(t.Context(), url(t), sqlstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			return db
		}
	}
	for name, open := range map[string]func(t *testing.T) store.Driver{
		"memory":   func(*testing.T) store.Driver { return memstore.New() },
		"sqlite":   sql(func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") }),
		"postgres": sql(testserver.Postgres),
		"mariadb":  sql(testserver.MariaDB),
	} {
		t.Run(name, func(t *testing.T) {
			driver := open(t)
			s := server(t, auth.Options{Database: driver}, onetimetoken.Options{})
			if db, ok := driver.(*sqlstore.DB); ok {
				plan, err := db.Plan(t.Context(), s.Store.Tables())
				if err == nil {
					err = plan.Apply(t.Context())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			c := s.Client()
			c.SignUp("a@example.com")
			token := generate(t, c)
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
}
