package admin

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// checkRoles returns the text of a user's field role for a value that a client sent, a text or a list. Each of the
// texts must be a role, if the options define them.
func (p *Plugin) checkRoles(value any) (string, error) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	names := make([]string, len(list))
	for i, v := range list {
		name, ok := v.(string)
		if !ok {
			return "", auth.BadRequest(InvalidRoleType)
		}
		if _, known := p.roles[name]; p.opts.Roles != nil && !known {
			return "", auth.BadRequest(NoSuchRole)
		}
		names[i] = name
	}
	return strings.Join(names, ","), nil
}

// roleSchema is the schema of a role: a text or a list of texts.
func roleSchema(doc, elements string) *schema.Schema {
	return schema.Union(schema.String().Doc(doc), schema.Array(schema.String().Doc(elements)))
}

type setRoleRequest struct {
	UserID string `json:"userId"`
	Role   any    `json:"role"`
}

// BodySchema returns the schema of the body.
func (setRoleRequest) BodySchema() *schema.Schema {
	role := roleSchema("The role to set. `admin` or `user` by default", "The roles to set. `admin` or `user` by default")
	return schema.Object(
		schema.Field("userId", schema.String().Coerce().Doc("The user id")),
		schema.Field("role", role.Doc("The role to set, this can be a string or an array of strings. Eg: `admin` or `[admin, user]`")),
	)
}

func (p *Plugin) setRole() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "setRole", Methods: []string{http.MethodPost}, Path: "/admin/set-role", Session: auth.Public, NeedHeaders: true,
		Summary: "Set the role of a user", OpenAPI: document("setUserRole", "Set the role of a user", "User role updated", userShape()),
	}, func(c *auth.Context, in *setRoleRequest) (*userAnswer, error) {
		if err := p.demand(c, MayNotChangeRole, "user", "set-role"); err != nil {
			return nil, err
		}
		role, err := p.checkRoles(in.Role)
		if err != nil {
			return nil, err
		}
		target, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		user, err := c.Users.Update(c, target.ID, store.Record{"role": role})
		if store.UnlessDropped(err) != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: UserRoleChanged, UserID: target.ID})
		return &userAnswer{user.Public()}, nil
	}, signedIn)
}
