package magiclink_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// onEvery runs a test on every database, and with secondary storage.
func onEvery(t *testing.T, run func(t *testing.T, s *authtest.Server, box *mailbox)) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, magiclink.Options{})
		run(t, s, box)
	})
}

// GHSA-hc7v-rggr-4hvx: a magic link could be redeemed twice.
func TestAttackLinkRedeemedTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		c := s.Client()
		// The user exists already, so that every call that gets past the link would be signed in.
		ask(c, `{"email":"a@example.com"}`)
		follow(c, box).Want(200)
		ask(s.Client(), `{"email":"a@example.com"}`)
		var won, lost atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				switch got := follow(s.Client(), box); got.Status {
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

// GHSA-qq9h-g4jm-xgf3: when the owner proves the address, an account that somebody else created with it loses its
// password and sessions.
func TestAttackPreHijackedAccount(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		attacker := s.Client()
		attacker.SignUp("victim@example.com")
		owner := s.Client()
		ask(owner, `{"email":"victim@example.com"}`)
		follow(owner, box).Want(200, "user.emailVerified", true)
		if attacker.SignedIn() {
			t.Error("the attacker is still signed in")
		}
		attacker.TrySignIn("victim@example.com", authtest.Password).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
		if !owner.SignedIn() {
			t.Error("the owner was signed out with the attacker")
		}
	})
}

// A second proof of the same address must not end the session of the first.
func TestAttackRacingProofs(t *testing.T) {
	onEvery(t, func(t *testing.T, s *authtest.Server, box *mailbox) {
		s.Client().SignUp("a@example.com")
		var tokens []string
		for range 8 {
			ask(s.Client(), `{"email":"a@example.com"}`)
			tokens = append(tokens, box.last.Token)
		}
		clients := make([]*authtest.Client, len(tokens))
		var wg sync.WaitGroup
		for i, token := range tokens {
			clients[i] = s.Client()
			wg.Go(func() { clients[i].Get("/magic-link/verify?token=" + token).Want(200) })
		}
		wg.Wait()
		for i, c := range clients {
			if !c.SignedIn() {
				t.Errorf("proof %d was signed out by another", i)
			}
		}
	})
}

// 1.6.24: the Origin is also checked without a cookie.
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
			c := s.In(t).Client()
			c.Origin = tc.origin
			if tc.site != "" {
				c.Header.Set("Sec-Fetch-Site", tc.site)
				c.Header.Set("Sec-Fetch-Mode", tc.mode)
			}
			c.Post("/sign-in/magic-link", `{"email":"a@example.com"}`).Want(tc.status)
			if sent := box.last.Token != ""; sent != (tc.status == 200) {
				t.Errorf("sent: %v", sent)
			}
		})
	}
}

// The link must not redirect to an untrusted site.
func TestAttackForeignCallback(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	ask(s.Client(), `{"email":"a@example.com"}`)
	for field, code := range map[string]string{
		"callbackURL": "INVALID_CALLBACK_URL", "newUserCallbackURL": "INVALID_NEW_USER_CALLBACK_URL", "errorCallbackURL": "INVALID_ERROR_CALLBACK_URL",
	} {
		for _, target := range []string{"https://evil.example/", "//evil.example", "/%5Cevil.example"} {
			s.Client().Post("/sign-in/magic-link", `{"email":"a@example.com","`+field+`":"`+target+`"}`).WantCode(403, code)
			s.Client().Get("/magic-link/verify?token="+box.last.Token+"&"+field+"="+target).WantCode(403, "INVALID_CALLBACK_URL")
		}
	}
	follow(s.Client(), box).Want(200) // a refused redirect does not use the link up
}
