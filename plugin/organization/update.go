package organization

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type slugRequest struct {
	Slug string `json:"slug" doc:"The organization slug to check. Eg: \"my-org\""`
}

type statusAnswer struct {
	Status bool `json:"status"`
}

func (p *Plugin) checkSlug() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "checkOrganizationSlug", Methods: []string{http.MethodPost}, Path: "/organization/check-slug", Session: auth.RequestSession,
		OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *slugRequest) (*statusAnswer, error) {
		taken, err := p.findBySlug(c, in.Slug)
		if err == nil && taken != nil {
			err = auth.BadRequest(SlugTaken)
		}
		return &statusAnswer{true}, err
	})
}

func (p *Plugin) update() auth.Endpoint {
	data := withFields(p.opts.Schema.Organization.AdditionalFields,
		schema.Field("name", schema.String().Min(1).Doc("The name of the organization").Optional()),
		schema.Field("slug", schema.String().Min(1).Doc("The slug of the organization").Optional()),
		schema.Field("logo", schema.String().Doc("The logo of the organization").Nullish()),
		schema.Field("metadata", schema.Record(schema.Any()).Doc("The metadata of the organization").Optional()),
	).Partial()
	return auth.Handle(auth.Route{
		ID: "updateOrganization", Methods: []string{http.MethodPost}, Path: "/organization/update", Session: auth.OptionalSession,
		NeedHeaders: true, Summary: "Update an organization",
		OpenAPI: organizationDocument("", "Update an organization", "The updated organization"),
	}, p.updateOrganization).WithBody(schema.Object(
		schema.Field("data", data),
		schema.Field("organizationId", schema.String().Doc(`The organization ID. Eg: "org-id"`).Optional()),
	))
}

func (p *Plugin) updateOrganization(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	if c.Session == nil {
		return nil, auth.Status(http.StatusUnauthorized, "User not found")
	}
	id := chosen(c, in.text("organizationId"))
	if id == "" {
		return nil, auth.BadRequest(NotFound)
	}
	m, err := p.findMemberWithUser(c, c.Session.User.ID, id)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, auth.BadRequest(UserNotMember)
	}
	if err := p.demand(c, m, MayNotUpdate, "organization", "update"); err != nil {
		return nil, err
	}
	given, _ := in.Body.Get("data")
	body, _ := given.(*js.Object)
	change := recordOf(body)
	if err := p.checkNewSlug(c, m.OrganizationID, change); err != nil {
		return nil, err
	}
	hooks := &p.opts.OrganizationHooks
	if change, err = before(c, hooks.BeforeUpdateOrganization, OrganizationUpdate{change, c.Session.User, m}, change); err != nil {
		return nil, err
	}
	org, err := p.write(c, m.OrganizationID, change)
	if err != nil {
		return nil, err
	}
	report(c, Updated, org.ID, "")
	return org.Public(), notify(c, hooks.AfterUpdateOrganization, OrganizationEvent{org, c.Session.User, m})
}

// checkNewSlug returns a 400 if another organization has the slug.
func (p *Plugin) checkNewSlug(c *auth.Context, id string, change store.Record) error {
	slug, ok := change["slug"].(string)
	if !ok {
		return nil
	}
	owner, err := p.findBySlug(c, slug)
	if err == nil && owner != nil && owner.ID != id {
		err = auth.BadRequest(SlugTaken)
	}
	return err
}

// write changes the row of an organization. The result is nil if it is gone.
func (p *Plugin) write(c *auth.Context, id string, change store.Record) (*Organization, error) {
	if metadata, given := change["metadata"]; given {
		switch metadata.(type) {
		case string, float64, bool:
		default:
			change = change.With(store.Record{"metadata": string(js.Marshal(metadata))})
		}
	}
	row, err := orNil(c.Store.Update(c, organization, []store.Where{store.Is("id", id)}, change))
	if errors.Is(err, store.ErrConflict) { // another call took the slug meanwhile
		if taken := p.checkNewSlug(c, id, change); taken != nil {
			err = taken
		}
	}
	if err != nil || row == nil {
		return nil, err
	}
	return organizationOf(c.Auth, row).readable(c.Auth), nil
}
