package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// signedIn is the guard of the endpoints that need a session: it is read from the store, so that a role that was taken
// away counts at once.
func signedIn(c *auth.Context) error {
	s, err := c.StoredSession()
	if err == nil && s == nil {
		err = auth.Fail(http.StatusUnauthorized, auth.Code{})
	}
	return err
}

// calledFromGo reports whether the call comes from the program and not from a client.
func calledFromGo(c *auth.Context) bool { return c.Request == nil && c.RequestHeader == nil }

// maybeSignedIn is signedIn for endpoints that the program may call without a session.
func maybeSignedIn(c *auth.Context) error {
	s, err := c.StoredSession()
	if err == nil && s == nil && !calledFromGo(c) {
		err = auth.Fail(http.StatusUnauthorized, auth.Code{})
	}
	return err
}

// allowed reports whether a user with this id and role may do what is demanded.
func (p *Plugin) allowed(id, role string, demands ...access.Demand) bool {
	if id != "" && slices.Contains(p.opts.AdminUserIDs, id) {
		return true
	}
	return p.roles.Allow(p.rolesOf(role), demands...)
}

// rolesOf returns the roles that a user's field role names.
func (p *Plugin) rolesOf(role string) []string {
	return strings.Split(cmp.Or(role, p.opts.DefaultRole), ",")
}

// demand returns a 403 with the code refused, unless the caller may do the action.
func (p *Plugin) demand(c *auth.Context, refused auth.Code, resource, action string) error {
	user := c.Session.User
	if p.allowed(user.ID, user.Extra.Text("role"), access.Need(resource, action)) {
		return nil
	}
	return auth.Forbidden(refused)
}

// demandOfClient is demand for endpoints that the program may call without a session; it may do everything.
func (p *Plugin) demandOfClient(c *auth.Context, refused auth.Code, resource, action string) error {
	if c.Session == nil {
		return nil
	}
	return p.demand(c, refused, resource, action)
}

type permissionRequest struct {
	UserID      string     `json:"userId"`
	Role        string     `json:"role"`
	Permissions *js.Object `json:"permissions"`
}

// BodySchema returns the schema of the body: one of permission and permissions.
func (permissionRequest) BodySchema() *schema.Schema {
	permissions := schema.Record(schema.Array(schema.String()))
	return schema.Intersection(
		schema.Object(
			schema.Field("userId", schema.String().Coerce().Optional().Doc(`The user id. Eg: "user-id"`)),
			schema.Field("role", schema.String().Optional().Doc(`The role to check permission for. Eg: "admin"`)),
		),
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
		ID: "userHasPermission", Methods: []string{http.MethodPost}, Path: "/admin/has-permission", Session: auth.Public,
		Summary: "Check if the user has permission", OpenAPI: permissionDocument(),
	}, func(c *auth.Context, in *permissionRequest) (*permissionAnswer, error) {
		if in.Permissions == nil {
			return nil, auth.Status(http.StatusBadRequest, "invalid permission check. no permission(s) were passed.")
		}
		if err := maybeSignedIn(c); err != nil {
			return nil, err
		}
		id, role, err := whose(c, in)
		if err != nil {
			return nil, err
		}
		return &permissionAnswer{Success: p.allowed(id, role, demandsOf(in.Permissions)...)}, nil
	})
}

// whose returns the user whose permissions are asked for: the caller or, for a call of the program, the one it names.
func whose(c *auth.Context, in *permissionRequest) (id, role string, err error) {
	switch {
	case c.Session != nil:
		return c.Session.User.ID, c.Session.User.Extra.Text("role"), nil
	case in.Role != "":
		return in.UserID, in.Role, nil
	case in.UserID == "":
		return "", "", auth.Status(http.StatusBadRequest, "user id or role is required")
	}
	user, err := c.Users.FindBy(c, "id", in.UserID)
	if err == nil && user == nil {
		err = auth.Status(http.StatusBadRequest, "user not found")
	}
	if err != nil {
		return "", "", err
	}
	return user.ID, user.Extra.Text("role"), nil
}

func demandsOf(permissions *js.Object) []access.Demand {
	var demands []access.Demand
	for resource, list := range permissions.All() {
		actions, _ := list.([]any)
		demands = append(demands, access.Need(resource, texts(actions)...))
	}
	return demands
}

func texts(list []any) []string {
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
