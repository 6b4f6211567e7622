package organization

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The models of the plugin.
const (
	organization = "organization"
	member       = "member"
	invitation   = "invitation"
	team         = "team"
	teamMember   = "teamMember"
	role         = "organizationRole"
)

// The fields of sessions.
const (
	activeOrganization = "activeOrganizationId"
	activeTeam         = "activeTeamId"
)

// models returns the tables that the options ask for.
func (p *Plugin) models() []store.Model {
	session := store.Model{Name: "session", Fields: []store.Field{
		{Name: activeOrganization, Type: store.String, Optional: true, ReadOnly: true},
	}}
	if p.opts.Teams.Enabled {
		session.Fields = append(session.Fields, store.Field{Name: activeTeam, Type: store.String, Optional: true, ReadOnly: true})
	}
	out := []store.Model{organizationModel()}
	if p.opts.DynamicAccessControl.Enabled {
		out = append(out, p.roleModel())
	}
	if p.opts.Teams.Enabled {
		out = append(out, p.teamModel(), teamMemberModel())
	}
	return append(out, memberModel(), p.invitationModel(), session)
}

func organizationModel() store.Model {
	return store.Model{Name: organization, Fields: []store.Field{
		{Name: "name", Type: store.String, Sortable: true},
		{Name: "slug", Type: store.String, Unique: true, Index: true, Sortable: true},
		{Name: "logo", Type: store.String, Optional: true},
		{Name: "createdAt", Type: store.Date},
		{Name: "metadata", Type: store.String, Optional: true},
	}}
}

func memberModel() store.Model {
	return store.Model{Name: member, Fields: []store.Field{
		{Name: "organizationId", Type: store.String, Ref: ref(organization), Index: true},
		{Name: "userId", Type: store.String, Ref: ref("user"), Index: true},
		{Name: "role", Type: store.String, Sortable: true, SQLDefault: "member"},
		{Name: "createdAt", Type: store.Date},
	}}
}

func (p *Plugin) invitationModel() store.Model {
	fields := []store.Field{
		{Name: "organizationId", Type: store.String, Ref: ref(organization), Index: true},
		{Name: "email", Type: store.String, Sortable: true, Index: true, Holds: store.HoldsAddress},
		{Name: "role", Type: store.String, Optional: true, Sortable: true},
	}
	if p.opts.Teams.Enabled {
		fields = append(fields, store.Field{Name: "teamId", Type: store.String, Optional: true, Sortable: true})
	}
	return store.Model{Name: invitation, Fields: append(fields,
		store.Field{Name: "status", Type: store.String, Sortable: true, SQLDefault: Pending},
		store.Field{Name: "expiresAt", Type: store.Date},
		store.Field{Name: "createdAt", Type: store.Date, Default: p.now},
		store.Field{Name: "inviterId", Type: store.String, Ref: ref("user")},
	), Indexes: []store.Index{{Fields: []string{"inviterId"}, Extra: true}}} // a user who is deleted takes them along
}

func (p *Plugin) teamModel() store.Model {
	return store.Model{Name: team, Fields: []store.Field{
		{Name: "name", Type: store.String},
		{Name: "memberCount", Type: store.Number, SQLDefault: 0, ReadOnly: true, Hidden: true},
		{Name: "organizationId", Type: store.String, Ref: ref(organization), Index: true},
		{Name: "createdAt", Type: store.Date},
		{Name: "updatedAt", Type: store.Date, Optional: true, OnUpdate: p.now},
	}}
}

func teamMemberModel() store.Model {
	return store.Model{Name: teamMember, Fields: []store.Field{
		{Name: "teamId", Type: store.String, Ref: ref(team), Index: true},
		{Name: "userId", Type: store.String, Ref: ref("user"), Index: true},
		{Name: "membershipKey", Type: store.String, Optional: true, Unique: true, ReadOnly: true, Hidden: true, Need: store.Need{AtLeast: 43}},
		{Name: "createdAt", Type: store.Date, Optional: true},
	}}
}

func (p *Plugin) roleModel() store.Model {
	return store.Model{Name: role, Fields: []store.Field{
		{Name: "organizationId", Type: store.String, Ref: ref(organization), Index: true},
		{Name: "role", Type: store.String, Index: true},
		{Name: "permission", Type: store.String},
		{Name: "createdAt", Type: store.Date, Default: p.now},
		{Name: "updatedAt", Type: store.Date, Optional: true, OnUpdate: p.now},
	}}
}

func ref(model string) *store.Ref { return &store.Ref{Model: model, Field: "id", OnDelete: "cascade"} }

// now returns the time of the call.
func (p *Plugin) now(ctx context.Context) any {
	if c := auth.From(ctx); c != nil {
		return c.Now()
	}
	return p.auth.Options.Now()
}
