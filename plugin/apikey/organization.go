package apikey

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The values of the option references.
const (
	ofUsers         = "user"
	ofOrganizations = "organization"
)

// The actions on the keys of an organization, as roles name them.
const (
	toCreate = "create"
	toRead   = "read"
	toUpdate = "update"
	toDelete = "delete"
)

// inOrganization returns an error unless a user is a member of an organization whose roles allow the action on its
// keys. As in the reference, roles that cannot be read allow nothing.
func inOrganization(c *auth.Context, user, id, action string) error {
	plugin, ok := auth.Find[*organization.Plugin](c.Auth)
	if !ok {
		return auth.Internal(OrganizationPluginRequired)
	}
	isMember, allowed, err := plugin.Check(c, user, id, access.Need("apiKey", action))
	switch {
	case err != nil && (!isMember || errors.Is(err, store.ErrUnavailable)):
		return err
	case !isMember:
		return auth.Forbidden(UserNotMemberOfOrganization)
	case err != nil:
		return auth.Fail(http.StatusForbidden, InsufficientAPIKeyPermissions).Because(err)
	case !allowed:
		return auth.Forbidden(InsufficientAPIKeyPermissions)
	}
	return nil
}
