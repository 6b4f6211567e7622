package organization

import (
	"cmp"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
)

func (p *Plugin) setActiveOrganization() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "setActiveOrganization", Methods: []string{http.MethodPost}, Path: "/organization/set-active", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Set the active organization",
		OpenAPI: organizationDocument("setActiveOrganization", "Set the active organization", "The organization"),
	}, p.activate).WithBody(schema.Object(
		schema.Field("organizationId", schema.String().Doc(`The organization id to set as active. It can be null to unset the active organization. Eg: "org-id"`).Nullable().Optional()),
		schema.Field("organizationSlug", schema.String().Doc(`The organization slug to set as active. It can be null to unset the active organization if organizationId is not provided. Eg: "org-slug"`).Optional()),
	))
}

func (p *Plugin) activate(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	if id, given := in.Body.Get("organizationId"); given && id == nil {
		if activeOf(c) == "" {
			return nil, nil
		}
		return nil, activateInBrowser(c, "")
	}
	id, slug := in.text("organizationId"), in.text("organizationSlug")
	if id == "" && slug != "" {
		org, err := p.findBySlug(c, slug)
		if err != nil {
			return nil, err
		}
		if org == nil {
			return nil, auth.BadRequest(NotFound)
		}
		id = org.ID
	}
	if id = cmp.Or(id, activeOf(c)); id == "" {
		return nil, nil
	}
	if err := p.demandMember(c, id); err != nil {
		return nil, err
	}
	org, err := p.get(c, id)
	if err != nil {
		return nil, err
	}
	return org.Public(), activateInBrowser(c, org.ID)
}

// activateInBrowser makes an organization active, in the cached session of the browser too.
func activateInBrowser(c *auth.Context, organizationID string) error {
	session, err := setActive(c, organizationID)
	if err != nil {
		return err
	}
	return showSession(c, session)
}

// showSession sets the cookies of a changed session; nil is a session that has ended meanwhile.
func showSession(c *auth.Context, session *auth.Session) error {
	if session == nil {
		return auth.Unauthorized(auth.NotSignedIn)
	}
	return c.SetSessionCookie(auth.SignedIn{Session: session, User: c.Session.User}, auth.RememberAsBefore)
}

// demandMember returns a 403 if the caller is not a member of the organization. As in the reference, no organization is
// active then.
func (p *Plugin) demandMember(c *auth.Context, organizationID string) error {
	m, err := p.findMember(c, c.Session.User.ID, organizationID)
	if err != nil || m != nil {
		return err
	}
	return leaveActive(c)
}

// leaveActive makes no organization active and returns the 403 of somebody who is not a member.
func leaveActive(c *auth.Context) error {
	if _, err := setActive(c, ""); err != nil {
		return err
	}
	return auth.Forbidden(UserNotMember)
}
