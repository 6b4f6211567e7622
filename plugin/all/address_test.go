package all_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackLookAlikeEverywhere: a database that compares loosely may find a user for an address that only looks like
// the user's. The owner of that address must not be signed in (Auth.js GHSA-7rqj-j65f-68wh).
func TestAttackLookAlikeEverywhere(t *testing.T) {
	for place, at := range places {
		t.Run(place, func(t *testing.T) {
			w := open(t, at)
			for _, email := range []string{"öwner@example.com", "owner@example.com ", "OWNER@example.com\u200b"} {
				w.t = t
				victim := w.Client()
				if w.users == 0 {
					victim = w.signUpAs("owner@example.com")
				} else {
					post(w, victim, "/sign-in/email", `{"email":"owner@example.com","password":"password1234"}`)
				}
				id := victim.Get("/get-session").Text("user.id")
				w.idp.Exact = map[string]any{
					"https://api.github.com/user":        map[string]any{"id": len(email), "login": "octo", "email": email},
					"https://api.github.com/user/emails": []any{map[string]any{"email": email, "verified": true}},
				}
				c := w.Client()
				u := uses["OAuth state"]
				u.prepare(w, c)
				method, path, _ := u.request(w, c)
				got := c.Do(method, path, "", "")
				if body := c.Get("/get-session").Body; strings.Contains(body, id) {
					t.Errorf("%q, sent to %s, is signed in as the victim: %s", email, got.Header.Get("Location"), body)
				}
				w.WantRows(1, "account", store.Is("userId", id))
			}
		})
	}
}

// TestAttackRacingProofsEverywhere: of simultaneous proofs of one address, the first ends the earlier sessions, and
// none ends the session of another proof.
func TestAttackRacingProofsEverywhere(t *testing.T) {
	for place, at := range places {
		t.Run(place, func(t *testing.T) {
			w := open(t, at)
			before := w.Client()
			before.SignUp("a@example.com")
			proofs := make([]struct {
				token string
				c     *authtest.Client
			}, 8)
			for i := range proofs {
				post(w, w.Client(), "/sign-in/magic-link", `{"email":"a@example.com"}`)
				proofs[i].token, proofs[i].c = w.newest(), w.Client()
			}
			var wg sync.WaitGroup
			for _, p := range proofs {
				wg.Go(func() { p.c.Get("/magic-link/verify?token=" + p.token).Want(200) })
			}
			wg.Wait()
			for i, p := range proofs {
				if !p.c.SignedIn() {
					t.Errorf("proof %d was signed out by another", i)
				}
			}
			if before.SignedIn() {
				t.Error("the session from before the proof is still there")
			}
		})
	}
}
