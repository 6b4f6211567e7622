package organization

import (
	"cmp"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type roleRequest struct {
	Role           any    `json:"role"`
	MemberID       string `json:"memberId"`
	OrganizationID string `json:"organizationId"`
}

// BodySchema returns the schema of the body.
func (roleRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("role", schema.Union(schema.String(), schema.Array(schema.String())).Doc(`The new role to be applied. This can be a string or array of strings representing the roles. Eg: ["admin", "sale"]`)),
		schema.Field("memberId", schema.String().Doc(`The member id to apply the role update to. Eg: "member-id"`)),
		schema.Field("organizationId", schema.String().Doc(`An optional organization ID which the member is a part of to apply the role update. If not provided, you must provide session headers to get the active organization. Eg: "organization-id"`).Optional()),
	)
}

func (p *Plugin) updateMemberRole() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "updateMemberRole", Methods: []string{http.MethodPost}, Path: "/organization/update-member-role", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Update the role of a member in an organization",
		OpenAPI: auth.Described("updateOrganizationMemberRole", "Update the role of a member in an organization", memberAnswerShape()),
	}, p.updateRole)
}

func (p *Plugin) updateRole(c *auth.Context, in *roleRequest) (*auth.PublicRow, error) {
	refused := auth.Fail(http.StatusBadRequest, auth.Code{})
	if !js.Truthy(in.Role) {
		return nil, refused
	}
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	roles := rolesSent(in.Role)
	if len(roles) == 0 {
		return nil, refused
	}
	m, target, err := p.roleChange(c, id, in.MemberID, roles)
	if err != nil {
		return nil, err
	}
	if err := p.checkGiven(c, m.OrganizationID, roles); err != nil {
		return nil, err
	}
	org, user, err := p.about(c, target)
	if err != nil {
		return nil, err
	}
	hooks, asked := &p.opts.OrganizationHooks, joined(roles)
	data, err := before(c, hooks.BeforeUpdateMemberRole, RoleChange{target, asked, user, org}, store.Record{"role": asked})
	if err != nil {
		return nil, err
	}
	updated, err := p.setRole(c, m, target, asked, cmp.Or(data.Text("role"), asked))
	if err != nil {
		return nil, err
	}
	return updated.Public(), notify(c, hooks.AfterUpdateMemberRole, RoleChanged{updated, target.Role, user, org})
}

// checkGiven returns a 400 if one of the roles does not exist in the organization.
func (p *Plugin) checkGiven(c *auth.Context, organizationID string, roles []string) error {
	return p.checkRoles(c, organizationID, roles, func(list string) error {
		return auth.BadRequest(auth.Code{Name: RoleNotFound.Name, Message: RoleNotFound.Name + ": " + list})
	})
}

// roleChange returns the caller's membership and the one whose role is to be changed, after the checks of rights.
func (p *Plugin) roleChange(c *auth.Context, organizationID, memberID string, roles []string) (m, target *Member, err error) {
	if m, err = p.findMemberWithUser(c, c.Session.User.ID, organizationID); err != nil {
		return nil, nil, err
	}
	if m == nil {
		return nil, nil, auth.BadRequest(MemberNotFound)
	}
	target = m
	if m.ID != memberID {
		if target, err = p.findMemberByID(c, memberID); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case target == nil:
		return nil, nil, auth.BadRequest(MemberNotFound)
	case target.OrganizationID != m.OrganizationID:
		return nil, nil, auth.Forbidden(MayNotUpdateMember)
	}
	return m, target, p.maySetRole(c, m, target, joined(roles))
}

// maySetRole returns an error if m may not give target this role, both members of one organization.
func (p *Plugin) maySetRole(c *auth.Context, m, target *Member, role string) error {
	if (p.creates(target.Role) || p.creates(role)) && !p.creates(m.Role) {
		return auth.Forbidden(MayNotUpdateMember)
	}
	if err := p.leavesCreator(c, target, role); err != nil || p.creates(m.Role) {
		return err
	}
	return p.demand(c, m, MayNotUpdateMember, "member", "update")
}

// leavesCreator returns a 400 if no member would have the creator's role once target has the new role.
func (p *Plugin) leavesCreator(c *auth.Context, target *Member, role string) error {
	if !p.creates(target.Role) || p.creates(role) {
		return nil
	}
	other, err := p.otherCreator(c, target)
	if err == nil && !other {
		err = auth.BadRequest(WithoutOwner)
	}
	return err
}

// setRole writes the role of a member, after checking again with the roles that both have then. A hook may have chosen
// another role than the one that was asked for.
func (p *Plugin) setRole(c *auth.Context, m, target *Member, asked, role string) (updated *Member, err error) {
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, m.OrganizationID); err != nil {
			return err
		}
		by, of, err := p.both(c, m, target)
		if err != nil {
			return err
		}
		if err := p.maySetRole(c, by, of, asked); err != nil {
			return err
		}
		// A role that was deleted meanwhile would come back to its members when somebody creates another one of that name.
		if err := p.checkGiven(c, m.OrganizationID, RoleList(asked)); err != nil {
			return err
		}
		if err := p.leavesCreator(c, of, role); err != nil {
			return err
		}
		row, err := orNil(c.Store.Update(c, member, []store.Where{store.Is("id", of.ID)}, store.Record{"role": role}))
		if err == nil && row == nil {
			err = auth.BadRequest(MemberNotFound)
		}
		updated = memberOf(c.Auth, row)
		return err
	})
	return updated, err
}

// both reads two memberships again.
func (p *Plugin) both(c *auth.Context, m, target *Member) (by, of *Member, err error) {
	if by, err = p.findMember(c, m.UserID, m.OrganizationID); err != nil {
		return nil, nil, err
	}
	if of, err = p.findMember(c, target.UserID, target.OrganizationID); err != nil {
		return nil, nil, err
	}
	if by == nil || of == nil {
		return nil, nil, auth.BadRequest(MemberNotFound)
	}
	return by, of, nil
}
