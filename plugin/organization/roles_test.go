package organization_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// withRoles returns options whose members may create roles. The resource project is the application's.
func withRoles() organization.Options {
	control := organization.Statements().With(access.Statements{"project": {"create", "share", "delete"}})
	roles := organization.Roles()
	roles["owner"] = control
	roles["admin"] = roles["admin"].With(access.Statements{"project": {"create", "share"}})
	return organization.Options{AC: control, Roles: roles, DynamicAccessControl: organization.DynamicAccessControl{Enabled: true}}
}

// may reports whether somebody may do an action in the active organization.
func (p *person) may(resource, action string) bool {
	p.world.T.Helper()
	return p.call("has-permission", `{"permissions":{"%s":["%s"]}}`, resource, action).Want(200).Value("success") == true
}

// role creates a role in the caller's active organization and returns its id.
func (p *person) role(name string, permission access.Statements) string {
	p.world.T.Helper()
	return p.tryRole(name, permission).Want(200, "success", true, "roleData.role", name).Text("roleData.id")
}

func (p *person) tryRole(name string, permission access.Statements) *authtest.Answer {
	text, _ := json.Marshal(map[string]any{"role": name, "permission": permission})
	return p.Post("/organization/create-role", string(text))
}

// TestRoles: a role from its beginning to its end, in every place.
func TestRoles(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, withRoles())
		ann, bob := w.person("ann"), w.person("bob")
		org := ann.found("acme")
		id := ann.tryRole("Editor", access.Statements{"project": {"create", "delete"}}).Want(200, "roleData.role", "editor", "roleData.permission.project", authtest.Len(2), "statements.project", authtest.Len(2)).Text("roleData.id")
		ann.tryRole("editor", nil).WantCode(400, "VALIDATION_ERROR")
		ann.tryRole("EDITOR", access.Statements{}).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
		ann.tryRole("owner", access.Statements{}).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
		ann.tryRole("ghost", access.Statements{"ghost": {}}).WantCode(400, "INVALID_RESOURCE")

		w.joins(org, "member", bob)
		if bob.may("project", "delete") {
			t.Error("a member may delete projects")
		}
		ann.call("update-member-role", `{"memberId":"%s","role":["member","editor"]}`, w.member(org, bob)).Want(200, "role", "member,editor")
		if !bob.may("project", "delete") || bob.may("project", "share") {
			t.Error("the role does not allow what it says")
		}
		bob.read("list-roles").Want(200, "", authtest.Len(1), "0.id", id, "0.permission.project", authtest.Len(2))
		bob.read("get-role", "roleName", "editor").Want(200, "id", id, "organizationId", org)
		ann.call("update-role", `{"roleId":"%s","data":{"permission":{"project":["share"]}}}`, id).Want(200, "success", true, "roleData.permission.project.0", "share", "roleData.role", "editor")
		if bob.may("project", "delete") || !bob.may("project", "share") {
			t.Error("the change of the role does not count")
		}
		ann.call("delete-role", `{"roleName":"editor"}`).WantCode(400, "ROLE_IS_ASSIGNED_TO_MEMBERS")
		ann.call("update-role", `{"roleName":"editor","data":{"roleName":"Writer"}}`).Want(200, "roleData.role", "writer", "roleData.permission.project.0", "share")
		if bob.may("project", "share") {
			t.Error("a member keeps the rights of a role that has another name now")
		}
		ann.call("delete-role", `{"roleName":"owner"}`).WantCode(400, "CANNOT_DELETE_A_PRE_DEFINED_ROLE")
		ann.call("delete-role", `{"roleId":"%s"}`, id).Want(200, "success", true)
		ann.read("get-role", "roleId", id).WantCode(400, "ROLE_NOT_FOUND")
		ann.role("last", access.Statements{})
		ann.call("delete", `{"organizationId":"%s"}`, org).Want(200)
		w.WantRows(0, "organizationRole")
	})
}

// TestRoleLimit: the number of roles, from a number and from a callback, which is not called within a transaction.
func TestRoleLimit(t *testing.T) {
	o := withRoles()
	o.DynamicAccessControl.MaximumRolesPerOrganization.Max = new(0)
	w := open(t, auth.Options{}, o)
	ann := w.person("ann")
	ann.found("acme")
	ann.tryRole("one", access.Statements{}).WantCode(400, "TOO_MANY_ROLES")

	o.DynamicAccessControl.MaximumRolesPerOrganization.Func = func(ctx context.Context, in organization.RoleLimitRequest) (int, error) {
		if err := w.Store.Lock(ctx, "organization", store.Is("id", in.OrganizationID)); err != store.ErrNoTransaction {
			t.Errorf("called within a transaction: %v", err)
		}
		return 2, nil
	}
	w = open(t, auth.Options{}, o)
	ann = w.person("ann")
	ann.found("acme")
	ann.role("one", access.Statements{})
	ann.role("two", access.Statements{})
	ann.tryRole("three", access.Statements{}).WantCode(400, "TOO_MANY_ROLES")

	o.DynamicAccessControl.MaximumRolesPerOrganization.Func = func(context.Context, organization.RoleLimitRequest) (int, error) {
		return 0, errors.New("no answer")
	}
	w = open(t, auth.Options{}, o)
	ann = w.person("ann")
	ann.found("acme")
	ann.tryRole("one", access.Statements{}).Want(500)
	w.WantRows(0, "organizationRole")
}

// TestRolesWithoutStatements: roles need to know which resources there are.
func TestRolesWithoutStatements(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{DynamicAccessControl: organization.DynamicAccessControl{Enabled: true}})
	ann := w.person("ann")
	ann.found("acme")
	ann.tryRole("x", access.Statements{}).WantCode(501, "MISSING_AC_INSTANCE")
	ann.call("update-role", `{"roleName":"x","data":{}}`).WantCode(501, "MISSING_AC_INSTANCE")
	ann.read("list-roles").Want(200, "", authtest.Len(0))
	ann.call("set-active", `{"organizationId":null}`).Want(200)
	ann.tryRole("x", access.Statements{}).WantCode(501, "MISSING_AC_INSTANCE")
	w = open(t, auth.Options{}, withRoles())
	bob := w.person("bob")
	bob.tryRole("x", access.Statements{}).WantCode(400, "YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE")
	bob.read("list-roles").WantCode(400, "NO_ACTIVE_ORGANIZATION")
}

// TestRoleFields: fields that the options add to roles.
func TestRoleFields(t *testing.T) {
	no := false
	o := withRoles()
	o.Schema.OrganizationRole.AdditionalFields = auth.AdditionalFields{
		{Name: "color", Type: auth.FieldType{Type: store.String}},
		{Name: "note", Type: auth.FieldType{Type: store.String}, Required: &no, Returned: &no},
	}
	w := open(t, auth.Options{}, o)
	ann := w.person("ann")
	ann.found("acme")
	ann.call("create-role", `{"role":"a","permission":{},"additionalFields":{}}`).WantCode(400, "VALIDATION_ERROR")
	ann.call("create-role", `{"role":"a","permission":{},"additionalFields":{"color":"red","note":"n","role":"owner"}}`).Want(200, "roleData.color", "red", "roleData.role", "a", "roleData.note", authtest.Absent)
	ann.call("create-role", `{"role":"b","permission":{}}`).Want(200, "roleData.color", nil) // as in the reference
	ann.call("update-role", `{"roleName":"a","data":{"color":"blue"}}`).Want(200, "roleData.color", "blue")
	if row := w.Row("organizationRole", store.Is("role", "a")); row["color"] != "blue" || row["note"] != "n" {
		t.Errorf("%v", row)
	}
}
