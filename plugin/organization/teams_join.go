package organization

import (
	"errors"
	"math"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// place is a team that somebody is about to join, with the number of members that it may have.
type place struct {
	team    *Team
	limit   int
	limited bool
}

// placeIn returns a place in a team. It calls the option maximumMembersPerTeam if that is a callback, so it belongs
// before a transaction. A callback needs a session, as in the reference; without one the error is a 401.
func (p *Plugin) placeIn(c *auth.Context, t *Team, session *auth.SignedIn) (place, error) {
	request := TeamMemberLimitRequest{TeamID: t.ID, OrganizationID: t.OrganizationID}
	if session != nil {
		request.Session = *session
	} else if p.opts.Teams.MaximumMembersPerTeam.Func != nil {
		return place{}, auth.Unauthorized(auth.Code{})
	}
	limit, limited, err := p.opts.Teams.MaximumMembersPerTeam.of(c, request)
	return place{t, limit, limited}, err
}

// places returns places in teams of an organization. The error is a 400 if one of the teams is not there.
func (p *Plugin) places(c *auth.Context, organizationID string, teamIDs []string, session *auth.SignedIn) ([]place, error) {
	if !p.opts.Teams.Enabled {
		return nil, nil
	}
	var out []place
	for _, id := range teamIDs {
		t, err := p.findTeam(c, organizationID, id)
		if err == nil && t == nil {
			err = auth.BadRequest(TeamNotFound)
		}
		if err != nil {
			return nil, err
		}
		one, err := p.placeIn(c, t, session)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// joinTeams makes a user a member of teams, within the transaction of c, which holds the organization's lock.
func (p *Plugin) joinTeams(c *auth.Context, userID string, places []place) error {
	for _, one := range places {
		if _, err := p.joinTeam(c, userID, one); err != nil {
			return err
		}
	}
	return nil
}

// joinTeam makes a user a member of a team, or returns the membership that there is, within the transaction of c, which
// holds the organization's lock.
func (p *Plugin) joinTeam(c *auth.Context, userID string, at place) (*TeamMember, error) {
	t, err := p.findTeam(c, at.team.OrganizationID, at.team.ID)
	if err == nil && t == nil {
		err = auth.BadRequest(TeamNotFound) // removed since
	}
	if err != nil {
		return nil, err
	}
	if m, err := p.findTeamMember(c, t.ID, userID); err != nil || m != nil {
		return m, err
	}
	// The rows are counted, not read from memberCount: that is too high once a member's user has been deleted.
	n, err := countTeamMembers(c, t.ID)
	if err != nil {
		return nil, err
	}
	if at.limited && n >= at.limit {
		return nil, auth.Forbidden(TooManyTeamMembers)
	}
	row, err := c.Store.Create(c, teamMember, store.Record{
		"teamId": t.ID, "userId": userID, "membershipKey": membershipKey(t.ID, userID), "createdAt": c.Now(),
	})
	if err != nil {
		return nil, err
	}
	change := store.Change{Add: map[string]int64{"memberCount": int64(n+1) - memberCount(t)}}
	if memberCount(t) < int64(n) { // as in the reference, correcting the number counts as a change of the team
		change = store.Change{Set: store.Record{"memberCount": n + 1}}
	}
	return teamMemberOf(c.Auth, row), countIn(c, t.ID, change)
}

// membershipKey returns the value of a unique column, so that nobody is in a team twice.
func membershipKey(teamID, userID string) string {
	return secret.Digest(string(js.Marshal([]any{teamID, userID})))
}

func memberCount(t *Team) int64 {
	n, _ := t.row["memberCount"].(float64)
	return int64(n)
}

// countIn changes the number of members in a team's row. Other servers on the database rely on it.
func countIn(c *auth.Context, teamID string, change store.Change, more ...store.Where) error {
	_, err := c.Store.Increment(c, team, append(more, store.Is("id", teamID)), change)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func countTeamMembers(c *auth.Context, teamID string) (int, error) {
	n, err := c.Store.Count(c, teamMember, store.Is("teamId", teamID))
	return int(n), err
}

// leaveTeam takes a user out of a team, within the transaction of c.
func (p *Plugin) leaveTeam(c *auth.Context, teamID, userID string) error {
	n, err := c.Store.DeleteMany(c, teamMember, store.Is("teamId", teamID), store.Is("userId", userID))
	if err != nil || n == 0 {
		return err
	}
	return countIn(c, teamID, store.Change{Add: map[string]int64{"memberCount": -n}}, store.Where{Field: "memberCount", Op: store.Gte, Value: n})
}

// leaveTeams takes a user out of all teams of an organization, within the transaction of c.
func (p *Plugin) leaveTeams(c *auth.Context, organizationID, userID string) error {
	if !p.opts.Teams.Enabled {
		return nil
	}
	rows, err := c.Store.Find(c, teamMember, store.Query{Where: []store.Where{store.Is("userId", userID)}, Join: []string{"teamId"}, Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	for _, row := range rows {
		joined, _ := row[team].(store.Record)
		if joined.Text("organizationId") != organizationID {
			continue
		}
		if err := p.leaveTeam(c, joined.Text("id"), userID); err != nil {
			return err
		}
	}
	return nil
}

// checkInvitedTeams checks the teams that an invitation names: that they are in the organization and not full.
func (p *Plugin) checkInvitedTeams(c *auth.Context, org *Organization, teamIDs []string) error {
	if !p.opts.Teams.Enabled {
		return nil
	}
	teams := make([]*Team, len(teamIDs))
	for _, id := range teamIDs {
		if strings.Contains(id, ",") {
			return auth.BadRequest(InvalidTeamID)
		}
	}
	for i, id := range teamIDs {
		t, err := p.findTeam(c, org.ID, id)
		if err == nil && t == nil {
			err = auth.BadRequest(TeamNotFound)
		}
		if err != nil {
			return err
		}
		teams[i] = t
	}
	for _, t := range teams {
		at, err := p.placeIn(c, t, c.Session)
		if err != nil {
			return err
		}
		if !at.limited {
			continue
		}
		n, err := countTeamMembers(c, t.ID)
		if err == nil && n >= at.limit {
			err = auth.Forbidden(TooManyTeamMembers)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
