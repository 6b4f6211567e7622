package organization

import (
	"cmp"
	"math"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type getRequest struct {
	_                struct{} `query:"optional"`
	OrganizationID   string   `query:"organizationId,omitempty" doc:"The organization id to get"`
	OrganizationSlug string   `query:"organizationSlug,omitempty" doc:"The organization slug to get"`
}

func (p *Plugin) getOrganization() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOrganization", Methods: []string{http.MethodGet}, Path: "/organization/get-organization", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Get the organization metadata",
		OpenAPI: organizationDocument("getOrganization", "Get the organization metadata", "The organization"),
	}, func(c *auth.Context, in *getRequest) (*auth.PublicRow, error) {
		org, m, err := p.named(c, in.OrganizationID, in.OrganizationSlug)
		if err != nil || m == nil {
			return nil, err
		}
		return org.Public(), nil
	})
}

// named returns the organization that a call names, or the active one, with the caller's membership. Both are nil if it
// names none and none is active.
func (p *Plugin) named(c *auth.Context, id, slug string) (org *Organization, m *Member, err error) {
	id = cmp.Or(slug, chosen(c, id))
	if id == "" {
		return nil, nil, nil
	}
	if slug != "" {
		org, err = p.findBySlug(c, slug)
	} else {
		org, err = p.find(c, id)
	}
	if err != nil {
		return nil, nil, err
	}
	if org == nil {
		return nil, nil, auth.BadRequest(NotFound)
	}
	if m, err = p.findMember(c, c.Session.User.ID, org.ID); err == nil && m == nil {
		err = leaveActive(c)
	}
	return org, m, err
}

type getFullRequest struct {
	OrganizationID   string `query:"organizationId"`
	OrganizationSlug string `query:"organizationSlug"`
	MembersLimit     any    `query:"membersLimit"`
}

// QuerySchema returns the schema of the query.
func (getFullRequest) QuerySchema() *schema.Schema {
	return schema.Object(
		schema.Field("organizationId", schema.String().Doc("The organization id to get").Optional()),
		schema.Field("organizationSlug", schema.String().Doc("The organization slug to get").Optional()),
		schema.Field("membersLimit", schema.Number().Or(schema.String()).Doc("The limit of members to get. By default, it uses the membershipLimit option.").Optional()),
	).Optional()
}

func (p *Plugin) getFullOrganization() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getFullOrganization", Methods: []string{http.MethodGet}, Path: "/organization/get-full-organization", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Get the full organization",
		OpenAPI: organizationDocument("getFullOrganization", "Get the full organization", "The organization"),
	}, func(c *auth.Context, in *getFullRequest) (*auth.PublicRow, error) {
		org, m, err := p.named(c, in.OrganizationID, in.OrganizationSlug)
		if err != nil || m == nil {
			return nil, err
		}
		return p.full(c, org, m, wholeNumber(in.MembersLimit))
	})
}

// full returns an organization with its members, its teams and the invitations that the member may see.
func (p *Plugin) full(c *auth.Context, org *Organization, m *Member, limit int) (*auth.PublicRow, error) {
	members, err := membersWithUsers(c, store.Query{Where: []store.Where{store.Is("organizationId", org.ID)}, Limit: limit})
	if err != nil {
		return nil, err
	}
	invitations, err := p.visibleInvitations(c, m)
	if err != nil {
		return nil, err
	}
	more := store.Record{"members": publicRows(members), "invitations": publicRows(invitations)}
	if p.opts.Teams.Enabled {
		teams, err := p.listTeams(c, org.ID)
		if err != nil {
			return nil, err
		}
		whole := make([]any, len(teams))
		for i, t := range teams {
			whole[i] = t.whole()
		}
		more["teams"] = whole
	}
	return org.table.Public(org.row.With(more)), nil
}

func publicRows[R interface{ Public() *auth.PublicRow }](rows []R) []any {
	out := make([]any, len(rows))
	for i, row := range rows {
		out[i] = row.Public()
	}
	return out
}

// wholeNumber returns a limit of a query as JavaScript's parseInt does, 0 for what is none or negative.
func wholeNumber(v any) int {
	text, ok := v.(string)
	if !ok {
		n, _ := v.(float64)
		return whole(n)
	}
	text = js.Trim(text)
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	return whole(js.ToNumber(text[:digits]))
}

func whole(n float64) int {
	if !(n > 0) {
		return 0
	}
	return int(min(n, math.MaxInt32))
}

func (p *Plugin) list() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listOrganizations", Methods: []string{http.MethodGet}, Path: "/organization/list", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "List all organizations", OpenAPI: listDocument(),
	}, func(c *auth.Context, _ *auth.None) (*[]*auth.PublicRow, error) {
		rows, err := c.Store.Find(c, member, store.Query{Where: []store.Where{store.Is("userId", c.Session.User.ID)}, Join: []string{"organizationId"}})
		if err != nil {
			return nil, err
		}
		out := []*auth.PublicRow{}
		for _, row := range rows {
			if org, _ := row[organization].(store.Record); org != nil {
				out = append(out, organizationOf(c.Auth, org).Public())
			}
		}
		return &out, nil
	})
}
