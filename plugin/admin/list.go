package admin

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type listRequest struct {
	SearchValue    string `query:"searchValue"`
	SearchField    string `query:"searchField"`
	SearchOperator string `query:"searchOperator"`
	Limit          any    `query:"limit"`
	Offset         any    `query:"offset"`
	SortBy         string `query:"sortBy"`
	SortDirection  string `query:"sortDirection"`
	FilterField    string `query:"filterField"`
	FilterValue    any    `query:"filterValue"` // nil if there is none
	FilterOperator string `query:"filterOperator"`
}

// operators are the comparisons of a filter, in the order of the reference.
var operators = []string{"eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"}

// QuerySchema returns the schema of the query.
func (listRequest) QuerySchema() *schema.Schema {
	number := func(doc string) *schema.Schema {
		return schema.String().Doc(doc).Or(schema.Number()).Optional()
	}
	return schema.Object(
		schema.Field("searchValue", schema.String().Optional().Doc(`The value to search for. Eg: "some name"`)),
		schema.Field("searchField", schema.Enum("email", "name").Doc("The field to search in, defaults to email. Can be `email` or `name`. Eg: \"name\"").Optional()),
		schema.Field("searchOperator", schema.Enum("contains", "starts_with", "ends_with").Doc("The operator to use for the search. Can be `contains`, `starts_with` or `ends_with`. Eg: \"contains\"").Optional()),
		schema.Field("limit", number("The number of users to return")),
		schema.Field("offset", number("The offset to start from")),
		schema.Field("sortBy", schema.String().Doc("The field to sort by").Optional()),
		schema.Field("sortDirection", schema.Enum("asc", "desc").Doc("The direction to sort by").Optional()),
		schema.Field("filterField", schema.String().Doc("The field to filter by").Optional()),
		schema.Field("filterValue", schema.String().Doc("The value to filter by").Or(schema.Number()).Or(schema.Boolean()).
			Or(schema.Array(schema.String())).Or(schema.Array(schema.Number())).Optional()),
		schema.Field("filterOperator", schema.Enum(operators...).Doc("The operator to use for the filter").Optional()),
	)
}

type listAnswer struct {
	Users  []*auth.PublicRow `json:"users"`
	Total  int64             `json:"total"`
	Limit  *float64          `json:"limit,omitempty"`
	Offset *float64          `json:"offset,omitempty"`
}

func (p *Plugin) listUsers() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listUsers", Methods: []string{http.MethodGet}, Path: "/admin/list-users", Session: auth.Public,
		Summary: "List users", OpenAPI: listDocument(),
	}, func(c *auth.Context, in *listRequest) (*listAnswer, error) {
		if err := p.demand(c, MayNotListUsers, "user", "list"); err != nil {
			return nil, err
		}
		out, err := p.list(c, in)
		if errors.Is(err, store.ErrUnavailable) {
			return nil, err
		}
		if err != nil { // as in the reference: what cannot be searched finds nothing
			c.Log.InfoContext(c, "admin: a list of users that cannot be made", "error", err)
			return &listAnswer{Users: []*auth.PublicRow{}}, nil
		}
		return out, nil
	}, signedIn)
}

func (p *Plugin) list(c *auth.Context, in *listRequest) (*listAnswer, error) {
	limit, offset := number(in.Limit), number(in.Offset)
	q := store.Query{Where: conditions(in), Sort: in.SortBy}
	if q.Sort != "" && in.SortDirection == "desc" {
		q.Sort = "-" + q.Sort
	}
	var err error
	if q.Limit, err = whole(limit); err != nil {
		return nil, err
	}
	if q.Offset, err = whole(offset); err != nil {
		return nil, err
	}
	rows, err := p.pages.read(c, q, in.SortBy, in.SortDirection == "desc")
	if err != nil {
		return nil, err
	}
	total := int64(len(rows))
	if q.Offset > 0 || q.Limit == 0 || len(rows) >= q.Limit { // there may be more
		if total, err = p.totals.of(c, q.Where); err != nil {
			return nil, err
		}
	}
	out := &listAnswer{Users: make([]*auth.PublicRow, len(rows)), Total: total, Limit: limit, Offset: offset}
	for i, row := range rows {
		out.Users[i] = c.Users.Of(row).Public()
	}
	return out, nil
}

func conditions(in *listRequest) (where []store.Where) {
	if in.SearchValue != "" {
		where = append(where, store.Where{
			Field: cmp.Or(in.SearchField, "email"), Op: store.Op(cmp.Or(in.SearchOperator, "contains")), Value: in.SearchValue,
		})
	}
	if in.FilterValue == nil {
		return where
	}
	w := store.Where{Field: cmp.Or(in.FilterField, "email"), Op: store.Op(cmp.Or(in.FilterOperator, "eq")), Value: in.FilterValue}
	if _, isList := w.Value.([]any); !isList && w.Op == store.NotIn {
		w.Value = []any{w.Value}
	}
	return append(where, w)
}

// number returns a text or number of a query as JavaScript's Number does, nil for 0 and for what is none.
func number(v any) *float64 {
	if v == nil {
		return nil
	}
	n := js.ToNumber(v)
	if n == 0 || math.IsNaN(n) {
		return nil
	}
	return &n
}

// whole returns a number as an int, 0 for nil. Databases refuse fractions and negative numbers.
func whole(n *float64) (int, error) {
	switch {
	case n == nil:
		return 0, nil
	case *n < 0 || *n != math.Trunc(*n) || *n > math.MaxInt32:
		return 0, errors.New("limit and offset are whole numbers")
	}
	return int(*n), nil
}

type getUserRequest struct {
	ID string `query:"id" doc:"The id of the User"`
}

func (p *Plugin) getUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getUser", Methods: []string{http.MethodGet}, Path: "/admin/get-user", Session: auth.Public,
		Summary: "Get an existing user", OpenAPI: document("getUser", "Get an existing user", "User", userShape()),
	}, func(c *auth.Context, in *getUserRequest) (*auth.PublicRow, error) {
		if err := p.demand(c, MayNotGetUser, "user", "get"); err != nil {
			return nil, err
		}
		user, err := find(c, in.ID)
		if err != nil {
			return nil, err
		}
		return user.Public(), nil
	}, signedIn)
}

// hideImpersonations leaves out of the user's own list the sessions that administrators have.
func hideImpersonations(c *auth.Context) error {
	rows, ok := c.Returned.(*[]*auth.PublicRow)
	if !ok {
		return nil
	}
	own := slices.DeleteFunc(slices.Clone(*rows), func(row *auth.PublicRow) bool { return js.Truthy(row.Record["impersonatedBy"]) })
	c.Returned = &own
	return nil
}
