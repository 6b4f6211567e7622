// Package genericoauth adds OAuth and OpenID Connect providers that are set up
// by addresses, or by an address where they can be discovered. They work through
// the built-in endpoints like the social providers. It holds the helpers for
// some well-known ones, and must not know an endpoint.
package genericoauth

import (
	"errors"
	"fmt"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Options are the plugin's options.
type Options struct {
	Config []Config `json:"config"`
}

// Config is one provider.
type Config struct {
	// Helper fills in what is known of a provider: auth0, gumroad, hubspot,
	// keycloak, line, microsoft-entra-id, okta, patreon, slack or yandex. From
	// Go, call the func of that name.
	Helper   string `json:"helper"`
	Domain   string `json:"domain"`   // for the helper auth0
	Issuer   string `json:"issuer"`   // for the helpers keycloak and okta
	TenantID string `json:"tenantId"` // for the helper microsoft-entra-id

	ProviderID   string `json:"providerId"`
	Name         string `json:"name"` // default: the id
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`

	DiscoveryURL     string       `json:"discoveryUrl"`
	DiscoveryHeaders oauth.Params `json:"discoveryHeaders"`
	// The addresses, where discovery does not tell or is wrong.
	AuthorizationURL   string `json:"authorizationUrl"`
	TokenURL           string `json:"tokenUrl"`
	UserInfoURL        string `json:"userInfoUrl"`
	EndSessionEndpoint string `json:"endSessionEndpoint"`

	Scopes                 []string     `json:"scopes"`
	RedirectURI            string       `json:"redirectURI"`
	ResponseType           string       `json:"responseType"`
	ResponseMode           string       `json:"responseMode"`
	Prompt                 string       `json:"prompt"`
	AccessType             string       `json:"accessType"`
	PKCE                   *bool        `json:"pkce"` // default true
	AuthorizationURLParams oauth.Params `json:"authorizationUrlParams"`

	Authentication       string                   `json:"authentication"` // basic or post
	TokenEndpointAuth    *oauth.TokenEndpointAuth `json:"tokenEndpointAuth"`
	AuthorizationHeaders oauth.Params             `json:"authorizationHeaders"` // of token requests
	TokenURLParams       oauth.Params             `json:"tokenUrlParams"`
	RefreshTokenParams   RefreshParams            `json:"refreshTokenParams"`
	AccessTokenExpiresIn float64                  `json:"accessTokenExpiresIn"` // seconds, where the provider does not say

	PostLogoutRedirectURI string `json:"postLogoutRedirectURI"`
	DisableProviderLogout bool   `json:"disableProviderLogout"`

	AllowIDPInitiated          bool `json:"allowIdpInitiated"`
	RequireIDTokenVerification bool `json:"requireIdTokenVerification"`
	DisableIDTokenNonceBinding bool `json:"disableIdTokenNonceBinding"`
	DisableImplicitSignUp      bool `json:"disableImplicitSignUp"`
	DisableSignUp              bool `json:"disableSignUp"`
	OverrideUserInfo           bool `json:"overrideUserInfo"`
	RequireEmailVerification   bool `json:"requireEmailVerification"`

	GetToken         callback.Func[CodeArgument, *js.Object]         `json:"getToken"`
	GetUserInfo      callback.Func[oauth.TokensArgument, *js.Object] `json:"getUserInfo"`
	MapProfileToUser callback.Func[*js.Object, *js.Object]           `json:"mapProfileToUser"`
	AccountSubject   callback.Func[SubjectArgument, any]             `json:"accountSubject"`

	// Set by helpers.
	identify func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error)
	subject  func(profile *js.Object) any
	problem  error
}

// RefreshParams are more parameters of a refresh: fixed ones, or told for each
// call.
type RefreshParams struct {
	Fixed oauth.Params
	Func  callback.Func[EndpointArgument, *js.Object]
}

// EndpointArgument tells a callback of the call it runs in.
type EndpointArgument struct{ Endpoint any }

// Arguments implements [callback.Arguer].
func (e EndpointArgument) Arguments() []any { return []any{e.Endpoint} }

// UnmarshalJSON reads a map of texts or a webhook.
func (p *RefreshParams) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if o, ok := v.(*js.Object); ok && !o.Has("webhook") {
		return p.Fixed.UnmarshalJSON(text)
	}
	return p.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (p *RefreshParams) BindCallback(event string, c *callback.Caller) error {
	return p.Func.BindCallback(event, c)
}

// CodeArgument asks for the tokens of a code. The answer has accessToken,
// refreshToken, idToken, accessTokenExpiresAt, scopes …
type CodeArgument struct{ oauth.CodeRequest }

// Arguments implements [callback.Arguer].
func (a CodeArgument) Arguments() []any {
	o := js.Obj("code", a.Code)
	if a.CodeVerifier != "" {
		o.Set("codeVerifier", a.CodeVerifier)
	}
	if a.DeviceID != "" {
		o.Set("deviceId", a.DeviceID)
	}
	o.Set("redirectURI", a.RedirectURI)
	return []any{o}
}

// SubjectArgument asks for the provider's id of an account: a text or a number.
type SubjectArgument struct{ Tokens, Profile *js.Object }

// Arguments implements [callback.Arguer].
func (a SubjectArgument) Arguments() []any {
	return []any{js.Obj("tokens", a.Tokens, "profile", a.Profile)}
}

// The plugin's codes.
var (
	InvalidConfiguration = auth.Code{Name: "INVALID_OAUTH_CONFIGURATION", Message: "Invalid OAuth configuration"}
	TokenURLNotFound     = auth.Code{Name: "TOKEN_URL_NOT_FOUND", Message: "Invalid OAuth configuration. Token URL not found."}
)

// Plugin adds the providers.
type Plugin struct {
	o Options

	mu      sync.Mutex
	pending map[string]Config // whose discovery failed so far
}

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o: o, pending: map[string]Config{}} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:       "generic-oauth",
		Before:   []auth.Hook{{When: p.waits, Do: p.retry}},
		Codes:    []auth.Code{InvalidConfiguration, TokenURLNotFound},
		Provides: auth.Services{Providers: p.providers},
	}
}

// providers makes the providers of the options. One whose discovery fails is tried
// again when it is asked for.
func (p *Plugin) providers(call *oauth.Call) ([]oauth.Provider, error) {
	var errs []error
	var made []oauth.Provider
	seen := map[string]bool{}
	for _, c := range p.o.Config {
		c, err := c.helped()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if err := auth.CheckNumber("accessTokenExpiresIn", c.AccessTokenExpiresIn, 0, auth.LongestTime); err != nil {
			errs = append(errs, fmt.Errorf("provider %q: %w", c.ProviderID, err))
		}
		if seen[c.ProviderID] {
			call.Log.Warn("generic-oauth: two providers have the same id", "provider", c.ProviderID)
		}
		seen[c.ProviderID] = true
		provider, err := build(call, c)
		switch {
		case errors.Is(err, errSkipped):
			call.Log.Error("generic-oauth: the provider is left out until its discovery works", "provider", c.ProviderID, "error", err)
			p.pending[c.ProviderID] = c
		case err != nil:
			errs = append(errs, fmt.Errorf("provider %q: %w", c.ProviderID, err))
		default:
			made = append(made, provider)
		}
	}
	for _, m := range made {
		delete(p.pending, m.Info().ID)
	}
	return made, errors.Join(errs...)
}

// waits reports whether a call is about a provider whose discovery failed.
func (p *Plugin) waits(c *auth.Context) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) == 0 {
		return false
	}
	_, ok := p.pending[requested(c)]
	return ok
}

func requested(c *auth.Context) string {
	return oauth.Text(oauth.Either(oauth.Member(c.Body, "provider"), oauth.Member(c.Body, "providerId"), oauth.Member(c.Query, "provider"), c.Params["id"]))
}

// retry discovers a provider again; while that fails, it does not exist.
func (p *Plugin) retry(c *auth.Context) error {
	id := requested(c)
	p.mu.Lock()
	config, ok := p.pending[id]
	p.mu.Unlock()
	if !ok {
		return nil
	}
	call := &oauth.Call{Context: c, Now: c.Now(), HTTP: c.Options.HTTP, Log: c.Log}
	provider, err := build(call, config)
	if err != nil {
		c.Log.ErrorContext(c, "generic-oauth: discovery failed again", "provider", id, "error", err)
		return nil
	}
	p.mu.Lock()
	_, still := p.pending[id]
	delete(p.pending, id)
	p.mu.Unlock()
	if still {
		c.Providers.Prepend(provider)
	}
	return nil
}
