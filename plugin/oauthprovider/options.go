package oauthprovider

import (
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Page where users sign in: a URL, or a path on the server's origin.
	LoginPage string `json:"loginPage" unset:"that of ui if it is on, else needed"`
	// Page where users allow a client what it asks for. It is called with the signed request in its query.
	ConsentPage string `json:"consentPage" unset:"that of ui if it is on, else needed"`
	// Scopes that clients may ask for. Without `openid` the server is no OpenID provider.
	Scopes []string `json:"scopes" unset:"openid, profile, email, offline_access"`
	// Grants of the token endpoint.
	GrantTypes []string `json:"grantTypes" unset:"authorization_code, client_credentials, refresh_token"`
	// Signs ID tokens with the client's secret instead of the keys of the plugin jwt. Access tokens are then opaque.
	DisableJWTPlugin bool `json:"disableJwtPlugin"`

	// How long an authorization code works.
	CodeExpiresIn int `json:"codeExpiresIn" default:"600" unit:"seconds"`
	// How long an access token works.
	AccessTokenExpiresIn int `json:"accessTokenExpiresIn" default:"3600" unit:"seconds"`
	// How long an access token works that a client gets for itself.
	M2MAccessTokenExpiresIn int `json:"m2mAccessTokenExpiresIn" default:"3600" unit:"seconds"`
	// How long an ID token works.
	IDTokenExpiresIn int `json:"idTokenExpiresIn" default:"36000" unit:"seconds"`
	// How long a refresh token works.
	RefreshTokenExpiresIn int `json:"refreshTokenExpiresIn" default:"2592000" unit:"seconds"`
	// How long a refresh token that was used already still gives the same answer. 0: its second use ends all tokens of the grant.
	RefreshTokenReuseInterval *int `json:"refreshTokenReuseInterval" default:"0" unit:"seconds"`
	// Shorter lives of access tokens with a scope, by scope: a time like `5m`; a number or a date is the end itself. The earliest end counts.
	ScopeExpirations map[string]Expiry `json:"scopeExpirations"`
	// Longest life of the assertion that a client authenticates with.
	AssertionMaxLifetime int `json:"assertionMaxLifetime" default:"300" unit:"seconds"`

	// Clients may register themselves at `/oauth2/register`.
	AllowDynamicClientRegistration bool `json:"allowDynamicClientRegistration"`
	// They may do so without a session and without an initial access token.
	AllowUnauthenticatedClientRegistration bool `json:"allowUnauthenticatedClientRegistration"`
	// Checks an initial access token (RFC 7591), with which a program registers clients.
	ValidateInitialAccessToken callback.Func[InitialAccess, Registrar] `json:"validateInitialAccessToken" unset:"no such token is valid"`
	// Scopes of clients that registered themselves.
	ClientRegistrationDefaultScopes []string `json:"clientRegistrationDefaultScopes" unset:"scopes"`
	// Further scopes that such clients may ask for.
	ClientRegistrationAllowedScopes []string `json:"clientRegistrationAllowedScopes"`
	// Resources that are linked to every client that registers itself. They must be in `resources`.
	ClientRegistrationDefaultResources []string `json:"clientRegistrationDefaultResources"`
	// Further resources that such a client may ask for. They must be in `resources`.
	ClientRegistrationAllowedResources []string `json:"clientRegistrationAllowedResources"`
	// Confidential clients that registered themselves need PKCE.
	ClientRegistrationRequirePKCE *bool `json:"clientRegistrationRequirePKCE" default:"true"`
	// When the secret of such a client expires: a time like `30d` after its registration; a number or a date is the end itself. As in the reference, no column stores it.
	ClientRegistrationClientSecretExpiration Expiry `json:"clientRegistrationClientSecretExpiration" unset:"never"`
	// Strangers with a signed request may read what a page shows of a client before the user signs in.
	AllowPublicClientPrelogin bool `json:"allowPublicClientPrelogin"`
	// Makes the reference to the owner of a new client, such as an organization. It replaces the user.
	ClientReference callback.Func[OwnerRequest, string] `json:"clientReference" unset:"the user owns it"`
	// Says whether somebody may do something with clients.
	ClientPrivileges callback.Func[PrivilegeRequest, bool] `json:"clientPrivileges" unset:"users may, with their own clients"`
	// Ids of clients that are read once and stay in memory. Calls cannot change them.
	CachedTrustedClients []string `json:"cachedTrustedClients"`

	// Resources for which tokens are issued: their identifiers, or their policies. They are written to the database when the server starts.
	Resources []ResourceOption `json:"resources"`
	// What happens to resources that the database has already: `insertOnly` leaves them, `merge` sets what the file sets, `overwrite` replaces them.
	ResourceSeedMode string `json:"resourceSeedMode" default:"insertOnly" enum:"insertOnly,merge,overwrite"`
	// Identifiers of resources that are read once and stay in memory until a call changes them.
	CachedResources []string `json:"cachedResources"`
	// Clients get tokens only for resources that they are linked to.
	EnforcePerClientResources *bool `json:"enforcePerClientResources" default:"true"`
	// Says whether a text may identify a resource.
	IdentifierValidator callback.Func[string, bool] `json:"identifierValidator" unset:"absolute URIs without a fragment may"`
	// Says whether somebody may do something with resources.
	ResourcePrivileges callback.Func[ResourcePrivilegeRequest, bool] `json:"resourcePrivileges" unset:"programs may"`

	// Registration as a part of the flow (`prompt=create`).
	Signup Signup `json:"signup"`
	// Choice of an account as a part of the flow (`prompt=select_account`).
	SelectAccount SelectAccount `json:"selectAccount"`
	// A further step between sign-in and consent.
	PostLogin PostLogin `json:"postLogin"`
	// Returns the request behind a `request_uri` (RFC 9126), or null if there is none.
	RequestURIResolver callback.Func[RequestURI, *js.Object] `json:"requestUriResolver" unset:"request_uri is refused"`

	// Further claims of access tokens.
	CustomAccessTokenClaims callback.Func[AccessTokenInfo, *js.Object] `json:"customAccessTokenClaims"`
	// Further claims of ID tokens.
	CustomIDTokenClaims callback.Func[IDTokenInfo, *js.Object] `json:"customIdTokenClaims"`
	// Further claims at `/oauth2/userinfo`.
	CustomUserInfoClaims callback.Func[UserInfoInfo, *js.Object] `json:"customUserInfoClaims"`
	// Further members of the answer of the token endpoint.
	CustomTokenResponseFields callback.Func[TokenResponseInfo, *js.Object] `json:"customTokenResponseFields"`
	// What the metadata shows.
	AdvertisedMetadata AdvertisedMetadata `json:"advertisedMetadata"`
	// Secret from which the subjects of clients with `subject_type: pairwise` are made, at least 32 characters.
	PairwiseSecret string `json:"pairwiseSecret" unset:"all clients see the id of the user"`
	// Proofs of possession (RFC 9449).
	DPoP DPoP `json:"dpop"`

	// How secrets of clients are stored: `hashed`, `encrypted` (with `disableJwtPlugin`), or callbacks.
	StoreClientSecret SecretStorage `json:"storeClientSecret" unset:"hashed; encrypted with disableJwtPlugin"`
	// How codes and tokens are stored: `hashed`, or a callback.
	StoreTokens TokenStorage `json:"storeTokens" unset:"hashed"`
	// Changes the form of refresh tokens that clients see.
	FormatRefreshToken FormatRefreshToken `json:"formatRefreshToken"`
	// Texts before tokens and secrets, by which scanners recognise them.
	Prefix Prefix `json:"prefix"`
	// Makes the id of a client.
	GenerateClientID callback.Func[callback.Nothing, string] `json:"generateClientId" unset:"32 letters"`
	// Makes the secret of a client.
	GenerateClientSecret callback.Func[callback.Nothing, string] `json:"generateClientSecret" unset:"32 letters"`
	// Makes an opaque access token.
	GenerateOpaqueAccessToken callback.Func[callback.Nothing, string] `json:"generateOpaqueAccessToken" unset:"32 letters"`
	// Makes a refresh token.
	GenerateRefreshToken callback.Func[callback.Nothing, string] `json:"generateRefreshToken" unset:"32 letters"`

	// How often the endpoints may be called.
	RateLimit RateLimits `json:"rateLimit"`
	// Names of the tables and columns.
	Schema SchemaOptions `json:"schema"`
	// Grants, ways to authenticate a client, metadata and claims of other plugins.
	Extensions []Extension `json:"extensions" gofunc:"its members are funcs that call the server"`
}

// defaultScopes are the scopes of a server that configures none.
func defaultScopes() []string { return []string{"openid", "profile", "email", "offline_access"} }

// The built-in grants.
const (
	authorizationCode = "authorization_code"
	clientCredentials = "client_credentials"
	refreshGrant      = "refresh_token"
)
