package admin

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
)

// May reports whether a user may do an action, such as list on the resource user, for other plugins that serve
// administrators. The user should come from the store and not from the cookie cache, so that a role that was taken
// away counts at once.
func (p *Plugin) May(user *auth.User, resource, action string) bool {
	return p.allowed(user.ID, user.Extra.Text("role"), access.Need(resource, action))
}

// MayImpersonate reports whether a user may sign in as another one.
func (p *Plugin) MayImpersonate(user, target *auth.User) bool {
	return p.May(user, "user", "impersonate") && (!p.isAdmin(target) || p.mayImpersonateAdmins(user))
}

// IsAdministrator reports whether a user is one of adminUserIds or has one of adminRoles.
func (p *Plugin) IsAdministrator(user *auth.User) bool { return p.isAdmin(user) }

// HasRole reports whether a user has one of the roles, or is one of adminUserIds.
func (p *Plugin) HasRole(user *auth.User, roles ...string) bool {
	return slices.Contains(p.opts.AdminUserIDs, user.ID) ||
		slices.ContainsFunc(p.rolesOf(user.Extra.Text("role")), func(role string) bool { return slices.Contains(roles, role) })
}

// KnowsRole reports whether the option roles, or else the built-in roles, have one of this name.
func (p *Plugin) KnowsRole(name string) bool { _, ok := p.roles[name]; return ok }

// AdminRole returns the first of adminRoles, which makes a user an administrator; "" if there is none.
func (p *Plugin) AdminRole() string {
	if len(p.adminRoles) == 0 {
		return ""
	}
	return p.adminRoles[0]
}
