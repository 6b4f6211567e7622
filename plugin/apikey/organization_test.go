package apikey_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

var keyRoles = access.Roles{
	"owner": {"member": {"delete"}}, "nobody": {}, "keeper": {"apiKey": {"create", "read", "update", "delete"}},
	"maker": {"apiKey": {"create"}}, "reader": {"apiKey": {"read"}}, "editor": {"apiKey": {"update"}}, "remover": {"apiKey": {"delete"}},
}

// tenants is a server with keys of users and of organizations.
func tenants(t testing.TB, o auth.Options, cfg apikey.Configuration) *authtest.Server {
	t.Helper()
	o.Plugins = append(o.Plugins, organization.New(organization.Options{Roles: keyRoles}))
	users, owned := cfg, cfg
	users.ConfigID, owned.ConfigID, owned.References = "default", "org", "organization"
	return server(t, o, users, owned)
}

func founded(c *authtest.Client, slug string) string {
	return post(c, "/organization/create", body{"name": slug, "slug": slug}).Want(200).Text("id")
}

func joined(s *authtest.Server, organization, userID, role string) {
	call(s, "addMember", body{"organizationId": organization, "userId": userID, "role": role})
}

// A key of an organization belongs to no user, and any program verifies it.
func TestKeyOfAnOrganization(t *testing.T) {
	for name, tc := range map[string]struct {
		place everywhere.Place
		cfg   apikey.Configuration
	}{
		"database":  {everywhere.Memory, apikey.Configuration{}},
		"secondary": {everywhere.SecondaryStorage, apikey.Configuration{Storage: "secondary-storage"}},
		"both":      {everywhere.SecondaryStorage, apikey.Configuration{Storage: "secondary-storage", FallbackToDatabase: true}},
	} {
		t.Run(name, func(t *testing.T) {
			s := tenants(t, tc.place.Options(t), tc.cfg)
			owner, id := user(s, ann)
			org := founded(owner, "acme")
			key := post(owner, "/api-key/create", body{"configId": "org", "organizationId": org, "name": "ci"}).Want(200, "referenceId", org, "configId", "org")
			own := post(owner, "/api-key/create", body{"name": "mine"}).Want(200, "referenceId", id)
			owner.Get("/api-key/list?organizationId="+org).Want(200, "total", 1.0, "apiKeys.0.id", key.Text("id"))
			owner.Get("/api-key/list").Want(200, "total", 1.0, "apiKeys.0.id", own.Text("id"))
			if code := verified(s, key.Text("key"), body{"configId": "org"}); code != "" {
				t.Error(code)
			}
			if code := verified(s, key.Text("key"), body{"configId": "default"}); code != "INVALID_API_KEY" {
				t.Errorf("as a key of a user: %q", code)
			}
			post(owner, "/api-key/update", body{"configId": "org", "keyId": key.Text("id"), "name": "cd"}).Want(200, "name", "cd")
			post(owner, "/api-key/delete", body{"configId": "org", "keyId": key.Text("id")}).Want(200)
			owner.Get("/api-key/list?organizationId="+org).Want(200, "total", 0.0)
		})
	}
}

// Every role, every action on keys, in the own organization and in another one: members do what their roles allow, and
// nobody reaches across.
func TestAttackKeysOfAnotherOrganization(t *testing.T) {
	s := tenants(t, auth.Options{}, apikey.Configuration{})
	owner, _ := user(s, ann)
	other, _ := user(s, bob)
	org, theirs := founded(owner, "acme"), founded(other, "other")
	keyOf := func(c *authtest.Client, organization string) string {
		return post(c, "/api-key/create", body{"configId": "org", "organizationId": organization}).Want(200).Text("id")
	}
	foreign := keyOf(other, theirs)
	actions := map[string]func(c *authtest.Client, organization, key string) *authtest.Answer{
		"create": func(c *authtest.Client, organization, _ string) *authtest.Answer {
			return post(c, "/api-key/create", body{"configId": "org", "organizationId": organization})
		},
		"read": func(c *authtest.Client, _, key string) *authtest.Answer {
			return c.Get("/api-key/get?configId=org&id=" + key)
		},
		"list": func(c *authtest.Client, organization, _ string) *authtest.Answer {
			return c.Get("/api-key/list?organizationId=" + organization)
		},
		"update": func(c *authtest.Client, _, key string) *authtest.Answer {
			return post(c, "/api-key/update", body{"configId": "org", "keyId": key, "name": "changed"})
		},
		"delete": func(c *authtest.Client, _, key string) *authtest.Answer {
			return post(c, "/api-key/delete", body{"configId": "org", "keyId": key})
		},
	}
	for role, rights := range keyRoles {
		c, id := user(s, role+"@example.com")
		joined(s, org, id, role)
		for action, try := range actions {
			key := keyOf(owner, org)
			needed := action
			if action == "list" {
				needed = "read"
			}
			got := try(c, org, key)
			if role == "owner" || slices.Contains(rights["apiKey"], needed) {
				got.Want(200)
			} else {
				got.WantCode(403, "INSUFFICIENT_API_KEY_PERMISSIONS")
			}
			try(c, theirs, foreign).WantCode(403, "USER_NOT_MEMBER_OF_ORGANIZATION")
		}
		// Without the configuration of organizations, their keys are nobody's.
		c.Get("/api-key/get?id="+foreign).WantCode(404, "KEY_NOT_FOUND")
		post(c, "/api-key/delete", body{"keyId": foreign}).WantCode(404, "KEY_NOT_FOUND")
	}
	if row, err := s.Store.Get(t.Context(), "apikey", store.Is("id", foreign)); err != nil || row["name"] != nil || row["referenceId"] != theirs {
		t.Errorf("the foreign key is %v (%v)", row, err)
	}
}

// Who has left an organization, or lost the role, has no rights on its keys any more.
func TestAttackKeysAfterLeaving(t *testing.T) {
	s := tenants(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, apikey.Configuration{})
	owner, _ := user(s, ann)
	org := founded(owner, "acme")
	key := post(owner, "/api-key/create", body{"configId": "org", "organizationId": org}).Want(200).Text("id")
	keeper, id := user(s, bob)
	joined(s, org, id, "keeper")
	keeper.Get("/api-key/get?configId=org&id=" + key).Want(200)
	s.Change("member", store.Record{"role": "nobody"}, store.Is("userId", id))
	keeper.Get("/api-key/get?configId=org&id="+key).WantCode(403, "INSUFFICIENT_API_KEY_PERMISSIONS")
	post(owner, "/organization/remove-member", body{"organizationId": org, "memberIdOrEmail": bob}).Want(200)
	for _, got := range []*authtest.Answer{
		keeper.Get("/api-key/get?configId=org&id=" + key), keeper.Get("/api-key/list?organizationId=" + org),
		post(keeper, "/api-key/create", body{"configId": "org", "organizationId": org}),
		post(keeper, "/api-key/update", body{"configId": "org", "keyId": key, "enabled": false}),
		post(keeper, "/api-key/delete", body{"configId": "org", "keyId": key}),
	} {
		got.WantCode(403, "USER_NOT_MEMBER_OF_ORGANIZATION")
	}
}

// A key of an organization stands for no session, not even if the organization has the id of a user.
func TestAttackSessionOfAnOrganization(t *testing.T) {
	s := tenants(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true})
	owner, id := user(s, ann)
	org := founded(owner, "acme")
	key := post(owner, "/api-key/create", body{"configId": "org", "organizationId": org}).Want(200)
	s.Change("apikey", store.Record{"referenceId": id}, store.Is("id", key.Text("id")))
	c := s.Client()
	c.Header.Set("X-Api-Key", key.Text("key"))
	if got := c.Get("/get-session"); got.Status != 401 || strings.Contains(got.Body, ann) {
		t.Errorf("%s", got)
	}
}
