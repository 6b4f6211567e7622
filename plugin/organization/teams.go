package organization

import (
	"github.com/seed-32bd42cb/betterauth/auth"
)

// teamEndpoints returns the endpoints of teams, none if they are not enabled.
func (p *Plugin) teamEndpoints() []auth.Endpoint { return nil }

// addDefaultTeam creates the team of a new organization with its creator, and returns the team's id; "" if the options
// want none. Its hooks are called.
func (p *Plugin) addDefaultTeam(*auth.Context, *Organization, *auth.User) (teamID string, err error) {
	return "", nil
}

// checkInvitedTeams checks the teams that an invitation names: that they are in the organization and not full.
func (p *Plugin) checkInvitedTeams(*auth.Context, *Organization, []string) error { return nil }

// joinTeams adds a user to teams of an organization, within the transaction of c, which holds the organization's lock.
// session is nil for calls without one.
func (p *Plugin) joinTeams(c *auth.Context, organizationID, userID string, teamIDs []string, session *auth.SignedIn) error {
	return nil
}

// leaveTeams takes a user out of all teams of an organization, within the transaction of c.
func (p *Plugin) leaveTeams(c *auth.Context, organizationID, userID string) error { return nil }

// deleteTeams deletes all teams of an organization, within the transaction of c.
func (p *Plugin) deleteTeams(c *auth.Context, organizationID string) error { return nil }

// listTeams returns the teams of an organization, for its full answer.
func (p *Plugin) listTeams(c *auth.Context, organizationID string) ([]*Team, error) { return nil, nil }

// findTeam returns a team of an organization, nil if there is none.
func (p *Plugin) findTeam(c *auth.Context, organizationID, teamID string) (*Team, error) {
	return nil, nil
}
