package organization_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// logged returns a hook that records what it was called with.
func logged[In any](seen *[]string, name string, about func(in In) string) callback.Func[In, callback.Nothing] {
	return func(_ context.Context, in In) (callback.Nothing, error) {
		*seen = append(*seen, name+" "+about(in))
		return callback.Nothing{}, nil
	}
}

// TestHooks: the hooks of a life with an organization, in their order, with rows that a program can read.
func TestHooks(t *testing.T) {
	var seen []string
	invited := func(in organization.InvitationEvent) string {
		return in.Invitation.Status + " " + in.User.Name + " " + in.Organization.Slug
	}
	member := func(in organization.MemberEvent) string {
		return in.User.Name + " " + in.Member.Role + " " + in.Organization.Slug
	}
	changed := func(in organization.OrganizationEvent) string {
		return fmt.Sprintf("%s %v by %s, %s", in.Organization.Name, in.Organization.Metadata != nil, in.User.Name, in.Member.Role)
	}
	deleted := func(in organization.OrganizationDeletion) string {
		return in.Organization.Slug + " " + in.Call.Route.Path
	}
	w := open(t, auth.Options{}, organization.Options{OrganizationHooks: organization.Hooks{
		BeforeCreateOrganization: func(_ context.Context, in organization.NewOrganization) (organization.Override, error) {
			seen = append(seen, "beforeCreate "+in.Organization.Text("name"))
			return organization.Override{Data: store.Record{"name": "Acme Inc.", "metadata": map[string]any{"plan": "free"}}}, nil
		},
		AfterCreateOrganization: logged(&seen, "afterCreate", changed),
		BeforeUpdateOrganization: func(_ context.Context, in organization.OrganizationUpdate) (organization.Override, error) {
			return organization.Override{Data: store.Record{"logo": "https://a.example/" + in.Organization.Text("name")}}, nil
		},
		AfterUpdateOrganization:  logged(&seen, "afterUpdate", changed),
		BeforeDeleteOrganization: logged(&seen, "beforeDelete", deleted),
		AfterDeleteOrganization:  logged(&seen, "afterDelete", deleted),
		AfterAddMember:           logged(&seen, "afterAdd", member),
		BeforeRemoveMember:       logged(&seen, "beforeRemove", member),
		AfterRemoveMember:        logged(&seen, "afterRemove", member),
		BeforeUpdateMemberRole: func(_ context.Context, in organization.RoleChange) (organization.Override, error) {
			return organization.Override{Data: store.Record{"role": in.NewRole + ",member"}}, nil
		},
		AfterUpdateMemberRole: logged(&seen, "afterRole", func(in organization.RoleChanged) string { return in.PreviousRole + " to " + in.Member.Role }),
		BeforeCreateInvitation: func(_ context.Context, in organization.NewInvitation) (organization.Override, error) {
			return organization.Override{Data: store.Record{"expiresAt": in.Inviter.CreatedAt.Add(240 * time.Hour)}}, nil
		},
		AfterCreateInvitation:  logged(&seen, "afterInvite", func(in organization.InvitationCreated) string { return in.Invitation.ExpiresAt.Format(time.DateOnly) }),
		BeforeAcceptInvitation: logged(&seen, "beforeAccept", invited),
		AfterAcceptInvitation: logged(&seen, "afterAccept", func(in organization.InvitationAccepted) string {
			return in.Invitation.Status + " " + in.Member.Role
		}),
		BeforeRejectInvitation: logged(&seen, "beforeReject", invited),
		AfterRejectInvitation:  logged(&seen, "afterReject", invited),
		AfterCancelInvitation: logged(&seen, "afterCancel", func(in organization.InvitationCancellation) string {
			return in.Invitation.Status + " by " + in.CancelledBy.Name
		}),
	}})
	ann, bob := w.person("ann"), w.person("bob")
	org := ann.call("create", `{"name":"acme","slug":"acme"}`).Want(200, "name", "Acme Inc.", "metadata.plan", "free").Text("id")
	ann.call("update", `{"data":{"name":"x"}}`).Want(200, "logo", "https://a.example/x")
	for _, answer := range []string{"reject", "accept"} {
		id := ann.invite(org, bob.email, "member")
		bob.call(answer+"-invitation", `{"invitationId":"%s"}`, id).Want(200)
	}
	ann.call("cancel-invitation", `{"invitationId":"%s"}`, ann.invite(org, "new@example.com", "member")).Want(200)
	ann.call("update-member-role", `{"memberId":"%s","role":"admin"}`, w.member(org, bob)).Want(200, "role", "admin,member")
	ann.call("remove-member", `{"memberIdOrEmail":"bob@example.com"}`).Want(200)
	ann.call("delete", `{"organizationId":"%s"}`, org).Want(200)
	want := []string{
		"beforeCreate acme", "afterAdd ann owner acme", "afterCreate Acme Inc. true by ann, owner", "afterUpdate x true by ann, owner",
		"afterInvite 2026-12-04", "beforeReject pending bob acme", "afterReject rejected bob acme",
		"afterInvite 2026-12-04", "beforeAccept pending bob acme", "afterAccept accepted member",
		"afterInvite 2026-12-04", "afterCancel canceled by ann", "afterRole member to admin,member",
		"beforeRemove bob admin,member acme", "afterRemove bob admin,member acme", "beforeDelete acme /organization/delete", "afterDelete acme /organization/delete",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("called:\n%s\nwant:\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}

// TestHookRefusesCreator: without its first member, there is no organization. The hook sees the organization before,
// because it is called outside of the transaction.
func TestHookRefusesCreator(t *testing.T) {
	var w *world
	w = open(t, auth.Options{}, organization.Options{OrganizationHooks: organization.Hooks{
		BeforeAddMember: func(_ context.Context, in organization.NewMember) (organization.Override, error) {
			w.WantRows(1, "organization", store.Is("id", in.Organization.ID))
			if in.User.Name == "ann" {
				return organization.Override{}, auth.Status(402, "Pay first")
			}
			return organization.Override{Data: store.Record{"role": "owner,admin", "id": "chosen"}}, nil
		},
	}})
	ann, bob := w.person("ann"), w.person("bob")
	ann.call("create", `{"name":"N","slug":"acme"}`).Want(402, "message", "Pay first")
	w.WantRows(0, "organization")
	w.WantRows(0, "member")
	got := bob.call("create", `{"name":"N","slug":"acme"}`).Want(200, "members.0.role", "owner,admin")
	if got.Text("members.0.id") == "chosen" {
		t.Error("a hook has chosen the id of a member")
	}
}

// TestInvitationMail: the built-in message says who invites to what, and leads to the page of the options.
func TestInvitationMail(t *testing.T) {
	for page, want := range map[string]string{
		"": "http://localhost:3210/accept-invitation/ID", "https://app.example/join?i={id}": "https://app.example/join?i=ID",
	} {
		sent := make(chan *mail.Envelope, 1)
		m, err := mail.New(mail.Settings{Config: mail.Config{From: "a@example.com", Outbox: true}, Now: time.Now, Print: func(e *mail.Envelope) { sent <- e }})
		if err != nil {
			t.Fatal(err)
		}
		o := auth.Options{Mode: auth.Development, AppName: "Acme", Plugins: []auth.Plugin{mailer.New(mailer.Options{Mailer: m})}}
		w := open(t, o, organization.Options{
			InvitationURL:       page,
			SendInvitationEmail: mail.Callback[organization.InvitationMail](m, "plugins.organization.sendInvitationEmail"),
		})
		ann := w.person("ann")
		id := ann.invite(ann.found("acme"), "New@Example.com", "member")
		if e := <-sent; e.To != "new@example.com" || e.URL != strings.ReplaceAll(want, "ID", id) || !strings.Contains(e.Subject, "The acme") || !strings.Contains(e.Text, "ann invites you") {
			t.Errorf("%+v", e)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestInvitationMailFails: an invitation that cannot be sent is there all the same.
func TestInvitationMailFails(t *testing.T) {
	w := open(t, auth.Options{}, organization.Options{SendInvitationEmail: func(context.Context, organization.InvitationMail) (callback.Nothing, error) {
		return callback.Nothing{}, errors.New("no mail today")
	}})
	ann := w.person("ann")
	ann.invite(ann.found("acme"), "new@example.com", "member")
	w.WantRows(1, "invitation")
}

// TestCheck: other plugins ask whether a user may do something.
func TestCheck(t *testing.T) {
	roles := organization.Roles()
	roles["keeper"] = access.Statements{"apiKey": {"create"}}
	var results []string
	probe := auth.Manifest{ID: "probe", Endpoints: []auth.Endpoint{auth.Handle(auth.Route{ID: "probe", Methods: []string{"POST"}, Path: "/probe", Session: auth.Public}, func(c *auth.Context, in *probeRequest) (*auth.Nothing, error) {
		p, ok := auth.Find[*organization.Plugin](c.Auth)
		if !ok {
			return nil, errors.New("there is no plugin")
		}
		isMember, allowed, err := p.Check(c, in.UserID, in.OrganizationID, access.Need("apiKey", "create"))
		results = append(results, fmt.Sprint(isMember, allowed))
		return &auth.Nothing{}, err
	})}}
	w := open(t, auth.Options{Plugins: []auth.Plugin{probe}}, organization.Options{Roles: roles})
	ann, bob, carl, eve := w.person("ann"), w.person("bob"), w.person("carl"), w.person("eve")
	org := ann.found("acme")
	w.add(org, bob, "member")
	w.add(org, carl, "member, keeper")
	for _, id := range []string{ann.id, bob.id, carl.id, eve.id, "nobody"} {
		ann.Post("/probe", fmt.Sprintf(`{"userId":%q,"organizationId":%q}`, id, org)).Want(200)
	}
	if want := []string{"true true", "true false", "true true", "false false", "false false"}; !slices.Equal(results, want) {
		t.Errorf("%q, want %q", results, want)
	}
}

type probeRequest struct {
	UserID         string `json:"userId"`
	OrganizationID string `json:"organizationId"`
}
