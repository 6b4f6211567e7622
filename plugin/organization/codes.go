package organization

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	MayNotCreate               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION", Message: "You are not allowed to create a new organization"}
	TooManyOrganizations       = auth.Code{Name: "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS", Message: "You have reached the maximum number of organizations"}
	AlreadyExists              = auth.Code{Name: "ORGANIZATION_ALREADY_EXISTS", Message: "Organization already exists"}
	SlugTaken                  = auth.Code{Name: "ORGANIZATION_SLUG_ALREADY_TAKEN", Message: "Organization slug already taken"}
	NotFound                   = auth.Code{Name: "ORGANIZATION_NOT_FOUND", Message: "Organization not found"}
	UserNotMember              = auth.Code{Name: "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION", Message: "User is not a member of the organization"}
	MayNotUpdate               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION", Message: "You are not allowed to update this organization"}
	MayNotDelete               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION", Message: "You are not allowed to delete this organization"}
	NoActiveOrganization       = auth.Code{Name: "NO_ACTIVE_ORGANIZATION", Message: "No active organization"}
	AlreadyMember              = auth.Code{Name: "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION", Message: "User is already a member of this organization"}
	MemberNotFound             = auth.Code{Name: "MEMBER_NOT_FOUND", Message: "Member not found"}
	RoleNotFound               = auth.Code{Name: "ROLE_NOT_FOUND", Message: "Role not found"}
	MayNotCreateTeam           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM", Message: "You are not allowed to create a new team"}
	TeamAlreadyExists          = auth.Code{Name: "TEAM_ALREADY_EXISTS", Message: "Team already exists"}
	TeamNotFound               = auth.Code{Name: "TEAM_NOT_FOUND", Message: "Team not found"}
	OnlyOwner                  = auth.Code{Name: "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER", Message: "You cannot leave the organization as the only owner"}
	WithoutOwner               = auth.Code{Name: "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER", Message: "You cannot leave the organization without an owner"}
	MayNotDeleteMember         = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", Message: "You are not allowed to delete this member"}
	MayNotInvite               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", Message: "You are not allowed to invite users to this organization"}
	AlreadyInvited             = auth.Code{Name: "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", Message: "User is already invited to this organization"}
	InvitationNotFound         = auth.Code{Name: "INVITATION_NOT_FOUND", Message: "Invitation not found"}
	NotTheRecipient            = auth.Code{Name: "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION", Message: "You are not the recipient of the invitation"}
	VerifyEmailToAnswer        = auth.Code{Name: "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION", Message: "Email verification required before accepting or rejecting invitation"}
	VerifyEmailToSee           = auth.Code{Name: "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION", Message: "Email verification required to view or list invitations for the session email"}
	MayNotCancel               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", Message: "You are not allowed to cancel this invitation"}
	MayNotListInvitations      = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS", Message: "You are not allowed to list invitations for this organization"}
	InviterHasLeft             = auth.Code{Name: "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION", Message: "Inviter is no longer a member of the organization"}
	MayNotInviteWithRole       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", Message: "You are not allowed to invite a user with this role"}
	FailedToRetrieveInvitation = auth.Code{Name: "FAILED_TO_RETRIEVE_INVITATION", Message: "Failed to retrieve invitation"}
	TooManyTeams               = auth.Code{Name: "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS", Message: "You have reached the maximum number of teams"}
	LastTeam                   = auth.Code{Name: "UNABLE_TO_REMOVE_LAST_TEAM", Message: "Unable to remove last team"}
	MayNotUpdateMember         = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", Message: "You are not allowed to update this member"}
	TooManyMembers             = auth.Code{Name: "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED", Message: "Organization membership limit reached"}
	MayNotCreateTeams          = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION", Message: "You are not allowed to create teams in this organization"}
	MayNotDeleteTeams          = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION", Message: "You are not allowed to delete teams in this organization"}
	MayNotUpdateTeam           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM", Message: "You are not allowed to update this team"}
	MayNotDeleteTeam           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM", Message: "You are not allowed to delete this team"}
	TooManyInvitations         = auth.Code{Name: "INVITATION_LIMIT_REACHED", Message: "Invitation limit reached"}
	TooManyTeamMembers         = auth.Code{Name: "TEAM_MEMBER_LIMIT_REACHED", Message: "Team member limit reached"}
	UserNotTeamMember          = auth.Code{Name: "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", Message: "User is not a member of the team"}
	MayNotListTeamMembers      = auth.Code{Name: "YOU_CAN_NOT_ACCESS_THE_MEMBERS_OF_THIS_TEAM", Message: "You are not allowed to list the members of this team"}
	NoActiveTeam               = auth.Code{Name: "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM", Message: "You do not have an active team"}
	MayNotCreateTeamMember     = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER", Message: "You are not allowed to create a new member"}
	MayNotRemoveTeamMember     = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER", Message: "You are not allowed to remove a team member"}
	MayNotAccess               = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", Message: "You are not allowed to access this organization as an owner"}
	NotMember                  = auth.Code{Name: "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", Message: "You are not a member of this organization"}
	MissingAccessControl       = auth.Code{Name: "MISSING_AC_INSTANCE", Message: "Dynamic Access Control requires a pre-defined ac instance on the server auth plugin. Read server logs for more information"}
	RoleWithoutOrganization    = auth.Code{Name: "YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE", Message: "You must be in an organization to create a role"}
	MayNotCreateRole           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", Message: "You are not allowed to create a role"}
	MayNotUpdateRole           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", Message: "You are not allowed to update a role"}
	MayNotDeleteRole           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", Message: "You are not allowed to delete a role"}
	MayNotReadRole             = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE", Message: "You are not allowed to read a role"}
	MayNotListRoles            = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE", Message: "You are not allowed to list a role"}
	MayNotGetRole              = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_GET_A_ROLE", Message: "You are not allowed to get a role"}
	TooManyRoles               = auth.Code{Name: "TOO_MANY_ROLES", Message: "This organization has too many roles"}
	InvalidResource            = auth.Code{Name: "INVALID_RESOURCE", Message: "The provided permission includes an invalid resource"}
	RoleNameTaken              = auth.Code{Name: "ROLE_NAME_IS_ALREADY_TAKEN", Message: "That role name is already taken"}
	CannotDeleteBuiltInRole    = auth.Code{Name: "CANNOT_DELETE_A_PRE_DEFINED_ROLE", Message: "Cannot delete a pre-defined role"}
	RoleInUse                  = auth.Code{Name: "ROLE_IS_ASSIGNED_TO_MEMBERS", Message: "Cannot delete a role that is assigned to members. Please reassign the members to a different role first"}
	InvalidTeamID              = auth.Code{Name: "INVALID_TEAM_ID", Message: "Team id contains a reserved character"}
)

// DeletionDisabled is the code of a call to delete an organization if the option disableOrganizationDeletion is set.
var DeletionDisabled = auth.Code{Name: "ORGANIZATION_DELETION_DISABLED", Message: "Organization deletion is disabled"}

func codes() []auth.Code {
	return []auth.Code{
		MayNotCreate, TooManyOrganizations, AlreadyExists, SlugTaken, NotFound, UserNotMember, MayNotUpdate,
		MayNotDelete, NoActiveOrganization, AlreadyMember, MemberNotFound, RoleNotFound, MayNotCreateTeam,
		TeamAlreadyExists, TeamNotFound, OnlyOwner, WithoutOwner, MayNotDeleteMember, MayNotInvite, AlreadyInvited,
		InvitationNotFound, NotTheRecipient, VerifyEmailToAnswer, VerifyEmailToSee, MayNotCancel,
		MayNotListInvitations, InviterHasLeft, MayNotInviteWithRole, FailedToRetrieveInvitation, TooManyTeams,
		LastTeam, MayNotUpdateMember, TooManyMembers, MayNotCreateTeams, MayNotDeleteTeams, MayNotUpdateTeam,
		MayNotDeleteTeam, TooManyInvitations, TooManyTeamMembers, UserNotTeamMember, MayNotListTeamMembers,
		NoActiveTeam, MayNotCreateTeamMember, MayNotRemoveTeamMember, MayNotAccess, NotMember,
		MissingAccessControl, RoleWithoutOrganization, MayNotCreateRole, MayNotUpdateRole, MayNotDeleteRole,
		MayNotReadRole, MayNotListRoles, MayNotGetRole, TooManyRoles, InvalidResource, RoleNameTaken,
		CannotDeleteBuiltInRole, RoleInUse, InvalidTeamID,
	}
}
