package organization_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
)

// The limits of the random walks with teams and roles.
const mostTeams, mostInTeam, mostRoles = 3, 2, 2

// teamsAndRoles returns options with teams and roles that members create.
func teamsAndRoles() organization.Options {
	o := organization.Options{AC: organization.Statements(), Teams: organization.Teams{Enabled: true}}
	o.DynamicAccessControl.Enabled = true
	o.Teams.MaximumTeams.Max, o.Teams.MaximumMembersPerTeam.Max = new(mostTeams), new(mostInTeam)
	o.DynamicAccessControl.MaximumRolesPerOrganization.Max = new(mostRoles)
	return o
}

// TestNobodyCrossesWithTeams is TestNobodyCrosses with teams and roles of organizations. Besides, everybody in a team is a
// member of its organization, each organization keeps a team, and the limits hold.
func TestNobodyCrossesWithTeams(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := newWalk(open(t, auth.Options{}, teamsAndRoles()), func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(r, what) })
		k.more = partCalls
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			if err := k.step(); err != nil {
				r.Fatalf("%v after\n\t%s", err, strings.Join(k.log, "\n\t"))
			}
		}
	})
}

// part is a row of a team, of a membership of a team, or of a role.
type part struct{ model, org, team, user, role string }

// orgOf returns the organization that a part belongs to.
func (s snapshot) orgOf(b part) string {
	if b.model == "teamMember" {
		return s.parts[b.team].org
	}
	return b.org
}

// ids returns the ids of the parts of a model.
func (s snapshot) ids(model string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.parts)), func(id string) bool { return s.parts[id].model != model })
}

// parted returns an error if the teams and roles break a rule.
func (s snapshot) parted() error {
	teams, roles, inTeam := map[string]int{}, map[string]int{}, map[string]int{}
	for id, b := range s.parts {
		switch b.model {
		case "team":
			teams[b.org]++
		case "organizationRole":
			roles[b.org]++
		case "teamMember":
			inTeam[b.team]++
			if !s.has(b.user, s.orgOf(b)) {
				return fmt.Errorf("team member %s is no member of the organization: %v", id, b)
			}
		}
		if _, there := s.orgs[s.orgOf(b)]; !there {
			return fmt.Errorf("%s %s is left of an organization", b.model, id)
		}
	}
	for org := range s.orgs {
		if n := teams[org]; len(teams) > 0 && (n < 1 || n > mostTeams) || roles[org] > mostRoles {
			return fmt.Errorf("organization %s has %d teams and %d roles", org, n, roles[org])
		}
	}
	for team, n := range inTeam {
		if n > mostInTeam {
			return fmt.Errorf("team %s has %d members", team, n)
		}
	}
	return nil
}

// mayTouch reports whether the caller may add, change or remove a part of an organization: owners and admins may, and who
// joins or leaves the organization enters and leaves its teams.
func (j *judge) mayTouch(b part, org string) bool {
	if _, old := j.before.orgs[org]; !old {
		return j.after.has(j.who.id, org, "owner")
	}
	if _, stays := j.after.orgs[org]; !stays {
		return j.may(org, "owner")
	}
	moved := j.may(org) != j.after.has(j.who.id, org)
	return j.may(org, "owner", "admin") || moved && (b.model == "team" || b.model == "teamMember" && b.user == j.who.id)
}

// partCalls are calls about teams and roles.
func partCalls(k *walk, org, _ string) []string {
	team := pick(k, "team", append(k.now.ids("team"), "none"))
	role := pick(k, "role of an organization", append(k.now.ids("organizationRole"), "none"))
	whom := pick(k, "whom", k.people)
	at, about := `"organizationId":"`+org+`"`, `"teamId":"`+team+`"`
	name := fmt.Sprintf("role-%d", k.draw("name", 3))
	pair := fmt.Sprintf(`%s,"userId":"%s"`, about, whom.id)
	return []string{
		"create-team {" + at + `,"name":"T"}`, "create-team {" + at + `,"name":"T"}`, "update-team {" + about + `,"data":{"name":"U",` + at + `}}`, "remove-team {" + about + "," + at + "}", "remove-team {" + about + "}",
		"add-team-member {" + pair + "," + at + "}", "add-team-member {" + pair + "}", "remove-team-member {" + pair + "," + at + "}", "remove-team-member {" + pair + "}", "set-active-team {" + about + "}",
		"list-teams?organizationId=" + org, "list-teams", "list-user-teams", "list-user-teams?organizationId=" + org, "list-user-teams?userId=" + whom.id + "&organizationId=" + org, "list-team-members?teamId=" + team, "list-team-members",
		fmt.Sprintf(`invite-member {%s,%s,"email":"%s","role":["member","%s"]}`, at, about, whom.email, name),
		fmt.Sprintf(`invite-member {%s,%s,"email":"%s","role":"member"}`, at, about, whom.email),
		fmt.Sprintf(`create-role {%s,"role":"%s","permission":{"ac":["read"]}}`, at, name), fmt.Sprintf(`create-role {"role":"%s","permission":{"ac":["read"]}}`, name),
		fmt.Sprintf(`update-role {%s,"roleId":"%s","data":{"permission":{"ac":[]}}}`, at, role), fmt.Sprintf(`update-role {"roleId":"%s","data":{"roleName":"%s"}}`, role, name),
		fmt.Sprintf(`delete-role {%s,"roleId":"%s"}`, at, role), fmt.Sprintf(`delete-role {"roleId":"%s"}`, role), fmt.Sprintf(`delete-role {%s,"roleName":"%s"}`, at, name),
		"list-roles?organizationId=" + org, "list-roles", "get-role?roleId=" + role + "&organizationId=" + org, "get-role?roleId=" + role, "get-role?roleName=" + name + "&organizationId=" + org,
	}
}
