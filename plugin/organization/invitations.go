package organization

import (
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// visibleInvitations returns the invitations of an organization that a member may see. The id of an invitation is what
// its link is made of, so that only members who may invite see them, and those with the creator's role only members with
// that role.
func (p *Plugin) visibleInvitations(c *auth.Context, m *Member) ([]*Invitation, error) {
	allowed, err := p.allows(c, m.OrganizationID, m.Role, access.Need("invitation", "create"))
	if err != nil || !allowed {
		return nil, err
	}
	return p.listInvitationsFor(c, m)
}

func (p *Plugin) listInvitationsFor(c *auth.Context, m *Member) ([]*Invitation, error) {
	rows, err := c.Store.Find(c, invitation, store.Query{Where: []store.Where{store.Is("organizationId", m.OrganizationID)}})
	if err != nil {
		return nil, err
	}
	out := make([]*Invitation, len(rows))
	for i, row := range rows {
		out[i] = invitationOf(c.Auth, row)
	}
	if !p.creates(m.Role) {
		out = slices.DeleteFunc(out, func(i *Invitation) bool { return p.creates(i.Role) })
	}
	return out, nil
}

type organizationQuery struct {
	_              struct{} `query:"optional"`
	OrganizationID string   `query:"organizationId,omitempty" doc:"The ID of the organization to list invitations for"`
}

func (p *Plugin) listInvitations() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listInvitations", Methods: []string{http.MethodGet}, Path: "/organization/list-invitations", Session: auth.RequireSession,
		NeedHeaders: true, OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *organizationQuery) (*[]any, error) {
		id := chosen(c, in.OrganizationID)
		if id == "" {
			return nil, auth.Status(http.StatusBadRequest, "Organization ID is required")
		}
		m, err := p.findMember(c, c.Session.User.ID, id)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, auth.Status(http.StatusForbidden, "You are not a member of this organization")
		}
		if err := p.demand(c, m, MayNotListInvitations, "invitation", "create"); err != nil {
			return nil, err
		}
		list, err := p.listInvitationsFor(c, m)
		out := publicRows(list)
		return &out, err
	})
}

type getInvitationRequest struct {
	ID string `query:"id" doc:"The ID of the invitation to get"`
}

func (p *Plugin) getInvitation() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getInvitation", Methods: []string{http.MethodGet}, Path: "/organization/get-invitation", Session: auth.OptionalSession,
		NeedHeaders: true, Summary: "Get an invitation by ID", OpenAPI: getInvitationDocument(),
	}, p.showInvitation)
}

func (p *Plugin) showInvitation(c *auth.Context, in *getInvitationRequest) (*auth.PublicRow, error) {
	if c.Session == nil {
		return nil, auth.Status(http.StatusUnauthorized, "Not authenticated")
	}
	i, err := p.findInvitation(c, in.ID)
	if err != nil {
		return nil, err
	}
	if !i.open(c.Now()) {
		return nil, auth.BadRequest(InvitationNotFound)
	}
	if err := p.demandRecipient(c, i, VerifyEmailToSee); err != nil {
		return nil, err
	}
	org, err := p.get(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	inviter, err := p.findMemberWithUser(c, i.InviterID, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	if inviter == nil {
		return nil, auth.BadRequest(InviterHasLeft)
	}
	user, _ := inviter.row["user"].(*js.Object)
	email, _ := user.Get("email")
	return i.table.Public(i.row.With(store.Record{"organizationName": org.Name, "organizationSlug": org.Slug, "inviterEmail": email})), nil
}

type userInvitationsRequest struct {
	_     struct{} `query:"optional"`
	Email string   `query:"email,omitempty" doc:"The email of the user to list invitations for. This only works for server side API calls."`
}

func (p *Plugin) listUserInvitations() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listUserInvitations", Methods: []string{http.MethodGet}, Path: "/organization/list-user-invitations", Session: auth.OptionalSession,
		Summary: "List all invitations a user has received", OpenAPI: listUserInvitationsDocument(),
	}, p.invitationsOfUser)
}

func (p *Plugin) invitationsOfUser(c *auth.Context, in *userInvitationsRequest) (*[]*auth.PublicRow, error) {
	if c.Request != nil && in.Email != "" {
		return nil, auth.Status(http.StatusBadRequest, "User email cannot be passed for client side API calls.")
	}
	email := in.Email
	if c.Session != nil {
		if !c.Session.User.EmailVerified {
			return nil, auth.Forbidden(VerifyEmailToSee)
		}
		email = c.Session.User.Email
	}
	if email == "" {
		return nil, auth.Status(http.StatusBadRequest, "Missing session headers, or email query parameter.")
	}
	rows, err := c.Store.Find(c, invitation, store.Query{
		Where: []store.Where{store.Given("email", auth.LowerCase(email)), store.Is("status", Pending)}, Join: []string{"organizationId"},
	})
	if err != nil {
		return nil, err
	}
	out := make([]*auth.PublicRow, len(rows))
	for i, row := range rows {
		org, _ := row[organization].(store.Record)
		out[i] = invitationOf(c.Auth, row.Without(organization).With(store.Record{"organizationName": org.Text("name")})).Public()
	}
	return &out, nil
}
