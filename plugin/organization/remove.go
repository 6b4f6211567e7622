package organization

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type removeRequest struct {
	MemberIDOrEmail string `json:"memberIdOrEmail" doc:"The ID or email of the member to remove"`
	OrganizationID  string `json:"organizationId,omitempty" doc:"The ID of the organization to remove the member from. If not provided, the active organization will be used. Eg: \"org-id\""`
}

type memberAnswer struct {
	Member *auth.PublicRow `json:"member"`
}

func (p *Plugin) removeMember() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "removeMember", Methods: []string{http.MethodPost}, Path: "/organization/remove-member", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Remove a member from an organization",
		OpenAPI: auth.Described("", "Remove a member from an organization", memberAnswerShape()),
	}, p.remove)
}

func (p *Plugin) remove(c *auth.Context, in *removeRequest) (*memberAnswer, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMember(c, c.Session.User.ID, id)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, auth.BadRequest(MemberNotFound)
	}
	target, err := p.findTarget(c, in.MemberIDOrEmail, m.OrganizationID)
	if err != nil {
		return nil, err
	}
	if err := p.mayRemove(c, m, target); err != nil {
		return nil, err
	}
	org, user, err := p.about(c, target)
	if err != nil {
		return nil, err
	}
	hooks, event := &p.opts.OrganizationHooks, MemberEvent{target, user, org}
	if err := notify(c, hooks.BeforeRemoveMember, event); err != nil {
		return nil, err
	}
	if err := p.end(c, target, func(c *auth.Context, now *Member) error { return p.mayRemoveNow(c, m, now) }); err != nil {
		return nil, err
	}
	if err := p.leaveIfActive(c, target); err != nil {
		return nil, err
	}
	report(c, MemberRemoved, org.ID, target.UserID)
	return &memberAnswer{target.Public()}, notify(c, hooks.AfterRemoveMember, event)
}

// findTarget returns the member of the organization that a client names by id or address. The answer of one that was
// named by the address has the user's profile, as in the reference.
func (p *Plugin) findTarget(c *auth.Context, idOrEmail, organizationID string) (target *Member, err error) {
	if strings.Contains(idOrEmail, "@") {
		target, err = p.findMemberByEmail(c, idOrEmail, organizationID)
	} else if target, err = p.findMemberByID(c, idOrEmail); target != nil {
		target = memberOf(c.Auth, target.row.Without("user"))
	}
	if err == nil && (target == nil || target.OrganizationID != organizationID) {
		err = auth.BadRequest(MemberNotFound)
	}
	return target, err
}

// mayRemove returns an error if m may not remove target, both members of one organization.
func (p *Plugin) mayRemove(c *auth.Context, m, target *Member) error {
	if err := p.keepsCreator(c, m, target); err != nil {
		return err
	}
	allowed, err := p.allows(c, m.OrganizationID, m.Role, access.Need("member", "delete"))
	if err == nil && !allowed {
		err = auth.Unauthorized(MayNotDeleteMember)
	}
	return err
}

// keepsCreator returns an error if target has the creator's role and m has not, or if no member with that role would be
// left.
func (p *Plugin) keepsCreator(c *auth.Context, m, target *Member) error {
	if !p.creates(target.Role) {
		return nil
	}
	if !p.creates(m.Role) {
		return auth.BadRequest(OnlyOwner)
	}
	other, err := p.otherCreator(c, target)
	if err == nil && !other {
		err = auth.BadRequest(OnlyOwner)
	}
	return err
}

// mayRemoveNow is mayRemove under the organization's lock: with the roles that both have then.
func (p *Plugin) mayRemoveNow(c *auth.Context, m, target *Member) error {
	now, err := p.findMember(c, m.UserID, m.OrganizationID)
	if err != nil {
		return err
	}
	if now == nil {
		return auth.BadRequest(MemberNotFound)
	}
	return p.mayRemove(c, now, target)
}

// about returns the organization and the user of a membership.
func (p *Plugin) about(c *auth.Context, m *Member) (*Organization, *auth.User, error) {
	org, err := p.get(c, m.OrganizationID)
	if err != nil {
		return nil, nil, err
	}
	user, err := c.Users.Find(c, m.UserID)
	if err == nil && user == nil {
		err = auth.Status(http.StatusBadRequest, "User not found")
	}
	return org, user, err
}

// end deletes a membership, after check has approved it as it is stored then. Other calls that change members wait
// meanwhile.
func (p *Plugin) end(c *auth.Context, m *Member, check func(c *auth.Context, now *Member) error) error {
	return c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, m.OrganizationID); err != nil {
			return err
		}
		row, err := orNil(c.Store.Get(c, member, store.Is("id", m.ID)))
		if err != nil {
			return err
		}
		if row == nil {
			return auth.BadRequest(MemberNotFound)
		}
		if err := check(c, memberOf(c.Auth, row)); err != nil {
			return err
		}
		if err := c.Store.Delete(c, member, store.Is("id", m.ID)); err != nil {
			return err
		}
		return p.leaveTeams(c, m.OrganizationID, m.UserID)
	})
}

// leaveIfActive makes no organization active if the caller has just left the active one.
func (p *Plugin) leaveIfActive(c *auth.Context, m *Member) error {
	if c.Session.User.ID != m.UserID || activeOf(c) != m.OrganizationID {
		return nil
	}
	_, err := setActive(c, "")
	return err
}

type leaveRequest struct {
	OrganizationID string `json:"organizationId" doc:"The organization Id for the member to leave. Eg: \"organization-id\""`
}

func (p *Plugin) leave() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "leaveOrganization", Methods: []string{http.MethodPost}, Path: "/organization/leave", Session: auth.RequireSession,
		NeedHeaders: true, OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *leaveRequest) (*auth.PublicRow, error) {
		m, err := p.findMemberWithUser(c, c.Session.User.ID, in.OrganizationID)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, auth.BadRequest(MemberNotFound)
		}
		check := func(c *auth.Context, now *Member) error { return p.keepsCreator(c, now, now) }
		if err := p.end(c, m, check); err != nil {
			return nil, err
		}
		report(c, MemberRemoved, m.OrganizationID, m.UserID)
		return m.Public(), p.leaveIfActive(c, m)
	})
}
