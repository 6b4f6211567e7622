// Package organization adds organizations to which users belong: members with roles, invitations, and optionally teams
// and roles of their own. A session has an active organization.
//
//	plugins:
//	  organization:
//	    sendInvitationEmail: mail
//
// or from Go:
//
//	Plugins: []auth.Plugin{organization.New(organization.Options{SendInvitationEmail: …})},
package organization

// All rights are checked in access.go, from the membership as it is stored. A change that depends on several rows, such
// as "an organization keeps an owner", locks the organization's row first and then checks again; see Plugin.lock.

import (
	"errors"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Plugin is the organization plugin.
type Plugin struct {
	opts Options
	auth *auth.Auth // set by Init
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        organization,
		Models:    p.models(),
		Rename:    p.opts.rename(),
		Endpoints: slices.Concat(p.endpoints(), p.teamEndpoints(), p.roleEndpoints()),
		Codes:     codes(),
		Events:    events(),
		Provides:  auth.Services{Invited: p.invited},
		Init:      p.init,
	}
}

// endpoints returns the endpoints that do not depend on options.
func (p *Plugin) endpoints() []auth.Endpoint {
	return []auth.Endpoint{
		p.create(), p.update(), p.delete(), p.setActiveOrganization(), p.getOrganization(), p.getFullOrganization(), p.list(),
		p.createInvitation(), p.cancelInvitation(), p.acceptInvitation(), p.getInvitation(), p.rejectInvitation(), p.listInvitations(),
		p.getActiveMember(), p.checkSlug(), p.addMember(), p.removeMember(), p.updateMemberRole(), p.leave(),
		p.listUserInvitations(), p.listMembers(), p.getActiveMemberRole(), p.hasPermission(),
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.auth = a
	errs := []error{option.Check(&p.opts)}
	if p.opts.AC != nil {
		errs = append(errs, p.opts.AC.Check(p.opts.Roles))
	}
	return errors.Join(errs...)
}
