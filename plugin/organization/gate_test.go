package organization_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// With signUp.allow: [invited], an open invitation to an organization admits its address, and nothing else does.
func TestInvitedMaySignUp(t *testing.T) {
	o := auth.Options{SignUp: auth.SignUpOptions{Allow: []string{"invited", "owner@example.com"}}}
	o.EmailVerification.SendVerificationEmail = func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, nil }
	w := open(t, o, organization.Options{})
	owner := w.person("owner")
	w.Change("user", store.Record{"emailVerified": true}, store.Is("email", owner.email))
	owner.SignIn(owner.email)
	org := owner.found("acme")
	try := func(email string) int {
		return w.Client().Post("/sign-up/email", `{"name":"N","email":"`+email+`","password":"password1234"}`).Status
	}
	if got := try("ann@example.com"); got != 403 {
		t.Errorf("without an invitation: %d", got)
	}
	owner.invite(org, "Ann@example.com", "member")
	if got := try("ben@example.com"); got != 403 {
		t.Errorf("with somebody else's invitation: %d", got)
	}
	if got := try("ann@example.com"); got != 200 {
		t.Errorf("with an invitation: %d", got)
	}
	canceled := owner.invite(org, "cleo@example.com", "member")
	owner.call("cancel-invitation", `{"invitationId":%q}`, canceled).Want(200)
	if got := try("cleo@example.com"); got != 403 {
		t.Errorf("with a cancelled invitation: %d", got)
	}
	owner.invite(org, "dan@example.com", "member")
	w.Advance(48*time.Hour + time.Minute)
	if got := try("dan@example.com"); got != 403 {
		t.Errorf("with an expired invitation: %d", got)
	}
}
