// Package genericoauth adds OAuth 2.0 and OpenID Connect providers that are configured by their URLs or by a
// discovery document. They work with the built-in endpoints like the social providers: POST /sign-in/social with the
// providerId.
//
//	plugins:
//	  generic-oauth:
//	    config:
//	      - providerId: corp
//	        clientId: my-client
//	        clientSecret: my-secret
//	        discoveryUrl: https://id.example.com/.well-known/openid-configuration
//
// or from Go:
//
//	Plugins: []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{
//		genericoauth.Keycloak(genericoauth.Config{Issuer: "https://id.example.com/realms/app", ClientID: "my-client"}),
//	}})},
//
// Auth0, Gumroad, HubSpot, Keycloak, LINE, MicrosoftEntraID, Okta, Patreon, Slack and Yandex complete the config of
// these providers; in a file the option helper names them.
package genericoauth

// This package does not know any endpoint.

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options are the plugin's options.
type Options struct {
	// The providers.
	Config []Config `json:"config" unset:"needed"`
}

// Config is the configuration of one provider.
type Config struct {
	// Completes the config of a well-known provider. In Go, call the function of that name.
	Helper string `json:"helper" enum:"auth0,gumroad,hubspot,keycloak,line,microsoft-entra-id,okta,patreon,slack,yandex"`
	// Domain, for the helper auth0.
	Domain string `json:"domain"`
	// Issuer, for the helpers keycloak and okta.
	Issuer string `json:"issuer"`
	// Tenant, for the helper microsoft-entra-id.
	TenantID string `json:"tenantId"`

	// Name of the provider in URLs and accounts.
	ProviderID string `json:"providerId" unset:"needed"`
	// Name that is shown.
	Name string `json:"name" unset:"providerId"`
	// The client id.
	ClientID string `json:"clientId" unset:"needed"`
	// The client secret.
	ClientSecret string `json:"clientSecret"`

	// Address of the discovery document.
	DiscoveryURL string `json:"discoveryUrl"`
	// Headers of the request for the discovery document.
	DiscoveryHeaders oauth.Params `json:"discoveryHeaders"`
	// Authorization address.
	AuthorizationURL string `json:"authorizationUrl" unset:"by discovery"`
	// Token address.
	TokenURL string `json:"tokenUrl" unset:"by discovery"`
	// User info address.
	UserInfoURL string `json:"userInfoUrl" unset:"by discovery"`
	// Address for signing out at the provider.
	EndSessionEndpoint string `json:"endSessionEndpoint" unset:"by discovery"`

	// Scopes that are requested.
	Scopes []string `json:"scopes"`
	// Redirect address.
	RedirectURI string `json:"redirectURI" unset:"<baseURL><basePath>/callback/<providerId>"`
	// Parameter response_type.
	ResponseType string `json:"responseType" unset:"code"`
	// Parameter response_mode.
	ResponseMode string `json:"responseMode" enum:"query,form_post"`
	// Parameter prompt.
	Prompt string `json:"prompt" enum:"select_account,consent,login,none,select_account consent"`
	// Parameter access_type.
	AccessType string `json:"accessType"`
	// Uses PKCE.
	PKCE *bool `json:"pkce" default:"true"`
	// Further parameters of the authorization address.
	AuthorizationURLParams oauth.Params `json:"authorizationUrlParams"`

	// How the client secret is sent: `basic` or `post`.
	Authentication string `json:"authentication" unset:"post" enum:"basic,post"`
	// How the client authenticates at the token endpoint.
	TokenEndpointAuth *oauth.TokenEndpointAuth `json:"tokenEndpointAuth"`
	// Headers of token requests.
	AuthorizationHeaders oauth.Params `json:"authorizationHeaders"`
	// Further parameters of token requests.
	TokenURLParams oauth.Params `json:"tokenUrlParams"`
	// Further parameters of refreshes: a map, or a callback.
	RefreshTokenParams RefreshParams `json:"refreshTokenParams"`
	// Lifetime of access tokens if the provider does not return it.
	AccessTokenExpiresIn float64 `json:"accessTokenExpiresIn" unit:"seconds"`

	// Where the provider sends browsers after signing out.
	PostLogoutRedirectURI string `json:"postLogoutRedirectURI"`
	// Signing out is not passed on to the provider.
	DisableProviderLogout bool `json:"disableProviderLogout"`

	// Lets the provider begin a sign-in, which is then requested again with a state.
	AllowIDPInitiated bool `json:"allowIdpInitiated"`
	// Refuses sign-in without a verified ID token.
	RequireIDTokenVerification bool `json:"requireIdTokenVerification"`
	// Uses no nonce in ID tokens.
	DisableIDTokenNonceBinding bool `json:"disableIdTokenNonceBinding"`
	// Creates users only where the client requests a sign-up.
	DisableImplicitSignUp bool `json:"disableImplicitSignUp"`
	// Creates no users.
	DisableSignUp bool `json:"disableSignUp"`
	// Copies name and picture to the user at every sign-in.
	OverrideUserInfo bool `json:"overrideUserInfo"`
	// Begins no session for a user whose address is not verified.
	RequireEmailVerification bool `json:"requireEmailVerification"`

	// Exchanges the code for tokens.
	GetToken callback.Func[CodeArgument, *js.Object] `json:"getToken" unset:"the token address"`
	// Finds the user that tokens belong to.
	GetUserInfo callback.Func[oauth.TokensArgument, *js.Object] `json:"getUserInfo" unset:"the user info address"`
	// Changes the user that is made from a profile.
	MapProfileToUser callback.Func[*js.Object, *js.Object] `json:"mapProfileToUser"`
	// Finds the provider's id of the account.
	AccountSubject callback.Func[SubjectArgument, any] `json:"accountSubject" unset:"sub or id"`

	// Set by helpers.
	identify func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error)
	subject  func(profile *js.Object) any
	problem  error
}

// RefreshParams are additional parameters of a refresh: fixed ones, or the result of a callback.
type RefreshParams struct {
	Fixed oauth.Params
	Func  callback.Func[EndpointArgument, *js.Object]
}

// EndpointArgument is the argument of callbacks that get the call they run in.
type EndpointArgument struct {
	Endpoint any `arg:"0"`
}

// OptionShape implements [option.Shaper].
func (RefreshParams) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string]string](), Callback: true}
}

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

// CodeArgument is the argument of the callback that exchanges a code for tokens. Its result has accessToken,
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

// SubjectArgument is the argument of the callback that returns the provider's id of an account, a text or a number.
type SubjectArgument struct {
	Tokens  *js.Object `arg:"0.tokens"`
	Profile *js.Object `arg:"0.profile"`
}

// The error codes of the plugin.
var (
	InvalidConfiguration = auth.Code{Name: "INVALID_OAUTH_CONFIGURATION", Message: "Invalid OAuth configuration"}
	TokenURLNotFound     = auth.Code{Name: "TOKEN_URL_NOT_FOUND", Message: "Invalid OAuth configuration. Token URL not found."}
)

// Plugin adds the providers to a server.
type Plugin struct {
	o Options

	mu      sync.Mutex
	pending map[string]Config // providers whose discovery has not worked yet
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o: o, pending: map[string]Config{}}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:       "generic-oauth",
		Before:   []auth.Hook{{When: p.waits, Do: p.retry}},
		Codes:    []auth.Code{InvalidConfiguration, TokenURLNotFound},
		Provides: auth.Services{Providers: p.providers},
	}
}

// providers creates the providers of the options. If the discovery of one fails, it is tried again when a request
// needs that provider.
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
		if err := option.Check(&c); err != nil {
			errs = append(errs, fmt.Errorf("provider %q: %w", c.ProviderID, err))
		}
		if seen[c.ProviderID] {
			call.Log.Warn("generic-oauth: two providers have the same id", "provider", c.ProviderID)
		}
		seen[c.ProviderID] = true
		provider, err := build(call, c)
		switch {
		case errors.Is(err, errSkipped):
			call.Log.Error("generic-oauth: the provider is not available until its discovery works", "provider", c.ProviderID, "error", err)
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

// waits reports whether a call needs a provider whose discovery has failed.
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

// retry tries the discovery of a provider again. While it fails, the provider does not exist.
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
