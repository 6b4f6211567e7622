package apikey

import (
	"cmp"
	"net/http"
	"regexp"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

type createRequest struct {
	Body *js.Object `body:"record"`
}

const configDoc = "The configuration ID to use for the API key lookup. If not provided, the default configuration will be used."

// BodySchema implements the schema of the request.
func (createRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("configId", schema.String().Optional().Doc("The configuration ID to use for the API key. If not provided, the default configuration will be used.")),
		schema.Field("name", schema.String().Optional().Doc("Name of the Api Key")),
		schema.Field("expiresIn", schema.Number().Min(1).Optional().Nullable().Default(nil).Doc("Expiration time of the Api Key in seconds")),
		schema.Field("prefix", schema.String().Regex(regexp.MustCompile(`^[a-zA-Z0-9_-]+$`),
			"Invalid prefix format, must be alphanumeric and contain only underscores and hyphens.").Optional().Doc("Prefix of the Api Key")),
		schema.Field("remaining", schema.Number().Min(0).Optional().Nullable().Default(nil).Doc("Remaining number of requests. Server side only")),
		schema.Field("metadata", schema.Any().Optional()),
		schema.Field("refillAmount", schema.Number().Min(1).Optional().Doc("Amount to refill the remaining count of the Api Key. server-only. Eg: 100")),
		schema.Field("refillInterval", schema.Number().Optional().Doc("Interval to refill the Api Key in milliseconds. server-only. Eg: 1000")),
		schema.Field("rateLimitTimeWindow", schema.Number().Optional().Doc(windowDoc)),
		schema.Field("rateLimitMax", schema.Number().Optional().Doc(maxDoc)),
		schema.Field("rateLimitEnabled", schema.Boolean().Optional().Doc("Whether the key has rate limiting enabled. server-only. Eg: true")),
		schema.Field("permissions", schema.Record(schema.Array(schema.String())).Optional().Doc("Permissions of the Api Key.")),
		schema.Field("userId", schema.String().Coerce().Optional().Doc(`User Id of the user that the Api Key belongs to. server-only. Eg: "user-id"`)),
		schema.Field("organizationId", schema.String().Coerce().Optional().Doc("Organization Id of the organization that the Api Key belongs to. Eg: 'org-id'")),
	)
}

const (
	windowDoc = "The duration in milliseconds where each request is counted. Once the `maxRequests` is reached, the request will be rejected until the `timeWindow` has passed, at which point the `timeWindow` will be reset. server-only. Eg: 1000"
	maxDoc    = "Maximum amount of requests allowed within a window. Once the `maxRequests` is reached, the request will be rejected until the `timeWindow` has passed, at which point the `timeWindow` will be reset. server-only. Eg: 100"
)

func (p *Plugin) create() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createApiKey", Methods: []string{http.MethodPost}, Path: "/api-key/create", Session: auth.Public,
		Summary: "Create a new API key for a user", OpenAPI: createDocument(),
	}, func(c *auth.Context, in *createRequest) (*auth.PublicRow, error) {
		cfg, err := p.configuration(c, text(in.Body, "configId"))
		if err != nil {
			return nil, err
		}
		owner, err := newOwner(c, cfg, in.Body)
		if err != nil {
			return nil, err
		}
		if err := checkNew(cfg, in.Body); err != nil {
			return nil, err
		}
		p.cleanUp(c, false)
		key, err := newKey(c, cfg, text(in.Body, "prefix"))
		if err != nil {
			return nil, err
		}
		row, err := newRow(c, cfg, in.Body, owner, key)
		if err != nil {
			return nil, err
		}
		if cfg.inDatabase() {
			row, err = c.Store.Create(c, model, row)
		} else {
			row["id"] = secret.ID(32)
		}
		if err != nil {
			return nil, err
		}
		if err := p.remember(c, cfg, row); err != nil {
			return nil, err
		}
		report(c, Created, cfg, row)
		out := hidden(c, row)
		out.Record["key"] = key
		if out.Record["metadata"], _ = in.Body.Get("metadata"); !in.Body.Has("metadata") {
			out.Record["metadata"] = nil
		}
		return out, nil
	})
}

// serverOnly are the members of a body that only programs may set.
var serverOnly = [...]string{"refillAmount", "refillInterval", "rateLimitMax", "rateLimitTimeWindow", "rateLimitEnabled", "permissions"}

// isClient reports whether a call comes from a client, and not from the program itself.
func isClient(c *auth.Context) bool { return c.Request != nil || c.RequestHeader != nil }

// newOwner returns the owner of a new key: the caller, or the user whom the program names, or an organization in which
// one of them may create keys.
func newOwner(c *auth.Context, cfg *Configuration, body *js.Object) (string, error) {
	session, err := c.CurrentSession(auth.Lookup{NoCache: true})
	if err != nil {
		return "", err
	}
	if isClient(c) {
		remaining, _ := body.Get("remaining")
		if hasAny(body, serverOnly[:]) || remaining != nil {
			return "", auth.BadRequest(ServerOnlyProperty)
		}
	}
	if c.Request != nil && body.Has("userId") {
		return "", auth.Unauthorized(UnauthorizedSession)
	}
	named := text(body, "userId")
	if cfg.References == ofOrganizations {
		id := text(body, "organizationId")
		if session != nil {
			named = session.User.ID
		}
		switch {
		case id == "":
			return "", auth.BadRequest(OrganizationIDRequired)
		case named == "":
			return "", auth.Unauthorized(UnauthorizedSession)
		}
		return id, inOrganization(c, named, id, toCreate)
	}
	switch {
	case session == nil && (isClient(c) || named == ""):
		return "", auth.Unauthorized(UnauthorizedSession)
	case session == nil:
		return named, nil
	case !isClient(c) && named != "" && named != session.User.ID:
		return "", auth.Unauthorized(UnauthorizedSession)
	}
	return session.User.ID, nil
}

func checkNew(cfg *Configuration, body *js.Object) error {
	metadata, _ := body.Get("metadata")
	if js.Truthy(metadata) {
		if !cfg.EnableMetadata {
			return auth.BadRequest(MetadataDisabled)
		}
		if !isObject(metadata) {
			return auth.BadRequest(InvalidMetadataType)
		}
	}
	amount, _ := body.Get("refillAmount")
	interval, _ := body.Get("refillInterval")
	switch {
	case js.Truthy(amount) && !js.Truthy(interval):
		return auth.BadRequest(RefillAmountAndIntervalRequired)
	case js.Truthy(interval) && !js.Truthy(amount):
		return auth.BadRequest(RefillIntervalAndAmountRequired)
	}
	if err := checkLife(cfg, body); err != nil {
		return err
	}
	if prefix := text(body, "prefix"); prefix != "" && (js.Length(prefix) < *cfg.MinimumPrefixLength || js.Length(prefix) > *cfg.MaximumPrefixLength) {
		return auth.BadRequest(InvalidPrefixLength)
	}
	name := text(body, "name")
	if name == "" {
		if cfg.RequireName {
			return auth.BadRequest(NameRequired)
		}
		return nil
	}
	return checkName(cfg, name)
}

func checkName(cfg *Configuration, name string) error {
	if n := js.Length(name); n < *cfg.MinimumNameLength || n > *cfg.MaximumNameLength {
		return auth.BadRequest(InvalidNameLength)
	}
	return nil
}

// checkLife checks a life that the caller chose.
func checkLife(cfg *Configuration, body *js.Object) error {
	v, _ := body.Get("expiresIn")
	seconds, ok := v.(float64)
	if !ok {
		return nil
	}
	switch days := seconds / (24 * 60 * 60); {
	case cfg.KeyExpiration.DisableCustomExpiresTime:
		return auth.BadRequest(KeyDisabledExpiration)
	case days < *cfg.KeyExpiration.MinExpiresIn:
		return auth.BadRequest(ExpiresInIsTooSmall)
	case days > *cfg.KeyExpiration.MaxExpiresIn:
		return auth.BadRequest(ExpiresInIsTooLarge)
	}
	return nil
}

// newKey returns a new key.
func newKey(c *auth.Context, cfg *Configuration, prefix string) (string, error) {
	prefix = cmp.Or(prefix, cfg.DefaultPrefix)
	if cfg.CustomKeyGenerator == nil {
		return prefix + secret.Random(cfg.DefaultKeyLength, "a-z", "A-Z"), nil
	}
	ask := KeyRequest{Length: cfg.DefaultKeyLength}
	if prefix != "" {
		ask.Prefix = &prefix
	}
	key, err := cfg.CustomKeyGenerator(c, ask)
	return key, auth.FromCallback(err)
}

// stored returns the form in which a key is stored.
func (o *Configuration) stored(key string) string {
	if o.DisableKeyHashing {
		return key
	}
	return secret.Digest(key)
}

// newRow returns the row of a new key.
func newRow(c *auth.Context, cfg *Configuration, body *js.Object, owner, key string) (store.Record, error) {
	allowed, err := cfg.Permissions.DefaultPermissions.of(c, owner)
	if err != nil {
		return nil, err
	}
	if own, ok := body.Get("permissions"); ok {
		allowed, _ = own.(*js.Object)
	}
	now := c.Clock()
	row := store.Record{
		"configId": cmp.Or(cfg.ConfigID, defaultID), "createdAt": now, "updatedAt": now,
		"name": orNil(body, "name"), "prefix": orNil(body, "prefix"), "start": nil, "key": cfg.stored(key), "enabled": true,
		"expiresAt": nil, "referenceId": owner, "lastRefillAt": nil, "lastRequest": nil, "metadata": nil,
		"rateLimitMax":        or(body, "rateLimitMax", float64(*cfg.RateLimit.MaxRequests)),
		"rateLimitTimeWindow": or(body, "rateLimitTimeWindow", float64(*cfg.RateLimit.TimeWindow)),
		"rateLimitEnabled":    or(body, "rateLimitEnabled", *cfg.RateLimit.Enabled),
		"remaining":           orNil(body, "remaining"), "refillAmount": orNil(body, "refillAmount"), "refillInterval": orNil(body, "refillInterval"),
		"requestCount": float64(0), "permissions": js.Undefined{},
	}
	if !body.Has("prefix") && cfg.DefaultPrefix != "" {
		row["prefix"] = cfg.DefaultPrefix
	}
	if *cfg.StartingCharactersConfig.ShouldStore {
		row["start"] = first(key, *cfg.StartingCharactersConfig.CharactersLength)
	}
	if allowed != nil {
		row["permissions"] = string(js.Marshal(allowed))
	}
	if life := cfg.KeyExpiration.DefaultExpiresIn; life != nil && *life != 0 {
		row["expiresAt"] = now.Add(time.Duration(*life) * time.Second)
	}
	if v, _ := body.Get("expiresIn"); js.Truthy(v) {
		row["expiresAt"] = later(now, v)
	}
	if v, _ := body.Get("metadata"); js.Truthy(v) {
		row["metadata"] = v
	}
	return row, nil
}

// later returns the time that is a number of seconds after now.
func later(now time.Time, seconds any) time.Time {
	n, _ := seconds.(float64)
	return now.Add(time.Duration(n * float64(time.Second)))
}

// text returns a text of a body, or "".
func text(body *js.Object, name string) string {
	v, _ := body.Get(name)
	s, _ := v.(string)
	return s
}

func orNil(body *js.Object, name string) any { return or(body, name, nil) }

// or returns a member of a body, or other if it is absent or null.
func or(body *js.Object, name string, other any) any {
	if v, _ := body.Get(name); v != nil {
		return v
	}
	return other
}

func hasAny(body *js.Object, names []string) bool {
	for _, name := range names {
		if body.Has(name) {
			return true
		}
	}
	return false
}

// isObject reports whether typeof v is object.
func isObject(v any) bool {
	switch v.(type) {
	case nil, *js.Object, []any:
		return true
	}
	return false
}
