// Package admin lets administrators manage users: create, list, change, ban and remove them, set their roles and
// passwords, see and end their sessions, and sign in as them. What each role may do is data.
//
//	plugins:
//	  admin:
//	    adminUserIds: [ID-OF-THE-FIRST-ADMINISTRATOR]
//
// or from Go:
//
//	Plugins: []auth.Plugin{admin.New(admin.Options{AdminUserIDs: []string{"ID-OF-THE-FIRST-ADMINISTRATOR"}})},
package admin

// All rights are checked in allowed, from the session as it is stored; no endpoint reads a role elsewhere.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Role of new users.
	DefaultRole string `json:"defaultRole" default:"user"`
	// Roles whose users cannot be impersonated without the permission `impersonate-admins`.
	AdminRoles RoleNames `json:"adminRoles" unset:"admin"`
	// Reason of a ban that is given none.
	DefaultBanReason string `json:"defaultBanReason" default:"No reason"`
	// How long a ban lasts that is given no end.
	DefaultBanExpiresIn int `json:"defaultBanExpiresIn" unset:"for ever" unit:"seconds"`
	// How long an administrator stays signed in as another user.
	ImpersonationSessionDuration int `json:"impersonationSessionDuration" default:"3600" unit:"seconds"`
	// Names of the plugin's columns. The tables themselves are renamed by `user.modelName` and `session.modelName`.
	Schema map[string]auth.ModelOptions `json:"schema"`
	// All resources with their actions. Roles may use no others.
	AC access.Statements `json:"ac" unset:"roles are not checked"`
	// What each role may do, by resource. It replaces the built-in roles.
	Roles access.Roles `json:"roles" unset:"admin and user"`
	// Ids of users who may do everything, whatever their role.
	AdminUserIDs []string `json:"adminUserIds"`
	// Message for a user who is banned, or a callback that makes it.
	BannedUserMessage BannedMessage `json:"bannedUserMessage" default:"You have been banned from this application. Please contact support if you believe this is an error."`
	// Administrators may impersonate each other. Deprecated in favour of the permission `impersonate-admins`.
	AllowImpersonatingAdmins bool `json:"allowImpersonatingAdmins"`
}

// Statements returns the resources and actions of the built-in roles.
func Statements() access.Statements {
	return access.Statements{
		"user": {
			"create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email",
			"set-phone", "get", "update",
		},
		"session": {"list", "revoke", "delete"},
	}
}

// Roles returns the built-in roles: an admin may do everything but impersonate other admins, a user nothing.
func Roles() access.Roles {
	all := Statements()
	all["user"] = slices.DeleteFunc(all["user"], func(action string) bool { return action == "impersonate-admins" })
	return access.Roles{"admin": all, "user": {"user": {}, "session": {}}}
}

// Plugin is the admin plugin.
type Plugin struct {
	opts       Options
	roles      access.Roles
	adminRoles []string
	totals     totals
	pages      pages
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	p := &Plugin{opts: o, roles: o.Roles, adminRoles: []string{"admin"}}
	if p.roles == nil {
		p.roles = Roles()
	}
	if o.AdminRoles != nil {
		p.adminRoles = nil
		for _, role := range o.AdminRoles {
			p.adminRoles = append(p.adminRoles, strings.TrimSpace(role))
		}
	}
	return p
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "admin",
		Models: models(),
		Rename: p.opts.Schema,
		Endpoints: []auth.Endpoint{
			p.setRole(), p.getUser(), p.createUser(), p.updateUser(), p.listUsers(), p.listUserSessions(), p.unbanUser(),
			p.banUser(), p.impersonate(), p.stopImpersonating(), p.revokeSession(), p.revokeSessions(), p.removeUser(),
			p.setPassword(), p.hasPermission(),
		},
		After: []auth.Hook{
			{On: []string{"/list-sessions"}, Do: hideImpersonations},
			{On: []string{
				"/admin/create-user", "/admin/update-user", "/admin/remove-user", "/admin/set-role", "/admin/ban-user", "/admin/unban-user",
			}, Do: p.forget},
		},
		SignedIn: []auth.Hook{{Do: p.checkBanAgain}},
		Admit:    p.admit,
		Database: map[string][]store.Hooks{"user": {{Source: "plugin:admin", BeforeCreate: p.giveRole}}},
		Codes:    codes(),
		Provides: auth.Services{
			SessionLife: time.Duration(p.opts.ImpersonationSessionDuration) * time.Second,
			Actor:       func(s *auth.SignedIn) string { return s.Session.Extra.Text("impersonatedBy") },
		},
		Events: []string{UserBanned, UserUnbanned, UserRoleChanged, UserImpersonated, ImpersonationStopped},
		Init:   p.init,
	}
}

// The events that the plugin reports. UserID is the user concerned, not the administrator.
const (
	UserBanned           = "user_banned"
	UserUnbanned         = "user_unbanned"
	UserRoleChanged      = "user_role_changed"
	UserImpersonated     = "user_impersonated"
	ImpersonationStopped = "user_impersonated_stopped"
)

func (p *Plugin) init(*auth.Auth) error {
	errs := []error{option.Check(&p.opts)}
	for _, role := range p.opts.AdminRoles {
		if !hasRole(p.roles, role) {
			errs = append(errs, fmt.Errorf("adminRoles: there is no role %q in roles (known: %s)", role, strings.Join(slices.Sorted(maps.Keys(p.roles)), ", ")))
		}
	}
	if p.opts.AC != nil {
		errs = append(errs, p.opts.AC.Check(p.roles))
	}
	return errors.Join(errs...)
}

// hasRole reports whether there is a role of the name, in any case.
func hasRole(roles access.Roles, name string) bool {
	for known := range roles {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// giveRole gives the default role to new users.
func (p *Plugin) giveRole(_ context.Context, row store.Record) (store.Record, error) {
	if _, given := row["role"]; given {
		return nil, nil
	}
	return store.Record{"role": p.opts.DefaultRole}, nil
}
