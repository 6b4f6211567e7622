package organization

import (
	"math"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type createRoleRequest struct {
	OrganizationID   *string    `json:"organizationId,omitempty"`
	Role             string     `json:"role"`
	Permission       *js.Object `json:"permission"`
	AdditionalFields *js.Object `json:"additionalFields,omitempty"`
}

type createRoleAnswer struct {
	Success    bool            `json:"success"`
	RoleData   *auth.PublicRow `json:"roleData"`
	Statements *js.Object      `json:"statements"`
}

func (p *Plugin) createOrgRole() auth.Endpoint {
	return auth.Handle(roleRoute("createOrgRole", http.MethodPost, "create-role", js.NewObject()), p.createRole).WithBody(schema.Object(
		schema.Field("organizationId", schema.String().Optional().Doc("The id of the organization to create the role in. If not provided, the user's active organization will be used.")),
		schema.Field("role", schema.String().Doc("The name of the role to create")),
		schema.Field("permission", permissionSchema().Doc("The permission to assign to the role")),
		schema.Field("additionalFields", withFields(p.opts.Schema.OrganizationRole.AdditionalFields).Optional()),
	))
}

func (p *Plugin) createRole(c *auth.Context, in *createRoleRequest) (*createRoleAnswer, error) {
	if p.opts.AC == nil {
		return nil, auth.Fail(http.StatusNotImplemented, MissingAccessControl)
	}
	id, name := roleOrganization(c, in.OrganizationID), js.ToLowerCase(in.Role)
	if id == "" {
		return nil, auth.BadRequest(RoleWithoutOrganization)
	}
	if p.predefined(name) {
		return nil, auth.BadRequest(RoleNameTaken)
	}
	a, err := p.roleActor(c, id, MayNotCreateRole, "create")
	if err != nil {
		return nil, err
	}
	limit, limited, err := p.opts.DynamicAccessControl.MaximumRolesPerOrganization.of(c, RoleLimitRequest{a.OrganizationID})
	if err != nil {
		return nil, err
	}
	check := func(c *auth.Context) error {
		if !limited {
			return nil
		}
		n, err := c.Store.Count(c, role, store.Is("organizationId", a.OrganizationID))
		if err == nil && int(n) >= limit {
			err = auth.BadRequest(TooManyRoles)
		}
		return err
	}
	if err := check(c); err != nil {
		return nil, err
	}
	if err := p.checkGrant(a, in.Permission, MayNotCreateRole); err != nil {
		return nil, err
	}
	data := store.Record{"createdAt": c.Now(), "organizationId": a.OrganizationID, "permission": string(js.Marshal(in.Permission)), "role": name}
	if in.AdditionalFields != nil {
		data = data.With(recordOf(in.AdditionalFields))
	}
	var made *ownRole
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, a.OrganizationID); err != nil {
			return err
		}
		if err := check(c); err != nil {
			return err
		}
		if err := p.checkNameFree(c, a.OrganizationID, name); err != nil {
			return err
		}
		row, err := c.Store.Create(c, role, data)
		if err == nil {
			made = roleOf(c.Auth, row)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &createRoleAnswer{true, made.with(store.Record{"permission": in.Permission}), in.Permission}, nil
}

type updateRoleRequest struct {
	OrganizationID *string    `json:"organizationId,omitempty"`
	RoleName       string     `json:"roleName,omitempty"`
	RoleID         string     `json:"roleId,omitempty"`
	Data           *js.Object `json:"data"`
}

type updateRoleAnswer struct {
	Success  bool            `json:"success"`
	RoleData *auth.PublicRow `json:"roleData"`
}

func (p *Plugin) updateOrgRole() auth.Endpoint {
	data := withFields(p.opts.roleFields(),
		schema.Field("permission", permissionSchema().Optional().Doc("The permission to update the role with")),
		schema.Field("roleName", schema.String().Optional().Doc("The name of the role to update")),
	)
	return auth.Handle(roleRoute("updateOrgRole", http.MethodPost, "update-role", js.NewObject()), p.changeRole).WithBody(named(schema.Object(
		schema.Field("organizationId", schema.String().Optional().Doc("The id of the organization to update the role in. If not provided, the user's active organization will be used.")),
		schema.Field("data", data),
	), "update"))
}

func (p *Plugin) changeRole(c *auth.Context, in *updateRoleRequest) (*updateRoleAnswer, error) {
	if p.opts.AC == nil {
		return nil, auth.Fail(http.StatusNotImplemented, MissingAccessControl)
	}
	a, err := p.roleActor(c, roleOrganization(c, in.OrganizationID), MayNotUpdateRole, "update")
	if err != nil {
		return nil, err
	}
	if _, err := p.roleIn(c, a.OrganizationID, in.RoleName, in.RoleID); err != nil {
		return nil, err
	}
	change := recordOf(in.Data, "permission", "roleName")
	given, _ := in.Data.Get("permission")
	permission, _ := given.(*js.Object)
	if permission != nil {
		if err := p.checkGrant(a, permission, MayNotUpdateRole); err != nil {
			return nil, err
		}
		change["permission"] = string(js.Marshal(permission))
	}
	given, _ = in.Data.Get("roleName")
	name, _ := given.(string)
	if name = js.ToLowerCase(name); name != "" {
		if p.predefined(name) {
			return nil, auth.BadRequest(RoleNameTaken)
		}
		change["role"] = name
	}
	var old *ownRole
	err = c.Tx(func(c *auth.Context) error {
		if err := p.lock(c, a.OrganizationID); err != nil {
			return err
		}
		if old, err = p.roleIn(c, a.OrganizationID, in.RoleName, in.RoleID); err != nil {
			return err
		}
		if name != "" {
			if err := p.checkNameFree(c, a.OrganizationID, name); err != nil {
				return err
			}
		}
		_, err := c.Store.UpdateMany(c, role, []store.Where{store.Is("organizationId", a.OrganizationID), oneRole(in.RoleName, in.RoleID)}, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := change.With(store.Record{"permission": permission})
	if permission == nil {
		if shown["permission"], err = js.Parse([]byte(old.row.Text("permission"))); err != nil {
			return nil, err
		}
	}
	return &updateRoleAnswer{true, old.with(shown)}, nil
}

type deleteRoleRequest struct {
	OrganizationID *string `json:"organizationId,omitempty"`
	RoleName       string  `json:"roleName,omitempty"`
	RoleID         string  `json:"roleId,omitempty"`
}

// BodySchema returns the schema of the body.
func (deleteRoleRequest) BodySchema() *schema.Schema {
	return named(schema.Object(
		schema.Field("organizationId", schema.String().Optional().Doc("The id of the organization to create the role in. If not provided, the user's active organization will be used.")),
	), "delete")
}

type deleteRoleAnswer struct {
	Success bool `json:"success"`
}

func (p *Plugin) deleteOrgRole() auth.Endpoint {
	return auth.Handle(roleRoute("deleteOrgRole", http.MethodPost, "delete-role", js.NewObject()),
		func(c *auth.Context, in *deleteRoleRequest) (*deleteRoleAnswer, error) {
			a, err := p.roleActor(c, roleOrganization(c, in.OrganizationID), MayNotDeleteRole, "delete")
			if err != nil {
				return nil, err
			}
			if in.RoleName != "" && p.predefined(in.RoleName) {
				return nil, auth.BadRequest(CannotDeleteBuiltInRole)
			}
			return &deleteRoleAnswer{true}, c.Tx(func(c *auth.Context) error {
				if err := p.lock(c, a.OrganizationID); err != nil {
					return err
				}
				r, err := p.roleIn(c, a.OrganizationID, in.RoleName, in.RoleID)
				if err == nil {
					err = checkUnused(c, r)
				}
				if err == nil {
					err = c.Store.Delete(c, role, store.Is("id", r.id))
				}
				return err
			})
		})
}

// checkUnused returns an error if a member has the role.
func checkUnused(c *auth.Context, r *ownRole) error {
	rows, err := c.Store.Find(c, member, store.Query{Where: []store.Where{
		store.Is("organizationId", r.organizationID), {Field: "role", Op: store.Contains, Value: r.name},
	}, Fields: []string{"role"}, Limit: math.MaxInt32})
	if err == nil && slices.ContainsFunc(rows, func(row store.Record) bool { return slices.Contains(RoleList(row.Text("role")), r.name) }) {
		err = auth.BadRequest(RoleInUse)
	}
	return err
}
