package console

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type pageRequest struct {
	_      struct{} `query:"optional"`
	Search string   `query:"search,omitempty" maxLength:"200"`
	Limit  int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"100" default:"50"`
	Offset int      `query:"offset,omitempty" coerce:"true" format:"int" minimum:"0" maximum:"10000000"`
}

type organizationsAnswer struct {
	Organizations []*js.Object `json:"organizations"`
	Total         int64        `json:"total"`
}

// organizations is the guard of endpoints about organizations.
func (p *Plugin) organizations(c *auth.Context) error { return needs(c, "organization") }

// needs returns a 404 if a plugin is not configured.
func needs(c *auth.Context, id string) error {
	if !c.HasPlugin(id) {
		return auth.NotFound(PluginMissing)
	}
	return nil
}

func (p *Plugin) listOrganizations() auth.Endpoint {
	return read(p, "consoleOrganizations", "/organizations", "List all organizations", func(c *auth.Context, in *pageRequest) (*organizationsAnswer, error) {
		var where []store.Where
		if in.Search != "" {
			for _, field := range []string{"name", "slug"} {
				where = append(where, store.Where{Field: field, Op: store.Contains, Value: in.Search, Or: true, Fold: true, Given: true})
			}
		}
		total, err := c.Store.Count(c, "organization", where...)
		if err != nil {
			return nil, err
		}
		rows, err := c.Store.Find(c, "organization", store.Query{Where: where, Sort: "-createdAt", Limit: in.Limit, Offset: in.Offset})
		if err != nil {
			return nil, err
		}
		out := &organizationsAnswer{Organizations: make([]*js.Object, len(rows)), Total: total}
		for i, row := range rows {
			members, err := c.Store.Count(c, "member", store.Is("organizationId", row["id"]))
			if err != nil {
				return nil, err
			}
			out.Organizations[i] = js.Obj("id", row["id"], "name", row["name"], "slug", row["slug"], "createdAt", row["createdAt"], "members", float64(members))
		}
		return out, nil
	}, p.organizations)
}

type idQuery struct {
	ID string `query:"id" minLength:"1" maxLength:"200"`
}

type organizationAnswer struct {
	Organization *auth.PublicRow `json:"organization"`
	Members      []*js.Object    `json:"members"`
	MembersTotal int64           `json:"membersTotal"`
	Invitations  []*js.Object    `json:"invitations"`
}

// mostShown is the largest number of members and of invitations that are shown.
const mostShown = 100

func (p *Plugin) getOrganization() auth.Endpoint {
	return read(p, "consoleOrganization", "/organization", "Get an organization with members and invitations", func(c *auth.Context, in *idQuery) (*organizationAnswer, error) {
		row, err := c.Store.Get(c, "organization", store.Given("id", in.ID))
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.NotFound(NotFound)
		}
		if err != nil {
			return nil, err
		}
		of := store.Is("organizationId", row["id"])
		out := &organizationAnswer{Organization: c.Public("organization", row), Members: []*js.Object{}, Invitations: []*js.Object{}}
		if out.MembersTotal, err = c.Store.Count(c, "member", of); err != nil {
			return nil, err
		}
		members, err := c.Store.Find(c, "member", store.Query{Where: []store.Where{of}, Sort: "createdAt", Limit: mostShown, Join: []string{"userId"}})
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			user := any(nil)
			if u, ok := m["user"].(store.Record); ok {
				user = pick(u, "id", "name", "email", "image")
			}
			shown := pick(m, "id", "userId", "role", "createdAt")
			shown.Set("user", user)
			out.Members = append(out.Members, shown)
		}
		invitations, err := c.Store.Find(c, "invitation", store.Query{Where: []store.Where{of}, Sort: "-createdAt", Limit: mostShown})
		if err != nil {
			return nil, err
		}
		for _, i := range invitations {
			out.Invitations = append(out.Invitations, pick(i, "id", "email", "role", "status", "expiresAt", "createdAt", "inviterId"))
		}
		return out, nil
	}, p.organizations)
}

// pick returns these fields of a row; null for one that it lacks.
func pick(row store.Record, fields ...string) *js.Object {
	o := js.NewObject()
	for _, f := range fields {
		o.Set(f, row[f])
	}
	return o
}
