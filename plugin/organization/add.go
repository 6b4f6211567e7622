package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) addMember() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "addMember", Methods: []string{http.MethodPost}, Session: auth.OptionalSession, Summary: "Add a member to an organization",
		OpenAPI: js.Obj("operationId", "addOrganizationMember", "description", "Add a member to an organization"),
	}, p.add).WithBody(withFields(p.opts.Schema.Member.AdditionalFields,
		schema.Field("userId", schema.String().Coerce().Doc(`The ID of the user to add as a member. Eg: "user-id"`)),
		schema.Field("role", schema.Union(schema.String(), schema.Array(schema.String())).Doc(`The role(s) to assign to the new member. Eg: ["admin", "sale"]`)),
		schema.Field("organizationId", schema.String().Doc(`An optional organization ID to pass. If not provided, will default to the user's active organization. Eg: "org-id"`).Optional()),
		schema.Field("teamId", schema.String().Doc(`An optional team ID to add the member to. Eg: "team-id"`).Optional()),
	))
}

// add adds a member without an invitation. Only the program can call it, so it checks no permission.
func (p *Plugin) add(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	id := chosen(c, in.text("organizationId"))
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	teamID := in.text("teamId")
	if teamID != "" && !p.opts.Teams.Enabled {
		return nil, auth.Status(http.StatusBadRequest, "Teams are not enabled")
	}
	user, org, err := p.newcomer(c, in.text("userId"), id, teamID)
	if err != nil {
		return nil, err
	}
	limit, err := p.memberLimit(c, user, org)
	if err != nil {
		return nil, err
	}
	if err := checkMemberLimit(c, org.ID, limit); err != nil {
		return nil, err
	}
	roles, _ := in.Body.Get("role")
	row := recordOf(in.Body).With(store.Record{"organizationId": org.ID, "userId": user.ID, "role": joined(rolesSent(roles))})
	hooks := &p.opts.OrganizationHooks
	if row, err = before(c, hooks.BeforeAddMember, NewMember{row, user, org}, row); err != nil {
		return nil, err
	}
	var teams []place
	if teamID != "" {
		if teams, err = p.places(c, org.ID, []string{teamID}, c.Session); err != nil {
			return nil, err
		}
	}
	var m *Member
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, org.ID); err != nil {
			return err
		}
		if err := p.checkJoin(c, user.ID, org.ID, limit); err != nil {
			return err
		}
		if m, err = createMember(c, row); err != nil {
			return err
		}
		return p.joinTeams(c, user.ID, teams)
	})
	if err != nil {
		return nil, err
	}
	return m.Public(), notify(c, hooks.AfterAddMember, MemberEvent{m, user, org})
}

// newcomer returns the user and the organization of a new membership, after the checks of the reference in its order.
func (p *Plugin) newcomer(c *auth.Context, userID, organizationID, teamID string) (*auth.User, *Organization, error) {
	user, err := c.Users.FindBy(c, "id", userID)
	if err != nil {
		return nil, nil, err
	}
	if user == nil {
		return nil, nil, auth.BadRequest(auth.UserNotFound)
	}
	m, err := p.findMember(c, user.ID, organizationID)
	if err != nil {
		return nil, nil, err
	}
	if m != nil {
		return nil, nil, auth.BadRequest(AlreadyMember)
	}
	if teamID != "" {
		found, err := p.findTeam(c, organizationID, teamID)
		if err != nil {
			return nil, nil, err
		}
		if found == nil {
			return nil, nil, auth.BadRequest(TeamNotFound)
		}
	}
	org, err := p.get(c, organizationID)
	return user, org, err
}

// defaultMembershipLimit is the number of members that an organization may have if the options set no number.
const defaultMembershipLimit = 100

// memberLimit returns the number of members that an organization may have when a user joins.
func (p *Plugin) memberLimit(c *auth.Context, user *auth.User, org *Organization) (int, error) {
	limit, _, err := p.opts.MembershipLimit.of(c, MembershipRequest{user, org})
	if limit == 0 && p.opts.MembershipLimit.Func == nil {
		limit = defaultMembershipLimit
	}
	return limit, err
}

func checkMemberLimit(c *auth.Context, organizationID string, limit int) error {
	n, err := countMembers(c, organizationID)
	if err == nil && n >= limit {
		err = auth.Forbidden(TooManyMembers)
	}
	return err
}

// checkJoin checks again, under the organization's lock, that a user may become a member.
func (p *Plugin) checkJoin(c *auth.Context, userID, organizationID string, limit int) error {
	m, err := p.findMember(c, userID, organizationID)
	if err != nil {
		return err
	}
	if m != nil {
		return auth.BadRequest(AlreadyMember)
	}
	return checkMemberLimit(c, organizationID, limit)
}
