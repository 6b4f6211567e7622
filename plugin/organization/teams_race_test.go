package organization_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// counting returns the step of calls of which a number succeeds and the others are refused with a code.
func counting(places int, code string) step[int] {
	return func(taken int, _ any, got *authtest.Answer) (bool, int) {
		if taken < places {
			return answers(got, true), taken + 1
		}
		return answers(got, false, code), taken
	}
}

// TestRaceTeamSeats: more people are added to a team, and accept invitations to it, at once than it may have members. As
// many get in as there are places, somebody who is refused has not joined the organization either, and the number in the
// team's row is right.
func TestRaceTeamSeats(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		const places = 2
		w := open(t, o, withTeams(func(o *organization.Teams) { o.MaximumMembersPerTeam.Max = new(places) }))
		ann := w.person("ann")
		var staff, guests []*person
		for i := range 3 {
			staff = append(staff, w.person(fmt.Sprintf("staff%d", i)))
			guests = append(guests, w.person(fmt.Sprintf("guest%d", i)))
		}
		for round := range rounds {
			org := ann.found(fmt.Sprintf("o-%d", round))
			team := ann.team("Full")
			var acts []act
			for i := range staff {
				w.add(org, staff[i], "member")
				boss, guest := ann.twin(), guests[i].twin()
				acts = append(acts, act{"add", func() *authtest.Answer {
					return boss.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, team, staff[i].id)
				}})
				id := ann.call("invite-member", `{"email":"%s","role":"member","teamId":"%s"}`, guest.email, team).Want(200).Text("id")
				acts = append(acts, act{"accept", func() *authtest.Answer { return guest.call("accept-invitation", `{"invitationId":"%s"}`, id) }})
			}
			check(t, race(acts), 0, counting(places, "TEAM_MEMBER_LIMIT_REACHED"))
			members := w.Rows("teamMember", store.Is("teamId", team))
			if count := w.Row("team", store.Is("id", team))["memberCount"]; len(members) != places || count != float64(places) {
				t.Errorf("%d members, counted %v", len(members), count)
			}
			for _, guest := range guests {
				joined := slices.ContainsFunc(members, func(row store.Record) bool { return row["userId"] == guest.id })
				if in := len(w.Rows("member", store.Is("organizationId", org), store.Is("userId", guest.id))) == 1; in != joined {
					t.Errorf("member of the organization %t, of the team %t", in, joined)
				}
			}
		}
	}, everywhere.Databases()...)
}

// TestRaceTeamMember: one member is added to a team by many calls at once, and leaves the organization meanwhile. There is
// one membership at most, and none of somebody who has left.
func TestRaceTeamMember(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, withTeams())
		ann, bob := w.person("ann"), w.person("bob")
		for round := range rounds {
			org := ann.found(fmt.Sprintf("o-%d", round))
			team := ann.team("Team")
			w.add(org, bob, "member")
			var acts []act
			add := func(boss *person) act {
				return act{"add", func() *authtest.Answer {
					return boss.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, team, bob.id)
				}}
			}
			for range 4 {
				acts = append(acts, add(ann.twin()))
			}
			race(acts)
			w.WantRows(1, "teamMember", store.Is("teamId", team))
			who := bob.twin()
			ann.call("remove-team-member", `{"teamId":"%s","userId":"%s"}`, team, bob.id).Want(200)
			acts[0] = act{"leave", func() *authtest.Answer { return who.call("leave", `{"organizationId":"%s"}`, org) }}
			check(t, race(acts), true, func(member bool, asked any, got *authtest.Answer) (bool, bool) {
				if asked == "leave" {
					return answers(got, true), false
				}
				return answers(got, member, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION"), member
			})
			w.WantRows(0, "teamMember", store.Is("teamId", team))
			if count := w.Row("team", store.Is("id", team))["memberCount"]; count != 0.0 {
				t.Errorf("counted %v", count)
			}
		}
	}, everywhere.Databases()...)
}

// TestRaceTeams: several calls create teams, and then remove them, at once. The limit holds, and one team is left.
func TestRaceTeams(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, withTeams(func(o *organization.Teams) { o.MaximumTeams.Max = new(3) }))
		ann := w.person("ann")
		for round := range rounds {
			org := ann.found(fmt.Sprintf("o-%d", round))
			ann.call("set-active-team", `{"teamId":null}`).Want(200)
			var acts []act
			for i := range 8 {
				who := ann.twin()
				acts = append(acts, act{"create", func() *authtest.Answer { return who.call("create-team", `{"name":"T%d"}`, i) }})
			}
			check(t, race(acts), 1, counting(3, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS"))
			teams := w.Rows("team", store.Is("organizationId", org))
			if len(teams) != 3 {
				t.Fatalf("%d teams", len(teams))
			}
			acts = nil
			for i, row := range teams {
				for range 3 {
					who := ann.twin()
					acts = append(acts, act{i, func() *authtest.Answer { return who.call("remove-team", `{"teamId":"%s"}`, row["id"]) }})
				}
			}
			check(t, race(acts), [3]bool{true, true, true}, func(there [3]bool, asked any, got *authtest.Answer) (bool, [3]bool) {
				left, i := 0, asked.(int)
				for _, one := range there {
					if one {
						left++
					}
				}
				if !there[i] {
					return answers(got, false, "TEAM_NOT_FOUND"), there
				}
				if left == 1 {
					return answers(got, false, "UNABLE_TO_REMOVE_LAST_TEAM"), there
				}
				there[i] = false
				return answers(got, true), there
			})
			w.WantRows(1, "team", store.Is("organizationId", org))
		}
	}, everywhere.Databases()...)
}

// TestRaceRoles: several calls create roles at once: one role for each name, and no more than the limit. A role is
// deleted while it is given to a member: nobody has a role that is not there.
func TestRaceRoles(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		options := withRoles()
		options.DynamicAccessControl.MaximumRolesPerOrganization.Max = new(2)
		w := open(t, o, options)
		ann, bob := w.person("ann"), w.person("bob")
		for round := range rounds {
			org := ann.found(fmt.Sprintf("o-%d", round))
			var same, others []act
			for i := range 8 {
				who := ann.twin()
				same = append(same, act{"create", func() *authtest.Answer { return who.tryRole("editor", access.Statements{}) }})
				others = append(others, act{"create", func() *authtest.Answer { return who.tryRole(fmt.Sprintf("role%d", i), access.Statements{}) }})
			}
			check(t, race(same), 0, counting(1, "ROLE_NAME_IS_ALREADY_TAKEN"))
			check(t, race(others), 0, counting(1, "TOO_MANY_ROLES"))
			w.WantRows(2, "organizationRole", store.Is("organizationId", org))

			member := w.add(org, bob, "member")
			giver, taker, renamer := ann.twin(), ann.twin(), ann.twin()
			history := race([]act{
				{"give", func() *authtest.Answer {
					return giver.call("update-member-role", `{"memberId":"%s","role":"editor"}`, member)
				}},
				{"delete", func() *authtest.Answer { return taker.call("delete-role", `{"roleName":"editor"}`) }},
				{"rename", func() *authtest.Answer {
					return renamer.call("update-role", `{"roleName":"editor","data":{"permission":{}}}`)
				}},
			})
			type state struct{ there, given bool }
			check(t, history, state{there: true}, func(s state, asked any, got *authtest.Answer) (bool, state) {
				switch asked {
				case "give":
					return answers(got, s.there, "ROLE_NOT_FOUND"), state{s.there, s.given || s.there}
				case "delete":
					return answers(got, !s.given, "ROLE_IS_ASSIGNED_TO_MEMBERS"), state{s.given, s.given}
				}
				return answers(got, s.there, "ROLE_NOT_FOUND"), s
			})
			roles := w.Rows("organizationRole", store.Is("organizationId", org), store.Is("role", "editor"))
			if has := w.Row("member", store.Is("id", member))["role"] == "editor"; has != (len(roles) == 1) {
				t.Errorf("the member has the role %t, the organization %t", has, len(roles) == 1)
			}
		}
	}, everywhere.Databases()...)
}
