package organization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

type permissionRequest struct {
	OrganizationID string     `json:"organizationId"`
	Permissions    *js.Object `json:"permissions"`
}

// BodySchema returns the schema of the body: one of permission and permissions.
func (permissionRequest) BodySchema() *schema.Schema {
	permissions := schema.Record(schema.Array(schema.String()))
	return schema.Intersection(
		schema.Object(schema.Field("organizationId", schema.String().Optional())),
		schema.Xor(
			schema.Object(schema.Field("permission", permissions)),
			schema.Object(schema.Field("permissions", permissions)),
		),
	)
}

type permissionAnswer struct {
	Error   *string `json:"error"` // always null
	Success bool    `json:"success"`
}

func (p *Plugin) hasPermission() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "hasPermission", Methods: []string{http.MethodPost}, Path: "/organization/has-permission", Session: auth.RequireSession,
		NeedHeaders: true, Summary: "Check if the user has permission", OpenAPI: permissionDocument(),
	}, func(c *auth.Context, in *permissionRequest) (*permissionAnswer, error) {
		id := chosen(c, in.OrganizationID)
		if id == "" {
			return nil, auth.BadRequest(NoActiveOrganization)
		}
		m, err := p.findMember(c, c.Session.User.ID, id)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, auth.Unauthorized(UserNotMember)
		}
		if in.Permissions == nil { // the deprecated permission allows nothing
			return &permissionAnswer{}, nil
		}
		allowed, err := p.allows(c, m.OrganizationID, m.Role, demandsOf(in.Permissions)...)
		return &permissionAnswer{Success: allowed}, err
	})
}

// demandsOf returns the demands of checked permissions: lists of actions by resource.
func demandsOf(permissions *js.Object) []access.Demand {
	var demands []access.Demand
	for resource, v := range permissions.All() {
		var actions []string
		list, _ := v.([]any)
		for _, one := range list {
			action, _ := one.(string)
			actions = append(actions, action)
		}
		demands = append(demands, access.Need(resource, actions...))
	}
	return demands
}
