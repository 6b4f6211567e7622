package apikey

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type updateRequest struct {
	Body *js.Object `body:"record"`
}

// BodySchema implements the schema of the request.
func (updateRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("configId", schema.String().Optional().Doc(configDoc)),
		schema.Field("keyId", schema.String().Doc("The id of the Api Key")),
		schema.Field("userId", schema.String().Coerce().Optional().Doc(`The id of the user which the api key belongs to. server-only. Eg: "some-user-id"`)),
		schema.Field("name", schema.String().Optional().Doc("The name of the key")),
		schema.Field("enabled", schema.Boolean().Optional().Doc("Whether the Api Key is enabled or not")),
		schema.Field("remaining", schema.Number().Min(1).Optional().Doc("The number of remaining requests")),
		schema.Field("refillAmount", schema.Number().Optional().Doc("The refill amount")),
		schema.Field("refillInterval", schema.Number().Optional().Doc("The refill interval")),
		schema.Field("metadata", schema.Any().Optional()),
		schema.Field("expiresIn", schema.Number().Min(1).Optional().Nullable().Doc("Expiration time of the Api Key in seconds")),
		schema.Field("rateLimitEnabled", schema.Boolean().Optional().Doc("Whether the key has rate limiting enabled.")),
		schema.Field("rateLimitTimeWindow", schema.Number().Optional().Doc("The duration in milliseconds where each request is counted. server-only. Eg: 1000")),
		schema.Field("rateLimitMax", schema.Number().Optional().Doc(maxDoc)),
		schema.Field("permissions", schema.Record(schema.Array(schema.String())).Optional().Nullable().Doc("Update the permissions on the API Key. server-only.")),
	)
}

func (p *Plugin) update() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "updateApiKey", Methods: []string{http.MethodPost}, Path: "/api-key/update", Session: auth.Public,
		Summary: "Update an existing API key by ID", OpenAPI: updateDocument(),
	}, func(c *auth.Context, in *updateRequest) (*auth.PublicRow, error) {
		user, err := updater(c, in.Body)
		if err != nil {
			return nil, err
		}
		row, cfg, err := p.owned(c, text(in.Body, "configId"), text(in.Body, "keyId"), user, toUpdate)
		if err != nil {
			return nil, err
		}
		change, err := changeOf(c, cfg, in.Body)
		if err != nil {
			return nil, err
		}
		if row, err = p.write(c, cfg, row, change); err != nil {
			return nil, err
		}
		report(c, Updated, cfg, row)
		p.cleanUp(c, false)
		p.repair(c, row, cfg)
		return hidden(c, row), nil
	})
}

// updater returns the user whose keys a call may change: the caller, or the user whom the program names.
func updater(c *auth.Context, body *js.Object) (string, error) {
	session, err := c.CurrentSession(auth.Lookup{NoCache: true})
	if err != nil {
		return "", err
	}
	user := text(body, "userId")
	switch {
	case session != nil && user != "" && user != session.User.ID:
		return "", auth.Unauthorized(UnauthorizedSession)
	case session != nil:
		user = session.User.ID
	case isClient(c) || user == "":
		return "", auth.Unauthorized(UnauthorizedSession)
	}
	if isClient(c) && (hasAny(body, serverOnly[:]) || body.Has("remaining")) {
		return "", auth.BadRequest(ServerOnlyProperty)
	}
	return user, nil
}

// owned returns a key of a user, or of an organization in which the user may do the action, and its configuration. Keys
// of other users are not found.
func (p *Plugin) owned(c *auth.Context, configID, id, user, action string) (store.Record, *Configuration, error) {
	lookup, err := p.configuration(c, configID)
	if err != nil {
		return nil, nil, err
	}
	row, err := p.findByID(c, lookup, id)
	if err != nil {
		return nil, nil, err
	}
	if row == nil || !matches(row.Text("configId"), lookup.ConfigID) {
		return nil, nil, auth.NotFound(KeyNotFound)
	}
	cfg, err := p.configuration(c, row.Text("configId"))
	switch {
	case err != nil:
		return nil, nil, err
	case cfg.References == ofOrganizations:
		if err := inOrganization(c, user, row.Text("referenceId"), action); err != nil {
			return nil, nil, err
		}
	case row.Text("referenceId") != user:
		return nil, nil, auth.NotFound(KeyNotFound)
	}
	return row, cfg, nil
}

// changeOf returns what a call changes of a key.
func changeOf(c *auth.Context, cfg *Configuration, body *js.Object) (store.Record, error) {
	change := store.Record{}
	for _, field := range []string{"name", "enabled", "remaining", "refillAmount", "refillInterval", "rateLimitEnabled", "rateLimitTimeWindow", "rateLimitMax"} {
		if v, given := body.Get(field); given {
			change[field] = v
		}
	}
	if body.Has("name") {
		if err := checkName(cfg, text(body, "name")); err != nil {
			return nil, err
		}
	}
	if life, given := body.Get("expiresIn"); given {
		if cfg.KeyExpiration.DisableCustomExpiresTime {
			return nil, auth.BadRequest(KeyDisabledExpiration)
		}
		if err := checkLife(cfg, body); err != nil {
			return nil, err
		}
		change["expiresAt"] = nil
		if life != nil {
			change["expiresAt"] = later(c.Clock(), life)
		}
	}
	if metadata, given := body.Get("metadata"); given && cfg.EnableMetadata {
		if !isObject(metadata) {
			return nil, auth.BadRequest(InvalidMetadataType)
		}
		change["metadata"] = metadata
	}
	switch amount, interval := body.Has("refillAmount"), body.Has("refillInterval"); {
	case amount && !interval:
		return nil, auth.BadRequest(RefillAmountAndIntervalRequired)
	case interval && !amount:
		return nil, auth.BadRequest(RefillIntervalAndAmountRequired)
	}
	if allowed, given := body.Get("permissions"); given {
		change["permissions"] = string(js.Marshal(allowed))
	}
	if len(change) == 0 {
		return nil, auth.BadRequest(NoValuesToUpdate)
	}
	return change, nil
}

// write changes a key and returns it as changed.
func (p *Plugin) write(c *auth.Context, cfg *Configuration, row store.Record, change store.Record) (store.Record, error) {
	if cfg.inDatabase() {
		changed, err := c.Store.Update(c, model, byID(row), change)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.NotFound(KeyNotFound)
		}
		if err != nil {
			return nil, err
		}
		return changed, p.remember(c, cfg, changed)
	}
	return p.change(c, cfg, row.Text("key"), func(fresh store.Record) (store.Record, error) {
		return fresh.With(change).With(store.Record{"updatedAt": c.Clock()}), nil
	})
}
