package oauthprovider

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Signup configures registration as a part of the flow.
type Signup struct {
	// Page where users register.
	Page string `json:"page" unset:"loginPage"`
	// Says whether a user has to register further: true for `page`, or the page itself.
	ShouldRedirect callback.Func[StepRequest, Step] `json:"shouldRedirect" unset:"nobody has to"`
}

// SelectAccount configures the choice of an account as a part of the flow.
type SelectAccount struct {
	// Page where users choose an account.
	Page string `json:"page" unset:"loginPage"`
	// Says whether a user has to choose.
	ShouldRedirect callback.Func[StepRequest, bool] `json:"shouldRedirect" unset:"nobody has to"`
}

// PostLogin configures a further step between sign-in and consent.
type PostLogin struct {
	// Page of the step.
	Page string `json:"page" unset:"there is no step"`
	// Returns what the consent is given for, such as an organization. An error refuses the request.
	ConsentReferenceID callback.Func[ConsentRequest, string] `json:"consentReferenceId" unset:"none"`
	// Says whether a user has to take the step.
	ShouldRedirect callback.Func[StepRequest, bool] `json:"shouldRedirect" unset:"nobody has to"`
}

// StepRequest is the argument of the callbacks that say whether a user has to take a step.
type StepRequest struct {
	Headers callback.Headers `arg:"0.headers"`
	User    *auth.User       `arg:"0.user"`
	Session *auth.Session    `arg:"0.session"`
	Scopes  []string         `arg:"0.scopes"`
}

// ConsentRequest is the argument of consentReferenceId.
type ConsentRequest struct {
	User    *auth.User    `arg:"0.user"`
	Session *auth.Session `arg:"0.session"`
	Scopes  []string      `arg:"0.scopes"`
}

// OwnerRequest is the argument of clientReference.
type OwnerRequest struct {
	User    *auth.User    `arg:"0.user,omitempty"`
	Session *auth.Session `arg:"0.session,omitempty"`
}

// PrivilegeRequest is the argument of clientPrivileges. Action is `create`, `read`, `update`, `delete`, `list`, `rotate` or
// `configure-client-credentials-scopes`.
type PrivilegeRequest struct {
	Headers callback.Headers `arg:"0.headers"`
	Action  string           `arg:"0.action"`
	User    *auth.User       `arg:"0.user,omitempty"`
	Session *auth.Session    `arg:"0.session,omitempty"`
}

// ResourcePrivilegeRequest is the argument of resourcePrivileges. Action is `create`, `read`, `update`, `delete`, `list`, `link`
// or `unlink`.
type ResourcePrivilegeRequest struct {
	Headers    callback.Headers `arg:"0.headers"`
	Action     string           `arg:"0.action"`
	User       *auth.User       `arg:"0.user,omitempty"`
	Session    *auth.Session    `arg:"0.session,omitempty"`
	ResourceID string           `arg:"0.resourceId,omitempty"`
}

// InitialAccess is the argument of validateInitialAccessToken.
type InitialAccess struct {
	Token    string           `arg:"0.initialAccessToken"`
	Headers  callback.Headers `arg:"0.headers"`
	Metadata *js.Object       `arg:"0.clientMetadata"`
}

// RequestURI is the argument of requestUriResolver.
type RequestURI struct {
	URI      string        `arg:"0.requestUri"`
	ClientID string        `arg:"0.clientId"`
	Call     *auth.Context `arg:"0.ctx"`
}

// AccessTokenInfo is the argument of customAccessTokenClaims.
type AccessTokenInfo struct {
	User        *auth.User `arg:"0.user,omitempty"`
	ReferenceID string     `arg:"0.referenceId,omitempty"`
	Scopes      []string   `arg:"0.scopes"`
	Resources   []string   `arg:"0.resources,omitempty"`
	Metadata    *js.Object `arg:"0.metadata,omitempty"`
}

// IDTokenInfo is the argument of customIdTokenClaims.
type IDTokenInfo struct {
	User     *auth.User `arg:"0.user"`
	Scopes   []string   `arg:"0.scopes"`
	Metadata *js.Object `arg:"0.metadata,omitempty"`
}

// UserInfoInfo is the argument of customUserInfoClaims.
type UserInfoInfo struct {
	User            *auth.User `arg:"0.user"`
	Scopes          []string   `arg:"0.scopes"`
	JWT             *js.Object `arg:"0.jwt"`
	RequestedClaims []string   `arg:"0.requestedClaims"`
}

// TokenResponseInfo is the argument of customTokenResponseFields.
type TokenResponseInfo struct {
	GrantType    string     `arg:"0.grantType"`
	User         *auth.User `arg:"0.user,omitempty"`
	Scopes       []string   `arg:"0.scopes"`
	Metadata     *js.Object `arg:"0.metadata,omitempty"`
	Verification *js.Object `arg:"0.verificationValue,omitempty"`
}

// AdvertisedMetadata replaces members of the metadata.
type AdvertisedMetadata struct {
	// Scopes that the metadata lists. They must be in `scopes`.
	ScopesSupported []string `json:"scopes_supported" unset:"scopes"`
	// Claims that the metadata lists.
	ClaimsSupported []string `json:"claims_supported" unset:"those of the scopes"`
}

// DPoP configures proofs of possession.
type DPoP struct {
	// Age of a proof that is still accepted.
	ProofMaxAgeSeconds int `json:"proofMaxAgeSeconds" default:"300" unit:"seconds"`
	// Algorithms of proofs.
	SigningAlgorithms []string `json:"signingAlgorithms" unset:"EdDSA, ES256, ES512, PS256, RS256" enum:"EdDSA,ES256,ES512,PS256,RS256"`
}

// FormatRefreshToken changes the form of refresh tokens that clients see.
type FormatRefreshToken struct {
	// Makes the form that the client gets.
	Encrypt callback.Func[RefreshTokenForm, string] `json:"encrypt" unset:"the token"`
	// Reads it again.
	Decrypt callback.Func[string, OpenedRefreshToken] `json:"decrypt" unset:"the token"`
}

// RefreshTokenForm is the argument of formatRefreshToken.encrypt.
type RefreshTokenForm struct {
	Token     string `arg:"0"`
	SessionID string `arg:"1,omitempty"`
}

// OpenedRefreshToken is the result of formatRefreshToken.decrypt.
type OpenedRefreshToken struct {
	SessionID string `json:"sessionId"`
	Token     string `json:"token"`
}

// Prefix holds texts before tokens and secrets. They are not stored.
type Prefix struct {
	// Before opaque access tokens.
	OpaqueAccessToken string `json:"opaqueAccessToken" unset:"none"`
	// Before refresh tokens.
	RefreshToken string `json:"refreshToken" unset:"none"`
	// Before secrets of clients.
	ClientSecret string `json:"clientSecret" unset:"none"`
}
