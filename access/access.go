// Package access decides what roles may do. A role is a list of statements: the actions that it allows on each
// resource. Roles are data, so a config file can define them.
//
//	editor := access.Statements{"article": {"create", "update"}}
//	editor.Authorize(access.Need("article", "create"))                           // nil
//	editor.Authorize(access.Need("article", "delete"))                           // an error that names the resource
//	editor.AuthorizeAny(access.Need("article", "update"), access.Need("user", "list")) // nil
package access

// This package knows no users and no plugins: the plugins admin and organization find the roles of a user and ask it.

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statements are the actions that a role allows, by resource. As the statements of an access control they are all
// actions that exist.
type Statements map[string][]string

// Roles are the statements of each role, by its name.
type Roles map[string]Statements

// Demand is a resource and the actions that somebody wants to do with it. Without actions nothing is allowed.
type Demand struct {
	Resource string
	Actions  []string
	Any      bool // one of the actions is enough
}

// Need returns the demand for all of the actions.
func Need(resource string, actions ...string) Demand {
	return Demand{Resource: resource, Actions: actions}
}

// NeedAny returns the demand for one of the actions.
func NeedAny(resource string, actions ...string) Demand {
	return Demand{Resource: resource, Actions: actions, Any: true}
}

// ErrNotAuthorized reports that none of the demands is met, or that there is none.
//
//lint:ignore ST1005 the text of the reference
var ErrNotAuthorized = errors.New("Not authorized")

// Authorize returns nil if every demand is met, and at least one is made. The error has the text of the reference for
// the first demand that is not met.
func (s Statements) Authorize(demands ...Demand) error {
	for _, d := range demands {
		allowed, known := s[d.Resource]
		if !known {
			//lint:ignore ST1005 the text of the reference
			return fmt.Errorf("You are not allowed to access resource: %s", d.Resource)
		}
		if !d.met(allowed) {
			return fmt.Errorf("unauthorized to access resource %q", d.Resource)
		}
	}
	if len(demands) == 0 {
		return ErrNotAuthorized
	}
	return nil
}

// AuthorizeAny returns nil if one of the demands is met, and ErrNotAuthorized otherwise.
func (s Statements) AuthorizeAny(demands ...Demand) error {
	for _, d := range demands {
		if d.met(s[d.Resource]) {
			return nil
		}
	}
	return ErrNotAuthorized
}

func (d Demand) met(allowed []string) bool {
	if len(d.Actions) == 0 {
		return false
	}
	allows := func(action string) bool { return slices.Contains(allowed, action) }
	if d.Any {
		return slices.ContainsFunc(d.Actions, allows)
	}
	return !slices.ContainsFunc(d.Actions, func(action string) bool { return !allows(action) })
}

// Allow reports whether one of the named roles alone meets every demand. Names without a role allow nothing.
func (r Roles) Allow(names []string, demands ...Demand) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		role, ok := r[name]
		return ok && role.Authorize(demands...) == nil
	})
}

// Check returns an error for every action and resource of the roles that s does not have. s are the statements of the
// access control.
func (s Statements) Check(roles Roles) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		role := roles[name]
		for _, resource := range slices.Sorted(maps.Keys(role)) {
			actions, ok := s[resource]
			if !ok {
				errs = append(errs, fmt.Errorf("role %q: there is no resource %q (known: %s)", name, resource, strings.Join(slices.Sorted(maps.Keys(s)), ", ")))
				continue
			}
			for _, action := range role[resource] {
				if !slices.Contains(actions, action) {
					errs = append(errs, fmt.Errorf("role %q: the resource %q has no action %q (known: %s)", name, resource, action, strings.Join(actions, ", ")))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// With returns the statements of s and more, for an access control that adds resources to given ones.
func (s Statements) With(more Statements) Statements {
	out := maps.Clone(s)
	if out == nil {
		out = Statements{}
	}
	maps.Copy(out, more)
	return out
}
