package oauthprovider

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

// assertionAlgorithms returns the algorithms of client assertions (private_key_jwt).
func assertionAlgorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

// rawIssuer returns the configured issuer, or else the base URL.
func (p *Plugin) rawIssuer(c *auth.Context) string {
	if p.jwt != nil && p.jwt.Issuer() != "" {
		return p.jwt.Issuer()
	}
	return c.BaseURL
}

// issuer returns the identifier of the server, as tokens and answers name it: with https, unless it is this machine.
func (p *Plugin) issuer(c *auth.Context) string { return issuerURL(p.rawIssuer(c)) }

func issuerURL(raw string) string {
	u, ok := parseURL(raw)
	if !ok {
		return raw
	}
	href, _, _ := strings.Cut(u.Href, "#")
	href, _, _ = strings.Cut(href, "?")
	if u.Protocol == "http:" && !origin.IsLoopbackHost(u.Host) {
		href = "https:" + strings.TrimPrefix(href, u.Protocol)
	}
	return strings.TrimSuffix(href, "/")
}

// standardClaim is a claim that is made from the user. The scope asks for it.
type standardClaim struct{ Name, Scope string }

// standardClaims returns the claims that are made from the user, in the order of the metadata.
func standardClaims() []standardClaim {
	return []standardClaim{
		{"name", "profile"}, {"picture", "profile"}, {"given_name", "profile"}, {"family_name", "profile"},
		{"email", "email"}, {"email_verified", "email"},
	}
}

// supportedClaims returns the claims that the metadata lists. Only these can be asked for one by one.
func (p *Plugin) supportedClaims() []string {
	if listed := p.opts.AdvertisedMetadata.ClaimsSupported; listed != nil {
		return listed
	}
	out := []string{"sub", "iss", "aud", "exp", "iat", "sid", "scope", "azp"}
	for _, claim := range standardClaims() {
		if slices.Contains(p.opts.Scopes, claim.Scope) {
			out = append(out, claim.Name)
		}
	}
	return out
}

func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, v := range texts {
		out[i] = v
	}
	return out
}

// serverMetadata returns the metadata of RFC 8414, without the members that extensions add.
func (p *Plugin) serverMetadata(c *auth.Context) *js.Object {
	o := js.NewObject()
	base := c.BaseURL
	scopes := p.opts.AdvertisedMetadata.ScopesSupported
	if scopes == nil {
		scopes = p.opts.Scopes
	}
	o.Set("scopes_supported", list(scopes))
	o.Set("issuer", p.issuer(c))
	o.Set("authorization_endpoint", base+"/oauth2/authorize")
	o.Set("token_endpoint", base+"/oauth2/token")
	if p.jwt != nil {
		o.Set("jwks_uri", p.jwt.KeySetURL(base))
	}
	if p.opts.AllowDynamicClientRegistration {
		o.Set("registration_endpoint", base+"/oauth2/register")
	}
	o.Set("introspection_endpoint", base+"/oauth2/introspect")
	o.Set("revocation_endpoint", base+"/oauth2/revoke")
	responseTypes := []any{}
	if grants := p.grantTypes(); slices.Contains(grants, authorizationCode) {
		responseTypes = append(responseTypes, "code")
	}
	o.Set("response_types_supported", responseTypes)
	o.Set("response_modes_supported", []any{"query"})
	o.Set("grant_types_supported", list(p.grantTypes()))
	public := p.opts.AllowUnauthenticatedClientRegistration || len(p.discoveries()) > 0
	algorithms := list(assertionAlgorithms())
	o.Set("token_endpoint_auth_methods_supported", list(p.authMethods(public)))
	o.Set("token_endpoint_auth_signing_alg_values_supported", algorithms)
	o.Set("introspection_endpoint_auth_methods_supported", list(p.authMethods(false)))
	o.Set("introspection_endpoint_auth_signing_alg_values_supported", algorithms)
	o.Set("revocation_endpoint_auth_methods_supported", list(p.authMethods(false)))
	o.Set("revocation_endpoint_auth_signing_alg_values_supported", algorithms)
	o.Set("code_challenge_methods_supported", []any{"S256"})
	o.Set("authorization_response_iss_parameter_supported", true)
	o.Set("dpop_signing_alg_values_supported", list(p.opts.DPoP.SigningAlgorithms))
	o.Set("backchannel_logout_supported", p.jwt != nil)
	o.Set("backchannel_logout_session_supported", p.jwt != nil)
	return o
}

// openIDMetadata adds the members of OpenID Connect Discovery.
func (p *Plugin) openIDMetadata(c *auth.Context) *js.Object {
	o := p.serverMetadata(c)
	o.Set("claims_supported", list(p.supportedClaims()))
	o.Set("claims_parameter_supported", true)
	o.Set("userinfo_endpoint", userInfoResource(c))
	subjects := []any{"public"}
	if p.opts.PairwiseSecret != "" {
		subjects = append(subjects, "pairwise")
	}
	o.Set("subject_types_supported", subjects)
	o.Set("acr_values_supported", []any{"0"})
	algorithms := []string{"HS256"}
	if p.jwt != nil {
		algorithms = p.jwt.Algorithms()
	}
	o.Set("id_token_signing_alg_values_supported", list(algorithms))
	o.Set("end_session_endpoint", c.BaseURL+"/oauth2/end-session")
	o.Set("request_parameter_supported", false)
	o.Set("request_uri_parameter_supported", false)
	o.Set("prompt_values_supported", []any{"login", "consent", "create", "select_account", "none"})
	return o
}

// The kinds of metadata, as extensions see them.
const (
	oauthKind  = "oauth-authorization-server"
	openIDKind = "openid-configuration"
)

func (p *Plugin) isOpenID() bool { return slices.Contains(p.opts.Scopes, "openid") }

// Metadata returns the metadata of the server: that of OpenID Connect Discovery, or, without the scope openid, that of
// RFC 8414.
func (p *Plugin) Metadata(c *auth.Context) *js.Object {
	kind, document := oauthKind, p.serverMetadata
	if p.isOpenID() {
		kind, document = openIDKind, p.openIDMetadata
	}
	return p.extended(c, kind, document(c))
}

// extended returns the metadata with the members of extensions, which replace none.
func (p *Plugin) extended(c *auth.Context, kind string, document *js.Object) *js.Object {
	out := js.NewObject()
	for _, d := range p.discoveries() {
		if d.Metadata != nil {
			for name, v := range d.Metadata.All() {
				out.Set(name, v)
			}
		}
	}
	for name, v := range document.All() {
		out.Set(name, v)
	}
	base := out.Clone()
	for _, e := range p.opts.Extensions {
		if e.Metadata == nil {
			continue
		}
		more := e.Metadata(MetadataInput{Call: c, Kind: kind, Document: base})
		if more == nil {
			continue
		}
		for name, v := range more.All() {
			if !out.Has(name) {
				out.Set(name, v)
			}
		}
	}
	return out
}

func (p *Plugin) metadataEndpoints() []auth.Endpoint {
	return []auth.Endpoint{
		auth.Handle(auth.Route{
			ID: "getOAuthServerConfig", Methods: []string{http.MethodGet}, Path: "/.well-known/oauth-authorization-server",
			ServerOnly: true, Session: auth.Public, Summary: "Metadata of the authorization server",
		}, func(c *auth.Context, _ *auth.None) (*any, error) {
			var out any = p.Metadata(c)
			return &out, nil
		}),
		auth.Handle(auth.Route{
			ID: "getOpenIdConfig", Methods: []string{http.MethodGet}, Path: "/.well-known/openid-configuration",
			ServerOnly: true, Session: auth.Public, Summary: "Metadata of the OpenID provider",
		}, func(c *auth.Context, _ *auth.None) (*any, error) {
			if !p.isOpenID() {
				return nil, &auth.Error{Status: http.StatusNotFound}
			}
			var out any = p.Metadata(c)
			return &out, nil
		}),
	}
}

// Issuer returns the identifier of the server, as tokens and answers name it.
func (p *Plugin) Issuer(c *auth.Context) string { return p.issuer(c) }
