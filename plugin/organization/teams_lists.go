package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type listTeamsRequest struct {
	_              struct{} `query:"optional"`
	OrganizationID string   `query:"organizationId,omitempty" doc:"The organization ID which the teams are under to list. Defaults to the users active organization. Eg: \"organization-id\""`
}

func (p *Plugin) listOrganizationTeams() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listOrganizationTeams", Methods: []string{http.MethodGet}, Path: "/organization/list-teams", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "List all teams in an organization", OpenAPI: teamsDocument(),
	}, func(c *auth.Context, in *listTeamsRequest) (*[]*auth.PublicRow, error) {
		id := chosen(c, in.OrganizationID)
		if id == "" {
			return nil, auth.BadRequest(NoActiveOrganization)
		}
		m, err := p.findMember(c, c.Session.User.ID, id)
		if err == nil && m == nil {
			err = auth.Forbidden(MayNotAccess)
		}
		if err != nil {
			return nil, err
		}
		teams, err := p.listTeams(c, id)
		return publicTeams(teams), err
	})
}

// listTeams returns the teams of an organization.
func (p *Plugin) listTeams(c *auth.Context, organizationID string) ([]*Team, error) {
	rows, err := c.Store.Find(c, team, store.Query{Where: []store.Where{store.Given("organizationId", organizationID)}})
	if err != nil {
		return nil, err
	}
	teams := make([]*Team, len(rows))
	for i, row := range rows {
		teams[i] = teamOf(c.Auth, row)
	}
	return teams, nil
}

func publicTeams(teams []*Team) *[]*auth.PublicRow {
	out := make([]*auth.PublicRow, len(teams))
	for i, t := range teams {
		out[i] = t.Public()
	}
	return &out
}

// whole returns the team with the number of its members, which the reference shows in the full organization only.
func (t *Team) whole() *auth.PublicRow {
	return t.table.Whole(t.table.Visible(t.row).With(store.Record{"memberCount": t.row["memberCount"]}))
}

type listUserTeamsRequest struct {
	_              struct{} `query:"optional"`
	UserID         string   `query:"userId,omitempty"`         // default: the caller
	OrganizationID string   `query:"organizationId,omitempty"` // default: all of the caller's; the active one for another user
}

func (p *Plugin) listUserTeams() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listUserTeams", Methods: []string{http.MethodGet}, Path: "/organization/list-user-teams", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "List teams for a user", OpenAPI: userTeamsDocument(),
	}, func(c *auth.Context, in *listUserTeamsRequest) (*[]*auth.PublicRow, error) {
		userID := c.Session.User.ID
		within := []string{in.OrganizationID}
		switch {
		case in.UserID != "" && in.UserID != userID:
			within[0] = chosen(c, in.OrganizationID)
			if err := p.maySeeTeamsOf(c, in.UserID, within[0]); err != nil {
				return nil, err
			}
			userID = in.UserID
		case in.OrganizationID != "":
			m, err := p.findMember(c, userID, in.OrganizationID)
			if err == nil && m == nil {
				err = auth.Forbidden(NotMember)
			}
			if err != nil {
				return nil, err
			}
		default:
			within = nil
		}
		teams, err := p.teamsOf(c, userID, within)
		return publicTeams(teams), err
	})
}

// maySeeTeamsOf returns an error unless the caller may read the teams of another member of the organization.
func (p *Plugin) maySeeTeamsOf(c *auth.Context, userID, organizationID string) error {
	if organizationID == "" {
		return auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMember(c, c.Session.User.ID, organizationID)
	if err == nil && m == nil {
		err = auth.Forbidden(NotMember)
	}
	if err == nil {
		err = p.demand(c, m, MayNotUpdateMember, "member", "update")
	}
	if err != nil {
		return err
	}
	other, err := p.findMember(c, userID, organizationID)
	if err == nil && other == nil {
		err = auth.BadRequest(UserNotMember)
	}
	return err
}

// teamsOf returns the teams of a user in the organizations, nil for all of which the user is a member.
func (p *Plugin) teamsOf(c *auth.Context, userID string, organizations []string) ([]*Team, error) {
	rows, err := c.Store.Find(c, teamMember, store.Query{Where: []store.Where{store.Given("userId", userID)}, Join: []string{"teamId"}})
	if err != nil {
		return nil, err
	}
	var teams []*Team
	belongs := map[string]bool{}
	for _, id := range organizations {
		belongs[id] = true
	}
	for _, row := range rows {
		row, _ := row[team].(store.Record)
		t := teamOf(c.Auth, row)
		if t == nil {
			continue
		}
		known, checked := belongs[t.OrganizationID]
		if !checked && organizations == nil {
			m, err := p.findMember(c, userID, t.OrganizationID)
			if err != nil {
				return nil, err
			}
			known = m != nil
			belongs[t.OrganizationID] = known
		}
		if known {
			teams = append(teams, t)
		}
	}
	return teams, nil
}

type listTeamMembersRequest struct {
	_      struct{} `query:"optional"`
	TeamID string   `query:"teamId,omitempty"` // default: the active team
}

func (p *Plugin) listTeamMembers() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listTeamMembers", Methods: []string{http.MethodGet}, Path: "/organization/list-team-members", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "List the members of the given team", OpenAPI: teamMembersDocument(),
	}, func(c *auth.Context, in *listTeamMembersRequest) (*[]*auth.PublicRow, error) {
		id := in.TeamID
		if id == "" {
			id = activeTeamOf(c)
		}
		if id == "" {
			return nil, auth.BadRequest(NoActiveTeam)
		}
		row, err := orNil(c.Store.Get(c, team, store.Given("id", id)))
		if err == nil && row == nil {
			err = auth.BadRequest(TeamNotFound)
		}
		if err != nil {
			return nil, err
		}
		t := teamOf(c.Auth, row)
		m, err := p.findMember(c, c.Session.User.ID, t.OrganizationID)
		if err != nil {
			return nil, err
		}
		own, err := p.findTeamMember(c, t.ID, c.Session.User.ID)
		if err == nil && (m == nil || own == nil) {
			err = auth.BadRequest(UserNotTeamMember)
		}
		if err != nil {
			return nil, err
		}
		rows, err := c.Store.Find(c, teamMember, store.Query{Where: []store.Where{store.Is("teamId", t.ID)}})
		if err != nil {
			return nil, err
		}
		out := make([]*auth.PublicRow, len(rows))
		for i, row := range rows {
			out[i] = teamMemberOf(c.Auth, row).Public()
		}
		return &out, nil
	})
}
