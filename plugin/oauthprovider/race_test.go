//go:build unix

package oauthprovider_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackCodeAtOnce: of fifty calls with one code at the same moment one gets tokens, and no second set of tokens is
// left.
func TestAttackCodeAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, o)
		s.client("app", nil)
		code := s.code("app", "openid offline_access", "nonce", "1")
		won := race(50, func() *authtest.Answer { return s.redeem("app", code) })
		if len(won) != 1 {
			t.Errorf("%d calls got tokens", len(won))
		}
		if n := len(s.Rows("oauthRefreshToken")); n > 1 {
			t.Errorf("%d refresh tokens", n)
		}
	})
}

// TestAttackRefreshTokenAtOnce: of fifty calls with one refresh token at the same moment one gets new tokens. The others
// are refused, and one that came later ends the family: then the new tokens are gone, too.
func TestAttackRefreshTokenAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, o)
		s.client("app", nil)
		token := s.tokens("app").Text("refresh_token")
		won := race(50, func() *authtest.Answer { return s.renew("app", token) })
		if len(won) != 1 {
			t.Fatalf("%d calls got tokens", len(won))
		}
		rows := s.Rows("oauthRefreshToken")
		live := slices.DeleteFunc(rows, func(r store.Record) bool { return r["revoked"] != nil })
		switch got := s.renew("app", won[0].Text("refresh_token")); {
		case len(rows) == 0 && got.Status != 400, len(rows) > 0 && (len(live) != 1 || got.Status != 200):
			t.Errorf("%d rows, %d live: %s", len(rows), len(live), got)
		}
	})
}

// TestRefreshAtOnceWithinInterval: with refreshTokenReuseInterval all fifty get the same tokens, and the family stays.
func TestRefreshAtOnceWithinInterval(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{RefreshTokenReuseInterval: new(30)}, o)
		s.client("app", nil)
		token := s.tokens("app").Text("refresh_token")
		won := race(50, func() *authtest.Answer { return s.renew("app", token) })
		if len(won) != 50 {
			t.Fatalf("%d calls got tokens", len(won))
		}
		for _, got := range won {
			got.Want(200, "refresh_token", won[0].Text("refresh_token"), "access_token", won[0].Text("access_token"))
		}
		s.WantRows(2, "oauthRefreshToken")
		s.renew("app", won[0].Text("refresh_token")).Want(200)
	})
}

// TestAttackReuseDuringRotation: when a stolen token is used while the client rotates its newer one, nothing of the family
// is left, whichever comes first.
func TestAttackReuseDuringRotation(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, o)
		s.client("app", nil)
		for range 10 {
			stolen := s.tokens("app").Text("refresh_token")
			current := s.renew("app", stolen).Text("refresh_token")
			var wg sync.WaitGroup
			for _, token := range []string{current, stolen} {
				wg.Go(func() { s.renew("app", token) })
			}
			wg.Wait()
			s.WantRows(0, "oauthRefreshToken")
			s.WantRows(0, "oauthAccessToken", store.Where{Field: "refreshId", Op: store.Ne, Value: nil})
		}
	})
}

// TestAttackProofAtOnce: of twenty calls with one DPoP proof at the same moment one succeeds.
func TestAttackProofAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, o)
		s.client("app", store.Record{"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"read"}})
		proof := s.proof(newKey(t, "ES256"), "POST", "/oauth2/token")
		body := form("grant_type", "client_credentials", "client_id", "app", "client_secret", "s3cret")
		won := race(20, func() *authtest.Answer { return s.call("/oauth2/token", body, "DPoP", proof) })
		if len(won) != 1 {
			t.Errorf("%d calls used one proof", len(won))
		}
	})
}

// family is the state of the refresh tokens of one client and one user.
type family struct {
	live  string // "" once the family has ended
	spent string // every token that was live, between blanks
}

// familyModel: a token that is live gives a new one. One that was live gives nothing, and either ends the family or, if
// the call began while the token was live, leaves it.
func familyModel(first string) porcupine.Model {
	model := &porcupine.NondeterministicModel{
		Init: func() []any { return []any{family{live: first, spent: " "}} },
		Step: func(state, input, output any) []any {
			f, used, got := state.(family), input.(string), output.(string)
			switch {
			case got != "" && used == f.live:
				return []any{family{live: got, spent: f.spent + used + " "}}
			case got == "" && used != f.live:
				return []any{f, family{spent: f.spent}}
			}
			return nil
		},
		Equal:             func(a, b any) bool { return a == b },
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v → %v", input, output) },
	}
	return model.ToModel()
}

// TestAttackHistoriesOfRefreshTokens: whatever callers get who use the tokens of a family at random, they could have got
// it one after the other.
func TestAttackHistoriesOfRefreshTokens(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, o)
		s.client("app", nil)
		for round := range 5 {
			first := s.tokens("app").Text("refresh_token")
			calls := play(s, first)
			if verdict, _ := porcupine.CheckOperationsVerbose(familyModel(first), calls, time.Minute); verdict != porcupine.Ok {
				t.Errorf("round %d: %v: %v", round, verdict, calls)
			}
		}
	})
}

// play has six callers use the tokens that they know of, mostly the newest one.
func play(s *idp, first string) (calls []porcupine.Operation) {
	var order atomic.Int64
	var mu sync.Mutex
	known := []string{first}
	pick := func() string {
		mu.Lock()
		defer mu.Unlock()
		if rand.IntN(5) == 0 {
			return known[rand.IntN(len(known))]
		}
		return known[len(known)-1]
	}
	var wg sync.WaitGroup
	for caller := range 6 {
		wg.Go(func() {
			for range 6 {
				used := pick()
				began := order.Add(1)
				answer := s.renew("app", used)
				ended := order.Add(1)
				got := ""
				if answer.Status == 200 {
					got = answer.Text("refresh_token")
				}
				mu.Lock()
				calls = append(calls, porcupine.Operation{ClientId: caller, Input: used, Call: began, Output: got, Return: ended})
				if got != "" {
					known = append(known, got)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return calls
}

// TestFamilyModel: the check of histories finds what must not happen.
func TestFamilyModel(t *testing.T) {
	op := func(caller int, from, to int64, used, got string) porcupine.Operation {
		return porcupine.Operation{ClientId: caller, Input: used, Call: from, Output: got, Return: to}
	}
	for name, c := range map[string]struct {
		want  bool
		calls []porcupine.Operation
	}{
		"in turn":            {true, []porcupine.Operation{op(0, 1, 2, "a", "b"), op(0, 3, 4, "b", "c")}},
		"reuse":              {true, []porcupine.Operation{op(0, 1, 2, "a", "b"), op(1, 3, 4, "a", ""), op(0, 5, 6, "b", "")}},
		"twice":              {false, []porcupine.Operation{op(0, 1, 3, "a", "b"), op(1, 2, 4, "a", "c")}},
		"refused while live": {false, []porcupine.Operation{op(0, 1, 2, "a", ""), op(0, 3, 4, "a", "b")}},
		"after the end":      {false, []porcupine.Operation{op(0, 1, 2, "a", "b"), op(1, 3, 4, "a", ""), op(0, 5, 6, "b", ""), op(0, 7, 8, "b", "c")}},
	} {
		if got := porcupine.CheckOperations(familyModel("a"), c.calls); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
