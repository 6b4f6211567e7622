package all_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// TestAttackLookAlikeEverywhere: a database that compares loosely finds somebody
// for an address that only looks like theirs; it must not let in whoever has that
// one (Auth.js GHSA-7rqj-j65f-68wh).
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
				id, _ := victim.Get("/get-session").JSON(t)["user"].(map[string]any)["id"].(string)
				w.idp.Exact = map[string]any{
					"https://api.github.com/user":        map[string]any{"id": len(email), "login": "octo", "email": email},
					"https://api.github.com/user/emails": []any{map[string]any{"email": email, "verified": true}},
				}
				c := w.Client()
				u := uses["OAuth state"]
				u.prepare(w, c)
				method, path, _ := u.request(w, c)
				got := c.Do(method, path, "", "")
				if body := c.Get("/get-session").Body; id == "" || strings.Contains(body, id) {
					t.Errorf("%q, sent to %s, is signed in as the victim: %s", email, got.Header.Get("Location"), body)
				}
				accounts, err := w.Accounts.Of(t.Context(), id)
				if err != nil || len(accounts) != 1 {
					t.Errorf("%q: the victim has %d accounts, %v", email, len(accounts), err)
				}
			}
		})
	}
}

// TestAttackRacingProofsEverywhere: of proofs of one address that race, the first
// ends what was there before, and none ends the session of another.
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
				wg.Go(func() {
					if got := p.c.Get("/magic-link/verify?token=" + p.token); got.Status != 200 {
						t.Errorf("%d %s", got.Status, got.Body)
					}
				})
			}
			wg.Wait()
			for i, p := range proofs {
				if got := p.c.Get("/get-session"); got.Body == "null" {
					t.Errorf("proof %d was signed out by another", i)
				}
			}
			if got := before.Get("/get-session"); got.Body != "null" {
				t.Errorf("the session from before the proof is still there: %s", got.Body)
			}
		})
	}
}
