package config

import (
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

const (
	teams = organizations + `"teams":{"enabled":true,`
	roles = organizations + `"ac":{"ac":["create","read","update","delete"]},"dynamicAccessControl":{"enabled":true,`
)

// teamed creates an organization with a team, and notes the ids of the team and of its only member.
func teamed(p *played) {
	founded(p)
	p.notes["team"] = p.c.Get("/organization/list-teams").Want(200).Text("0.id")
	p.notes["user"] = p.c.Get("/get-session").Want(200).Text("user.id")
	p.c.Post("/organization/remove-team-member", fmt.Sprintf(`{"teamId":%q,"userId":%q}`, p.notes["team"], p.notes["user"])).Want(200)
}

func wantTeams(n, members int) func(p *played) {
	return func(p *played) {
		p.srv.WantRows(1, "organization")
		p.srv.WantRows(n, "team")
		p.srv.WantRows(members, "teamMember")
	}
}

// teamFailures are those of the teams and roles of the plugin organization.
var teamFailures = []failure{
	{
		name: "limit of teams", options: []string{"maximumTeams"}, config: teams + `"maximumTeams":HOOK}}}}`,
		before: founded, run: post("/organization/create-team", `{"name":"Design"}`), status: 500, after: wantTeams(1, 1),
	},
	{
		name: "limit of members of a team", options: []string{"maximumMembersPerTeam"}, config: teams + `"maximumMembersPerTeam":HOOK}}}}`, before: teamed,
		run: func(p *played) *authtest.Answer {
			return p.c.Post("/organization/add-team-member", fmt.Sprintf(`{"teamId":%q,"userId":%q}`, p.notes["team"], p.notes["user"]))
		}, status: 500, after: wantTeams(1, 0),
	},
	{
		name: "default team", options: []string{"customCreateDefaultTeam"}, config: teams + `"defaultTeam":{"customCreateDefaultTeam":HOOK}}}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantTeams(0, 0),
	},
	{
		name: "before a team", options: []string{"organizationHooks.*"}, config: teams + `"defaultTeam":{"enabled":false}},"organizationHooks":{"beforeCreateTeam":HOOK}}}}`,
		before: founded, run: post("/organization/create-team", `{"name":"Design"}`), status: 500, after: wantTeams(0, 0),
	},
	{
		name: "after a team", options: []string{"organizationHooks.*"}, config: teams + `"defaultTeam":{"enabled":false}},"organizationHooks":{"afterCreateTeam":HOOK}}}}`,
		before: founded, run: post("/organization/create-team", `{"name":"Design"}`), status: 500, after: wantTeams(1, 0),
	},
	{
		name: "limit of roles", options: []string{"maximumRolesPerOrganization"}, config: roles + `"maximumRolesPerOrganization":HOOK}}}}`,
		before: founded, run: post("/organization/create-role", `{"role":"editor","permission":{"ac":["read"]}}`), status: 500,
		after: func(p *played) { p.srv.WantRows(0, "organizationRole") },
	},
}
