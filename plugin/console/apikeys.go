package console

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/store"
)

type apiKeysRequest struct {
	_      struct{} `query:"optional"`
	Search string   `query:"search,omitempty" maxLength:"200" doc:"A part of the name"`
	UserID string   `query:"userId,omitempty" maxLength:"200" doc:"The owner: a user, or an organization"`
	Limit  int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"100" default:"50"`
	Offset int      `query:"offset,omitempty" coerce:"true" format:"int" minimum:"0" maximum:"10000000"`
}

type apiKeysAnswer struct {
	APIKeys []*js.Object `json:"apiKeys"`
	Total   int          `json:"total"`
	May     bool         `json:"may"` // the caller may disable and delete keys
}

func (p *Plugin) apiKeys(c *auth.Context) error { return needs(c, "api-key") }

// keysOf returns the plugin api-key, which the guard apiKeys has found.
func keysOf(c *auth.Context) *apikey.Plugin {
	keys, _ := auth.Find[*apikey.Plugin](c.Auth)
	return keys
}

func (p *Plugin) listAPIKeys() auth.Endpoint {
	return read(p, "consoleApiKeys", "/api-keys", "List the API keys of everybody", func(c *auth.Context, in *apiKeysRequest) (*apiKeysAnswer, error) {
		found, total, err := keysOf(c).FindAll(c, apikey.Search{Text: in.Search, Owner: in.UserID, Limit: in.Limit, Offset: in.Offset})
		if err != nil {
			return nil, err
		}
		names, err := ownerNames(c, found)
		if err != nil {
			return nil, err
		}
		out := &apiKeysAnswer{APIKeys: make([]*js.Object, len(found)), Total: total, May: p.rightsOf(c.Session.User).APIKeys}
		for i, f := range found {
			owner := "user"
			if f.OfOrganization {
				owner = "organization"
			}
			o := pick(f.Key.Record, "id", "name", "start", "prefix", "enabled", "configId", "referenceId", "expiresAt", "lastRequest",
				"requestCount", "remaining", "createdAt", "updatedAt")
			o.Set("owner", owner)
			o.Set("ownerName", names[owner+f.OwnerID])
			out.APIKeys[i] = o
		}
		return out, nil
	}, p.apiKeys)
}

// ownerNames returns the names of the owners of keys, by the kind of owner and its id.
func ownerNames(c *auth.Context, found []apikey.Found) (map[string]any, error) {
	ids := map[string][]any{}
	for _, f := range found {
		model := "user"
		if f.OfOrganization {
			model = "organization"
		}
		ids[model] = append(ids[model], f.OwnerID)
	}
	names := map[string]any{}
	for model, list := range ids {
		if model == "organization" && !c.HasPlugin("organization") {
			continue
		}
		rows, err := c.Store.Find(c, model, store.Query{Where: []store.Where{{Field: "id", Op: store.In, Value: list}}, Limit: len(list), Fields: []string{"name"}})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			names[model+row.Text("id")] = row["name"]
		}
	}
	return names, nil
}

func (p *Plugin) disableAPIKey() auth.Endpoint {
	return act(p, "consoleDisableApiKey", "/api-key/disable", "Make an API key useless until it is enabled again", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return changed(keysOf(c).Disable(c, in.ID))
	}, p.apiKeys, p.may("user", "update"))
}

func (p *Plugin) deleteAPIKey() auth.Endpoint {
	return act(p, "consoleDeleteApiKey", "/api-key/delete", "Delete an API key", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return changed(keysOf(c).Remove(c, in.ID))
	}, p.apiKeys, p.may("user", "update"))
}

// changed returns the answer to a change of one row.
func changed(err error) (*successAnswer, error) {
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.NotFound(NotFound)
	}
	if err != nil {
		return nil, err
	}
	return &successAnswer{true}, nil
}
