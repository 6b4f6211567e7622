package organization

import "github.com/seed-32bd42cb/betterauth/auth"

// roleEndpoints returns the endpoints of roles that members create, none if they are not enabled.
func (p *Plugin) roleEndpoints() []auth.Endpoint { return nil }

// deleteRoles deletes all roles of an organization, within the transaction of c.
func (p *Plugin) deleteRoles(c *auth.Context, organizationID string) error { return nil }
