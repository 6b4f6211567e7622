package organization

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// InvitationMail is the argument of sendInvitationEmail.
type InvitationMail struct {
	ID           string        `arg:"0.id"`
	Role         string        `arg:"0.role"`
	Email        string        `arg:"0.email"`
	Organization *Organization `arg:"0.organization"`
	Inviter      *Member       `arg:"0.inviter"` // with the whole user in its row
	Invitation   *Invitation   `arg:"0.invitation"`
	URL          string        // made of the option invitationURL; webhooks are not sent it, as in the reference
	Call         *auth.Context `arg:"1,request"`
}

// Mail implements [mail.Messager].
func (m InvitationMail) Mail() mail.Message {
	inviter, _ := m.Inviter.Record()["user"].(map[string]any)
	name, _ := inviter["name"].(string)
	return mail.Message{
		Kind: "invitation", To: m.Email, URL: m.URL, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"inviter": name, "organization": m.Organization.Name, "role": m.Role, "id": m.ID},
	}
}

// send sends an invitation. Its failure does not fail the call.
func (p *Plugin) send(c *auth.Context, i *Invitation, org *Organization, inviter *Member) {
	if p.opts.SendInvitationEmail == nil {
		return
	}
	auth.SendInBackground(c, "plugins.organization.sendInvitationEmail", p.opts.SendInvitationEmail, InvitationMail{
		ID: i.ID, Role: i.Role, Email: auth.LowerCase(i.Email), Organization: org,
		Inviter: inviter.with(c.Auth, object(c.Session.User.Record())), Invitation: i, URL: p.urlOf(c, i.ID), Call: c,
	})
}

// urlOf returns the address of the page that accepts an invitation.
func (p *Plugin) urlOf(c *auth.Context, id string) string {
	page := p.opts.InvitationURL
	if page == "" {
		page = c.BaseOrigin + "/accept-invitation/{id}"
	}
	return strings.ReplaceAll(page, "{id}", cookie.EncodeURIComponent(id))
}
