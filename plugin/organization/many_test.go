package organization_test

import (
	"fmt"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// crowd creates n members with a role, past the limits.
func (w *world) crowd(org string, n int, role string) {
	w.T.Helper()
	for i := range n {
		user, err := w.Users.Create(w.T.Context(), store.Record{"name": "N", "email": fmt.Sprintf("%s-%d@example.com", role, i)}, "test")
		if err != nil {
			w.T.Fatal(err)
		}
		row := store.Record{"organizationId": org, "userId": user.ID, "role": role, "createdAt": w.Now()}
		if _, err := w.Store.Create(w.T.Context(), "member", row); err != nil {
			w.T.Fatal(err)
		}
	}
}

// TestManyMembers: owners are found among more members than one query returns, and none where there is none.
func TestManyMembers(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{})
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.found("acme")
	w.crowd(org, 450, "co-owner")
	ann.call("leave", `{"organizationId":"%s"}`, org).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
	ann.call("update-member-role", `{"memberId":"%s","role":"admin"}`, w.member(org, ann)).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER")
	w.crowd(org, 1, "owner")
	ann.read("get-full-organization", "membersLimit", "1000").Want(200, "members.451.role", "owner")
	ann.call("leave", `{"organizationId":"%s"}`, org).Want(200)
	if _, err := w.Call(t.Context(), "addMember", auth.Input{Body: map[string]any{"organizationId": org, "userId": bob.id, "role": "member"}}); err == nil {
		t.Error("the limit of members does not hold")
	}
}

// TestLimitsAboveAHundred: limits work that are higher than the rows which one query returns.
func TestLimitsAboveAHundred(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{
		OrganizationLimit: organization.OrganizationLimit{Max: new(103)}, InvitationLimit: organization.InvitationLimit{Max: new(103)},
	})
	ann := w.person("ann")
	for i := range 103 {
		ann.found(fmt.Sprint("s", i))
	}
	ann.call("create", `{"name":"N","slug":"more"}`).WantCode(403, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS")
	org := w.ID("organization", store.Is("slug", "s0"))
	for i := range 103 {
		ann.invite(org, fmt.Sprintf("i%d@example.com", i), "member")
	}
	ann.call("invite-member", `{"organizationId":"%s","email":"more@example.com","role":"member"}`, org).WantCode(403, "INVITATION_LIMIT_REACHED")
}
