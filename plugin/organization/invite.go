package organization

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) createInvitation() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createInvitation", Methods: []string{http.MethodPost}, Path: "/organization/invite-member", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Create an invitation to an organization", OpenAPI: invitationDocument(),
	}, p.invite).WithBody(withFields(p.opts.Schema.Invitation.AdditionalFields,
		schema.Field("email", schema.String().Doc("The email address of the user to invite")),
		schema.Field("role", schema.Union(schema.String().Doc("The role to assign to the user"), schema.Array(schema.String().Doc("The roles to assign to the user"))).Doc("The role(s) to assign to the user. It can be `admin`, `member`, owner. Eg: \"member\"")),
		schema.Field("organizationId", schema.String().Doc("The organization ID to invite the user to").Optional()),
		schema.Field("resend", schema.Boolean().Doc("Resend the invitation email, if the user is already invited. Eg: true").Optional()),
		schema.Field("teamId", schema.Union(schema.String().Doc("The team ID to invite the user to").Optional(), schema.Array(schema.String()).Doc("The team IDs to invite the user to").Optional())),
	))
}

// offer is an invitation that is about to be created.
type offer struct {
	email   string
	roles   []string
	teamIDs []string
	inviter *Member // with the user's profile
	org     *Organization
	limit   int // how many pending invitations there may be
}

func (p *Plugin) invite(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	o, err := p.offer(c, in)
	if err != nil {
		return nil, err
	}
	pending, err := p.pending(c, o.email, o.org.ID)
	if err != nil {
		return nil, err
	}
	resend := in.truthy("resend")
	if len(pending) > 0 && !resend && !p.opts.CancelPendingInvitationsOnReInvite {
		return nil, auth.BadRequest(AlreadyInvited)
	}
	if len(pending) > 0 && resend {
		return p.resend(c, o, pending[0])
	}
	if o.limit, err = p.invitationLimit(c, o); err != nil {
		return nil, err
	}
	if err := p.checkInvitationLimit(c, o, pending); err != nil {
		return nil, err
	}
	if p.opts.Teams.Enabled && in.truthy("teamId") {
		if err := p.checkInvitedTeams(c, o.org, o.teamIDs); err != nil {
			return nil, err
		}
	}
	row, err := p.offered(c, in, o)
	if err != nil {
		return nil, err
	}
	made, err := p.insertInvitation(c, o, row)
	if err != nil {
		return nil, err
	}
	p.send(c, made, o.org, o.inviter)
	report(c, MemberInvited, o.org.ID, "", "invitation", made.ID, "role", made.Role)
	return made.Public(), notify(c, p.opts.OrganizationHooks.AfterCreateInvitation, InvitationCreated{made, c.Session.User, o.org})
}

// offer returns the invitation that a body asks for, after the checks of who may invite whom.
func (p *Plugin) offer(c *auth.Context, in *bodyRequest) (*offer, error) {
	id := chosen(c, in.text("organizationId"))
	if id == "" {
		return nil, auth.BadRequest(NotFound)
	}
	o := &offer{email: auth.LowerCase(in.text("email")), teamIDs: teamsSent(in.Body)}
	if _, issues := schema.String().Email().Check(o.email); len(issues) > 0 {
		return nil, auth.BadRequest(auth.InvalidEmail)
	}
	var err error
	if o.inviter, err = p.findMemberWithUser(c, c.Session.User.ID, id); err != nil {
		return nil, err
	}
	if o.inviter == nil {
		return nil, auth.BadRequest(MemberNotFound)
	}
	if err := p.demand(c, o.inviter, MayNotInvite, "invitation", "create"); err != nil {
		return nil, err
	}
	roles, _ := in.Body.Get("role")
	o.roles = rolesSent(roles)
	if err := p.checkOffered(c, o); err != nil {
		return nil, err
	}
	m, err := p.findMemberByEmail(c, o.email, o.inviter.OrganizationID)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return nil, auth.BadRequest(AlreadyMember)
	}
	o.org, err = p.get(c, o.inviter.OrganizationID)
	return o, err
}

// checkOffered checks the roles of an invitation.
func (p *Plugin) checkOffered(c *auth.Context, o *offer) error {
	if len(o.roles) == 0 {
		return auth.BadRequest(RoleNotFound)
	}
	err := p.checkRoles(c, o.inviter.OrganizationID, o.roles, func(list string) error {
		return auth.Status(http.StatusBadRequest, RoleNotFound.Name+": "+list)
	})
	if err == nil && slices.Contains(o.roles, p.opts.CreatorRole) && !p.creates(o.inviter.Role) {
		err = auth.Forbidden(MayNotInviteWithRole)
	}
	return err
}

// teamsSent returns the teams that a body names: a text, a list, or none.
func teamsSent(body *js.Object) []string {
	v, _ := body.Get("teamId")
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var out []string
	for _, one := range list {
		if id, ok := one.(string); ok {
			out = append(out, id)
		}
	}
	return out
}

// pending returns the open invitations to an address.
func (p *Plugin) pending(c *auth.Context, email, organizationID string) ([]*Invitation, error) {
	rows, err := c.Store.Find(c, invitation, store.Query{Where: append(pendingIn(c, organizationID), store.Is("email", email))})
	out := make([]*Invitation, len(rows))
	for i, row := range rows {
		out[i] = invitationOf(c.Auth, row)
	}
	return out, err
}

// pendingIn returns the conditions of the open invitations of an organization.
func pendingIn(c *auth.Context, organizationID string) []store.Where {
	return []store.Where{
		store.Is("organizationId", organizationID), store.Is("status", Pending), {Field: "expiresAt", Op: store.Gt, Value: c.Now()},
	}
}

func (p *Plugin) expiry(c *auth.Context) time.Time {
	return c.Now().Add(time.Duration(p.opts.InvitationExpiresIn) * time.Second)
}

// resend extends an invitation and sends it again.
func (p *Plugin) resend(c *auth.Context, o *offer, i *Invitation) (*auth.PublicRow, error) {
	if p.creates(i.Role) && !p.creates(o.inviter.Role) {
		return nil, auth.Forbidden(MayNotInviteWithRole)
	}
	expires := p.expiry(c)
	if _, err := c.Store.Update(c, invitation, []store.Where{store.Is("id", i.ID)}, store.Record{"expiresAt": expires}); store.UnlessGone(err) != nil {
		return nil, err
	}
	i = invitationOf(c.Auth, i.row.With(store.Record{"expiresAt": expires}))
	p.send(c, i, o.org, o.inviter)
	return i.Public(), nil
}

// defaultInvitationLimit is the number of pending invitations that an organization may have if the options set none.
const defaultInvitationLimit = 100

func (p *Plugin) invitationLimit(c *auth.Context, o *offer) (int, error) {
	limit, set, err := p.opts.InvitationLimit.of(c, InvitationLimitRequest{c.Session.User, o.org, o.inviter, c})
	if !set {
		limit = defaultInvitationLimit
	}
	return limit, err
}

// checkInvitationLimit returns a 403 if the organization has too many pending invitations. Those to the same address,
// which the new one replaces, do not count.
func (p *Plugin) checkInvitationLimit(c *auth.Context, o *offer, replaced []*Invitation) error {
	n, err := c.Store.Count(c, invitation, pendingIn(c, o.org.ID)...)
	if err == nil && int(n)-len(replaced) >= o.limit {
		err = auth.Forbidden(TooManyInvitations)
	}
	return err
}

// offered returns the row of a new invitation, after the hook.
func (p *Plugin) offered(c *auth.Context, in *bodyRequest, o *offer) (store.Record, error) {
	row := recordOf(in.Body, "resend", "teamId").With(store.Record{"role": joined(o.roles), "email": o.email, "organizationId": o.org.ID})
	list := make([]any, len(o.teamIDs))
	for i, id := range o.teamIDs {
		list[i] = id
	}
	row["teamIds"] = list
	told := row.With(store.Record{"inviterId": c.Session.User.ID})
	if len(o.teamIDs) > 0 {
		told["teamId"] = o.teamIDs[0]
	}
	row, err := before(c, p.opts.OrganizationHooks.BeforeCreateInvitation, NewInvitation{told, c.Session.User, o.org}, row)
	if err != nil {
		return nil, err
	}
	row = store.Record{"status": Pending, "expiresAt": p.expiry(c), "createdAt": c.Now(), "inviterId": c.Session.User.ID}.With(row)
	row["teamId"] = nil
	if ids := idsIn(row["teamIds"]); len(ids) > 0 {
		row["teamId"] = strings.Join(ids, ",")
	}
	return row, nil
}

func idsIn(v any) []string {
	switch list := v.(type) {
	case []string:
		return list
	case []any:
		var out []string
		for _, one := range list {
			if id, ok := one.(string); ok {
				out = append(out, id)
			}
		}
		return out
	}
	return nil
}

// insertInvitation creates an invitation. Of two calls that invite the same address at once, the second finds the
// invitation of the first.
func (p *Plugin) insertInvitation(c *auth.Context, o *offer, row store.Record) (made *Invitation, err error) {
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, o.org.ID); err != nil {
			return err
		}
		pending, err := p.pending(c, o.email, o.org.ID)
		if err != nil {
			return err
		}
		if len(pending) > 0 && !p.opts.CancelPendingInvitationsOnReInvite {
			return auth.BadRequest(AlreadyInvited)
		}
		for _, i := range pending {
			if _, err := setStatus(c, i, Canceled); err != nil {
				return err
			}
		}
		if err := p.checkInvitationLimit(c, o, nil); err != nil {
			return err
		}
		stored, err := c.Store.Create(c, invitation, row)
		made = invitationOf(c.Auth, stored)
		return err
	})
	return made, err
}

// invited reports whether an organization has invited the address and the invitation still works, for the sign-up gate.
func (p *Plugin) invited(ctx context.Context, email string) (bool, error) {
	n, err := p.auth.Store.Count(ctx, invitation, store.Given("email", auth.LowerCase(email)), store.Is("status", Pending),
		store.Where{Field: "expiresAt", Op: store.Gt, Value: p.auth.Options.Now()})
	return n > 0, err
}
