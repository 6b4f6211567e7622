package magiclink_test

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
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// onEvery runs a test on every database, and with secondary storage.
func onEvery(t *testing.T, run func(t *testing.T, s *authtest.Server, box *mailbox)) {
	sql := func(url func(testing.TB) string) func(t *testing.T) auth.Options {
		return func(t *testing.T) auth.Options {
			db, err := sqlstore.Open(t.Context(), url(t), sqlstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			return auth.Options{Database: db}
		}
	}
	now := func(context.Context) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
	for name, options := range map[string]func(t *testing.T) auth.Options{
		"memory": func(*testing.T) auth.Options { return auth.Options{Database: memstore.New()} },
		"secondary storage": func(*testing.T) auth.Options {
			return auth.Options{Database: memstore.New(), SecondaryStorage: kv.NewMemory(now, 0)}
		},
		"sqlite":   sql(func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") }),
		"postgres": sql(testserver.Postgres),
		"mariadb":  sql(testserver.MariaDB),
	} {
		t.Run(name, func(t *testing.T) {
			s, box := server(t, options(t), magiclink.Options{})
			if db, ok := s.Options.Database.(*sqlstore.DB); ok {
				plan, err := db.Plan(t.Context(), s.Store.Tables())
				if err == nil {
					err = plan.Apply(t.Context())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			run(t, s, box)
		})
	}
}

// GHSA-hc7v-rggr-4hvx: a magic link could be redeemed twice.
func TestAttackLinkRedeemedTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		c := s.Client()
		// The user is there already, so that every racer who got past the link
		// would be signed in.
		ask(t, c, `{"email":"a@example.com"}`)
		if got := c.Get("/magic-link/verify?token=" + box.last.Token); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		ask(t, s.Client(), `{"email":"a@example.com"}`)
		var won, lost atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				switch got := s.Client().Get("/magic-link/verify?token=" + box.last.Token); got.Status {
				case 200:
					won.Add(1)
				case 302:
					lost.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 99 {
			t.Errorf("of a hundred %d won and %d were refused", won.Load(), lost.Load())
		}
	})
}

// GHSA-qq9h-g4jm-xgf3: whoever signs up with somebody else's address must lose
// the account's password and sessions when the owner proves the address.
func TestAttackPreHijackedAccount(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		attacker := s.Client()
		attacker.SignUp("victim@example.com")
		owner := s.Client()
		ask(t, owner, `{"email":"victim@example.com"}`)
		got := owner.Get("/magic-link/verify?token=" + box.last.Token)
		if got.Status != 200 || got.JSON(t)["user"].(map[string]any)["emailVerified"] != true {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if got := attacker.Get("/get-session"); got.Body != "null" {
			t.Errorf("the attacker is still signed in: %s", got.Body)
		}
		if got := attacker.Post("/sign-in/email", `{"email":"victim@example.com","password":"password1234"}`); got.Status != 401 {
			t.Errorf("the attacker's password still works: %d %s", got.Status, got.Body)
		}
		if got := owner.Get("/get-session"); got.Body == "null" {
			t.Error("the owner was signed out with the attacker")
		}
	})
}

// A second proof of the same address must not end the first one's session.
func TestAttackRacingProofs(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		s.Client().SignUp("a@example.com")
		var tokens []string
		for range 8 {
			ask(t, s.Client(), `{"email":"a@example.com"}`)
			tokens = append(tokens, box.last.Token)
		}
		clients := make([]*authtest.Client, len(tokens))
		var wg sync.WaitGroup
		for i, token := range tokens {
			clients[i] = s.Client()
			wg.Go(func() {
				if got := clients[i].Get("/magic-link/verify?token=" + token); got.Status != 200 {
					t.Errorf("%d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		for i, c := range clients {
			if got := c.Get("/get-session"); got.Body == "null" {
				t.Errorf("proof %d was signed out by another", i)
			}
		}
	})
}

// 1.6.24: the Origin is looked at also where there is no cookie.
func TestAttackCookielessForeignOrigin(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	for name, tc := range map[string]struct {
		origin, site, mode string
		status             int
	}{
		"own":        {authtest.Origin, "", "", 200},
		"foreign":    {"https://evil.example", "", "", 403},
		"null":       {"null", "", "", 403},
		"navigation": {"", "cross-site", "navigate", 403},
		"no browser": {"", "", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			box.last = magiclink.Mail{}
			c := s.Client()
			c.Origin = tc.origin
			if tc.site != "" {
				c.Header.Set("Sec-Fetch-Site", tc.site)
				c.Header.Set("Sec-Fetch-Mode", tc.mode)
			}
			got := c.Post("/sign-in/magic-link", `{"email":"a@example.com"}`)
			if got.Status != tc.status || (box.last.Token != "") != (tc.status == 200) {
				t.Errorf("%d %s, sent %q", got.Status, got.Body, box.last.Token)
			}
		})
	}
}

// The link must not send whoever follows it to a stranger's site.
func TestAttackForeignCallback(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	ask(t, s.Client(), `{"email":"a@example.com"}`)
	for _, field := range []string{"callbackURL", "newUserCallbackURL", "errorCallbackURL"} {
		for _, target := range []string{"https://evil.example/", "//evil.example", "/%5Cevil.example"} {
			if got := s.Client().Post("/sign-in/magic-link", `{"email":"a@example.com","`+field+`":"`+target+`"}`); got.Status != 403 {
				t.Errorf("ask %s=%s: %d %s", field, target, got.Status, got.Body)
			}
			if got := s.Client().Get("/magic-link/verify?token=" + box.last.Token + "&" + field + "=" + target); got.Status != 403 {
				t.Errorf("verify %s=%s: %d %s", field, target, got.Status, got.Body)
			}
		}
	}
	if got := s.Client().Get("/magic-link/verify?token=" + box.last.Token); got.Status != 200 {
		t.Errorf("a refused redirect used the link up: %d", got.Status)
	}
}
