package oauthproxy

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/schema"
)

type completionRequest struct {
	CallbackURL string  `query:"callbackURL" doc:"The URL to redirect to after the proxy"`
	Profile     *string `query:"profile,omitempty" doc:"Encrypted OAuth profile data"`
}

func trusted(c *auth.Context) error {
	return c.CheckCallback(oauth.Text(oauth.Member(c.Query, "callbackURL")))
}

func (p *Plugin) completion() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oAuthProxyCompletion", Methods: []string{http.MethodGet}, Path: "/callback/:id/oauth-proxy", Session: auth.Public, Hidden: true,
		Summary: "Where the production server hands an identity on to",
	}, func(c *auth.Context, in *completionRequest) (*auth.Nothing, error) {
		return nil, p.complete(c, in, c.Params["id"])
	}, trusted)
}

func (p *Plugin) deprecated() auth.Endpoint {
	parameter := func(name, doc string, required bool) *js.Object {
		return js.Obj("in", "query", "name", name, "required", required, "description", doc)
	}
	return auth.Handle(auth.Route{
		ID: "oAuthProxy", Methods: []string{http.MethodGet}, Path: "/oauth-proxy-callback", Session: auth.Public, Summary: "OAuth Proxy Callback",
		OpenAPI: js.Obj("operationId", "oauthProxyCallback", "deprecated", true,
			"parameters", []any{
				parameter("callbackURL", "The URL to redirect to after the proxy", true),
				parameter("profile", "Encrypted OAuth profile data", false),
			},
			"responses", js.Obj("302", js.Obj("description", "Redirect", "headers", js.Obj("Location", js.Obj(
				"description", "The URL to redirect to", "schema", js.Obj("type", "string")))))),
	}, func(c *auth.Context, in *completionRequest) (*auth.Nothing, error) {
		return nil, p.complete(c, in, "")
	}, trusted)
}

// payloadSchema returns the schema of a transferred identity.
func payloadSchema() *schema.Schema {
	text := schema.String
	return schema.Object(
		schema.Field("userInfo", schema.Object(schema.Field("id", text().Coerce()), schema.Field("email", text().Lower()),
			schema.Field("emailVerified", schema.Boolean().Default(false)), schema.Field("name", text()), schema.Field("image", text().Nullish())).Loose()),
		schema.Field("account", schema.Object(schema.Field("providerId", text()), schema.Field("accountId", text())).Loose()),
		schema.Field("profile", schema.Record(schema.Any()).Optional()), schema.Field("scopes", schema.Array(text()).Optional()),
		schema.Field("state", text().Min(1)), schema.Field("callbackURL", text().Min(1)),
		schema.Field("newUserURL", text().Optional()), schema.Field("errorURL", text().Optional()),
		schema.Field("disableSignUp", schema.Boolean().Optional()), schema.Field("timestamp", schema.Number()),
	).Loose()
}

// payload decrypts a transferred identity. problem is the error for the browser.
func (p *Plugin) payload(c *auth.Context, sealed string) (o *js.Object, problem string) {
	if sealed == "" {
		return nil, "missing_profile"
	}
	opened, err := p.open("oauth-proxy-profile", sealed)
	if err != nil {
		c.Log.ErrorContext(c, "oauth-proxy: the identity could not be decrypted", "error", err)
		return nil, "invalid_profile"
	}
	checked, issues := payloadSchema().Check(opened)
	o, ok := checked.(*js.Object)
	if len(issues) > 0 || !ok {
		return nil, "invalid_payload"
	}
	return o, ""
}

// complete signs the user in on the server where the flow started. id is the provider in the path, or "" for the old
// path without one.
func (p *Plugin) complete(c *auth.Context, in *completionRequest, id string) error {
	errorURL := c.Options.OnAPIError.ErrorURL
	if errorURL == "" {
		errorURL = c.BaseOrigin + "/api/auth/error"
	}
	sealed := ""
	if in.Profile != nil {
		sealed = *in.Profile
	}
	payload, problem := p.payload(c, sealed)
	if problem != "" {
		return flow.Fail(errorURL, problem, "")
	}
	get := func(path ...string) string { return oauth.Text(oauth.Member(payload, path...)) }
	if to := get("errorURL"); to != "" {
		errorURL = to
	}
	if id != "" && id != get("account", "providerId") {
		return flow.Fail(errorURL, "provider_mismatch", "")
	}
	if p.tooOld(c, payload) {
		return flow.Fail(errorURL, "payload_expired", "")
	}
	state, err := flow.Read(c, get("state"), true)
	if err != nil {
		c.Log.WarnContext(c, "oauth-proxy: the flow is not known here", "error", err)
		return flow.Fail(errorURL, flow.StateMismatch, "")
	}
	user, _ := oauth.Member(payload, "userInfo").(*js.Object)
	profile, _ := oauth.Member(payload, "profile").(*js.Object)
	if state.Link != nil {
		profile = orEmpty(profile)
	}
	end := flow.Ending{CallbackURL: get("callbackURL"), NewUserURL: get("newUserURL"), ErrorURL: errorURL, Link: state.Link}
	return end.Finish(c, &flow.SignIn{
		User: user, Account: *accountOf(payload), CallbackURL: get("callbackURL"), Profile: profile, DisableSignUp: oauth.Member(payload, "disableSignUp") == any(true),
	})
}

// tooOld reports whether a payload has expired. The clocks of the two servers may differ by ten seconds.
func (p *Plugin) tooOld(c *auth.Context, payload *js.Object) bool {
	made, _ := oauth.Member(payload, "timestamp").(float64)
	age := (float64(c.Now().UnixMilli()) - made) / 1000
	return age > float64(*p.o.MaxAge) || age < -10
}

func orEmpty(o *js.Object) *js.Object {
	if o == nil {
		return js.NewObject()
	}
	return o
}

func accountOf(payload *js.Object) *flow.Account {
	told, _ := oauth.Member(payload, "account").(*js.Object)
	tokens := oauth.TokensFrom(told)
	scope := oauth.Text(oauth.Member(told, "scope"))
	if list, ok := oauth.Member(payload, "scopes").([]any); ok {
		tokens.Scopes = []string{}
		for _, s := range list {
			tokens.Scopes = append(tokens.Scopes, oauth.Text(s))
		}
	} else if oauth.IsSet(oauth.Member(told, "scope")) {
		tokens.Scopes = strings.Split(scope, ",")
	}
	return &flow.Account{ProviderID: oauth.Text(oauth.Member(told, "providerId")), AccountID: oauth.Text(oauth.Member(told, "accountId")), Tokens: *tokens, Scope: scope}
}
