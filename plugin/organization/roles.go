package organization

import (
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// roleEndpoints returns the endpoints of roles that members create, none if they are not enabled.
func (p *Plugin) roleEndpoints() []auth.Endpoint {
	if !p.opts.DynamicAccessControl.Enabled {
		return nil
	}
	return []auth.Endpoint{p.createOrgRole(), p.deleteOrgRole(), p.listOrgRoles(), p.getOrgRole(), p.updateOrgRole()}
}

// roleRoute returns the route of an endpoint of roles. In the reference, these endpoints have no description.
func roleRoute(id, method, path string, document *js.Object) auth.Route {
	return auth.Route{ID: id, Methods: []string{method}, Path: "/organization/" + path, Session: auth.RequireSession, NeedHeaders: true, OpenAPI: document}
}

// permissionSchema is the schema of lists of actions by resource.
func permissionSchema() *schema.Schema { return schema.Record(schema.Array(schema.String())) }

// named returns the schema of a request that names a role or has its id, for an action such as "delete".
func named(s *schema.Schema, action string) *schema.Schema {
	return schema.Intersection(s, schema.Union(
		schema.Object(schema.Field("roleName", schema.String().NonEmpty().Doc("The name of the role to "+action))),
		schema.Object(schema.Field("roleId", schema.String().NonEmpty().Doc("The id of the role to "+action))),
	))
}

// ownRole is a copy of the row of a role that a member created.
type ownRole struct {
	id, organizationID, name string

	row   store.Record
	table *store.TableSchema
}

// roleIn returns a role of an organization by its name or, if that is "", by its id. The error is a 400 if there is none.
func (p *Plugin) roleIn(c *auth.Context, organizationID, name, id string) (*ownRole, error) {
	row, err := orNil(c.Store.Get(c, role, store.Given("organizationId", organizationID), oneRole(name, id)))
	if err == nil && row == nil {
		err = auth.BadRequest(RoleNotFound)
	}
	if err != nil {
		return nil, err
	}
	return roleOf(c.Auth, row), nil
}

func oneRole(name, id string) store.Where {
	if name != "" {
		return store.Given("role", name)
	}
	return store.Given("id", id)
}

func roleOf(a *auth.Auth, row store.Record) *ownRole {
	return &ownRole{row.Text("id"), row.Text("organizationId"), row.Text("role"), row, a.Store.Table(role)}
}

// readable returns the row with its permission as an object. The error says that it is not JSON.
func (r *ownRole) readable() (*auth.PublicRow, error) {
	permission, err := js.Parse([]byte(r.row.Text("permission")))
	if err != nil {
		return nil, err
	}
	return r.with(store.Record{"permission": permission}), nil
}

func (r *ownRole) with(change store.Record) *auth.PublicRow { return r.table.Public(r.row.With(change)) }

// predefined reports whether a role has the name of one that the options define or, if they define none, of a built-in
// one.
func (p *Plugin) predefined(name string) bool {
	_, ok := p.staticRoles()[name]
	return ok
}

// actor is the member who makes a call about roles.
type actor struct {
	*Member
	roles access.Roles // of the organization
}

// roleOrganization returns the id of the organization that a call about roles is about: the given one, even if it is "", or
// the active one of the session.
func roleOrganization(c *auth.Context, given *string) string {
	if given != nil {
		return *given
	}
	return activeOf(c)
}

// roleActor returns the member who makes a call about the roles of an organization. refused is the code of the error for
// a member who may not do the action.
func (p *Plugin) roleActor(c *auth.Context, id string, refused auth.Code, action string) (*actor, error) {
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMember(c, c.Session.User.ID, id)
	if err == nil && m == nil {
		err = auth.Forbidden(NotMember)
	}
	if err != nil {
		return nil, err
	}
	roles, err := p.rolesIn(c, id)
	if err != nil {
		return nil, err
	}
	who := &actor{m, roles}
	if !who.may("ac", action) {
		return nil, auth.Forbidden(refused)
	}
	return who, nil
}

func (a *actor) may(resource, action string) bool {
	return a.roles.Allow(RoleList(a.Role), access.Need(resource, action))
}

// checkGrant returns an error if a permission has a resource that does not exist, or an action that the member may not
// do: nobody can give more than they have.
func (p *Plugin) checkGrant(a *actor, permission *js.Object, refused auth.Code) error {
	for resource := range permission.All() {
		if _, known := p.opts.AC[resource]; !known {
			return auth.BadRequest(InvalidResource)
		}
	}
	var missing []any
	for resource, v := range permission.All() {
		actions, _ := v.([]any)
		for _, v := range actions {
			if action, _ := v.(string); !a.may(resource, action) {
				missing = append(missing, resource+":"+action)
			}
		}
	}
	if missing == nil {
		return nil
	}
	err := auth.Forbidden(refused)
	err.Body = js.Obj("message", refused.Message, "code", refused.Name, "missingPermissions", missing)
	return err
}

// checkNameFree returns an error if the organization has a role with this name.
func (p *Plugin) checkNameFree(c *auth.Context, organizationID, name string) error {
	n, err := c.Store.Count(c, role, store.Given("organizationId", organizationID), store.Given("role", name))
	if err == nil && n > 0 {
		err = auth.BadRequest(RoleNameTaken)
	}
	return err
}

// deleteRoles deletes all roles of an organization, within the transaction of c.
func (p *Plugin) deleteRoles(c *auth.Context, organizationID string) error {
	if !p.opts.DynamicAccessControl.Enabled {
		return nil
	}
	_, err := c.Store.DeleteMany(c, role, store.Is("organizationId", organizationID))
	return err
}

// roleFields returns the fields that the options add to roles. As in the reference, none of them is required in the
// table and in changes.
func (o *Options) roleFields() auth.AdditionalFields {
	fields := slices.Clone(o.Schema.OrganizationRole.AdditionalFields)
	for i := range fields {
		fields[i].Required = new(bool)
	}
	return fields
}

type roleQuery struct {
	OrganizationID *string `query:"organizationId,omitempty"`
	RoleName       string  `query:"roleName,omitempty"`
	RoleID         string  `query:"roleId,omitempty"`
}

// QuerySchema returns the schema of the query.
func (roleQuery) QuerySchema() *schema.Schema {
	return named(schema.Object(
		schema.Field("organizationId", schema.String().Optional().Doc("The id of the organization to read a role for. If not provided, the user's active organization will be used.")),
	), "read").Optional()
}

func (p *Plugin) getOrgRole() auth.Endpoint {
	return auth.Handle(roleRoute("getOrgRole", http.MethodGet, "get-role", js.Obj("parameters", []any{})),
		func(c *auth.Context, in *roleQuery) (*auth.PublicRow, error) {
			a, err := p.roleActor(c, roleOrganization(c, in.OrganizationID), MayNotReadRole, "read")
			if err != nil {
				return nil, err
			}
			r, err := p.roleIn(c, a.OrganizationID, in.RoleName, in.RoleID)
			if err != nil {
				return nil, err
			}
			return r.readable()
		})
}

type listRolesRequest struct {
	_              struct{} `query:"optional"`
	OrganizationID *string  `query:"organizationId,omitempty"`
}

func (p *Plugin) listOrgRoles() auth.Endpoint {
	return auth.Handle(roleRoute("listOrgRoles", http.MethodGet, "list-roles", js.NewObject()),
		func(c *auth.Context, in *listRolesRequest) (*[]*auth.PublicRow, error) {
			a, err := p.roleActor(c, roleOrganization(c, in.OrganizationID), MayNotListRoles, "read")
			if err != nil {
				return nil, err
			}
			rows, err := c.Store.Find(c, role, store.Query{Where: []store.Where{store.Is("organizationId", a.OrganizationID)}})
			if err != nil {
				return nil, err
			}
			out := make([]*auth.PublicRow, len(rows))
			for i, row := range rows {
				if out[i], err = roleOf(c.Auth, row).readable(); err != nil {
					return nil, err
				}
			}
			return &out, nil
		})
}
