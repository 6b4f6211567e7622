package organization_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// rounds is how often each race runs. Every round has people, organizations and invitations of its own.
const rounds = 5

// act is a call of one client in a race: what it asks for, and how.
type act struct {
	asked any
	call  func() *authtest.Answer
}

// race makes the calls at once and returns what was asked and answered, with the times, for a check of the history.
func race(acts []act) []porcupine.Operation {
	history := make([]porcupine.Operation, len(acts))
	began := time.Now()
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i, a := range acts {
		wait.Go(func() {
			<-start
			called := time.Since(began).Nanoseconds()
			got := a.call()
			history[i] = porcupine.Operation{ClientId: i, Input: a.asked, Call: called, Output: got, Return: time.Since(began).Nanoseconds()}
		})
	}
	close(start)
	wait.Wait()
	return history
}

// step returns whether an answer is right in a state, and the state after the call.
type step[State comparable] func(s State, asked any, got *authtest.Answer) (bool, State)

// explained reports whether some order of the calls explains the answers, when each call takes effect at one moment
// between its beginning and its end.
func explained[State comparable](history []porcupine.Operation, initial State, next step[State]) bool {
	return porcupine.CheckOperations(porcupine.Model{
		Init:  func() any { return initial },
		Step:  func(s, asked, got any) (bool, any) { return next(s.(State), asked, got.(*authtest.Answer)) },
		Equal: func(a, b any) bool { return a == b },
	}, history)
}

func check[State comparable](t *testing.T, history []porcupine.Operation, initial State, next step[State]) {
	t.Helper()
	if explained(history, initial, next) {
		return
	}
	var lines []string
	for _, o := range history {
		lines = append(lines, fmt.Sprintf("%d-%d %v: %v", o.Call, o.Return, o.Input, o.Output))
	}
	t.Errorf("no order explains\n\t%s", strings.Join(lines, "\n\t"))
}

// answers reports whether an answer is a success, or a refusal with one of the codes.
func answers(got *authtest.Answer, success bool, codes ...string) bool {
	if success {
		return got.Status == 200
	}
	return got.Status >= 400 && got.Status < 500 && slices.Contains(codes, got.Code())
}

// TestHistoriesCanFail: histories that no order explains are found.
func TestHistoriesCanFail(t *testing.T) {
	once := func(taken bool, _ any, got *authtest.Answer) (bool, bool) { return answers(got, !taken, "TAKEN"), true }
	yes, no := &authtest.Answer{Status: 200}, &authtest.Answer{Status: 400, Body: `{"code":"TAKEN"}`}
	for name, tc := range map[string]struct {
		first, second *authtest.Answer
		then          int64 // when the second call begins
		fine          bool
	}{
		"one": {yes, no, 0, true}, "the other": {no, yes, 0, true}, "both": {yes, yes, 0, false}, "none": {no, no, 0, false},
		"one, then the other": {yes, no, 20, true}, "the first is refused for the second": {no, yes, 20, false},
	} {
		history := []porcupine.Operation{{Output: tc.first, Return: 10}, {ClientId: 1, Output: tc.second, Call: tc.then, Return: 30}}
		if got := explained(history, false, once); got != tc.fine {
			t.Errorf("%s: explained %t", name, got)
		}
	}
}

// TestRaceOwners: two owners leave, are removed and are demoted at once, by themselves and by each other. An owner is
// always left.
func TestRaceOwners(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		people := [2]*person{w.person("ann"), w.person("bob")}
		ways := map[string]func(who, whom *person, org, id string) *authtest.Answer{
			"leaves": func(who, _ *person, org, _ string) *authtest.Answer {
				return who.call("leave", `{"organizationId":"%s"}`, org)
			},
			"demotes": func(who, _ *person, org, id string) *authtest.Answer {
				return who.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"member"}`, org, id)
			},
			"removes": func(who, _ *person, org, id string) *authtest.Answer {
				return who.call("remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, org, id)
			},
		}
		// Each race: what each of the two does, and whether to oneself.
		for i, r := range []struct {
			way  [2]string
			self bool
		}{{[2]string{"leaves", "leaves"}, true}, {[2]string{"leaves", "demotes"}, true}, {[2]string{"demotes", "demotes"}, true}, {[2]string{"demotes", "demotes"}, false}, {[2]string{"removes", "demotes"}, false}, {[2]string{"removes", "removes"}, false}, {[2]string{"leaves", "removes"}, true}} {
			for round := range rounds {
				org := people[0].found(fmt.Sprintf("o-%d-%d", i, round))
				ids := [2]string{w.member(org, people[0]), w.add(org, people[1], "admin, owner")}
				acts := make([]act, 4)
				for n := range acts {
					me := n % 2
					whom := me
					if !r.self {
						whom = 1 - me
					}
					who := people[me].twin()
					acts[n] = act{r.way[me], func() *authtest.Answer { return ways[r.way[me]](who, people[whom], org, ids[whom]) }}
				}
				history := race(acts)
				if n := w.owners(org); n != 1 {
					t.Errorf("%v: %d owners are left: %v", r, n, history)
				}
				for _, o := range history {
					if got := o.Output.(*authtest.Answer); got.Status >= 500 || got.Status < 200 {
						t.Errorf("%v: %s", o.Input, got)
					}
				}
			}
		}
	}, everywhere.Databases()...)
}

// TestRaceInvitation: one invitation is accepted, rejected and cancelled at once, from several browsers. Its state
// changes as one call after the other would change it, and there is one membership at most.
func TestRaceInvitation(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		ann, bob := w.person("ann"), w.person("bob")
		const gone = "INVITATION_NOT_FOUND"
		for i, paths := range [][]string{{"accept", "accept", "accept", "accept"}, {"accept", "reject", "accept", "reject"}, {"accept", "cancel", "accept", "reject"}, {"reject", "reject", "reject"}} {
			for round := range rounds {
				org := ann.found(fmt.Sprintf("o-%d-%d", i, round))
				id := ann.invite(org, bob.email, "admin")
				var acts []act
				for _, path := range paths {
					who := bob.twin()
					if path == "cancel" {
						who = ann.twin()
					}
					acts = append(acts, act{path, func() *authtest.Answer { return who.call(path+"-invitation", `{"invitationId":"%s"}`, id) }})
				}
				history := race(acts)
				check(t, history, "pending", func(state string, asked any, got *authtest.Answer) (bool, string) {
					if got.Status != 200 {
						// A cancellation that met an answer at work reports that the invitation is gone.
						return answers(got, false, gone) && (state != "pending" || asked == "cancel"), state
					}
					next := map[any]string{"accept": "accepted", "reject": "rejected", "cancel": "canceled"}[asked]
					return state == "pending" || asked == "cancel", next
				})
				won := 0
				for _, o := range history {
					if o.Input == "accept" && o.Output.(*authtest.Answer).Status == 200 {
						won++
					}
				}
				w.WantRows(won+1, "member", store.Is("organizationId", org))
				if won > 1 {
					t.Errorf("accepted %d times", won)
				}
			}
		}
	}, everywhere.Databases()...)
}

// TestRaceSeats: more people accept at once than the organization may have members. As many get in as there are seats.
func TestRaceSeats(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		const seats = 3
		options := organization.Options{}
		options.MembershipLimit.Max = new(seats)
		w := open(t, o, options)
		ann := w.person("ann")
		var guests []*person
		for i := range 5 {
			guests = append(guests, w.person(fmt.Sprintf("guest%d", i)))
		}
		for round := range rounds {
			org := ann.found(fmt.Sprintf("o-%d", round))
			var acts []act
			for _, guest := range guests {
				id := ann.invite(org, guest.email, "member")
				who := guest.twin()
				acts = append(acts, act{guest.email, func() *authtest.Answer { return who.call("accept-invitation", `{"invitationId":"%s"}`, id) }})
			}
			history := race(acts)
			check(t, history, 1, func(taken int, _ any, got *authtest.Answer) (bool, int) {
				if taken < seats {
					return answers(got, true), taken + 1
				}
				return answers(got, false, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED"), taken
			})
			w.WantRows(seats, "member", store.Is("organizationId", org))
			w.WantRows(seats-1, "invitation", store.Is("organizationId", org), store.Is("status", "accepted"))
		}
	}, everywhere.Databases()...)
}

// TestRaceSlug: several people take one slug at once, by creating and by renaming. One gets it.
func TestRaceSlug(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		var people []*person
		var theirs []string
		for i := range 4 {
			people = append(people, w.person(fmt.Sprintf("p%d", i)))
			theirs = append(theirs, people[i].found(fmt.Sprintf("own-%d", i)))
		}
		for round := range rounds {
			slug := fmt.Sprintf("wanted-%d", round)
			var acts []act
			for i, p := range people {
				who := p.twin()
				if i%2 == 0 {
					acts = append(acts, act{"create", func() *authtest.Answer { return who.call("create", `{"name":"N","slug":"%s"}`, slug) }})
				} else {
					acts = append(acts, act{"rename", func() *authtest.Answer {
						return who.call("update", `{"organizationId":"%s","data":{"slug":"%s"}}`, theirs[i], slug)
					}})
				}
			}
			history := race(acts)
			check(t, history, false, func(taken bool, _ any, got *authtest.Answer) (bool, bool) {
				return answers(got, !taken, "ORGANIZATION_ALREADY_EXISTS", "ORGANIZATION_SLUG_ALREADY_TAKEN"), true
			})
			w.WantRows(1, "organization", store.Is("slug", slug))
		}
		w.WantRows(len(w.Rows("organization")), "member")
	}, everywhere.Databases()...)
}

// TestRaceLimits: one person creates organizations and invites the same and other addresses from several browsers at
// once. No limit is passed, and an address has one open invitation.
func TestRaceLimits(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		options := organization.Options{}
		options.OrganizationLimit.Max, options.InvitationLimit.Max = new(2), new(2)
		w := open(t, o, options)
		for round := range rounds {
			ann := w.person(fmt.Sprintf("ann%d", round))
			org := ann.found(fmt.Sprintf("first-%d", round))
			var found, same, others []act
			for i := range 4 {
				who := ann.twin()
				found = append(found, act{"create", func() *authtest.Answer { return who.call("create", `{"name":"N","slug":"more-%d-%d"}`, round, i) }})
				same = append(same, act{"invite", func() *authtest.Answer {
					return who.call("invite-member", `{"organizationId":"%s","email":"same@example.com","role":"member"}`, org)
				}})
				others = append(others, act{"invite", func() *authtest.Answer {
					return who.call("invite-member", `{"organizationId":"%s","email":"other%d@example.com","role":"member"}`, org, i)
				}})
			}
			one := func(code string) step[bool] {
				return func(taken bool, _ any, got *authtest.Answer) (bool, bool) { return answers(got, !taken, code), true }
			}
			check(t, race(found), false, one("YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS"))
			w.WantRows(2, "member", store.Is("userId", ann.id))
			check(t, race(same), false, one("USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION"))
			w.WantRows(1, "invitation", store.Is("organizationId", org))
			check(t, race(others), false, one("INVITATION_LIMIT_REACHED"))
			w.WantRows(2, "invitation", store.Is("organizationId", org))
		}
	}, everywhere.Databases()...)
}
