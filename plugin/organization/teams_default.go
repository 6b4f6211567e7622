package organization

import (
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// addDefaultTeam creates the team of a new organization with its creator, and returns the team's id; "" if the options
// want none. Its hooks are called.
func (p *Plugin) addDefaultTeam(c *auth.Context, org *Organization, user *auth.User) (teamID string, err error) {
	own := p.opts.Teams.DefaultTeam
	if !p.opts.Teams.Enabled || (own.Enabled != nil && !*own.Enabled) {
		return "", nil
	}
	given := store.Record{"organizationId": org.ID, "name": org.Name}
	data, err := before(c, p.opts.OrganizationHooks.BeforeCreateTeam, NewTeam{given, user, org}, given)
	if err != nil {
		return "", err
	}
	custom, err := p.customTeam(c, org)
	if err != nil {
		return "", err
	}
	made := custom
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, org.ID); err != nil {
			return err
		}
		if custom == nil {
			if made, err = storeTeam(c, store.Record{"createdAt": c.Now()}.With(data)); err != nil {
				return err
			}
		}
		_, err := p.joinTeam(c, user.ID, place{team: made})
		return err
	})
	if err != nil {
		return "", err
	}
	return made.ID, notify(c, p.opts.OrganizationHooks.AfterCreateTeam, TeamEvent{made, user, org})
}

// customTeam returns the team that the option customCreateDefaultTeam has created, nil if it has created none.
func (p *Plugin) customTeam(c *auth.Context, org *Organization) (*Team, error) {
	custom := p.opts.Teams.DefaultTeam.CustomCreateDefaultTeam
	if custom == nil {
		return nil, nil
	}
	row, err := custom(c, DefaultTeamRequest{org, c})
	if err != nil || row == nil {
		return nil, auth.FromCallback(err)
	}
	t, err := p.findTeam(c, org.ID, row.Text("id"))
	if err == nil && t == nil {
		err = fmt.Errorf("organization: customCreateDefaultTeam returned %q, which is not a team of the new organization", row.Text("id"))
	}
	if err != nil {
		return nil, err
	}
	// Hooks are sent what the callback returned.
	t.row, t.table = row, nil
	return t, nil
}
