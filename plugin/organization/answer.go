package organization

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// setStatus gives an invitation another status, and returns nil if its status is not that of i any more. Of several
// calls at once, one succeeds.
func setStatus(c *auth.Context, i *Invitation, status string) (*Invitation, error) {
	row, err := orNil(c.Store.Increment(c, invitation, []store.Where{store.Is("id", i.ID), store.Is("status", i.Status)}, store.Change{Set: store.Record{"status": status}}))
	return invitationOf(c.Auth, row), err
}

// demandProven returns a 403 if the caller must verify the address before the call. Ids that the server makes cannot be
// guessed, so somebody who has one has read the message.
func (p *Plugin) demandProven(c *auth.Context, code auth.Code) error {
	needed := !unguessable(c)
	if set := p.opts.RequireEmailVerificationOnInvitation; set != nil {
		needed = *set
	}
	if needed && !c.Session.User.EmailVerified {
		return auth.Forbidden(code)
	}
	return nil
}

// unguessable reports whether the ids of rows are random texts that the server makes.
func unguessable(c *auth.Context) bool {
	o := &c.Options.Advanced
	kind := o.Database.GenerateID
	return o.GenerateID == nil && kind.Func == nil && (kind.Kind == store.TextID || kind.Kind == store.UUID)
}

// demandRecipient returns a 403 if the invitation is for somebody else, or if the caller must verify the address first.
func (p *Plugin) demandRecipient(c *auth.Context, i *Invitation, unproven auth.Code) error {
	if auth.LowerCase(i.Email) != auth.LowerCase(c.Session.User.Email) {
		return auth.Forbidden(NotTheRecipient)
	}
	return p.demandProven(c, unproven)
}

type acceptRequest struct {
	InvitationID string `json:"invitationId" doc:"The ID of the invitation to accept"`
}

type acceptAnswer struct {
	Invitation *auth.PublicRow `json:"invitation"`
	Member     *auth.PublicRow `json:"member"`
}

func (p *Plugin) acceptInvitation() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "acceptInvitation", Methods: []string{http.MethodPost}, Path: "/organization/accept-invitation", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Accept an invitation to an organization",
		OpenAPI: auth.Described("", "Accept an invitation to an organization", shape(js.Obj("invitation", typed("object"), "member", typed("object")))),
	}, p.accept)
}

func (p *Plugin) accept(c *auth.Context, in *acceptRequest) (*acceptAnswer, error) {
	i, err := p.findInvitation(c, in.InvitationID)
	if err != nil {
		return nil, err
	}
	if !i.open(c.Now()) {
		return nil, auth.BadRequest(InvitationNotFound)
	}
	if err := p.demandRecipient(c, i, VerifyEmailToAnswer); err != nil {
		return nil, err
	}
	user := c.Session.User
	org, err := p.get(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	limit, err := p.memberLimit(c, user, org)
	if err != nil {
		return nil, err
	}
	if err := checkMemberLimit(c, org.ID, limit); err != nil {
		return nil, err
	}
	hooks := &p.opts.OrganizationHooks
	if err := notify(c, hooks.BeforeAcceptInvitation, InvitationEvent{i, user, org}); err != nil {
		return nil, err
	}
	teams, err := p.places(c, org.ID, teamsOf(i), c.Session)
	if err != nil {
		return nil, err
	}
	accepted, m, err := p.join(c, i, limit, teams)
	if err != nil {
		return nil, err
	}
	if err := p.enterJoined(c, accepted); err != nil {
		return nil, err
	}
	report(c, InviteAccepted, org.ID, user.ID, "invitation", i.ID, "role", m.Role)
	return &acceptAnswer{accepted.Public(), m.Public()}, notify(c, hooks.AfterAcceptInvitation, InvitationAccepted{accepted, m, user, org})
}

// join takes an invitation and creates the memberships in the organization and the teams, or does neither.
func (p *Plugin) join(c *auth.Context, i *Invitation, limit int, teams []place) (accepted *Invitation, m *Member, err error) {
	user := c.Session.User
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, i.OrganizationID); err != nil {
			return err
		}
		if accepted, err = setStatus(c, i, Accepted); err != nil {
			return err
		}
		if accepted == nil {
			return auth.BadRequest(InvitationNotFound)
		}
		if err := p.checkJoin(c, user.ID, i.OrganizationID, limit); err != nil {
			return err
		}
		// A team that was removed meanwhile is no longer in the invitation.
		invited := slices.DeleteFunc(slices.Clone(teams), func(at place) bool { return !slices.Contains(teamsOf(accepted), at.team.ID) })
		if err := p.joinTeams(c, user.ID, invited); err != nil {
			return err
		}
		m, err = createMember(c, store.Record{"organizationId": i.OrganizationID, "userId": user.ID, "role": joined(RoleList(accepted.Role))})
		return err
	})
	return accepted, m, err
}

func teamsOf(i *Invitation) []string {
	if i.TeamID == "" {
		return nil
	}
	return strings.Split(i.TeamID, ",")
}

// enterJoined makes the organization of an accepted invitation active, and its team if there is one. As in the
// reference, the cookies show the team only.
func (p *Plugin) enterJoined(c *auth.Context, i *Invitation) error {
	if ids := teamsOf(i); p.opts.Teams.Enabled && len(ids) == 1 {
		session, err := changeSession(c, activeTeam, ids[0])
		if err != nil {
			return err
		}
		if err := showSession(c, session); err != nil {
			return err
		}
	}
	_, err := setActive(c, i.OrganizationID)
	return err
}

type rejectRequest struct {
	InvitationID string `json:"invitationId" doc:"The ID of the invitation to reject"`
}

func (p *Plugin) rejectInvitation() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "rejectInvitation", Methods: []string{http.MethodPost}, Path: "/organization/reject-invitation", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Reject an invitation to an organization",
		OpenAPI: auth.Described("", "Reject an invitation to an organization", shape(js.Obj("invitation", typed("object"), "member", js.Obj("type", "object", "nullable", true)))),
	}, p.reject)
}

func (p *Plugin) reject(c *auth.Context, in *rejectRequest) (*acceptAnswer, error) {
	i, err := p.findInvitation(c, in.InvitationID)
	if err != nil {
		return nil, err
	}
	gone := auth.BadRequest(auth.Code{Name: InvitationNotFound.Name, Message: "Invitation not found!"})
	if i == nil || i.Status != Pending {
		return nil, gone
	}
	if err := p.demandRecipient(c, i, VerifyEmailToAnswer); err != nil {
		return nil, err
	}
	org, err := p.get(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	hooks, user := &p.opts.OrganizationHooks, c.Session.User
	if err := notify(c, hooks.BeforeRejectInvitation, InvitationEvent{i, user, org}); err != nil {
		return nil, err
	}
	rejected, err := setStatus(c, i, Rejected)
	if err != nil {
		return nil, err
	}
	if rejected == nil { // accepted or cancelled meanwhile
		return nil, gone
	}
	report(c, InviteRejected, org.ID, user.ID, "invitation", i.ID)
	return &acceptAnswer{Invitation: rejected.Public()}, notify(c, hooks.AfterRejectInvitation, InvitationEvent{rejected, user, org})
}

type cancelRequest struct {
	InvitationID string `json:"invitationId" doc:"The ID of the invitation to cancel"`
}

func (p *Plugin) cancelInvitation() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "cancelInvitation", Methods: []string{http.MethodPost}, Path: "/organization/cancel-invitation", Session: auth.RequireSession,
		NeedHeaders: true, OpenAPI: js.NewObject(), // in the reference, the description is misplaced and has no effect
	}, p.cancel)
}

func (p *Plugin) cancel(c *auth.Context, in *cancelRequest) (*auth.PublicRow, error) {
	i, err := p.findInvitation(c, in.InvitationID)
	if err != nil {
		return nil, err
	}
	if i == nil {
		return nil, auth.BadRequest(InvitationNotFound)
	}
	m, err := p.findMember(c, c.Session.User.ID, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, auth.BadRequest(MemberNotFound)
	}
	if err := p.demand(c, m, MayNotCancel, "invitation", "cancel"); err != nil {
		return nil, err
	}
	org, err := p.get(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	hooks, user := &p.opts.OrganizationHooks, c.Session.User
	if err := notify(c, hooks.BeforeCancelInvitation, InvitationCancellation{i, user, org}); err != nil {
		return nil, err
	}
	canceled, err := setStatus(c, i, Canceled)
	if err != nil {
		return nil, err
	}
	if canceled == nil { // answered meanwhile
		return nil, auth.BadRequest(InvitationNotFound)
	}
	report(c, InviteCanceled, org.ID, "", "invitation", i.ID)
	return canceled.Public(), notify(c, hooks.AfterCancelInvitation, InvitationCancellation{canceled, user, org})
}
