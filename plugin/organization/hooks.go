package organization

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Hooks are called before and after changes. A hook before a change may refuse it by an error; some may replace its
// data.
type Hooks struct {
	// Called before an organization is created; may replace its data.
	BeforeCreateOrganization callback.Func[NewOrganization, Override] `json:"beforeCreateOrganization"`
	// Called after an organization was created.
	AfterCreateOrganization callback.Func[OrganizationEvent, callback.Nothing] `json:"afterCreateOrganization"`
	// Called before an organization is changed; may replace the changes.
	BeforeUpdateOrganization callback.Func[OrganizationUpdate, Override] `json:"beforeUpdateOrganization"`
	// Called after an organization was changed.
	AfterUpdateOrganization callback.Func[OrganizationEvent, callback.Nothing] `json:"afterUpdateOrganization"`
	// Called before an organization is deleted.
	BeforeDeleteOrganization callback.Func[OrganizationDeletion, callback.Nothing] `json:"beforeDeleteOrganization"`
	// Called after an organization was deleted.
	AfterDeleteOrganization callback.Func[OrganizationDeletion, callback.Nothing] `json:"afterDeleteOrganization"`
	// Called before a member is added; may replace the data of the membership.
	BeforeAddMember callback.Func[NewMember, Override] `json:"beforeAddMember"`
	// Called after a member was added.
	AfterAddMember callback.Func[MemberEvent, callback.Nothing] `json:"afterAddMember"`
	// Called before a member is removed.
	BeforeRemoveMember callback.Func[MemberEvent, callback.Nothing] `json:"beforeRemoveMember"`
	// Called after a member was removed.
	AfterRemoveMember callback.Func[MemberEvent, callback.Nothing] `json:"afterRemoveMember"`
	// Called before the role of a member is changed; may replace it.
	BeforeUpdateMemberRole callback.Func[RoleChange, Override] `json:"beforeUpdateMemberRole"`
	// Called after the role of a member was changed.
	AfterUpdateMemberRole callback.Func[RoleChanged, callback.Nothing] `json:"afterUpdateMemberRole"`
	// Called before an invitation is created; may replace its data.
	BeforeCreateInvitation callback.Func[NewInvitation, Override] `json:"beforeCreateInvitation"`
	// Called after an invitation was created.
	AfterCreateInvitation callback.Func[InvitationCreated, callback.Nothing] `json:"afterCreateInvitation"`
	// Called before an invitation is accepted.
	BeforeAcceptInvitation callback.Func[InvitationEvent, callback.Nothing] `json:"beforeAcceptInvitation"`
	// Called after an invitation was accepted.
	AfterAcceptInvitation callback.Func[InvitationAccepted, callback.Nothing] `json:"afterAcceptInvitation"`
	// Called before an invitation is rejected.
	BeforeRejectInvitation callback.Func[InvitationEvent, callback.Nothing] `json:"beforeRejectInvitation"`
	// Called after an invitation was rejected.
	AfterRejectInvitation callback.Func[InvitationEvent, callback.Nothing] `json:"afterRejectInvitation"`
	// Called before an invitation is cancelled.
	BeforeCancelInvitation callback.Func[InvitationCancellation, callback.Nothing] `json:"beforeCancelInvitation"`
	// Called after an invitation was cancelled.
	AfterCancelInvitation callback.Func[InvitationCancellation, callback.Nothing] `json:"afterCancelInvitation"`
	// Called before a team is created; may replace its data.
	BeforeCreateTeam callback.Func[NewTeam, Override] `json:"beforeCreateTeam"`
	// Called after a team was created.
	AfterCreateTeam callback.Func[TeamEvent, callback.Nothing] `json:"afterCreateTeam"`
	// Called before a team is changed. Its data take the place of the changes.
	BeforeUpdateTeam callback.Func[TeamUpdate, Override] `json:"beforeUpdateTeam"`
	// Called after a team was changed.
	AfterUpdateTeam callback.Func[TeamEvent, callback.Nothing] `json:"afterUpdateTeam"`
	// Called before a team is deleted.
	BeforeDeleteTeam callback.Func[TeamEvent, callback.Nothing] `json:"beforeDeleteTeam"`
	// Called after a team was deleted.
	AfterDeleteTeam callback.Func[TeamEvent, callback.Nothing] `json:"afterDeleteTeam"`
	// Called before a member is added to a team. It may refuse; as in the reference, its data are not used.
	BeforeAddTeamMember callback.Func[NewTeamMember, Override] `json:"beforeAddTeamMember"`
	// Called after a member was added to a team.
	AfterAddTeamMember callback.Func[TeamMemberEvent, callback.Nothing] `json:"afterAddTeamMember"`
	// Called before a member is removed from a team.
	BeforeRemoveTeamMember callback.Func[TeamMemberEvent, callback.Nothing] `json:"beforeRemoveTeamMember"`
	// Called after a member was removed from a team.
	AfterRemoveTeamMember callback.Func[TeamMemberEvent, callback.Nothing] `json:"afterRemoveTeamMember"`
}

// Override is the answer of a hook before a change. Its data are merged into those of the change; nil changes nothing.
type Override struct {
	Data store.Record `json:"data"`
}

// UnmarshalJSON reads the answer of a webhook. As in the reference, one that is not an object changes nothing.
func (o *Override) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	answer, _ := v.(*js.Object)
	data, _ := answer.Get("data")
	if fields, ok := data.(*js.Object); ok {
		o.Data = recordOf(fields)
	}
	return nil
}

// NewOrganization is the argument of beforeCreateOrganization.
type NewOrganization struct {
	Organization store.Record `arg:"0.organization"` // the fields that the caller sent
	User         *auth.User   `arg:"0.user"`
}

// OrganizationEvent is the argument of afterCreateOrganization and afterUpdateOrganization.
type OrganizationEvent struct {
	Organization *Organization `arg:"0.organization"`
	User         *auth.User    `arg:"0.user"`
	Member       *Member       `arg:"0.member"`
}

// OrganizationUpdate is the argument of beforeUpdateOrganization.
type OrganizationUpdate struct {
	Organization store.Record `arg:"0.organization"` // the changes
	User         *auth.User   `arg:"0.user"`
	Member       *Member      `arg:"0.member"` // the user's
}

// OrganizationDeletion is the argument of beforeDeleteOrganization and afterDeleteOrganization.
type OrganizationDeletion struct {
	Organization *Organization `arg:"0.organization"`
	User         *auth.User    `arg:"0.user"`
	Call         *auth.Context `arg:"1"`
}

// NewMember is the argument of beforeAddMember.
type NewMember struct {
	Member       store.Record  `arg:"0.member"` // of the membership to be created
	User         *auth.User    `arg:"0.user"`
	Organization *Organization `arg:"0.organization"`
}

// MemberEvent is the argument of afterAddMember, beforeRemoveMember and afterRemoveMember.
type MemberEvent struct {
	Member       *Member       `arg:"0.member"`
	User         *auth.User    `arg:"0.user"`
	Organization *Organization `arg:"0.organization"`
}

// RoleChange is the argument of beforeUpdateMemberRole.
type RoleChange struct {
	Member       *Member       `arg:"0.member"`
	NewRole      string        `arg:"0.newRole"`
	User         *auth.User    `arg:"0.user"` // whose role it is
	Organization *Organization `arg:"0.organization"`
}

// RoleChanged is the argument of afterUpdateMemberRole.
type RoleChanged struct {
	Member       *Member       `arg:"0.member"`
	PreviousRole string        `arg:"0.previousRole"`
	User         *auth.User    `arg:"0.user"` // whose role it is
	Organization *Organization `arg:"0.organization"`
}

// NewInvitation is the argument of beforeCreateInvitation.
type NewInvitation struct {
	Invitation   store.Record  `arg:"0.invitation"` // of the invitation to be created
	Inviter      *auth.User    `arg:"0.inviter"`
	Organization *Organization `arg:"0.organization"`
}

// InvitationCreated is the argument of afterCreateInvitation.
type InvitationCreated struct {
	Invitation   *Invitation   `arg:"0.invitation"`
	Inviter      *auth.User    `arg:"0.inviter"`
	Organization *Organization `arg:"0.organization"`
}

// InvitationEvent is the argument of beforeAcceptInvitation, beforeRejectInvitation and afterRejectInvitation.
type InvitationEvent struct {
	Invitation   *Invitation   `arg:"0.invitation"`
	User         *auth.User    `arg:"0.user"` // who was invited
	Organization *Organization `arg:"0.organization"`
}

// InvitationAccepted is the argument of afterAcceptInvitation.
type InvitationAccepted struct {
	Invitation   *Invitation   `arg:"0.invitation"`
	Member       *Member       `arg:"0.member"` // the new member
	User         *auth.User    `arg:"0.user"`
	Organization *Organization `arg:"0.organization"`
}

// InvitationCancellation is the argument of beforeCancelInvitation and afterCancelInvitation.
type InvitationCancellation struct {
	Invitation   *Invitation   `arg:"0.invitation"`
	CancelledBy  *auth.User    `arg:"0.cancelledBy"`
	Organization *Organization `arg:"0.organization"`
}

// NewTeam is the argument of beforeCreateTeam.
type NewTeam struct {
	Team         store.Record  `arg:"0.team"`           // of the team to be created
	User         *auth.User    `arg:"0.user,omitempty"` // nil for calls without a session
	Organization *Organization `arg:"0.organization"`
}

// TeamEvent is the argument of afterCreateTeam, afterUpdateTeam, beforeDeleteTeam and afterDeleteTeam.
type TeamEvent struct {
	Team         *Team         `arg:"0.team"`
	User         *auth.User    `arg:"0.user,omitempty"` // nil for calls without a session
	Organization *Organization `arg:"0.organization"`
}

// TeamUpdate is the argument of beforeUpdateTeam.
type TeamUpdate struct {
	Team         *Team         `arg:"0.team"`
	Updates      store.Record  `arg:"0.updates"` // the changes
	User         *auth.User    `arg:"0.user"`
	Organization *Organization `arg:"0.organization"`
}

// NewTeamMember is the argument of beforeAddTeamMember.
type NewTeamMember struct {
	TeamMember   store.Record  `arg:"0.teamMember"` // of the membership to be created
	Team         *Team         `arg:"0.team"`
	User         *auth.User    `arg:"0.user"` // who is added
	Organization *Organization `arg:"0.organization"`
}

// TeamMemberEvent is the argument of afterAddTeamMember, beforeRemoveTeamMember and afterRemoveTeamMember.
type TeamMemberEvent struct {
	TeamMember   *TeamMember   `arg:"0.teamMember"`
	Team         *Team         `arg:"0.team"`
	User         *auth.User    `arg:"0.user"`
	Organization *Organization `arg:"0.organization"`
}

// before calls a hook that may replace the data of a change, and returns the data that count.
func before[In any](c *auth.Context, hook callback.Func[In, Override], in In, data store.Record) (store.Record, error) {
	if hook == nil {
		return data, nil
	}
	answer, err := hook(c, in)
	if err != nil {
		return nil, auth.FromCallback(err)
	}
	return data.With(answer.Data), nil
}

// notify calls a hook whose answer is not used. Its error ends the call.
func notify[In any](c *auth.Context, hook callback.Func[In, callback.Nothing], in In) error {
	if hook == nil {
		return nil
	}
	_, err := hook(c, in)
	return auth.FromCallback(err)
}
