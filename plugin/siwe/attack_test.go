package siwe_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Of fifty simultaneous uses of one signed message one gets a session.
func TestAttackMessageUsedTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{})
		w := newWallet("1")
		w.enter(s.Client(), 1, "").Want(200)
		m := w.message(ask(s.Client()), 1)
		sent := body(m, w.sign(m), "")
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			c := s.Client()
			wg.Go(func() {
				if c.Post("/siwe/verify", sent).Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of fifty %d won", won.Load())
		}
	})
}

// A message that was signed for another site, for another nonce or by another key signs nobody in, and its nonce is
// spent nevertheless.
func TestAttackMessageOfAnotherSite(t *testing.T) {
	s := server(t, auth.Options{}, siwe.Options{})
	w, thief := newWallet("1"), newWallet("2")
	w.enter(s.Client(), 1, "").Want(200)
	c := s.Client()
	m := w.message(ask(c), 1)
	forged := body(m, thief.sign(m), "")
	c.Post("/siwe/verify", forged).Want(401, "message", "Unauthorized: Invalid SIWE signature")
	c.Post("/siwe/verify", body(m, w.sign(m), "")).WantCode(401, "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE")
	other := server(t, auth.Options{}, siwe.Options{Domain: "evil.example"}).Client()
	m = w.message(ask(c), 1)
	other.Post("/siwe/verify", body(m, w.sign(m), "")).WantCode(401, "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE")
	if c.SignedIn() || other.SignedIn() {
		t.Error("somebody is signed in")
	}
}

// A new wallet does not get the account of an address that somebody has (reference 1.6.21), and what it says does not
// make an address verified.
func TestAttackAddressOfAnother(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{Anonymous: new(false)})
		s.Client().SignUp("ann@example.com")
		owner := s.ID("user")
		w, c := newWallet("1"), s.Client()
		got := w.enter(c, 1, "ANN@example.com").Want(200)
		if got.Text("user.id") == owner {
			t.Fatal("the wallet has the account of somebody else")
		}
		c.Get("/get-session").Want(200, "user.email", w.address+"@siwe.placeholder.invalid")
		s.WantRows(0, "user", store.Is("emailVerified", true))
	}, everywhere.Databases()...)
}

// Of users who name one address at once, one gets it.
func TestAttackAddressClaimedByMany(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{Anonymous: new(false)})
		var wg sync.WaitGroup
		for _, digit := range []string{"1", "2", "3", "4", "5", "6"} {
			w, c := newWallet(digit), s.Client()
			wg.Go(func() { w.enter(c, 1, "ann@example.com").Want(200) })
		}
		wg.Wait()
		s.WantRows(6, "user")
		s.WantRows(1, "user", store.Is("email", "ann@example.com"))
	}, everywhere.Databases()...)
}

// The first sign-ins of one wallet at once make one user, with one wallet and one account.
func TestAttackFirstSignInTwice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{})
		w := newWallet("1")
		for chains, chain := range []int{1, 5} {
			var wg sync.WaitGroup
			for range 10 {
				c := s.Client()
				wg.Go(func() { w.enter(c, chain, "").Want(200) })
			}
			wg.Wait()
			s.WantRows(1, "user")
			for _, model := range []string{"walletAddress", "account"} {
				s.WantRows(chains+1, model)
			}
		}
	}, everywhere.Databases()...)
}

// User, wallet and account are written in one transaction: a failure leaves none of the three.
func TestAttackHalfSignUp(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		failing := true
		o.Plugins = []auth.Plugin{auth.Manifest{ID: "failing", Database: map[string][]store.Hooks{
			"account": {{BeforeCreate: func(context.Context, store.Record) (store.Record, error) {
				if failing {
					return nil, errors.New("no account")
				}
				return nil, nil
			}}},
		}}}
		s := server(t, o, siwe.Options{})
		w, c := newWallet("1"), s.Client()
		w.enter(c, 1, "").Want(401, "message", "Something went wrong. Please try again later.").WantNoCookie()
		for _, model := range []string{"user", "walletAddress", "account", "session"} {
			s.WantRows(0, model)
		}
		failing = false
		w.enter(c, 1, "").Want(200)
		failing = true
		w.enter(s.Client(), 5, "").Want(401) // another chain
		s.WantRows(1, "walletAddress")
	}, everywhere.Databases()...)
}

// A foreign page cannot ask for a session in a browser that sends cookies.
func TestAttackForeignOrigin(t *testing.T) {
	s := server(t, auth.Options{}, siwe.Options{})
	c := s.Client()
	c.SignUp("ann@example.com")
	w := newWallet("1")
	m := w.message(ask(s.Client()), 1)
	c.Origin = "https://evil.example"
	c.Post("/siwe/verify", body(m, w.sign(m), "")).WantCode(403, "INVALID_ORIGIN")
}

// A user whom a plugin refuses does not get in with a wallet.
func TestAttackRefusedUser(t *testing.T) {
	refuse := auth.Manifest{ID: "refuse", Admit: func(_ *auth.Context, _ *auth.User, how auth.SignIn) error {
		return auth.Forbidden(auth.Code{Name: "BANNED", Message: how.Method})
	}}
	s := server(t, auth.Options{Plugins: []auth.Plugin{refuse}}, siwe.Options{})
	c := s.Client()
	newWallet("1").enter(c, 1, "").WantCode(403, "BANNED").Want(403, "message", "siwe").WantNoCookie()
	s.WantRows(0, "session")
}
