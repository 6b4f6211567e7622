package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// activeTeamOf returns the id of the active team of the caller's session, "" if there is none.
func activeTeamOf(c *auth.Context) string {
	if c.Session == nil {
		return ""
	}
	return c.Session.Session.Extra.Text(activeTeam)
}

func (p *Plugin) setActiveTeam() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "setActiveTeam", Methods: []string{http.MethodPost}, Path: "/organization/set-active-team", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Set the active team", OpenAPI: activeTeamDocument(),
	}, func(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
		id := in.text("teamId")
		if v, given := in.Body.Get("teamId"); given && v == nil {
			if activeTeamOf(c) == "" {
				return nil, nil
			}
			return nil, showActiveTeam(c, "")
		}
		if id == "" {
			if id = activeTeamOf(c); id == "" {
				return nil, nil
			}
		}
		organizationID := activeOf(c)
		if organizationID == "" {
			return nil, auth.BadRequest(NoActiveOrganization)
		}
		t, err := p.findTeam(c, organizationID, id)
		if err == nil && t == nil {
			err = auth.BadRequest(TeamNotFound)
		}
		if err != nil {
			return nil, err
		}
		m, err := p.findTeamMember(c, t.ID, c.Session.User.ID)
		if err == nil && m == nil {
			err = auth.Forbidden(UserNotTeamMember)
		}
		if err != nil {
			return nil, err
		}
		return t.Public(), showActiveTeam(c, t.ID)
	}).WithBody(schema.Object(
		schema.Field("teamId", schema.String().Doc("The team id to set as active. It can be null to unset the active team").Nullish()),
	))
}

// showActiveTeam makes a team the active one of the caller's session, "" for none, and sends the session's cookies.
func showActiveTeam(c *auth.Context, teamID string) error {
	session, err := changeSession(c, activeTeam, teamID)
	if err != nil {
		return err
	}
	return showSession(c, session)
}

// findTeamMember returns the membership of a user in a team, nil if there is none.
func (p *Plugin) findTeamMember(c *auth.Context, teamID, userID string) (*TeamMember, error) {
	row, err := orNil(c.Store.Get(c, teamMember, store.Given("teamId", teamID), store.Given("userId", userID)))
	return teamMemberOf(c.Auth, row), err
}
