package organization_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// withTeams returns options with teams.
func withTeams(set ...func(*organization.Teams)) organization.Options {
	o := organization.Options{Teams: organization.Teams{Enabled: true}}
	for _, f := range set {
		f(&o.Teams)
	}
	return o
}

// team creates a team in the caller's active organization and returns its id.
func (p *person) team(name string) string {
	p.world.T.Helper()
	return p.call("create-team", `{"name":"%s"}`, name).Want(200, "name", name, "memberCount", authtest.Absent).Text("id")
}

// joins makes people members of an organization, which is then active in their browsers.
func (w *world) joins(org, role string, people ...*person) {
	w.T.Helper()
	for _, p := range people {
		w.add(org, p, role)
		p.call("set-active", `{"organizationId":"%s"}`, org).Want(200)
	}
}

// TestTeams: a team from its beginning to its end, in every place.
func TestTeams(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, withTeams())
		ann, bob := w.person("ann"), w.person("bob")
		org := ann.found("acme")
		ann.read("list-teams").Want(200, "", authtest.Len(1), "0.name", "The acme", "0.organizationId", org, "0.memberCount", authtest.Absent)
		main := ann.read("list-user-teams").Want(200, "", authtest.Len(1)).Text("0.id")
		ann.Get("/get-session").Want(200, "session.activeTeamId", main)
		design := ann.team("Design")
		ann.call("update-team", `{"teamId":"%s","data":{"name":"Designers"}}`, design).Want(200, "name", "Designers", "id", design)

		w.joins(org, "member", bob)
		bob.read("list-team-members", "teamId", design).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		bob.call("set-active-team", `{"teamId":"%s"}`, design).WantCode(403, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		bob.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER")
		first := ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).Want(200, "teamId", design, "userId", bob.id, "membershipKey", authtest.Absent)
		ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).Want(200, "id", first.Text("id"))
		w.WantRows(1, "teamMember", store.Is("teamId", design))
		bob.call("set-active-team", `{"teamId":"%s"}`, design).Want(200, "id", design)
		bob.Get("/get-session").Want(200, "session.activeTeamId", design)
		bob.read("list-team-members").Want(200, "", authtest.Len(1), "0.userId", bob.id)
		ann.read("list-user-teams", "userId", bob.id).Want(200, "", authtest.Len(1), "0.id", design)
		ann.read("get-full-organization").Want(200, "teams", authtest.Len(2))

		ann.call("remove-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).Want(200, "message", "Team member removed successfully.")
		ann.call("remove-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		if n := w.Row("team", store.Is("id", design))["memberCount"]; n != 0.0 {
			t.Errorf("the empty team counts %v members", n)
		}
		ann.call("remove-team", `{"teamId":"%s"}`, main).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM") // the active one
		ann.call("remove-team", `{"teamId":"%s"}`, design).Want(200, "message", "Team removed successfully.")
		ann.call("set-active-team", `{"teamId":null}`).Want(200)
		ann.Get("/get-session").Want(200, "session.activeTeamId", nil)
		ann.call("remove-team", `{"teamId":"%s"}`, main).WantCode(400, "UNABLE_TO_REMOVE_LAST_TEAM")
		ann.call("delete", `{"organizationId":"%s"}`, org).Want(200)
		w.WantRows(0, "team")
		w.WantRows(0, "teamMember")
	})
}

// TestInvitedTeams: an invitation names teams, which the member joins; a team that is removed leaves the invitation.
func TestInvitedTeams(t *testing.T) {
	w := open(t, auth.Options{}, withTeams())
	ann := w.person("ann")
	org := ann.found("acme")
	one, two, three := ann.team("One"), ann.team("Two"), ann.team("Three")
	invite := func(name, teams string) string {
		return ann.call("invite-member", `{"email":"%s@example.com","role":"member","teamId":%s}`, name, teams).Want(200).Text("id")
	}
	ann.call("invite-member", `{"email":"x@example.com","role":"member","teamId":"%s,%s"}`, one, two).WantCode(400, "INVALID_TEAM_ID")
	ann.call("invite-member", `{"email":"x@example.com","role":"member","teamId":["%s","none"]}`, one).WantCode(400, "TEAM_NOT_FOUND")
	ids := map[string]string{"bob": invite("bob", `"`+one+`"`), "cid": invite("cid", `["`+one+`","`+two+`"]`), "dan": invite("dan", `["`+three+`"]`)}
	ann.call("remove-team", `{"teamId":"%s"}`, three).Want(200)
	for name, want := range map[string]struct {
		teams  int
		active any
	}{"bob": {1, one}, "cid": {2, nil}, "dan": {0, nil}} {
		p := w.person(name)
		p.call("accept-invitation", `{"invitationId":"%s"}`, ids[name]).Want(200)
		p.read("list-user-teams").Want(200, "", authtest.Len(want.teams))
		p.Get("/get-session").Want(200, "session.activeTeamId", want.active, "session.activeOrganizationId", org)
		p.call("leave", `{"organizationId":"%s"}`, org).Want(200)
		w.WantRows(0, "teamMember", store.Is("userId", p.id))
	}
	if n := w.Row("team", store.Is("id", one))["memberCount"]; n != 0.0 {
		t.Errorf("the team that all have left counts %v members", n)
	}
}

// TestFullTeam: an invitation to a full team is refused, and one that is accepted too late stays open and adds nobody.
func TestFullTeam(t *testing.T) {
	w := open(t, auth.Options{}, withTeams(func(o *organization.Teams) { o.MaximumMembersPerTeam.Max = new(1) }))
	ann, bob, cid := w.person("ann"), w.person("bob"), w.person("cid")
	org := ann.found("acme")
	design := ann.team("Design")
	for _, p := range []*person{bob, cid} {
		ann.call("invite-member", `{"email":"%s","role":"member","teamId":"%s"}`, p.email, design).Want(200)
	}
	bob.call("accept-invitation", `{"invitationId":"%s"}`, w.ID("invitation", store.Is("email", bob.email))).Want(200)
	late := w.ID("invitation", store.Is("email", cid.email))
	cid.call("accept-invitation", `{"invitationId":"%s"}`, late).WantCode(403, "TEAM_MEMBER_LIMIT_REACHED")
	w.WantRows(0, "member", store.Is("userId", cid.id))
	w.WantRows(1, "invitation", store.Is("id", late), store.Is("status", "pending"))
	ann.call("invite-member", `{"email":"dan@example.com","role":"member","teamId":"%s"}`, design).WantCode(403, "TEAM_MEMBER_LIMIT_REACHED")

	// A user who is deleted frees the place.
	if err := w.Users.Delete(t.Context(), bob.id); err != nil {
		t.Fatal(err)
	}
	w.Change("team", store.Record{"memberCount": 1}, store.Is("id", design))
	if n := len(w.Rows("teamMember", store.Is("teamId", design))); n > 0 {
		if _, err := w.Store.DeleteMany(t.Context(), "teamMember", store.Is("userId", bob.id)); err != nil { // the memory has no cascades
			t.Fatal(err)
		}
	}
	cid.call("accept-invitation", `{"invitationId":"%s"}`, late).Want(200, "member.organizationId", org)
	if n := w.Row("team", store.Is("id", design))["memberCount"]; n != 1.0 {
		t.Errorf("the team counts %v members", n)
	}
}

// TestTeamCallbacks: the program chooses the default team, the limits and the data of teams, and is never called within
// a transaction.
func TestTeamCallbacks(t *testing.T) {
	var w *world
	asked := 0
	o := withTeams(func(o *organization.Teams) {
		o.MaximumTeams.Func = func(_ context.Context, in organization.TeamLimitRequest) (int, error) { return 3, nil }
		o.MaximumMembersPerTeam.Func = func(ctx context.Context, in organization.TeamMemberLimitRequest) (int, error) {
			asked++
			if err := w.Store.Lock(ctx, "organization", store.Is("id", in.OrganizationID)); err != store.ErrNoTransaction {
				t.Errorf("called within a transaction: %v", err)
			}
			return 1, nil
		}
		o.DefaultTeam.CustomCreateDefaultTeam = func(ctx context.Context, in organization.DefaultTeamRequest) (store.Record, error) {
			if in.Organization.Slug == "wrong" {
				return store.Record{"id": "none"}, nil
			}
			return w.Store.Create(ctx, "team", store.Record{"name": "Staff", "organizationId": in.Organization.ID, "createdAt": in.Call.Now()})
		}
	})
	o.OrganizationHooks.BeforeCreateTeam = func(_ context.Context, in organization.NewTeam) (organization.Override, error) {
		return organization.Override{Data: store.Record{"name": in.Team.Text("name") + "!"}}, nil
	}
	o.OrganizationHooks.BeforeUpdateTeam = func(_ context.Context, in organization.TeamUpdate) (organization.Override, error) {
		return organization.Override{Data: store.Record{"name": "chosen", "id": "other"}}, nil
	}
	w = open(t, auth.Options{}, o)
	ann, bob := w.person("ann"), w.person("bob")
	ann.call("create", `{"name":"Wrong","slug":"wrong"}`).Want(500)
	w.WantRows(0, "team")
	org := ann.found("acme")
	ann.read("list-teams").Want(200, "", authtest.Len(1), "0.name", "Staff")
	one := ann.call("create-team", `{"name":"One"}`).Want(200, "name", "One!").Text("id")
	ann.call("create-team", `{"name":"Two"}`).Want(200, "name", "Two!")
	ann.call("create-team", `{"name":"Three"}`).WantCode(400, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS")
	ann.call("update-team", `{"teamId":"%s","data":{"name":"x"}}`, one).Want(200, "name", "chosen", "id", one)
	w.joins(org, "member", bob)
	ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, one, bob.id).Want(200)
	ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, one, ann.id).WantCode(403, "TEAM_MEMBER_LIMIT_REACHED")
	if asked != 2 {
		t.Errorf("the limit was asked for %d times", asked)
	}
	// The program has no session to show to a callback.
	cid := w.person("cid")
	in := auth.Input{Body: map[string]any{"organizationId": org, "userId": cid.id, "role": "member", "teamId": one}}
	if _, err := w.Call(t.Context(), "addMember", in); err == nil {
		t.Error("addMember without a session called the limit")
	}
	w.WantRows(0, "member", store.Is("userId", cid.id))
}

// TestTeamsOff: without the option there are no endpoints and no tables.
func TestTeamsOff(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann := w.person("ann")
	ann.found("acme")
	ann.call("create-team", `{"name":"x"}`).Want(404)
	ann.call("create-role", `{"role":"x","permission":{}}`).Want(404)
	for _, model := range []string{"team", "teamMember", "organizationRole"} {
		if w.Store.Table(model) != nil {
			t.Errorf("there is a table %s", model)
		}
	}
}
