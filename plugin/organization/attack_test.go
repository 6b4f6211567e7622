package organization_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// rows returns every row of the plugin's tables, to compare.
func (w *world) rows() map[string][]store.Record {
	w.T.Helper()
	out := map[string][]store.Record{}
	for _, model := range []string{"organization", "member", "invitation", "team", "teamMember", "organizationRole"} {
		if w.Store.Table(model) == nil {
			continue
		}
		rows, err := w.Store.Find(w.T.Context(), model, store.Query{Sort: "id", Limit: 1000})
		if err != nil {
			w.T.Fatal(err)
		}
		out[model] = rows
	}
	return out
}

func (w *world) wantUnchanged(before map[string][]store.Record) {
	w.T.Helper()
	if diff := cmp.Diff(before, w.rows()); diff != "" {
		w.T.Errorf("rows changed (-before +after):\n%s", diff)
	}
}

// calls are the requests about an organization, one of its members and one of its invitations; a GET has no body.
func calls(org, slug, member, invitation string) []string {
	at := `"organizationId":"` + org + `"`
	return []string{
		"get-organization?organizationId=" + org, "get-organization?organizationSlug=" + slug, "get-full-organization?organizationId=" + org, "get-full-organization?organizationSlug=" + slug,
		"list-members?organizationId=" + org, "list-members?organizationSlug=" + slug, "list-invitations?organizationId=" + org, "get-active-member-role?organizationId=" + org,
		"get-active-member-role?organizationSlug=" + slug, "get-invitation?id=" + invitation,
		"set-active {" + at + "}", `set-active {"organizationSlug":"` + slug + `"}`, "has-permission {" + at + `,"permissions":{"member":["update"]}}`,
		"update {" + at + `,"data":{"name":"X"}}`, "delete {" + at + "}", "leave {" + at + "}", "invite-member {" + at + `,"email":"new@example.com","role":"member"}`,
		"invite-member {" + at + `,"email":"invited@example.com","role":"member","resend":true}`,
		`accept-invitation {"invitationId":"` + invitation + `"}`, `reject-invitation {"invitationId":"` + invitation + `"}`, `cancel-invitation {"invitationId":"` + invitation + `"}`,
		"update-member-role {" + at + `,"memberId":"` + member + `","role":"owner"}`, "update-member-role {" + at + `,"memberId":"` + member + `","role":"member"}`,
		"remove-member {" + at + `,"memberIdOrEmail":"` + member + `"}`, "remove-member {" + at + `,"memberIdOrEmail":"victim@example.com"}`,
	}
}

// send sends one of calls.
func (p *person) send(call string) *authtest.Answer {
	if path, body, isPost := strings.Cut(call, " "); isPost {
		return p.Post("/organization/"+path, body)
	}
	return p.Get("/organization/" + call)
}

// tenant is an organization with an owner, a member and an invitation.
type tenant struct {
	owner, victim                 *person
	org, slug, member, invitation string
}

func (w *world) tenant() tenant {
	w.T.Helper()
	t := tenant{owner: w.person("owner"), victim: w.person("victim"), slug: "secret-slug"}
	t.org = t.owner.call("create", `{"name":"Secret","slug":"secret-slug","metadata":{"a":"secret metadata"}}`).Want(200).Text("id")
	t.member = w.add(t.org, t.victim, "admin")
	t.invitation = t.owner.invite(t.org, "invited@example.com", "member")
	return t
}

// Somebody who knows the ids of another tenant reads and changes nothing of it, as nobody, as a stranger, and as the
// owner of another organization.
func TestAttackGuessedIDs(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		a := w.tenant()
		stranger, mallory, nobody := w.person("stranger"), w.person("mallory"), &person{Client: w.Client(), world: w}
		mallory.found("mine")
		before := w.rows()
		for _, call := range calls(a.org, a.slug, a.member, a.invitation) {
			for name, who := range map[string]*person{"nobody": nobody, "a stranger": stranger, "another owner": mallory} {
				got := who.send(call)
				if got.Status < 400 {
					t.Errorf("%s: %s: %s", name, call, got)
				}
				for _, secret := range []string{"Secret", "secret metadata", a.owner.id, a.owner.email, a.victim.id} {
					if strings.Contains(got.Body, secret) {
						t.Errorf("%s: %s shows %s: %s", name, call, secret, got)
					}
				}
			}
		}
		w.wantUnchanged(before)
	}, everywhere.Databases()...)
}

// BA#3933: the owner of an organization changes or removes a member of another one by its id, naming either
// organization or none.
func TestAttackMemberOfAnotherOrganization(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		a := w.tenant()
		mallory := w.person("mallory")
		mine := mallory.found("mine")
		before := w.rows()
		ownersMember := w.member(a.org, a.owner)
		for _, org := range []string{mine, a.org, "", "nowhere"} {
			for _, member := range []string{a.member, ownersMember} {
				for _, role := range []string{`"member"`, `"owner"`, `["admin","owner"]`} {
					if got := mallory.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":%s}`, org, member, role); got.Status != 403 && got.Status != 400 {
						t.Errorf("%s: %s", org, got)
					}
				}
				mallory.call("remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, org, member).WantCode(400, "MEMBER_NOT_FOUND")
			}
			mallory.call("remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, org, a.victim.email).WantCode(400, "MEMBER_NOT_FOUND")
		}
		w.wantUnchanged(before)
	}, everywhere.Databases()...)
}

// An invitation works for its address only, once, in time, and while it is open.
func TestAttackInvitationOfAnother(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann, bob, eve := w.person("ann"), w.person("bob"), w.person("eve")
	org := ann.found("acme")
	id := ann.invite(org, bob.email, "admin")
	for _, path := range []string{"accept-invitation", "reject-invitation"} {
		eve.call(path, `{"invitationId":"%s"}`, id).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
		eve.call(path, `{"invitationId":"%s","email":"bob@example.com"}`, id).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
	}
	eve.read("get-invitation", "id", id).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
	eve.call("cancel-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "MEMBER_NOT_FOUND")
	bob.call("cancel-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "MEMBER_NOT_FOUND")
	w.Advance(49 * time.Hour)
	bob.call("accept-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
	for path, who := range map[string]*person{"cancel-invitation": ann, "reject-invitation": bob, "accept-invitation": bob} {
		id := ann.invite(org, bob.email, "admin")
		who.call(path, `{"invitationId":"%s"}`, id).Want(200)
		bob.call("accept-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
		bob.call("reject-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
		bob.call("leave", `{"organizationId":"%s"}`, org)
	}
	w.WantRows(1, "member")
}

// Where the ids of invitations can be guessed, an address that is not verified opens none.
func TestAttackGuessedInvitation(t *testing.T) {
	o := auth.Options{}
	o.Advanced.Database.GenerateID.Kind = store.SerialID
	w := open(t, o, organization.Options{})
	ann := w.person("ann")
	id := ann.invite(ann.found("acme"), "bob@example.com", "admin")
	eve := w.person("bob") // Eve signs up with the address of Bob
	for path, code := range map[string]string{"accept-invitation": "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION", "reject-invitation": "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION"} {
		eve.call(path, `{"invitationId":"%s"}`, id).WantCode(403, code)
	}
	eve.read("get-invitation", "id", id).WantCode(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	eve.read("list-user-invitations").WantCode(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	eve.read("list-user-invitations", "email", "ann@example.com").Want(400)
	w.WantRows(1, "invitation", store.Is("status", "pending"))
}

// A padded role, or one among several, neither gains nor loses a right, whether a client sends it or the database has it.
func TestAttackPaddedRoles(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann, bob, eve := w.person("ann"), w.person("bob"), w.person("eve")
	org := ann.found("acme")
	b, e := w.add(org, bob, "admin"), w.add(org, eve, "member")
	for _, role := range []string{`"owner"`, `" owner"`, `"owner "`, `"admin, owner"`, `"admin,owner"`, `["admin","owner"]`, `["admin, owner"]`, `" , owner,"`, `"\towner\n"`, `" owner"`} {
		for _, id := range []string{b, e} {
			bob.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":%s}`, org, id, role).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		}
		bob.call("invite-member", `{"organizationId":"%s","email":"x@example.com","role":%s}`, org, role).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	}
	ann.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":" admin , member,"}`, org, e).Want(200, "role", "admin,member")
	for _, stored := range []string{" owner", "member, owner", "admin ,owner"} {
		w.Change("member", store.Record{"role": stored}, store.Is("id", e))
		bob.call("remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, org, e).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
		bob.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"member"}`, org, e).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		eve.call("has-permission", `{"organizationId":"%s","permissions":{"organization":["delete"]}}`, org).Want(200, "success", true)
	}
	for _, stored := range []string{"Owner", "owners", "own er", "", ",", "constructor", "__proto__", "owner;admin"} {
		w.Change("member", store.Record{"role": stored}, store.Is("id", e))
		eve.call("update", `{"organizationId":"%s","data":{"name":"X"}}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION")
		eve.call("delete", `{"organizationId":"%s"}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION")
	}
	// The last owner stays one, also if the others only look like owners.
	w.Change("member", store.Record{"role": "owners, co-owner"}, store.Is("id", e))
	ann.call("leave", `{"organizationId":"%s"}`, org).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
	ann.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"admin"}`, org, w.member(org, ann)).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER")
}

// An admin does not become an owner through an invitation that an owner made, neither by seeing nor by sending it again.
func TestAttackOwnersInvitation(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann, bob, eve := w.person("ann"), w.person("bob"), w.person("eve")
	org := ann.found("acme")
	w.add(org, bob, "admin")
	w.add(org, eve, "member")
	ann.invite(org, "boss@example.com", "owner,admin")
	ann.invite(org, "staff@example.com", "member")
	bob.call("invite-member", `{"organizationId":"%s","email":"boss@example.com","role":"member","resend":true}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	for who, n := range map[*person]int{ann: 2, bob: 1, eve: 0} {
		who.read("get-full-organization", "organizationId", org).Want(200, "invitations", authtest.Len(n))
	}
	bob.read("list-invitations", "organizationId", org).Want(200, "", authtest.Len(1), "0.email", "staff@example.com")
	eve.read("list-invitations", "organizationId", org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS")
}

// Clients set no field that is not theirs to set.
func TestAttackMassAssignment(t *testing.T) {
	o := organization.Options{}
	text := auth.FieldType{Type: store.String}
	fields := auth.AdditionalFields{
		{Name: "plan", Type: text, Required: new(false), Input: new(false), HasDefault: true, DefaultValue: "free"},
		{Name: "secret", Type: text, Required: new(false), Returned: new(false), HasDefault: true, DefaultValue: "hidden value"},
	}
	o.Schema.Organization.AdditionalFields, o.Schema.Member.AdditionalFields, o.Schema.Invitation.AdditionalFields = fields, fields, fields
	w := open(t, auth.Options{}, o)
	ann, bob := w.person("ann"), w.person("bob")
	more := `"id":"chosen","plan":"paid","createdAt":"2000-01-01T00:00:00.000Z","status":"accepted","inviterId":"` + bob.id + `","userId":"` + bob.id + `","expiresAt":"2099-01-01T00:00:00.000Z","__proto__":{"plan":"paid"}`
	org := ann.call("create", `{"name":"N","slug":"acme",%s}`, more).Want(200, "plan", "free", "members.0.userId", ann.id).Text("id")
	bob.read("list").Want(200, "", authtest.Len(0))
	ann.call("update", `{"organizationId":"%s","data":{"name":"M",%s}}`, org, more).Want(200, "plan", "free", "name", "M")
	ann.call("invite-member", `{"organizationId":"%s","email":"bob@example.com","role":"member",%s}`, org, more).Want(200, "plan", "free", "status", "pending", "inviterId", ann.id)
	for _, model := range []string{"organization", "member", "invitation"} {
		row := w.Row(model)
		if row["id"] == "chosen" || row["plan"] != "free" || row.Time("createdAt").Year() == 2000 {
			t.Errorf("%s: %v", model, row)
		}
	}
	for _, got := range []*authtest.Answer{
		ann.read("get-full-organization", "organizationId", org), ann.read("list-members", "organizationId", org), ann.read("list-invitations", "organizationId", org), ann.read("list"), ann.read("get-active-member"),
		ann.read("list-members", "organizationId", org, "filterField", "secret", "filterValue", "hidden value"), ann.read("list-members", "organizationId", org, "sortBy", "secret"),
	} {
		if strings.Contains(got.Body, "hidden value") || strings.Contains(got.Body, `"secret"`) {
			t.Errorf("a hidden field is shown: %s", got)
		}
	}
	ann.read("list-members", "organizationId", org, "filterField", "secret", "filterValue", "hidden value").Want(500)

	mine := bob.found("other")
	bob.Post("/update-session", fmt.Sprintf(`{"activeOrganizationId":"%s"}`, org)).Want(400)
	bob.Post("/update-user", fmt.Sprintf(`{"name":"B","activeOrganizationId":"%s","role":"owner"}`, org))
	bob.Get("/get-session").Want(200, "session.activeOrganizationId", mine)
	w.Client().Post("/organization/add-member", fmt.Sprintf(`{"organizationId":"%s","userId":"%s","role":"owner"}`, org, bob.id)).Want(404)
	bob.Post("/organization/add-member", fmt.Sprintf(`{"organizationId":"%s","userId":"%s","role":"owner"}`, org, bob.id)).Want(404)
}

// Over HTTP nobody creates an organization for somebody else.
func TestAttackCreateForAnother(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann, bob := w.person("ann"), w.person("bob")
	body := fmt.Sprintf(`{"name":"N","slug":"n","userId":"%s"}`, bob.id)
	w.Client().Post("/organization/create", body).Want(401)
	ann.Post("/organization/create", body).Want(200, "members.0.userId", ann.id)
	bob.read("list").Want(200, "", authtest.Len(0))
}

// Somebody who was removed, was demoted or left reads and changes nothing any more, also with the organization still active in the
// session and in the cached session.
func TestAttackStaleMembership(t *testing.T) {
	for _, cached := range []bool{false, true} {
		w := open(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(cached)}}}, organization.Options{})
		ann, bob := w.person("ann"), w.person("bob")
		org := ann.found("acme")
		id := w.add(org, bob, "admin")
		bob.call("set-active", `{"organizationId":"%s"}`, org).Want(200)
		bob.call("update", `{"data":{"name":"By Bob"}}`).Want(200)
		ann.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"member"}`, org, id).Want(200)
		bob.call("update", `{"data":{"name":"X"}}`).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION")
		invitation := ann.invite(org, "new@example.com", "member")
		ann.call("remove-member", `{"organizationId":"%s","memberIdOrEmail":"%s"}`, org, id).Want(200)
		before := w.rows()
		for _, call := range calls("", "acme", w.member(org, ann), invitation) {
			got := bob.send(strings.ReplaceAll(call, `"organizationId":"",`, ""))
			nothing := got.Body == "null" // no organization is active any more
			if got.Status < 400 && !nothing || strings.Contains(got.Body, "By Bob") {
				t.Errorf("cached %t: %s: %s", cached, call, got)
			}
			bob.Jar = bob.twin().Jar
		}
		w.wantUnchanged(before)
	}
}
