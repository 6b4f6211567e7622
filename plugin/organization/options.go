package organization

import (
	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Users may create organizations: true or false, or a callback that decides.
	AllowUserToCreateOrganization CreateRule `json:"allowUserToCreateOrganization" unset:"true"`
	// How many organizations a user may be a member of and still create one: a number, or a callback that reports whether the user has reached the limit.
	OrganizationLimit OrganizationLimit `json:"organizationLimit" unset:"no limit"`
	// Role of the member who creates an organization. Only members with this role may grant it.
	CreatorRole string `json:"creatorRole" default:"owner"`
	// How many members an organization may have: a number, or a callback. 0 means 100.
	MembershipLimit MembershipLimit `json:"membershipLimit" unset:"100"`
	// All resources with their actions. Roles may use no others.
	AC access.Statements `json:"ac" unset:"roles are not checked"`
	// What each role may do, by resource. It replaces the built-in roles.
	Roles access.Roles `json:"roles" unset:"owner, admin and member"`
	// Roles that members create for their organization.
	DynamicAccessControl DynamicAccessControl `json:"dynamicAccessControl"`
	// Teams within an organization.
	Teams Teams `json:"teams"`
	// How long an invitation works.
	InvitationExpiresIn int `json:"invitationExpiresIn" default:"172800" unit:"seconds"`
	// How many pending invitations an organization may have: a number, or a callback.
	InvitationLimit InvitationLimit `json:"invitationLimit" unset:"100"`
	// A new invitation cancels the pending one to the same address.
	CancelPendingInvitationsOnReInvite bool `json:"cancelPendingInvitationsOnReInvite"`
	// Only a user with a verified address may read, accept or reject an invitation.
	RequireEmailVerificationOnInvitation *bool `json:"requireEmailVerificationOnInvitation" unset:"true if the ids of invitations can be guessed"`
	// Sends an invitation.
	SendInvitationEmail callback.Func[InvitationMail, callback.Nothing] `json:"sendInvitationEmail" unset:"none is sent"`
	// Page of the application to which the built-in message leads. `{id}` stands for the id of the invitation. Not in
	// the npm package.
	InvitationURL string `json:"invitationURL" unset:"/accept-invitation/{id} of the base URL"`
	// Names of the tables and columns, and further fields.
	Schema SchemaOptions `json:"schema"`
	// Organizations cannot be deleted by a call.
	DisableOrganizationDeletion bool `json:"disableOrganizationDeletion"`
	// Callbacks before and after changes.
	OrganizationHooks Hooks `json:"organizationHooks"`
}

// DynamicAccessControl configures roles that members create for their organization.
type DynamicAccessControl struct {
	// Members with the permission may create roles. It needs `ac`.
	Enabled bool `json:"enabled"`
	// How many roles an organization may have: a number, or a callback.
	MaximumRolesPerOrganization RoleLimit `json:"maximumRolesPerOrganization" unset:"no limit"`
}

// Teams configures teams within an organization.
type Teams struct {
	// Organizations have teams.
	Enabled bool `json:"enabled"`
	// The team that every new organization gets.
	DefaultTeam DefaultTeam `json:"defaultTeam"`
	// How many teams an organization may have: a number, or a callback.
	MaximumTeams TeamLimit `json:"maximumTeams" unset:"no limit"`
	// How many members a team may have: a number, or a callback.
	MaximumMembersPerTeam TeamMemberLimit `json:"maximumMembersPerTeam" unset:"no limit"`
	// The last team of an organization can be removed too.
	AllowRemovingAllTeams bool `json:"allowRemovingAllTeams"`
}

// DefaultTeam configures the team that every new organization gets.
type DefaultTeam struct {
	// New organizations get a team.
	Enabled *bool `json:"enabled" default:"true"`
	// Creates the team in place of the server, and returns its row; null leaves it to the server.
	CustomCreateDefaultTeam callback.Func[DefaultTeamRequest, store.Record] `json:"customCreateDefaultTeam" unset:"a team with the name of the organization"`
}

// SchemaOptions rename the tables and columns, and add fields.
type SchemaOptions struct {
	// The columns of sessions.
	Session SessionFields `json:"session"`
	// The table of organizations.
	Organization auth.ModelOptions `json:"organization"`
	// The table of members.
	Member auth.ModelOptions `json:"member"`
	// The table of invitations.
	Invitation auth.ModelOptions `json:"invitation"`
	// The table of teams.
	Team auth.ModelOptions `json:"team"`
	// The table of members of teams.
	TeamMember TableOptions `json:"teamMember"`
	// The table of roles that members created.
	OrganizationRole auth.ModelOptions `json:"organizationRole"`
}

// SessionFields rename the columns of sessions.
type SessionFields struct {
	// Names of the columns, by their fields: `activeOrganizationId` and `activeTeamId`.
	Fields map[string]string `json:"fields" unset:"the key"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"the model's name"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

// rename returns the options by model. Models that are not in use are left out.
func (o *Options) rename() map[string]auth.ModelOptions {
	out := map[string]auth.ModelOptions{
		"session":    {Fields: o.Schema.Session.Fields},
		organization: o.Schema.Organization,
		member:       o.Schema.Member,
		invitation:   o.Schema.Invitation,
	}
	if o.Teams.Enabled {
		out[team] = o.Schema.Team
		out[teamMember] = auth.ModelOptions{ModelName: o.Schema.TeamMember.ModelName, Fields: o.Schema.TeamMember.Fields}
	}
	if o.DynamicAccessControl.Enabled {
		roles := o.Schema.OrganizationRole
		roles.AdditionalFields = o.roleFields()
		out[role] = roles
	}
	return out
}
