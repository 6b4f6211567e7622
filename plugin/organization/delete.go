package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type deleteRequest struct {
	OrganizationID string `json:"organizationId" doc:"The organization id to delete"`
}

func (p *Plugin) delete() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteOrganization", Methods: []string{http.MethodPost}, Path: "/organization/delete", Session: auth.OptionalSession,
		NeedHeaders: true, Summary: "Delete an organization", OpenAPI: deleteDocument(),
	}, p.deleteOrganization)
}

func (p *Plugin) deleteOrganization(c *auth.Context, in *deleteRequest) (*auth.PublicRow, error) {
	switch {
	case p.opts.DisableOrganizationDeletion:
		return nil, auth.NotFound(DeletionDisabled)
	case c.Session == nil:
		return nil, auth.Unauthorized(auth.Code{})
	case in.OrganizationID == "":
		return nil, auth.BadRequest(NotFound)
	}
	m, err := p.findMember(c, c.Session.User.ID, in.OrganizationID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, auth.BadRequest(UserNotMember)
	}
	if err := p.demand(c, m, MayNotDelete, "organization", "delete"); err != nil {
		return nil, err
	}
	org, err := p.get(c, m.OrganizationID)
	if err != nil {
		return nil, err
	}
	hooks, about := &p.opts.OrganizationHooks, OrganizationDeletion{org, c.Session.User, c}
	if err := notify(c, hooks.BeforeDeleteOrganization, about); err != nil {
		return nil, err
	}
	if err := p.erase(c, org.ID); err != nil {
		return nil, err
	}
	if org.ID == activeOf(c) {
		if _, err := setActive(c, ""); err != nil {
			return nil, err
		}
	}
	report(c, Deleted, org.ID, "")
	return org.Public(), notify(c, hooks.AfterDeleteOrganization, about)
}

// erase deletes an organization and all that belongs to it.
func (p *Plugin) erase(c *auth.Context, id string) error {
	return c.Tx(func(c *auth.Context) error {
		if err := c.Store.Lock(c, organization, store.Is("id", id)); err != nil {
			return err
		}
		for _, model := range []string{member, invitation} {
			if _, err := c.Store.DeleteMany(c, model, store.Is("organizationId", id)); err != nil {
				return err
			}
		}
		if err := p.deleteTeams(c, id); err != nil {
			return err
		}
		if err := p.deleteRoles(c, id); err != nil {
			return err
		}
		return c.Store.Delete(c, organization, store.Is("id", id))
	})
}
