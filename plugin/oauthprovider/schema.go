package oauthprovider

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The names of the tables.
const (
	clientModel    = "oauthClient"
	resourceModel  = "oauthResource"
	linkModel      = "oauthClientResource"
	refreshModel   = "oauthRefreshToken"
	accessModel    = "oauthAccessToken"
	consentModel   = "oauthConsent"
	assertionModel = "oauthClientAssertion"
)

// Client is a registered client. Pointers and lists are nil where the column is null.
type Client struct {
	ID                               string     `json:"id"`
	ClientID                         string     `json:"clientId" store:"unique"`
	ClientSecret                     *string    `json:"clientSecret" store:"holds=secret"`
	ClientDiscoveryID                *string    `json:"clientDiscoveryId"` // of the extension that manages the client
	Disabled                         *bool      `json:"disabled"`
	SkipConsent                      *bool      `json:"skipConsent"`
	EnableEndSession                 *bool      `json:"enableEndSession"`
	SubjectType                      *string    `json:"subjectType"`
	Scopes                           []string   `json:"scopes" store:"optional"`
	ClientCredentialsScopes          []string   `json:"clientCredentialsScopes" store:"optional"`
	UserID                           *string    `json:"userId" store:"ref=user.id,index"`
	CreatedAt                        *time.Time `json:"createdAt"`
	UpdatedAt                        *time.Time `json:"updatedAt"`
	Name                             *string    `json:"name"`
	URI                              *string    `json:"uri"`
	Icon                             *string    `json:"icon"`
	Contacts                         []string   `json:"contacts" store:"optional"`
	TOS                              *string    `json:"tos"`
	Policy                           *string    `json:"policy"`
	SoftwareID                       *string    `json:"softwareId"`
	SoftwareVersion                  *string    `json:"softwareVersion"`
	SoftwareStatement                *string    `json:"softwareStatement"`
	RedirectURIs                     []string   `json:"redirectUris"`
	PostLogoutRedirectURIs           []string   `json:"postLogoutRedirectUris" store:"optional"`
	BackchannelLogoutURI             *string    `json:"backchannelLogoutUri"`
	BackchannelLogoutSessionRequired *bool      `json:"backchannelLogoutSessionRequired"`
	TokenEndpointAuthMethod          *string    `json:"tokenEndpointAuthMethod"`
	ApplicationType                  *string    `json:"applicationType"`
	JWKS                             *string    `json:"jwks"`
	JWKSURI                          *string    `json:"jwksUri"`
	GrantTypes                       []string   `json:"grantTypes" store:"optional"`
	ResponseTypes                    []string   `json:"responseTypes" store:"optional"`
	RequirePKCE                      *bool      `json:"requirePKCE"`
	DPoPBoundAccessTokens            *bool      `json:"dpopBoundAccessTokens"`
	ReferenceID                      *string    `json:"referenceId" store:"holds=user"`
	Metadata                         any        `json:"metadata" store:"optional"`
}

// Resource is a protected resource for which tokens are issued. A nil value means the option of the plugin.
type Resource struct {
	ID                            string     `json:"id"`
	Identifier                    string     `json:"identifier" store:"unique"`
	Name                          string     `json:"name"`
	AccessTokenTTL                *float64   `json:"accessTokenTtl"`
	RefreshTokenTTL               *float64   `json:"refreshTokenTtl"`
	SigningAlgorithm              *string    `json:"signingAlgorithm"`
	SigningKeyID                  *string    `json:"signingKeyId"`
	AllowedScopes                 []string   `json:"allowedScopes" store:"optional"`
	CustomClaims                  any        `json:"customClaims" store:"optional"` // nil or a *js.Object
	DPoPBoundAccessTokensRequired *bool      `json:"dpopBoundAccessTokensRequired"`
	Disabled                      *bool      `json:"disabled"`
	CreatedAt                     *time.Time `json:"createdAt"`
	UpdatedAt                     *time.Time `json:"updatedAt"`
	PolicyVersion                 *float64   `json:"policyVersion"`
	Metadata                      any        `json:"metadata" store:"optional"`
}

// clientResource links a client to a resource.
type clientResource struct {
	ID         string     `json:"id"`
	ClientID   string     `json:"clientId" store:"ref=oauthClient.clientId,index"`
	ResourceID string     `json:"resourceId" store:"ref=oauthResource.identifier,index"`
	Metadata   any        `json:"metadata,omitempty" store:"optional"`
	CreatedAt  *time.Time `json:"createdAt"`
}

// refreshToken is a refresh token. Token is its hash.
type refreshToken struct {
	ID                      string     `json:"id"`
	Token                   string     `json:"token" store:"unique,holds=secret"`
	ClientID                string     `json:"clientId" store:"ref=oauthClient.clientId,index"`
	SessionID               *string    `json:"sessionId" store:"ref=session.id,index"`
	UserID                  string     `json:"userId" store:"ref=user.id,index"`
	ReferenceID             *string    `json:"referenceId" store:"holds=user"`
	AuthorizationCodeID     *string    `json:"authorizationCodeId" store:"index"`
	Resources               []string   `json:"resources" store:"optional"`
	RequestedUserInfoClaims []string   `json:"requestedUserInfoClaims" store:"optional"`
	ExpiresAt               time.Time  `json:"expiresAt"`
	CreatedAt               time.Time  `json:"createdAt"`
	Revoked                 *time.Time `json:"revoked"`
	RotatedAt               *time.Time `json:"rotatedAt"`
	RotationReplayResponse  *string    `json:"rotationReplayResponse" store:"holds=secret"`
	RotationReplayExpiresAt *time.Time `json:"rotationReplayExpiresAt"`
	AuthTime                *time.Time `json:"authTime"`
	Confirmation            any        `json:"confirmation,omitempty" store:"optional"` // nil or a *js.Object
	Scopes                  []string   `json:"scopes"`
}

// accessToken is an opaque access token. Token is its hash.
type accessToken struct {
	ID                      string     `json:"id"`
	Token                   string     `json:"token" store:"unique,holds=secret"`
	ClientID                string     `json:"clientId" store:"ref=oauthClient.clientId,index"`
	SessionID               *string    `json:"sessionId" store:"ref=session.id,index"`
	UserID                  *string    `json:"userId" store:"ref=user.id,index"`
	ReferenceID             *string    `json:"referenceId" store:"holds=user"`
	AuthorizationCodeID     *string    `json:"authorizationCodeId" store:"index"`
	Resources               []string   `json:"resources" store:"optional"`
	RequestedUserInfoClaims []string   `json:"requestedUserInfoClaims" store:"optional"`
	RefreshID               *string    `json:"refreshId" store:"ref=oauthRefreshToken.id,index"`
	ExpiresAt               time.Time  `json:"expiresAt"`
	CreatedAt               time.Time  `json:"createdAt"`
	Revoked                 *time.Time `json:"revoked"`
	Confirmation            any        `json:"confirmation,omitempty" store:"optional"` // nil or a *js.Object
	Scopes                  []string   `json:"scopes"`
}

// consent is what a user allowed a client.
type consent struct {
	ID                      string    `json:"id"`
	ClientID                string    `json:"clientId" store:"ref=oauthClient.clientId,index"`
	UserID                  *string   `json:"userId" store:"ref=user.id,index"`
	ReferenceID             *string   `json:"referenceId" store:"holds=user"`
	Resources               []string  `json:"resources" store:"optional"`
	RequestedUserInfoClaims []string  `json:"requestedUserInfoClaims" store:"optional"`
	Scopes                  []string  `json:"scopes"`
	CreatedAt               time.Time `json:"createdAt"`
	UpdatedAt               time.Time `json:"updatedAt"`
}

// clientAssertion marks the jti of a client assertion as used. Its id is the digest of that.
type clientAssertion struct {
	ID        string    `json:"id"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (p *Plugin) models() []store.Model {
	client := store.ModelOf[Client](clientModel)
	client.Field("disabled").SQLDefault = false
	client.Field("dpopBoundAccessTokens").SQLDefault = false
	client.Field("clientCredentialsScopes").Default = func(context.Context) any { return []string{} }

	resource := store.ModelOf[Resource](resourceModel)
	resource.Field("dpopBoundAccessTokensRequired").SQLDefault = false
	resource.Field("disabled").SQLDefault = false
	resource.Field("policyVersion").SQLDefault = 1

	link := store.ModelOf[clientResource](linkModel)
	link.Field("clientId").Ref.OnDelete = "cascade"
	link.Field("resourceId").Ref.OnDelete = "cascade"
	link.Indexes = []store.Index{{Fields: []string{"clientId", "resourceId"}, Unique: true}}

	refresh := store.ModelOf[refreshToken](refreshModel)
	refresh.Field("sessionId").Ref.OnDelete = "set null"
	access := store.ModelOf[accessToken](accessModel)
	access.Field("sessionId").Ref.OnDelete = "set null"

	assertion := store.ModelOf[clientAssertion](assertionModel)
	assertion.Expires, assertion.Linger = "expiresAt", time.Hour
	return []store.Model{client, resource, link, refresh, access, store.ModelOf[consent](consentModel), assertion}
}

// SchemaOptions rename the tables and columns.
type SchemaOptions struct {
	// The table of clients.
	OAuthClient TableOptions `json:"oauthClient"`
	// The table of resources.
	OAuthResource TableOptions `json:"oauthResource"`
	// The table that links clients to resources.
	OAuthClientResource TableOptions `json:"oauthClientResource"`
	// The table of refresh tokens.
	OAuthRefreshToken TableOptions `json:"oauthRefreshToken"`
	// The table of opaque access tokens.
	OAuthAccessToken TableOptions `json:"oauthAccessToken"`
	// The table of consents.
	OAuthConsent TableOptions `json:"oauthConsent"`
	// The table of used client assertions.
	OAuthClientAssertion TableOptions `json:"oauthClientAssertion"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"the model's name"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o SchemaOptions) rename() map[string]auth.ModelOptions {
	out := map[string]auth.ModelOptions{}
	for name, t := range map[string]TableOptions{
		clientModel: o.OAuthClient, resourceModel: o.OAuthResource, linkModel: o.OAuthClientResource, refreshModel: o.OAuthRefreshToken,
		accessModel: o.OAuthAccessToken, consentModel: o.OAuthConsent, assertionModel: o.OAuthClientAssertion,
	} {
		out[name] = auth.ModelOptions{ModelName: t.ModelName, Fields: t.Fields}
	}
	return out
}
