package twofactor_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
)

// policies are those of the property test.
func policies() map[string]twofactor.PolicyOptions {
	return map[string]twofactor.PolicyOptions{
		"without a policy": {},
		"every sign-in":    {Ask: twofactor.EverySignIn},
		"required":         {Ask: twofactor.EverySignIn, For: twofactor.Audience{All: true}, Enrol: twofactor.Required},
		"after passwords":  {For: twofactor.Audience{All: true}, Enrol: twofactor.Required},
	}
}

// TestNoSessionBeforeTheFactor: in no sequence of sign-ins, codes, set-ups, sign-outs, waits, thefts and replays of
// cookies does anybody get a session, cached or not, before the second factor that the rules ask for.
func TestNoSessionBeforeTheFactor(t *testing.T) {
	for i, name := range slices.Sorted(maps.Keys(policies())) {
		t.Run(name, func(t *testing.T) {
			policy := policies()[name]
			h := openHouse(t, twofactor.Options{Policy: policy}, []string{"compact", "jwt", "jwe", "compact"}[i])
			rapid.Check(t, func(t *rapid.T) {
				w := newWalk(h, policy, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) })
				for range rapid.IntRange(1, 60).Draw(t, "steps") {
					if err := w.step(); err != nil {
						t.Fatalf("%v after\n\t%s", err, strings.Join(w.log, "\n\t"))
					}
				}
			})
		})
	}
}

// TestThePropertyCanFail: the same walks, judged by the rules of a stricter policy than the server has, find sessions
// that should not be there.
func TestThePropertyCanFail(t *testing.T) {
	for has, claims := range map[string]string{"without a policy": "every sign-in", "every sign-in": "required", "after passwords": "required"} {
		h := openHouse(t, twofactor.Options{Policy: policies()[has]}, "compact")
		found := ""
		for seed := uint64(1); seed < 200 && found == ""; seed++ {
			state := seed
			w := newWalk(h, policies()[claims], func(_ string, n int) int {
				state = state*6364136223846793005 + 1442695040888963407
				return int(state>>33) % n
			})
			for range 60 {
				if err := w.step(); err != nil {
					found = fmt.Sprintf("%v after %d steps, seed %d", err, len(w.log), seed)
					break
				}
			}
		}
		if found == "" {
			t.Errorf("a server with the policy %q passes for one with %q", has, claims)
		}
		t.Logf("%s: %s", has, found)
	}
}
