package organization

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// bodyRequest is a request whose body has fields that the options add. Its schema is set by [auth.Endpoint.WithBody].
type bodyRequest struct {
	Body *js.Object `body:"any"`
}

func (r *bodyRequest) text(name string) string {
	v, _ := r.Body.Get(name)
	s, _ := v.(string)
	return s
}

func (r *bodyRequest) truthy(name string) bool {
	v, _ := r.Body.Get(name)
	return js.Truthy(v)
}

func (p *Plugin) create() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createOrganization", Methods: []string{http.MethodPost}, Path: "/organization/create", Session: auth.OptionalSession,
		Summary: "Create an organization", OpenAPI: organizationDocument("", "Create an organization", "The organization that was created"),
	}, p.createOrganization).WithBody(withFields(p.opts.Schema.Organization.AdditionalFields,
		schema.Field("name", schema.String().Min(1).Doc("The name of the organization")),
		schema.Field("slug", schema.String().Min(1).Doc("The slug of the organization")),
		schema.Field("userId", schema.String().Coerce().Doc(`The user id of the organization creator. If not provided, the current user will be used. Should only be used by admins or when called by the server. server-only. Eg: "user-id"`).Optional()),
		schema.Field("logo", schema.String().Doc("The logo of the organization").Nullish()),
		schema.Field("metadata", schema.Record(schema.Any()).Doc("The metadata of the organization").Optional()),
		schema.Field("keepCurrentActiveOrganization", schema.Boolean().Doc("Whether to keep the current active organization active after creating a new one. Eg: true").Optional()),
	))
}

func (p *Plugin) createOrganization(c *auth.Context, in *bodyRequest) (*auth.PublicRow, error) {
	user, err := founder(c, in.text("userId"))
	if err != nil {
		return nil, err
	}
	if err := p.mayCreate(c, user); err != nil {
		return nil, err
	}
	if taken, err := p.findBySlug(c, in.text("slug")); err != nil {
		return nil, err
	} else if taken != nil {
		return nil, auth.BadRequest(AlreadyExists)
	}
	row := recordOf(in.Body, "keepCurrentActiveOrganization", "userId")
	if row, err = before(c, p.opts.OrganizationHooks.BeforeCreateOrganization, NewOrganization{row, user}, row); err != nil {
		return nil, err
	}
	org, m, err := p.found(c, user, row)
	if err != nil {
		return nil, err
	}
	hooks := &p.opts.OrganizationHooks
	if err := notify(c, hooks.AfterAddMember, MemberEvent{m, user, org}); err != nil {
		return nil, err
	}
	teamID, err := p.addDefaultTeam(c, org, user)
	if err != nil {
		return nil, err
	}
	report(c, Created, org.ID, user.ID)
	if err := notify(c, hooks.AfterCreateOrganization, OrganizationEvent{org, user, m}); err != nil {
		return nil, err
	}
	if c.Session != nil && !in.truthy("keepCurrentActiveOrganization") {
		if err := enter(c, org.ID, teamID); err != nil {
			return nil, err
		}
	}
	return org.table.Public(org.row.With(store.Record{"members": []any{m.Public()}})), nil
}

// enter makes a new organization and its team the active ones.
func enter(c *auth.Context, organizationID, teamID string) error {
	if _, err := setActive(c, organizationID); err != nil || teamID == "" {
		return err
	}
	_, err := changeSession(c, activeTeam, teamID)
	return err
}

// founder returns the user who creates an organization: the caller or, for a call of the program without a session, the
// user that it names.
func founder(c *auth.Context, id string) (*auth.User, error) {
	if c.Session != nil {
		return c.Session.User, nil
	}
	nobody := auth.Unauthorized(auth.Code{})
	if c.Request != nil || c.RequestHeader != nil || id == "" {
		return nil, nobody
	}
	user, err := c.Users.FindBy(c, "id", id)
	if err == nil && user == nil {
		err = nobody
	}
	return user, err
}

// mayCreate returns a 403 for a user who may not create an organization. The program may always, up to the limit.
func (p *Plugin) mayCreate(c *auth.Context, user *auth.User) error {
	allowed, err := p.opts.AllowUserToCreateOrganization.allows(c, user)
	if err != nil {
		return err
	}
	if !allowed && c.Session != nil {
		return auth.Forbidden(MayNotCreate)
	}
	if limit := p.opts.OrganizationLimit.Func; limit != nil {
		reached, err := limit(c, UserRequest{user})
		if err != nil {
			return auth.FromCallback(err)
		}
		if reached {
			return auth.Forbidden(TooManyOrganizations)
		}
		return nil
	}
	return p.checkOrganizationLimit(c, user.ID)
}

func (p *Plugin) checkOrganizationLimit(c *auth.Context, userID string) error {
	if p.opts.OrganizationLimit.Max == nil {
		return nil
	}
	n, err := c.Store.Count(c, member, store.Is("userId", userID))
	if err == nil && n >= int64(*p.opts.OrganizationLimit.Max) {
		err = auth.Forbidden(TooManyOrganizations)
	}
	return err
}

// found creates an organization and the membership of its creator. If the membership cannot be created, there is no
// organization either.
func (p *Plugin) found(c *auth.Context, user *auth.User, row store.Record) (org *Organization, m *Member, err error) {
	join := p.opts.OrganizationHooks.BeforeAddMember
	err = c.Tx(func(c *auth.Context) error {
		// Of several calls of one user at once, each counts what the others have created.
		if err := c.Store.Lock(c, "user", store.Is("id", user.ID)); err != nil {
			return err
		}
		if err := p.checkOrganizationLimit(c, user.ID); err != nil {
			return err
		}
		if org, err = insert(c, row); err != nil || join != nil {
			return err
		}
		m, err = createMember(c, p.creator(user, org))
		return err
	})
	if errors.Is(err, store.ErrConflict) { // another call took the slug meanwhile
		if taken, lookErr := p.findBySlug(c, row.Text("slug")); lookErr == nil && taken != nil {
			err = auth.BadRequest(AlreadyExists)
		}
	}
	if err != nil || join == nil {
		return org, m, err
	}
	// The hook is called outside of the transaction, because it may take long and may read the organization.
	data := p.creator(user, org)
	if data, err = before(c, join, NewMember{data, user, org}, data); err == nil {
		m, err = createMember(c, data)
	}
	if err != nil {
		if failed := p.erase(c, org.ID); failed != nil {
			c.Log.ErrorContext(c, "organization: an organization without members is left", "id", org.ID, "error", failed)
		}
		return nil, nil, err
	}
	return org, m, nil
}

// creator returns the membership of the user who creates an organization.
func (p *Plugin) creator(user *auth.User, org *Organization) store.Record {
	return store.Record{"userId": user.ID, "organizationId": org.ID, "role": p.opts.CreatorRole}
}

// insert creates the row of an organization.
func insert(c *auth.Context, row store.Record) (*Organization, error) {
	row = row.With(store.Record{"createdAt": c.Now()})
	if metadata := row["metadata"]; js.Truthy(metadata) {
		row["metadata"] = string(js.Marshal(metadata))
	} else {
		delete(row, "metadata")
	}
	made, err := c.Store.Create(c, organization, row)
	if err != nil {
		return nil, err
	}
	return organizationOf(c.Auth, made).readable(c.Auth), nil
}

// createMember creates the row of a membership.
func createMember(c *auth.Context, row store.Record) (*Member, error) {
	made, err := c.Store.Create(c, member, row.Without("id").With(store.Record{"createdAt": c.Now()}))
	if err != nil {
		return nil, err
	}
	return memberOf(c.Auth, made), nil
}
