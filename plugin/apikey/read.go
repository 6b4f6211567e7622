package apikey

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type getRequest struct {
	ConfigID string `query:"configId,omitempty" doc:"The configuration ID to use for the API key lookup. If not provided, the default configuration will be used."`
	ID       string `query:"id" doc:"The id of the Api Key"`
}

func (p *Plugin) get() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getApiKey", Methods: []string{http.MethodGet}, Path: "/api-key/get", Session: auth.RequireSession,
		Summary: "Retrieve an existing API key by ID", OpenAPI: getDocument(),
	}, func(c *auth.Context, in *getRequest) (*auth.PublicRow, error) {
		row, cfg, err := p.owned(c, in.ConfigID, in.ID, c.Session.User.ID, toRead)
		if err != nil {
			return nil, err
		}
		p.cleanUp(c, false)
		p.repair(c, row, cfg)
		return hidden(c, row), nil
	})
}

type deleteRequest struct {
	ConfigID string `json:"configId,omitempty" doc:"The configuration ID to use for the API key lookup. If not provided, the default configuration will be used."`
	KeyID    string `json:"keyId" doc:"The id of the Api Key"`
}

type deleteAnswer struct {
	Success bool `json:"success"`
}

func (p *Plugin) delete() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteApiKey", Methods: []string{http.MethodPost}, Path: "/api-key/delete", Session: auth.RequireSession,
		Summary: "Delete an existing API key", OpenAPI: deleteDocument(),
	}, func(c *auth.Context, in *deleteRequest) (*deleteAnswer, error) {
		if c.Session.User.Extra.True("banned") {
			return nil, auth.Unauthorized(UserBanned)
		}
		row, cfg, err := p.owned(c, in.ConfigID, in.KeyID, c.Session.User.ID, toDelete)
		if err != nil {
			return nil, err
		}
		if err := p.erase(c, cfg, row); err != nil {
			return nil, err
		}
		report(c, Deleted, cfg, row)
		p.cleanUp(c, false)
		return &deleteAnswer{true}, nil
	})
}

type listQuery struct {
	ConfigID       string   `query:"configId,omitempty"`
	OrganizationID *string  `query:"organizationId,omitempty"`
	Limit          *float64 `query:"limit,omitempty"`
	Offset         *float64 `query:"offset,omitempty"`
	SortBy         string   `query:"sortBy,omitempty"`
	SortDirection  string   `query:"sortDirection,omitempty"`
}

// QuerySchema implements the schema of the request.
func (listQuery) QuerySchema() *schema.Schema {
	count := func(doc string) *schema.Schema { return schema.Number().Coerce().Int().Min(0).Optional().Doc(doc) }
	return schema.Object(
		schema.Field("configId", schema.String().Optional().Doc("Filter by configuration ID. If not provided, returns keys from all configurations.")),
		schema.Field("organizationId", schema.String().Optional().Doc("Organization ID to list keys for. If provided, returns organization-owned keys. If not provided, returns user-owned keys.")),
		schema.Field("limit", count("The number of API keys to return")),
		schema.Field("offset", count("The offset to start from")),
		schema.Field("sortBy", schema.String().Optional().Doc("The field to sort by (e.g., createdAt, name, expiresAt)")),
		schema.Field("sortDirection", schema.Enum("asc", "desc").Optional().Doc("The direction to sort by")),
	).Optional()
}

type listAnswer struct {
	APIKeys []*auth.PublicRow `json:"apiKeys"`
	Total   int               `json:"total"`
	Limit   *float64          `json:"limit,omitempty"`
	Offset  *float64          `json:"offset,omitempty"`
}

func (p *Plugin) list() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listApiKeys", Methods: []string{http.MethodGet}, Path: "/api-key/list", Session: auth.RequireSession,
		Summary: "List all API keys for the authenticated user or for a specific organization", OpenAPI: listDocument(),
	}, func(c *auth.Context, in *listQuery) (*listAnswer, error) {
		var rows []store.Record
		var err error
		switch organization := in.OrganizationID; {
		case organization == nil:
			rows, err = p.rowsOf(c, in, c.Session.User.ID, ofUsers)
		case *organization != "":
			if err := inOrganization(c, c.Session.User.ID, *organization, toRead); err != nil {
				return nil, err
			}
			rows, err = p.rowsOf(c, in, *organization, ofOrganizations)
		} // an empty id is that of no organization, as in the reference
		if err != nil {
			return nil, err
		}
		out := &listAnswer{Total: len(rows), Limit: in.Limit, Offset: in.Offset, APIKeys: []*auth.PublicRow{}}
		rows = page(rows, in.Limit, in.Offset)
		p.cleanUp(c, false)
		for _, row := range rows {
			out.APIKeys = append(out.APIKeys, hidden(c, row))
			if cfg, err := p.configuration(c, row.Text("configId")); err == nil {
				p.repair(c, row, cfg)
			}
		}
		return out, nil
	})
}

// rowsOf returns the keys of an owner that a list is to contain.
func (p *Plugin) rowsOf(c *auth.Context, in *listQuery, owner, references string) ([]store.Record, error) {
	down := in.SortDirection == "desc"
	var places []*Configuration
	if in.ConfigID != "" {
		cfg, err := p.configuration(c, in.ConfigID)
		if err != nil {
			return nil, err
		}
		places = append(places, cfg)
	} else {
		places = p.places()
	}
	var rows []store.Record
	seen := map[any]bool{}
	for _, cfg := range places {
		found, err := p.listOf(c, cfg, owner, in.SortBy, down)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			if !seen[row["id"]] && row.Text("referenceId") == owner && p.references(row) == references &&
				(in.ConfigID == "" || matches(row.Text("configId"), in.ConfigID)) {
				seen[row["id"]] = true
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// places returns one configuration for each place where keys are stored.
func (p *Plugin) places() []*Configuration {
	var out []*Configuration
	seen := map[string]bool{}
	for i := range p.opts.Configurations {
		cfg := &p.opts.Configurations[i]
		place := cfg.Storage
		switch {
		case cfg.Storage == database:
		case cfg.CustomStorage != nil:
			place = "custom:" + cfg.ConfigID
		case cfg.FallbackToDatabase:
			place = "both"
		}
		if !seen[place] {
			seen[place] = true
			out = append(out, cfg)
		}
	}
	return out
}

// references returns what kind of owner a key has.
func (p *Plugin) references(row store.Record) string {
	for i := range p.opts.Configurations {
		if cfg := &p.opts.Configurations[i]; matches(cfg.ConfigID, row.Text("configId")) {
			return cfg.References
		}
	}
	return ofUsers
}

func page(rows []store.Record, limit, offset *float64) []store.Record {
	if offset != nil {
		rows = rows[min(int(*offset), len(rows)):]
	}
	if limit != nil {
		rows = rows[:min(int(*limit), len(rows))]
	}
	return rows
}
