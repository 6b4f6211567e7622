package options

import (
	"context"
	"log/slog"
	"strings"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Organizations lets paying users create organizations, limits them by plan, and keeps a
// record of what happens in them.
func Organizations(log *slog.Logger, paid func(user *auth.User) bool) organization.Options {
	return organization.Options{
		AllowUserToCreateOrganization: organization.CreateRule{Func: func(_ context.Context, r organization.UserRequest) (bool, error) {
			return r.User.EmailVerified, nil
		}},
		OrganizationLimit: organization.OrganizationLimit{Func: func(_ context.Context, r organization.UserRequest) (bool, error) {
			return !paid(r.User), nil
		}},
		MembershipLimit: organization.MembershipLimit{Func: func(_ context.Context, r organization.MembershipRequest) (int, error) {
			if r.Organization.Extra.Text("plan") == "enterprise" {
				return 5000, nil
			}
			return 20, nil
		}},
		InvitationLimit: organization.InvitationLimit{Func: func(_ context.Context, r organization.InvitationLimitRequest) (int, error) {
			if strings.Contains(r.Member.Role, "owner") {
				return 100, nil
			}
			return 10, nil
		}},
		SendInvitationEmail: func(ctx context.Context, m organization.InvitationMail) (callback.Nothing, error) {
			log.InfoContext(ctx, "mail: you are invited", "to", m.Email, "organization", m.Organization.Name, "url", m.URL)
			return callback.Nothing{}, nil
		},
		AC:                   organization.Statements().With(access.Statements{"project": {"create", "share"}}),
		Roles:                projectRoles(),
		DynamicAccessControl: organization.DynamicAccessControl{MaximumRolesPerOrganization: organization.RoleLimit{Func: func(context.Context, organization.RoleLimitRequest) (int, error) { return 10, nil }}},
		Teams: organization.Teams{
			MaximumTeams:          organization.TeamLimit{Func: func(context.Context, organization.TeamLimitRequest) (int, error) { return 25, nil }},
			MaximumMembersPerTeam: organization.TeamMemberLimit{Func: func(context.Context, organization.TeamMemberLimitRequest) (int, error) { return 50, nil }},
			DefaultTeam: organization.DefaultTeam{CustomCreateDefaultTeam: func(context.Context, organization.DefaultTeamRequest) (store.Record, error) {
				return nil, nil // leaves it to the server
			}},
		},
		OrganizationHooks: organization.Hooks{
			BeforeCreateOrganization: func(_ context.Context, o organization.NewOrganization) (organization.Override, error) {
				if strings.HasPrefix(o.Organization.Text("slug"), "admin") {
					return organization.Override{}, auth.Status(403, "This name is reserved")
				}
				return organization.Override{Data: store.Record{"name": strings.TrimSpace(o.Organization.Text("name"))}}, nil
			},
			AfterAddMember: func(ctx context.Context, m organization.MemberEvent) (callback.Nothing, error) {
				log.InfoContext(ctx, "a member has joined", "organization", m.Organization.ID, "user", m.User.ID, "role", m.Member.Role)
				return callback.Nothing{}, nil
			},
		},
	}
}

// projectRoles adds projects to the built-in roles.
func projectRoles() access.Roles {
	roles := organization.Roles()
	for _, name := range []string{"owner", "admin"} {
		roles[name] = roles[name].With(access.Statements{"project": {"create", "share"}})
	}
	roles["editor"] = access.Statements{"project": {"create"}}
	return roles
}
