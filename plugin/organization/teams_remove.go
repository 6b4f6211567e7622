package organization

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type removeTeamRequest struct {
	TeamID         string `json:"teamId" doc:"The team ID of the team to remove. Eg: \"team-id\""`
	OrganizationID string `json:"organizationId,omitempty" doc:"The organization ID which the team falls under. If not provided, it will default to the user's active organization. Eg: \"organization-id\""`
}

type messageAnswer struct {
	Message string `json:"message"`
}

func (p *Plugin) removeTeam() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "removeTeam", Methods: []string{http.MethodPost}, Path: "/organization/remove-team", Session: auth.OptionalSession,
		Summary: "Remove a team from an organization", OpenAPI: removedDocument("Remove a team from an organization", "Team removed successfully", teamRemoved),
	}, func(c *auth.Context, in *removeTeamRequest) (*messageAnswer, error) {
		id := chosen(c, in.OrganizationID)
		if id == "" {
			return nil, auth.BadRequest(NoActiveOrganization)
		}
		if err := p.mayRemoveTeam(c, id, in.TeamID); err != nil {
			return nil, err
		}
		last := p.checkLastTeam(c, id) // first, so that a team that is removed meanwhile is not taken for the last one
		t, err := p.findTeam(c, id, in.TeamID)
		if err == nil && t == nil {
			err = auth.BadRequest(TeamNotFound)
		}
		if err == nil {
			err = last
		}
		if err != nil {
			return nil, err
		}
		org, err := p.get(c, id)
		if err != nil {
			return nil, err
		}
		event := TeamEvent{t, caller(c), org}
		if err := notify(c, p.opts.OrganizationHooks.BeforeDeleteTeam, event); err != nil {
			return nil, err
		}
		if err := c.Tx(func(c *auth.Context) error { return p.deleteTeam(c, t) }); err != nil {
			return nil, err
		}
		return &messageAnswer{teamRemoved}, notify(c, p.opts.OrganizationHooks.AfterDeleteTeam, event)
	})
}

const teamRemoved = "Team removed successfully."

// mayRemoveTeam returns an error unless the caller may remove teams of the organization, and this is not the active one
// of the session. The program may.
func (p *Plugin) mayRemoveTeam(c *auth.Context, organizationID, teamID string) error {
	if c.Session == nil {
		if program(c) {
			return nil
		}
		return auth.Unauthorized(auth.Code{})
	}
	m, err := p.findMember(c, c.Session.User.ID, organizationID)
	if err != nil {
		return err
	}
	if m == nil || activeTeamOf(c) == teamID {
		return auth.Forbidden(MayNotDeleteTeam)
	}
	return p.demand(c, m, MayNotDeleteTeams, "team", "delete")
}

func (p *Plugin) checkLastTeam(c *auth.Context, organizationID string) error {
	if p.opts.Teams.AllowRemovingAllTeams {
		return nil
	}
	n, err := countTeams(c, organizationID)
	if err == nil && n <= 1 {
		err = auth.BadRequest(LastTeam)
	}
	return err
}

// deleteTeam deletes a team with its memberships, and takes it out of the open invitations, within the transaction of c.
func (p *Plugin) deleteTeam(c *auth.Context, t *Team) error {
	if err := p.lock(c, t.OrganizationID); err != nil {
		return err
	}
	found, err := p.findTeam(c, t.OrganizationID, t.ID)
	if err == nil && found == nil {
		err = auth.BadRequest(TeamNotFound) // removed by another call
	}
	if err == nil {
		err = p.checkLastTeam(c, t.OrganizationID)
	}
	if err == nil {
		_, err = c.Store.DeleteMany(c, teamMember, store.Is("teamId", t.ID))
	}
	if err == nil {
		err = c.Store.Delete(c, team, store.Is("id", t.ID))
	}
	if err == nil {
		err = p.leaveInvitations(c, t)
	}
	return err
}

// leaveInvitations takes a team out of the open invitations of its organization.
func (p *Plugin) leaveInvitations(c *auth.Context, t *Team) error {
	rows, err := c.Store.Find(c, invitation, store.Query{Where: []store.Where{
		store.Is("organizationId", t.OrganizationID), store.Is("status", Pending), {Field: "teamId", Op: store.Contains, Value: t.ID},
		{Field: "expiresAt", Op: store.Gt, Value: c.Now()},
	}, Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	for _, row := range rows {
		ids := strings.Split(row.Text("teamId"), ",")
		left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == t.ID })
		if len(left) == len(ids) {
			continue
		}
		change := store.Record{"teamId": nil}
		if len(left) > 0 {
			change["teamId"] = strings.Join(left, ",")
		}
		if _, err := c.Store.Update(c, invitation, []store.Where{store.Is("id", row["id"])}, change); store.UnlessGone(err) != nil {
			return err
		}
	}
	return nil
}

// deleteTeams deletes all teams of an organization, within the transaction of c.
func (p *Plugin) deleteTeams(c *auth.Context, organizationID string) error {
	if !p.opts.Teams.Enabled {
		return nil
	}
	rows, err := c.Store.Find(c, team, store.Query{Where: []store.Where{store.Is("organizationId", organizationID)}, Fields: []string{"id"}, Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := c.Store.DeleteMany(c, teamMember, store.Is("teamId", row["id"])); err != nil {
			return err
		}
	}
	_, err = c.Store.DeleteMany(c, team, store.Is("organizationId", organizationID))
	return err
}
