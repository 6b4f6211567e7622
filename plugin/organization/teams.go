package organization

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// teamEndpoints returns the endpoints of teams, none if they are not enabled.
func (p *Plugin) teamEndpoints() []auth.Endpoint {
	if !p.opts.Teams.Enabled {
		return nil
	}
	return []auth.Endpoint{
		p.createTeam(), p.listOrganizationTeams(), p.removeTeam(), p.updateTeam(), p.setActiveTeam(), p.listUserTeams(),
		p.listTeamMembers(), p.addTeamMember(), p.removeTeamMember(),
	}
}

// program reports whether the call comes from the program and not from a client.
func program(c *auth.Context) bool { return c.Request == nil && c.RequestHeader == nil }

// caller returns the user of the call, nil for a call of the program without a session.
func caller(c *auth.Context) *auth.User {
	if c.Session == nil {
		return nil
	}
	return c.Session.User
}

func (p *Plugin) createTeam() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createTeam", Methods: []string{http.MethodPost}, Path: "/organization/create-team", Session: auth.OptionalSession,
		Summary: "Create a new team within an organization", OpenAPI: newTeamDocument(),
	}, p.makeTeam).WithBody(withFields(p.opts.Schema.Team.AdditionalFields,
		schema.Field("name", schema.String().Doc(`The name of the team. Eg: "my-team"`)),
		schema.Field("organizationId", schema.String().Doc(`The organization ID which the team will be created in. Defaults to the active organization. Eg: "organization-id"`).Optional()),
	))
}

func (p *Plugin) makeTeam(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	id := chosen(c, in.text("organizationId"))
	if c.Session == nil && !program(c) {
		return nil, auth.Unauthorized(auth.Code{})
	}
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	if c.Session != nil {
		m, err := p.findMember(c, c.Session.User.ID, id)
		if err == nil && m == nil {
			err = auth.Forbidden(MayNotInvite)
		}
		if err == nil {
			err = p.demand(c, m, MayNotCreateTeams, "team", "create")
		}
		if err != nil {
			return nil, err
		}
	}
	limit, _, err := p.opts.Teams.MaximumTeams.of(c, TeamLimitRequest{OrganizationID: id, Session: c.Session, Call: c})
	if err != nil {
		return nil, err
	}
	if err := checkTeamLimit(c, id, limit); err != nil {
		return nil, err
	}
	org, err := p.get(c, id)
	if err != nil {
		return nil, err
	}
	given := recordOf(in.Body, "name", "organizationId").With(store.Record{"name": in.text("name"), "organizationId": id})
	data, err := before(c, p.opts.OrganizationHooks.BeforeCreateTeam, NewTeam{given, caller(c), org}, given)
	if err != nil {
		return nil, err
	}
	data = store.Record{"createdAt": c.Now(), "updatedAt": c.Now()}.With(data)
	var made *Team
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, id); err != nil {
			return err
		}
		if err := checkTeamLimit(c, id, limit); err != nil {
			return err
		}
		made, err = storeTeam(c, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return made.Public(), notify(c, p.opts.OrganizationHooks.AfterCreateTeam, TeamEvent{made, caller(c), org})
}

// checkTeamLimit returns an error if the organization has as many teams as it may have; a limit of 0 is none.
func checkTeamLimit(c *auth.Context, organizationID string, limit int) error {
	if limit == 0 {
		return nil
	}
	n, err := countTeams(c, organizationID)
	if err == nil && n >= limit {
		err = auth.BadRequest(TooManyTeams)
	}
	return err
}

func countTeams(c *auth.Context, organizationID string) (int, error) {
	n, err := c.Store.Count(c, team, store.Given("organizationId", organizationID))
	return int(n), err
}

// storeTeam creates the row of a team, which has no members yet.
func storeTeam(c *auth.Context, data store.Record) (*Team, error) {
	row, err := c.Store.Create(c, team, data.With(store.Record{"memberCount": 0}))
	return teamOf(c.Auth, row), err
}

func (p *Plugin) updateTeam() auth.Endpoint {
	change := withFields(p.opts.Schema.Team.AdditionalFields,
		schema.Field("name", schema.String().Min(1)), schema.Field("organizationId", schema.String()),
	).Partial()
	return auth.Handle(auth.Route{
		ID: "updateTeam", Methods: []string{http.MethodPost}, Path: "/organization/update-team", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Update an existing team in an organization", OpenAPI: changedTeamDocument(),
	}, p.changeTeam).WithBody(schema.Object(
		schema.Field("teamId", schema.String().Doc(`The ID of the team to be updated. Eg: "team-id"`)), schema.Field("data", change),
	))
}

type updateTeamRequest struct {
	TeamID string     `json:"teamId"`
	Data   *js.Object `json:"data"`
}

func (p *Plugin) changeTeam(c *auth.Context, in *updateTeamRequest) (*auth.PublicRow, error) {
	given, _ := in.Data.Get("organizationId")
	id, _ := given.(string)
	if id = chosen(c, id); id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMember(c, c.Session.User.ID, id)
	if err == nil && m == nil {
		err = auth.Forbidden(MayNotUpdateTeam)
	}
	if err == nil {
		err = p.demand(c, m, MayNotUpdateTeam, "team", "update")
	}
	if err != nil {
		return nil, err
	}
	old, org, err := p.getTeam(c, id, in.TeamID)
	if err != nil {
		return nil, err
	}
	change := recordOf(in.Data, "organizationId")
	if hook := p.opts.OrganizationHooks.BeforeUpdateTeam; hook != nil {
		answer, err := hook(c, TeamUpdate{old, change, c.Session.User, org})
		if err != nil {
			return nil, auth.FromCallback(err)
		}
		// The data of this hook take the place of the changes; they are not merged.
		if answer.Data != nil {
			change = answer.Data.Without("id")
		}
	}
	row, err := c.Store.Update(c, team, []store.Where{store.Is("id", old.ID), store.Is("organizationId", id)}, change)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, auth.BadRequest(TeamNotFound)
	case err != nil:
		return nil, err
	}
	changed := teamOf(c.Auth, row)
	return changed.Public(), notify(c, p.opts.OrganizationHooks.AfterUpdateTeam, TeamEvent{changed, c.Session.User, org})
}

// findTeam returns a team of an organization, nil if there is none.
func (p *Plugin) findTeam(c *auth.Context, organizationID, teamID string) (*Team, error) {
	row, err := orNil(c.Store.Get(c, team, store.Given("id", teamID), store.Given("organizationId", organizationID)))
	return teamOf(c.Auth, row), err
}

// getTeam returns a team of an organization, and the organization, or a 400.
func (p *Plugin) getTeam(c *auth.Context, organizationID, teamID string) (*Team, *Organization, error) {
	t, err := p.findTeam(c, organizationID, teamID)
	if err == nil && t == nil {
		err = auth.BadRequest(TeamNotFound)
	}
	if err != nil {
		return nil, nil, err
	}
	org, err := p.get(c, organizationID)
	return t, org, err
}
