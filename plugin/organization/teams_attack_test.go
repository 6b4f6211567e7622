package organization_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// dump returns the rows of models as a text, to see whether calls have changed something.
func (w *world) dump(models ...string) string {
	w.T.Helper()
	var out []string
	for _, model := range models {
		for _, row := range w.Rows(model) {
			out = append(out, fmt.Sprint(model, row))
		}
	}
	return strings.Join(out, "\n")
}

// An owner of one organization reaches no team of another: not by the team's id, and not with the other organization's.
func TestAttackTeamOfAnotherOrganization(t *testing.T) {
	w := open(t, auth.Options{}, withTeams())
	ann, eve, bob := w.person("ann"), w.person("eve"), w.person("bob")
	acme := ann.found("acme")
	design := ann.team("Design")
	w.joins(acme, "member", bob)
	ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).Want(200)
	own := eve.found("evil")
	before := w.dump("team", "teamMember", "member")
	for _, org := range []string{acme, own, "none"} {
		for path, body := range map[string]string{
			"update-team":        `{"teamId":"TEAM","data":{"name":"Mine","organizationId":"ORG"}}`,
			"remove-team":        `{"teamId":"TEAM","organizationId":"ORG"}`,
			"add-team-member":    `{"teamId":"TEAM","userId":"EVE","organizationId":"ORG"}`,
			"remove-team-member": `{"teamId":"TEAM","userId":"BOB","organizationId":"ORG"}`,
			"invite-member":      `{"teamId":["TEAM"],"email":"x@example.com","role":"member","organizationId":"ORG"}`,
		} {
			body = strings.NewReplacer("TEAM", design, "EVE", eve.id, "BOB", bob.id, "ORG", org).Replace(body)
			if got := eve.Post("/organization/"+path, body); got.Status != 400 && got.Status != 403 {
				t.Errorf("%s: %v", body, got)
			}
		}
		if org != own {
			eve.call("create-team", `{"name":"Mine","organizationId":"%s"}`, org).Want(403)
			eve.read("list-teams", "organizationId", org).Want(403)
			eve.read("list-user-teams", "organizationId", org).Want(403)
			eve.read("list-user-teams", "organizationId", org, "userId", bob.id).Want(403)
		}
	}
	eve.read("list-team-members", "teamId", design).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
	eve.call("set-active-team", `{"teamId":"%s"}`, design).WantCode(400, "TEAM_NOT_FOUND")
	eve.read("list-user-teams", "userId", bob.id).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	if _, err := w.Call(t.Context(), "addMember", auth.Input{Body: map[string]any{"organizationId": own, "userId": bob.id, "role": "member", "teamId": design}}); err == nil {
		t.Error("a member of one organization was added to a team of another")
	}
	if after := w.dump("team", "teamMember", "member"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	// A team does not move between organizations of one owner either.
	second := ann.call("create", `{"name":"Second","slug":"second","keepCurrentActiveOrganization":true}`).Want(200).Text("id")
	ann.call("update-team", `{"teamId":"%s","data":{"organizationId":"%s"}}`, design, second).WantCode(400, "TEAM_NOT_FOUND")
	w.WantRows(1, "team", store.Is("id", design), store.Is("organizationId", acme))
}

// Nobody is seen, and nobody sees, through rows that are left of a former member.
func TestAttackFormerTeamMember(t *testing.T) {
	w := open(t, auth.Options{}, withTeams())
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	design := ann.team("Design")
	w.joins(org, "admin", bob)
	ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).Want(200)
	bob.call("set-active-team", `{"teamId":"%s"}`, design).Want(200)
	// An older server, or a tool, deletes the membership and leaves the rest.
	if err := w.Store.Delete(t.Context(), "member", store.Is("userId", bob.id)); err != nil {
		t.Fatal(err)
	}
	bob.read("list-team-members").WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
	bob.read("list-user-teams").Want(200, "", authtest.Len(0))
	bob.read("list-teams").Want(403)
	bob.call("create-team", `{"name":"x"}`).Want(403)
	bob.call("update-team", `{"teamId":"%s","data":{"name":"x"}}`, design).Want(403)
	bob.call("remove-team", `{"teamId":"%s"}`, design).Want(403)
	bob.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	ann.call("add-team-member", `{"teamId":"%s","userId":"%s"}`, design, bob.id).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
}

// An owner of one organization reaches no role of another, and a role counts in its own organization only.
func TestAttackRoleOfAnotherOrganization(t *testing.T) {
	w := open(t, auth.Options{}, withRoles())
	ann, eve, bob := w.person("ann"), w.person("eve"), w.person("bob")
	acme := ann.found("acme")
	editor := ann.role("editor", access.Statements{"project": {"delete"}})
	own := eve.found("evil")
	w.joins(own, "member", bob)
	before := w.dump("organizationRole")
	for _, org := range []string{acme, own, "none"} {
		for path, body := range map[string]string{
			"update-role": `{"roleId":"ROLE","organizationId":"ORG","data":{"permission":{"member":["delete"]}}}`,
			"delete-role": `{"roleId":"ROLE","organizationId":"ORG"}`,
		} {
			body = strings.NewReplacer("ROLE", editor, "ORG", org).Replace(body)
			if got := eve.Post("/organization/"+path, body); got.Status != 400 && got.Status != 403 {
				t.Errorf("%s: %v", body, got)
			}
		}
		if got := eve.read("get-role", "roleId", editor, "organizationId", org); got.Status != 400 && got.Status != 403 {
			t.Errorf("%v", got)
		}
		if org != own {
			eve.read("list-roles", "organizationId", org).WantCode(403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION")
			eve.call("create-role", `{"role":"mine","permission":{},"organizationId":"%s"}`, org).WantCode(403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION")
		}
	}
	eve.call("update-member-role", `{"memberId":"%s","role":"editor"}`, w.member(own, bob)).WantCode(400, "ROLE_NOT_FOUND")
	eve.call("invite-member", `{"email":"x@example.com","role":"editor"}`).Want(400)
	w.Change("member", store.Record{"role": "editor"}, store.Is("userId", bob.id))
	if bob.may("project", "delete") {
		t.Error("a role of another organization counts")
	}
	if after := w.dump("organizationRole"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// Nobody can make a role that allows more than they may do themselves, whether at once or by changing one.
func TestAttackRoleBeyondOwnRights(t *testing.T) {
	o := withRoles()
	o.Roles["clerk"] = access.Statements{"ac": {"create", "read", "update", "delete"}, "project": {"share"}}
	o.Roles["seller"] = access.Statements{"project": {"create"}}
	w := open(t, auth.Options{}, o)
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	w.joins(org, "clerk,seller", bob)
	ann.role("staff", access.Statements{"project": {"share"}})
	ann.call("update-member-role", `{"memberId":"%s","role":"clerk,seller,staff"}`, w.member(org, bob)).Want(200)
	for _, permission := range []access.Statements{
		{"organization": {"delete"}}, {"member": {"update"}}, {"project": {"delete"}}, {"project": {"share", "delete"}}, {"project": {"fly"}},
		{"project": {"share"}, "invitation": {"create"}}, {"project": {"share "}}, {"project": {""}}, organization.Statements(),
	} {
		bob.tryRole("more", permission).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE").Want(403, "missingPermissions", authtest.Any)
		text, _ := json.Marshal(permission)
		bob.call("update-role", `{"roleName":"staff","data":{"permission":%s}}`, text).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE")
	}
	for _, resource := range []string{"ghost", "constructor", "Project", " project"} {
		bob.tryRole("more", access.Statements{resource: {"share"}}).Want(400)
	}
	if bob.tryRole("proto", access.Statements{"__proto__": {"share"}}).Want(200); w.Row("organizationRole", store.Is("role", "proto")).Text("permission") != "{}" {
		t.Error("__proto__ was stored")
	}
	bob.role("both", access.Statements{"project": {"share", "create"}, "ac": {"update"}}) // what two of the roles allow together
	w.WantRows(3, "organizationRole")
	if text := w.Row("organizationRole", store.Is("role", "staff")).Text("permission"); text != `{"project":["share"]}` {
		t.Errorf("the role became %s", text)
	}
	// Without the permission to change roles the own rights do not matter.
	cid := w.person("cid")
	w.joins(org, "seller", cid)
	cid.tryRole("x", access.Statements{}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE")
	cid.call("update-role", `{"roleName":"staff","data":{"roleName":"x"}}`).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE")
	cid.call("delete-role", `{"roleName":"staff"}`).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE")
	cid.read("list-roles").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE")
	cid.read("get-role", "roleName", "staff").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE")
}

// A role whose name is padded, in capitals, a list, or a member of JavaScript objects is no other role.
func TestAttackNamesOfRoles(t *testing.T) {
	w := open(t, auth.Options{}, withRoles())
	ann, bob, cid := w.person("ann"), w.person("bob"), w.person("cid")
	org := ann.found("acme")
	w.joins(org, "admin", bob)
	w.joins(org, "member", cid)
	for _, name := range []string{"owner", "Owner", "OWNER"} {
		bob.tryRole(name, access.Statements{}).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
	}
	given := access.Statements{"member": {"delete"}}
	for _, name := range []string{" owner", "owner ", "admin,owner", "\towner", "", ",", "__proto__", "constructor", "tostring"} {
		bob.tryRole(name, given).Want(200)
		for _, role := range []string{name, " " + name + " "} {
			if organization.RoleList(role) == nil {
				continue
			}
			for _, r := range organization.RoleList(role) {
				if r == "owner" {
					bob.call("update-member-role", `{"memberId":"%s","role":"%s"}`, w.member(org, cid), strings.ReplaceAll(role, "\t", `\t`)).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
				}
			}
		}
	}
	if w.owners(org) != 1 {
		t.Error("there is another owner")
	}
	if !ann.may("organization", "delete") || cid.may("member", "delete") || !bob.may("member", "delete") {
		t.Error("the names of roles changed what the others allow")
	}
	bob.call("update-role", `{"roleName":"tostring","data":{"roleName":"OWNER"}}`).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
	bob.call("update-role", `{"roleName":"tostring","data":{"roleName":" Owner "}}`).Want(200)
	if w.owners(org) != 1 || bob.may("organization", "delete") {
		t.Error("renaming a role gave rights")
	}
}

// A role that is gone allows nothing, and cannot go while somebody has it.
func TestAttackDeletedRole(t *testing.T) {
	w := open(t, auth.Options{}, withRoles())
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	ann.role("editor", access.Statements{"project": {"delete"}, "member": {"update"}})
	w.joins(org, "member", bob)
	for _, role := range []string{"editor", "member, editor", " editor ,member"} {
		w.Change("member", store.Record{"role": role}, store.Is("userId", bob.id))
		ann.call("delete-role", `{"roleName":"editor"}`).WantCode(400, "ROLE_IS_ASSIGNED_TO_MEMBERS")
	}
	if err := w.Store.Delete(t.Context(), "organizationRole", store.Is("role", "editor")); err != nil { // by a tool
		t.Fatal(err)
	}
	if bob.may("project", "delete") || bob.may("member", "update") {
		t.Error("a deleted role allows something")
	}
	bob.call("update-member-role", `{"memberId":"%s","role":"admin"}`, w.member(org, bob)).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	ann.call("invite-member", `{"email":"x@example.com","role":"editor"}`).Want(400)
	ann.call("update-member-role", `{"memberId":"%s","role":"editor"}`, w.member(org, bob)).WantCode(400, "ROLE_NOT_FOUND")
}

// Permissions in the table that are not valid let nobody in.
func TestAttackInvalidStoredRole(t *testing.T) {
	w := open(t, auth.Options{}, withRoles())
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	ann.role("editor", access.Statements{"project": {"delete"}})
	w.joins(org, "editor", bob)
	for _, text := range []string{"", "null", "[]", "5", `"project"`, `{"project":"delete"}`, `{"project":[["delete"]]}`, `{"project":["delete"]`, "{"} {
		w.Change("organizationRole", store.Record{"permission": text}, store.Is("role", "editor"))
		bob.call("has-permission", `{"permissions":{"project":["delete"]}}`).Want(500)
		bob.call("create-team", `{"name":"x"}`).Want(404)
		bob.call("update-member-role", `{"memberId":"%s","role":"member"}`, w.member(org, bob)).Want(500)
	}
}
