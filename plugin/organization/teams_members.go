package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type addTeamMemberRequest struct {
	TeamID         string `json:"teamId" doc:"The team the user should be a member of."`
	UserID         string `json:"userId" coerce:"true" doc:"The user Id which represents the user to be added as a member."`
	OrganizationID string `json:"organizationId,omitempty" doc:"The organization ID which the team falls under. If not provided, it will default to the user's active organization."`
}

type removeTeamMemberRequest struct {
	TeamID         string `json:"teamId" doc:"The team the user should be removed from."`
	UserID         string `json:"userId" coerce:"true" doc:"The user which should be removed from the team."`
	OrganizationID string `json:"organizationId,omitempty" doc:"The organization ID which the team falls under. If not provided, it will default to the user's active organization."`
}

// seat is what a call about somebody's place in a team is about.
type seat struct {
	team *Team
	org  *Organization
	user *auth.User
}

// findSeat returns the team and the user that a call names, once it is clear that the caller may do the action with
// members, and that the user is one.
func (p *Plugin) findSeat(c *auth.Context, in *addTeamMemberRequest, refused auth.Code, action string) (*seat, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMember(c, c.Session.User.ID, id)
	if err == nil && m == nil {
		err = auth.BadRequest(UserNotMember)
	}
	if err == nil {
		err = p.demand(c, m, refused, "member", action)
	}
	if err != nil {
		return nil, err
	}
	other, err := p.findMember(c, in.UserID, id)
	if err == nil && other == nil {
		err = auth.BadRequest(UserNotMember)
	}
	if err != nil {
		return nil, err
	}
	t, org, err := p.getTeam(c, id, in.TeamID)
	if err != nil {
		return nil, err
	}
	user, err := c.Users.Find(c, other.UserID)
	if err == nil && user == nil {
		err = auth.BadRequest(UserNotMember) // just deleted
	}
	return &seat{t, org, user}, err
}

func (p *Plugin) addTeamMember() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "addTeamMember", Methods: []string{http.MethodPost}, Path: "/organization/add-team-member", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Add a member to a team", OpenAPI: newTeamMemberDocument(),
	}, func(c *auth.Context, in *addTeamMemberRequest) (*auth.PublicRow, error) {
		s, err := p.findSeat(c, in, MayNotCreateTeamMember, "update")
		if err != nil {
			return nil, err
		}
		data := store.Record{"teamId": s.team.ID, "userId": s.user.ID}
		// As in the reference, the hook may refuse but not change who is added.
		if _, err := before(c, p.opts.OrganizationHooks.BeforeAddTeamMember, NewTeamMember{data, s.team, s.user, s.org}, data); err != nil {
			return nil, err
		}
		place, err := p.placeIn(c, s.team, c.Session)
		if err != nil {
			return nil, err
		}
		var added *TeamMember
		err = c.Tx(func(c *auth.Context) error {
			if err := p.lock(c, s.org.ID); err != nil {
				return err
			}
			m, err := p.findMember(c, s.user.ID, s.org.ID)
			if err == nil && m == nil {
				err = auth.BadRequest(UserNotMember) // has left since
			}
			if err == nil {
				added, err = p.joinTeam(c, s.user.ID, place)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return added.Public(), notify(c, p.opts.OrganizationHooks.AfterAddTeamMember, TeamMemberEvent{added, s.team, s.user, s.org})
	})
}

const teamMemberRemoved = "Team member removed successfully."

func (p *Plugin) removeTeamMember() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "removeTeamMember", Methods: []string{http.MethodPost}, Path: "/organization/remove-team-member", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Remove a member from a team", OpenAPI: removedDocument("Remove a member from a team", "Team member removed successfully", teamMemberRemoved),
	}, func(c *auth.Context, in *removeTeamMemberRequest) (*messageAnswer, error) {
		about := addTeamMemberRequest(*in)
		s, err := p.findSeat(c, &about, MayNotRemoveTeamMember, "delete")
		if err != nil {
			return nil, err
		}
		m, err := p.findTeamMember(c, s.team.ID, s.user.ID)
		if err == nil && m == nil {
			err = auth.BadRequest(UserNotTeamMember)
		}
		if err != nil {
			return nil, err
		}
		event := TeamMemberEvent{m, s.team, s.user, s.org}
		if err := notify(c, p.opts.OrganizationHooks.BeforeRemoveTeamMember, event); err != nil {
			return nil, err
		}
		err = c.Tx(func(c *auth.Context) error {
			if err := p.lock(c, s.org.ID); err != nil {
				return err
			}
			return p.leaveTeam(c, s.team.ID, s.user.ID)
		})
		if err != nil {
			return nil, err
		}
		return &messageAnswer{teamMemberRemoved}, notify(c, p.opts.OrganizationHooks.AfterRemoveTeamMember, event)
	})
}
