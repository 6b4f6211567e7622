package config

import (
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

const organizations = `{"plugins":{"organization":{`

const newOrganization = `{"name":"ACME","slug":"acme"}`

// founded signs up Ann with an organization, whose id is noted.
func founded(p *played) {
	signUp(p)
	p.notes["id"] = p.c.Post("/organization/create", newOrganization).Want(200).Text("id")
}

// invited also invites bob@example.com, and signs him up.
func invited(p *played) {
	founded(p)
	p.notes["invitation"] = inviteBob(p).Want(200).Text("id")
	p.c = p.srv.Client()
	p.c.SignUp("bob@example.com")
}

func inviteBob(p *played) *authtest.Answer {
	return p.c.Post("/organization/invite-member", fmt.Sprintf(`{"organizationId":%q,"email":"bob@example.com","role":"member"}`, p.notes["id"]))
}

func acceptAsBob(p *played) *authtest.Answer {
	return p.c.Post("/organization/accept-invitation", fmt.Sprintf(`{"invitationId":%q}`, p.notes["invitation"]))
}

func wantOrganizations(n, members, invitations int) func(p *played) {
	return func(p *played) {
		p.srv.WantRows(n, "organization")
		p.srv.WantRows(members, "member")
		p.srv.WantRows(invitations, "invitation")
	}
}

// organizationFailures are those of the plugin organization.
var organizationFailures = []failure{
	{
		name: "who may create an organization", options: []string{"allowUserToCreateOrganization"}, config: organizations + `"allowUserToCreateOrganization":HOOK}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantOrganizations(0, 0, 0),
	},
	{
		name: "limit of organizations", options: []string{"organizationLimit"}, config: organizations + `"organizationLimit":HOOK}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantOrganizations(0, 0, 0),
	},
	{
		name: "limit of members", options: []string{"membershipLimit"}, config: organizations + `"membershipLimit":HOOK}}}`,
		before: invited, run: acceptAsBob, status: 500, after: wantOrganizations(1, 1, 1),
	},
	{
		name: "limit of invitations", options: []string{"invitationLimit"}, config: organizations + `"invitationLimit":HOOK}}}`,
		before: founded, run: inviteBob, status: 500, after: wantOrganizations(1, 1, 0),
	},
	{
		name: "invitation", options: []string{"sendInvitationEmail"}, config: organizations + `"sendInvitationEmail":HOOK}}}`,
		before: founded, run: inviteBob, status: 200, body: "bob@example.com", logged: "sendInvitationEmail failed", after: wantOrganizations(1, 1, 1),
	},
	{
		name: "before an organization", options: []string{"organizationHooks.*"}, config: organizations + `"organizationHooks":{"beforeCreateOrganization":HOOK}}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantOrganizations(0, 0, 0),
	},
	{
		name: "after an organization", options: []string{"organizationHooks.*"}, config: organizations + `"organizationHooks":{"afterCreateOrganization":HOOK}}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantOrganizations(1, 1, 0),
	},
	{
		name: "before the first member", options: []string{"organizationHooks.*"}, config: organizations + `"organizationHooks":{"beforeAddMember":HOOK}}}}`,
		before: signUp, run: post("/organization/create", newOrganization), status: 500, after: wantOrganizations(0, 0, 0),
	},
	{
		name: "before an invitation is accepted", options: []string{"organizationHooks.*"}, config: organizations + `"organizationHooks":{"beforeAcceptInvitation":HOOK}}}}`,
		before: invited, run: acceptAsBob, status: 500, after: wantOrganizations(1, 1, 1),
	},
	{
		name: "after an invitation is accepted", options: []string{"organizationHooks.*"}, config: organizations + `"organizationHooks":{"afterAcceptInvitation":HOOK}}}}`,
		before: invited, run: acceptAsBob, status: 500, after: wantOrganizations(1, 2, 1),
	},
}
