package organization_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// world is a server with the plugin.
type world struct{ *authtest.Server }

func open(t testing.TB, o auth.Options, p organization.Options) *world {
	t.Helper()
	o.Plugins = append(o.Plugins, organization.New(p))
	return &world{authtest.New(t, authtest.PlainPasswords(o))}
}

// person is the browser of a user.
type person struct {
	*authtest.Client
	world     *world
	id, email string
}

// person signs up name@example.com.
func (w *world) person(name string) *person {
	w.T.Helper()
	p := &person{w.Client(), w, "", name + "@example.com"}
	p.id = p.SignUpAs(name, p.email).Text("user.id")
	return p
}

// twin returns another browser with the same cookies, for calls at once.
func (p *person) twin() *person {
	c := p.world.Client()
	c.Jar = maps.Clone(p.Jar)
	return &person{c, p.world, p.id, p.email}
}

// call posts to an endpoint of the plugin.
func (p *person) call(path, format string, args ...any) *authtest.Answer {
	return p.Post("/organization/"+path, fmt.Sprintf(format, args...))
}

// read gets an endpoint of the plugin; pairs are names and values of the query.
func (p *person) read(path string, pairs ...string) *authtest.Answer {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return p.Get("/organization/" + path + "?" + query.Encode())
}

// found creates an organization and returns its id.
func (p *person) found(slug string) string {
	p.world.T.Helper()
	return p.call("create", `{"name":"The %s","slug":"%s"}`, slug, slug).Want(200).Text("id")
}

// invite returns the id of a new invitation.
func (p *person) invite(org, email, role string) string {
	p.world.T.Helper()
	return p.call("invite-member", `{"organizationId":"%s","email":"%s","role":"%s"}`, org, email, role).Want(200).Text("id")
}

// add makes somebody a member by the program and returns the id of the membership.
func (w *world) add(org string, p *person, role string) string {
	w.T.Helper()
	out, err := w.Call(w.T.Context(), "addMember", auth.Input{Body: map[string]any{"organizationId": org, "userId": p.id, "role": role}})
	if err != nil {
		w.T.Fatal(err)
	}
	v, err := js.Parse(out.JSON())
	if err != nil {
		w.T.Fatal(err)
	}
	id, _ := v.(*js.Object).Get("id")
	return js.String(id)
}

// member returns the id of the membership of somebody.
func (w *world) member(org string, p *person) string {
	w.T.Helper()
	return w.ID("member", store.Is("organizationId", org), store.Is("userId", p.id))
}

// owners returns the number of members with the role owner.
func (w *world) owners(org string) (n int) {
	w.T.Helper()
	for _, row := range w.Rows("member", store.Is("organizationId", org)) {
		for _, role := range organization.RoleList(row.Text("role")) {
			if role == "owner" {
				n++
			}
		}
	}
	return n
}

// TestFlow: an organization from its beginning to its end, in every place.
func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, organization.Options{})
		ann, bob := w.person("ann"), w.person("bob")
		org := ann.call("create", `{"name":"Acme","slug":"acme","metadata":{"plan":"free"}}`).Want(200, "slug", "acme", "metadata.plan", "free", "members.0.role", "owner", "members.0.userId", ann.id).Text("id")
		ann.Get("/get-session").Want(200, "session.activeOrganizationId", org)
		bob.call("check-slug", `{"slug":"acme"}`).WantCode(400, "ORGANIZATION_SLUG_ALREADY_TAKEN")
		bob.call("create", `{"name":"Acme","slug":"acme"}`).WantCode(400, "ORGANIZATION_ALREADY_EXISTS")
		ann.call("update", `{"data":{"name":"Acme Inc."}}`).Want(200, "name", "Acme Inc.", "metadata.plan", "free")

		id := ann.invite(org, "Bob@Example.com", "admin")
		ann.call("invite-member", `{"email":"bob@example.com","role":"member"}`).WantCode(400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION")
		bob.read("get-invitation", "id", id).Want(200, "organizationName", "Acme Inc.", "inviterEmail", ann.email, "email", bob.email, "status", "pending")
		bob.call("accept-invitation", `{"invitationId":"%s"}`, id).Want(200, "invitation.status", "accepted", "member.role", "admin", "member.userId", bob.id)
		bob.call("accept-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
		bob.Get("/get-session?disableCookieCache=true").Want(200, "session.activeOrganizationId", org)
		bob.read("get-active-member").Want(200, "role", "admin", "user.email", bob.email)

		ann.read("list-members", "sortBy", "role", "sortDirection", "desc").Want(200, "total", 2.0, "members.0.role", "owner", "members.1.user.email", bob.email)
		ann.read("list-members", "filterField", "role", "filterValue", "admin").Want(200, "total", 1.0, "members", authtest.Len(1))
		ann.read("list-members", "limit", "1", "offset", "1", "sortBy", "role").Want(200, "total", 2.0, "members.0.role", "owner")
		bob.read("get-full-organization", "organizationSlug", "acme").Want(200, "id", org, "members", authtest.Len(2), "invitations", authtest.Len(1))
		bob.call("has-permission", `{"permissions":{"organization":["update"]}}`).Want(200, "success", true, "error", nil)
		bob.call("has-permission", `{"permissions":{"organization":["delete"]}}`).Want(200, "success", false)
		bob.call("delete", `{"organizationId":"%s"}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION")

		ann.call("update-member-role", `{"memberId":"%s","role":["member","admin"]}`, w.member(org, bob)).Want(200, "role", "member,admin")
		ann.call("leave", `{"organizationId":"%s"}`, org).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
		ann.call("remove-member", `{"memberIdOrEmail":"bob@example.com"}`).Want(200, "member.userId", bob.id)
		bob.read("get-active-member").WantCode(400, "MEMBER_NOT_FOUND")
		bob.read("get-full-organization").WantCode(403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
		bob.Get("/get-session?disableCookieCache=true").Want(200, "session.activeOrganizationId", nil)

		for _, path := range []string{"reject-invitation", "cancel-invitation"} {
			id := ann.invite(org, bob.email, "member")
			who := map[string]*person{"reject-invitation": bob, "cancel-invitation": ann}[path]
			who.call(path, `{"invitationId":"%s"}`, id).Want(200)
			bob.call("accept-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
		}
		w.WantRows(3, "invitation")
		ann.call("delete", `{"organizationId":"%s"}`, org).Want(200, "id", org)
		for _, model := range []string{"organization", "member", "invitation"} {
			w.WantRows(0, model)
		}
		ann.Get("/get-session?disableCookieCache=true").Want(200, "session.activeOrganizationId", nil)
		ann.read("list").Want(200, "", authtest.Len(0))
	})
}

// TestInvitationExpires: an invitation works for the time that the options set, and a new mail extends it.
func TestInvitationExpires(t *testing.T) {
	var sent []organization.InvitationMail
	w := open(t, auth.Options{}, organization.Options{InvitationExpiresIn: 60, SendInvitationEmail: func(_ context.Context, m organization.InvitationMail) (callback.Nothing, error) {
		sent = append(sent, m)
		return callback.Nothing{}, nil
	}})
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	id := ann.invite(org, bob.email, "member")
	w.Advance(50 * time.Second)
	ann.call("invite-member", `{"email":"bob@example.com","role":"member","resend":true}`).Want(200, "id", id)
	w.Advance(50 * time.Second)
	bob.read("get-invitation", "id", id).Want(200)
	w.Advance(11 * time.Second)
	bob.read("get-invitation", "id", id).WantCode(400, "INVITATION_NOT_FOUND")
	bob.call("accept-invitation", `{"invitationId":"%s"}`, id).WantCode(400, "INVITATION_NOT_FOUND")
	next := ann.invite(org, bob.email, "member")
	if len(sent) != 3 || sent[0].Invitation.ID != id || sent[1].Invitation.ID != id || sent[2].Invitation.ID != next {
		t.Errorf("%d messages: %+v", len(sent), sent)
	}
}

// TestLimits: the limits of organizations, members and invitations.
func TestLimits(t *testing.T) {
	o := organization.Options{}
	o.OrganizationLimit.Max, o.MembershipLimit.Max, o.InvitationLimit.Max = new(2), new(2), new(2)
	w := open(t, auth.Options{}, o)
	ann, bob, eve := w.person("ann"), w.person("bob"), w.person("eve")
	org := ann.found("one")
	ann.found("two")
	ann.call("create", `{"name":"N","slug":"three"}`).WantCode(403, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS")
	first, second := ann.invite(org, bob.email, "member"), ann.invite(org, eve.email, "member")
	ann.call("invite-member", `{"organizationId":"%s","email":"x@example.com","role":"member"}`, org).WantCode(403, "INVITATION_LIMIT_REACHED")
	bob.call("accept-invitation", `{"invitationId":"%s"}`, first).Want(200)
	eve.call("accept-invitation", `{"invitationId":"%s"}`, second).WantCode(403, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED")
	w.WantRows(1, "invitation", store.Is("status", "pending"))
	bob.call("leave", `{"organizationId":"%s"}`, org).Want(200)
	eve.call("accept-invitation", `{"invitationId":"%s"}`, second).Want(200)
}

// TestOwnRoles: the options replace the built-in roles, and only the creator's role grants itself.
func TestOwnRoles(t *testing.T) {
	all := organization.Statements()
	w := open(t, auth.Options{}, organization.Options{CreatorRole: "boss", Roles: access.Roles{
		"boss": all, "sales": {"invitation": {"create"}}, "staff": {"member": {"update"}},
	}})
	ann, bob, eve := w.person("ann"), w.person("bob"), w.person("eve")
	org := ann.found("acme")
	w.add(org, bob, "sales,staff")
	m := w.add(org, eve, "sales")
	bob.invite(org, "x@example.com", "staff")
	bob.call("invite-member", `{"organizationId":"%s","email":"y@example.com","role":"boss"}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	bob.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"staff"}`, org, m).Want(200, "role", "staff")
	bob.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"boss"}`, org, m).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	bob.call("update-member-role", `{"organizationId":"%s","memberId":"%s","role":"ghost"}`, org, m).WantCode(400, "ROLE_NOT_FOUND")
	bob.call("has-permission", `{"organizationId":"%s","permissions":{"invitation":["create"],"member":["update"]}}`, org).Want(200, "success", false)
	bob.call("update", `{"organizationId":"%s","data":{"name":"X"}}`, org).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION")
}
