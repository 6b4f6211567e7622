package organization

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type listMembersRequest struct {
	Limit            any    `query:"limit"`
	Offset           any    `query:"offset"`
	SortBy           string `query:"sortBy"`
	SortDirection    string `query:"sortDirection"`
	FilterField      string `query:"filterField"`
	FilterValue      any    `query:"filterValue"`
	FilterOperator   string `query:"filterOperator"`
	OrganizationID   string `query:"organizationId"`
	OrganizationSlug string `query:"organizationSlug"`
}

// operators are the comparisons of a filter, in the order of the reference.
var operators = []string{"eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"}

// QuerySchema returns the schema of the query.
func (listMembersRequest) QuerySchema() *schema.Schema {
	number := func(doc string) *schema.Schema {
		return schema.String().Doc(doc).Or(schema.Number()).Optional()
	}
	return schema.Object(
		schema.Field("limit", number("The number of users to return")),
		schema.Field("offset", number("The offset to start from")),
		schema.Field("sortBy", schema.String().Doc("The field to sort by").Optional()),
		schema.Field("sortDirection", schema.Enum("asc", "desc").Doc("The direction to sort by").Optional()),
		schema.Field("filterField", schema.String().Doc("The field to filter by").Optional()),
		schema.Field("filterValue", schema.String().Doc("The value to filter by").Or(schema.Number()).Or(schema.Boolean()).
			Or(schema.Array(schema.String())).Or(schema.Array(schema.Number())).Optional()),
		schema.Field("filterOperator", schema.Enum(operators...).Doc("The operator to use for the filter").Optional()),
		schema.Field("organizationId", schema.String().Doc(`The organization ID to list members for. If not provided, will default to the user's active organization. Eg: "organization-id"`).Optional()),
		schema.Field("organizationSlug", schema.String().Doc(`The organization slug to list members for. If not provided, will default to the user's active organization. Eg: "organization-slug"`).Optional()),
	).Optional()
}

type listMembersAnswer struct {
	Members []any `json:"members"`
	Total   int64 `json:"total"`
}

func (p *Plugin) listMembers() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listMembers", Methods: []string{http.MethodGet}, Path: "/organization/list-members", Session: auth.RequireSession,
		NeedHeaders: true, OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *listMembersRequest) (*listMembersAnswer, error) {
		m, err := p.ownMember(c, in.OrganizationID, in.OrganizationSlug)
		if err != nil {
			return nil, err
		}
		q, err := p.memberQuery(in, m.OrganizationID)
		if err != nil {
			return nil, err
		}
		members, err := membersWithUsers(c, q)
		if err != nil {
			return nil, err
		}
		total, err := c.Store.Count(c, member, q.Where...)
		return &listMembersAnswer{publicRows(members), total}, err
	})
}

// ownMember returns the caller's membership in the organization that a call names, or in the active one.
func (p *Plugin) ownMember(c *auth.Context, id, slug string) (*Member, error) {
	id = chosen(c, id)
	if slug != "" {
		org, err := p.findBySlug(c, slug)
		if err != nil {
			return nil, err
		}
		if org == nil {
			return nil, auth.BadRequest(NotFound)
		}
		id = org.ID
	}
	if id == "" {
		return nil, auth.BadRequest(NoActiveOrganization)
	}
	m, err := p.findMemberWithUser(c, c.Session.User.ID, id)
	if err == nil && m == nil {
		err = auth.Forbidden(NotMember)
	}
	return m, err
}

func (p *Plugin) memberQuery(in *listMembersRequest, organizationID string) (store.Query, error) {
	for _, field := range []string{in.SortBy, in.FilterField} {
		// Hidden fields must not be found out by comparing. The error is that of a field that does not exist.
		if column := p.auth.Store.Table(member).Column(field); field != "" && (column == nil || column.Hidden) {
			return store.Query{}, fmt.Errorf("organization: members have no field %q", field)
		}
	}
	q := store.Query{Where: []store.Where{store.Is("organizationId", organizationID)}, Sort: in.SortBy}
	if q.Sort != "" && in.SortDirection == "desc" {
		q.Sort = "-" + q.Sort
	}
	if in.FilterField != "" {
		if in.FilterValue == nil {
			return q, errors.New("organization: a filter of members needs a value")
		}
		w := store.Where{Field: in.FilterField, Op: store.Op(cmp.Or(in.FilterOperator, "eq")), Value: in.FilterValue}
		if _, isList := w.Value.([]any); !isList && w.Op == store.NotIn {
			w.Value = []any{w.Value}
		}
		q.Where = append(q.Where, w)
	}
	var err error
	if q.Limit, err = count(in.Limit); err != nil {
		return q, err
	}
	if q.Limit == 0 {
		q.Limit = defaultMembershipLimit
		if fixed := p.opts.MembershipLimit.Max; fixed != nil && *fixed > 0 {
			q.Limit = *fixed
		}
	}
	q.Offset, err = count(in.Offset)
	return q, err
}

// count returns a number of a query as JavaScript's Number reads it, 0 for what is none or negative. Databases refuse
// fractions.
func count(v any) (int, error) {
	if !js.Truthy(v) {
		return 0, nil
	}
	n := js.ToNumber(v)
	if n != math.Trunc(n) && !math.IsNaN(n) {
		return 0, errors.New("organization: limit and offset are whole numbers")
	}
	return whole(n), nil
}

func (p *Plugin) getActiveMember() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getActiveMember", Methods: []string{http.MethodGet}, Path: "/organization/get-active-member", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Get the member details of the active organization",
		OpenAPI: auth.Described("", "Get the member details of the active organization", memberShape()),
	}, func(c *auth.Context, _ *auth.None) (*auth.PublicRow, error) {
		id := activeOf(c)
		if id == "" {
			return nil, auth.BadRequest(NoActiveOrganization)
		}
		m, err := p.findMemberWithUser(c, c.Session.User.ID, id)
		if err == nil && m == nil {
			err = auth.BadRequest(MemberNotFound)
		}
		return m.Public(), err
	})
}

type memberRoleRequest struct {
	_                struct{} `query:"optional"`
	UserID           string   `query:"userId,omitempty" doc:"The user ID to get the role for. If not provided, will default to the current user's"`
	OrganizationID   string   `query:"organizationId,omitempty" doc:"The organization ID to list members for. If not provided, will default to the user's active organization. Eg: \"organization-id\""`
	OrganizationSlug string   `query:"organizationSlug,omitempty" doc:"The organization slug to list members for. If not provided, will default to the user's active organization. Eg: \"organization-slug\""`
}

type memberRoleAnswer struct {
	Role string `json:"role"`
}

func (p *Plugin) getActiveMemberRole() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getActiveMemberRole", Methods: []string{http.MethodGet}, Path: "/organization/get-active-member-role", Session: auth.RequireSession,
		NeedHeaders: true, OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *memberRoleRequest) (*memberRoleAnswer, error) {
		m, err := p.ownMember(c, in.OrganizationID, in.OrganizationSlug)
		if err != nil {
			return nil, err
		}
		if in.UserID != "" {
			if m, err = p.findMember(c, in.UserID, m.OrganizationID); err != nil {
				return nil, err
			}
			if m == nil {
				return nil, auth.Forbidden(NotMember)
			}
		}
		return &memberRoleAnswer{m.Role}, nil
	})
}
