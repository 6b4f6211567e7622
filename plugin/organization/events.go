package organization

import "github.com/seed-32bd42cb/betterauth/auth"

// The events that the plugin reports. Each names the organization; UserID is the member concerned.
const (
	Created           = "organization_created"
	Updated           = "organization_updated"
	Deleted           = "organization_deleted"
	MemberAdded       = "organization_member_added"
	MemberRemoved     = "organization_member_removed" // also by leaving
	MemberRoleUpdated = "organization_member_role_updated"
	MemberInvited     = "organization_member_invited"
	InviteCanceled    = "organization_member_invite_canceled"
	InviteAccepted    = "organization_member_invite_accepted"
	InviteRejected    = "organization_member_invite_rejected"
	TeamCreated       = "organization_team_created"
	TeamUpdated       = "organization_team_updated"
	TeamDeleted       = "organization_team_deleted"
	TeamMemberAdded   = "organization_team_member_added"
	TeamMemberRemoved = "organization_team_member_removed"
	RoleCreated       = "organization_role_created"
	RoleUpdated       = "organization_role_updated"
	RoleDeleted       = "organization_role_deleted"
)

func events() []string {
	return []string{
		Created, Updated, Deleted, MemberAdded, MemberRemoved, MemberRoleUpdated, MemberInvited, InviteCanceled, InviteAccepted,
		InviteRejected, TeamCreated, TeamUpdated, TeamDeleted, TeamMemberAdded, TeamMemberRemoved, RoleCreated, RoleUpdated, RoleDeleted,
	}
}

// report reports an event. userID is "" if it concerns no member; details are pairs of name and value.
func report(c *auth.Context, name, organizationID, userID string, details ...string) {
	e := auth.Event{Name: name, OrganizationID: organizationID, UserID: userID}
	if len(details) > 0 {
		e.Details = map[string]string{}
		for i := 0; i+1 < len(details); i += 2 {
			e.Details[details[i]] = details[i+1]
		}
	}
	c.Emit(e)
}
