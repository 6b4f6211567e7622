package oauthprovider

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// formType is the type of the bodies that OAuth prescribes.
const formType = "application/x-www-form-urlencoded"

func (p *Plugin) tokenEndpoints() []auth.Endpoint {
	return []auth.Endpoint{p.tokenEndpoint(), p.introspectEndpoint(), p.revokeEndpoint(), p.userInfoEndpoint()}
}

type tokenRequest struct {
	GrantType    string  `json:"grant_type"`
	Code         string  `json:"code,omitempty"`
	CodeVerifier string  `json:"code_verifier,omitempty"`
	RedirectURI  string  `json:"redirect_uri,omitempty"`
	RefreshToken string  `json:"refresh_token,omitempty"`
	Scope        *string `json:"scope,omitempty"`
	Resource     any     `json:"resource,omitempty"`
}

// scopes returns the scopes that the request names, nil for none.
func (in *tokenRequest) scopes() []string {
	if in.Scope == nil {
		return nil
	}
	return strings.Split(*in.Scope, " ")
}

// resources returns the resources that the request names, nil for none. A form may repeat the parameter, and the body
// then has only the last value.
func (in *tokenRequest) resources(c *auth.Context) []string {
	if list := formResources(c); len(list) > 1 {
		return list
	}
	return textsOf(in.Resource)
}

// BodySchema describes the body of the token endpoint.
func (tokenRequest) BodySchema() *schema.Schema {
	optional := func() *schema.Schema { return schema.String().Optional() }
	return schema.Object(
		schema.Field("grant_type", schema.String().Trim().Min(1)),
		schema.Field("client_id", optional()),
		schema.Field("client_secret", optional()),
		schema.Field("client_assertion", optional()),
		schema.Field("client_assertion_type", optional()),
		schema.Field("code", optional()),
		schema.Field("code_verifier", optional()),
		schema.Field("redirect_uri", safeURL().Optional()),
		schema.Field("refresh_token", optional()),
		schema.Field("resource", resourceSchema().Optional()),
		schema.Field("scope", optional()),
	).Loose()
}

func (p *Plugin) tokenEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2Token", Methods: []string{http.MethodPost}, Path: "/oauth2/token", Session: auth.Public, NoStore: true,
		MediaTypes: []string{formType}, Summary: "Obtain an OAuth2.1 access token", OpenAPI: tokenDoc(), CORS: auth.AnyOrigin,
		Invalid: invalid(invalidRequest, tokenFields()),
	}, p.token)
}

// resourceSchema describes a resource indicator (RFC 8707) or a list of them.
func resourceSchema() *schema.Schema {
	return schema.Union(oneResource(), schema.Array(oneResource()).Min(1))
}

func oneResource() *schema.Schema {
	one := schema.String().Demand(func(v any) bool { return resourceFlaw(asText(v)) != notAbsolute }, notAbsolute)
	for _, flaw := range []string{"resource must not contain a fragment", "resource cannot use javascript:, data:, or vbscript: scheme"} {
		one = one.Refine(func(v any) bool { return resourceFlaw(asText(v)) != flaw }, flaw)
	}
	return one
}

func asText(v any) string { s, _ := v.(string); return s }

// tokenFields says which errors wrong parameters of the token endpoint cause.
func tokenFields() map[string]fieldError {
	return map[string]fieldError{"grant_type": {invalidRequest, unsupportedGrantType}, "resource": {Invalid: invalidTarget}}
}

func (p *Plugin) token(c *auth.Context, in *tokenRequest) (*js.Object, error) {
	unsupported := describeFirst(http.StatusBadRequest, unsupportedGrantType, "unsupported grant_type "+in.GrantType)
	if !slices.Contains(p.grantTypes(), in.GrantType) {
		return nil, unsupported
	}
	switch in.GrantType {
	case authorizationCode:
		return p.redeemCode(c, in)
	case clientCredentials:
		return p.grantToClient(c, in)
	case refreshGrant:
		return p.refreshTokens(c, in)
	}
	handler := p.grantHandler(in.GrantType)
	if handler == nil {
		return nil, unsupported
	}
	return handler(&Grant{Call: c, Type: in.GrantType, Provider: p})
}

// tokenAddress is the address of the token endpoint, the audience of assertions.
func tokenAddress(c *auth.Context) string { return c.BaseURL + "/oauth2/token" }

func badToken(name, description string) error {
	return describeFirst(http.StatusBadRequest, name, description)
}
