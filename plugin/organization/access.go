package organization

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Statements returns the resources and actions of the built-in roles.
func Statements() access.Statements {
	return access.Statements{
		"organization": {"update", "delete"},
		"member":       {"create", "update", "delete"},
		"invitation":   {"create", "cancel"},
		"team":         {"create", "update", "delete"},
		"ac":           {"create", "read", "update", "delete"},
	}
}

// Roles returns the built-in roles: an owner may do everything, an admin everything but delete the organization, a
// member nothing but read roles.
func Roles() access.Roles {
	admin := Statements()
	admin["organization"] = []string{"update"}
	return access.Roles{
		"admin": admin,
		"owner": Statements(),
		"member": {
			"organization": {}, "member": {}, "invitation": {}, "team": {}, "ac": {"read"},
		},
	}
}

// RoleList returns the roles in a text such as "admin, owner": without spaces around the names and without empty ones.
// All comparisons of roles use it, so that a padded role neither gains nor loses a right.
func RoleList(roles string) []string {
	var out []string
	for name := range strings.SplitSeq(roles, ",") {
		if name = js.Trim(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// rolesSent returns the roles that a client sent: a text or a list of texts.
func rolesSent(v any) []string {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var out []string
	for _, one := range list {
		text, _ := one.(string)
		out = append(out, RoleList(text)...)
	}
	return out
}

// joined returns roles as they are stored.
func joined(roles []string) string { return strings.Join(roles, ",") }

// creates reports whether one of the roles is the creator's.
func (p *Plugin) creates(roles string) bool {
	return slices.Contains(RoleList(roles), p.opts.CreatorRole)
}

// builtIn reports whether the options or the plugin define the role.
func (p *Plugin) builtIn(name string) bool {
	_, standard := Roles()[name]
	_, custom := p.opts.Roles[name]
	return standard || custom
}

// staticRoles returns the roles that the options define, or the built-in ones.
func (p *Plugin) staticRoles() access.Roles {
	if p.opts.Roles != nil {
		return p.opts.Roles
	}
	return Roles()
}

// manyRoles is more than the roles that an organization has; without it, the rows of a query are limited to a hundred.
const manyRoles = 10_000

// rolesIn returns the roles of an organization: the static ones, and those that its members created.
func (p *Plugin) rolesIn(c *auth.Context, organizationID string) (access.Roles, error) {
	roles := p.staticRoles()
	if !p.opts.DynamicAccessControl.Enabled || p.opts.AC == nil || organizationID == "" {
		return roles, nil
	}
	roles = maps.Clone(roles)
	rows, err := c.Store.Find(c, role, store.Query{Where: []store.Where{store.Given("organizationId", organizationID)}, Limit: manyRoles})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		name := row.Text("role")
		added, err := statementsOf(row.Text("permission"))
		if errors.Is(err, errNotJSON) {
			return nil, fmt.Errorf("organization: the role %q: %w", name, err)
		}
		if err != nil {
			c.Log.ErrorContext(c, "organization: the permissions of a role cannot be read", "role", name, "error", err)
			return nil, auth.Status(http.StatusInternalServerError, "Invalid permissions for role "+name)
		}
		merged := access.Statements{}.With(roles[name])
		for resource, actions := range added {
			merged[resource] = slices.Concat(merged[resource], actions)
		}
		roles[name] = merged
	}
	return roles, nil
}

// errNotJSON reports a text that is no JSON. The reference answers with an empty 500 then.
var errNotJSON = errors.New("the permissions are not JSON")

// statementsOf reads permissions as they are stored: lists of actions by resource.
func statementsOf(text string) (access.Statements, error) {
	v, err := js.Parse([]byte(text))
	if err != nil {
		return nil, errors.Join(errNotJSON, err)
	}
	o, ok := v.(*js.Object)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	out := access.Statements{}
	for resource, list := range o.All() {
		actions, ok := list.([]any)
		if !ok {
			return nil, fmt.Errorf("%s: not a list", resource)
		}
		for _, a := range actions {
			action, ok := a.(string)
			if !ok {
				return nil, fmt.Errorf("%s: an action is not a text", resource)
			}
			out[resource] = append(out[resource], action)
		}
	}
	return out, nil
}

// allows reports whether members of an organization with these roles may do what is demanded. One role alone must meet
// every demand.
func (p *Plugin) allows(c *auth.Context, organizationID, roles string, demands ...access.Demand) (bool, error) {
	known, err := p.rolesIn(c, organizationID)
	if err != nil {
		return false, err
	}
	return known.Allow(RoleList(roles), demands...), nil
}

// demand returns a 403 with the code refused, unless the member may do the action.
func (p *Plugin) demand(c *auth.Context, m *Member, refused auth.Code, resource, action string) error {
	allowed, err := p.allows(c, m.OrganizationID, m.Role, access.Need(resource, action))
	if err == nil && !allowed {
		err = auth.Forbidden(refused)
	}
	return err
}

// checkRoles returns the error of roles that a client wants to give to somebody in the organization, if there are
// unknown ones among them. unknown makes the error.
func (p *Plugin) checkRoles(c *auth.Context, organizationID string, names []string, unknown func(list string) error) error {
	names = slices.DeleteFunc(slices.Clone(names), p.builtIn)
	if len(names) > 0 && p.opts.DynamicAccessControl.Enabled {
		rows, err := c.Store.Find(c, role, store.Query{Where: []store.Where{
			store.Given("organizationId", organizationID), {Field: "role", Op: store.In, Value: names, Given: true},
		}, Limit: manyRoles})
		if err != nil {
			return err
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			return slices.ContainsFunc(rows, func(row store.Record) bool { return row.Text("role") == name })
		})
	}
	if len(names) == 0 {
		return nil
	}
	return unknown(strings.Join(names, ", "))
}

// Check returns what a user may do in an organization, for other plugins: whether the user is a member, and whether
// the member's roles allow what is demanded. Members with the creator's role may do everything.
func (p *Plugin) Check(c *auth.Context, userID, organizationID string, demands ...access.Demand) (isMember, allowed bool, err error) {
	m, err := p.findMember(c, userID, organizationID)
	if err != nil || m == nil {
		return false, false, err
	}
	if p.creates(m.Role) {
		return true, true, nil
	}
	allowed, err = p.allows(c, m.OrganizationID, m.Role, demands...)
	return true, allowed, err
}

// chosen returns the id of the organization that a call is about: the given one, or the active one of the session.
func chosen(c *auth.Context, given string) string {
	return cmp.Or(given, activeOf(c))
}
