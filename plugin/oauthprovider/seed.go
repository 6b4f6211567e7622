package oauthprovider

import (
	"encoding/json"
	"errors"
	"maps"
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

// row returns the row of a resource that the database does not have yet.
func (r *ResourceOption) row() store.Record {
	out := store.Record{
		"identifier": r.Identifier, "name": r.Identifier, "accessTokenTtl": nil, "refreshTokenTtl": nil, "signingAlgorithm": nil, "signingKeyId": nil,
		"allowedScopes": nil, "customClaims": nil, "dpopBoundAccessTokensRequired": false, "disabled": false, "policyVersion": 1, "metadata": nil,
	}
	maps.Copy(out, r.change())
	return out
}

// change returns the columns that the option sets.
func (r *ResourceOption) change() store.Record {
	out := store.Record{}
	set := func(name string, unset bool, v any) {
		if !unset {
			out[name] = v
		}
	}
	set("name", r.Name == nil, text(r.Name))
	set("signingAlgorithm", r.SigningAlgorithm == nil, text(r.SigningAlgorithm))
	set("signingKeyId", r.SigningKeyID == nil, text(r.SigningKeyID))
	set("allowedScopes", r.AllowedScopes == nil, r.AllowedScopes)
	set("customClaims", r.CustomClaims == nil, r.CustomClaims)
	set("metadata", r.Metadata == nil, r.Metadata)
	set("dpopBoundAccessTokensRequired", r.DPoPBoundAccessTokensRequired == nil, is(r.DPoPBoundAccessTokensRequired))
	set("disabled", r.Disabled == nil, is(r.Disabled))
	if r.AccessTokenTTL != nil {
		out["accessTokenTtl"] = *r.AccessTokenTTL
	}
	if r.RefreshTokenTTL != nil {
		out["refreshTokenTtl"] = *r.RefreshTokenTTL
	}
	return out
}

// writeResources writes the resources of the options to the database. One whose identifier is not allowed is left out.
func (p *Plugin) writeResources(c *auth.Context) error {
	for i := range p.opts.Resources {
		r := p.opts.Resources[i]
		flaw, err := p.identifierFlaw(c, r.Identifier)
		if err != nil {
			return err
		}
		if flaw != "" {
			c.Log.WarnContext(c, "oauth-provider: a resource of the options is left out", "identifier", r.Identifier, "reason", flaw)
			continue
		}
		if r.SigningAlgorithm != nil && !slices.Contains(keyAlgorithms(), *r.SigningAlgorithm) {
			c.Log.WarnContext(c, "oauth-provider: signingAlgorithm of a resource is not supported and not used", "identifier", r.Identifier)
			r.SigningAlgorithm = nil
		}
		if err := p.writeResource(c, &r); err != nil {
			return err
		}
	}
	return nil
}

// keyAlgorithms returns the algorithms of the plugin jwt.
func keyAlgorithms() []string { return []string{"EdDSA", "ES256", "ES512", "PS256", "RS256"} }

func (p *Plugin) writeResource(c *auth.Context, r *ResourceOption) error {
	this := store.Is("identifier", r.Identifier)
	_, err := p.resources.Get(c, this)
	if errors.Is(err, store.ErrNotFound) {
		row := r.row()
		row["createdAt"], row["updatedAt"] = c.Now(), c.Now()
		_, err = c.Store.Create(c, resourceModel, row)
		if errors.Is(err, store.ErrConflict) { // another server was faster
			return nil
		}
		return err
	}
	if err != nil || p.opts.ResourceSeedMode == "insertOnly" {
		return err
	}
	change := r.change()
	if p.opts.ResourceSeedMode == "overwrite" {
		change = r.row()
		delete(change, "identifier")
	}
	change["updatedAt"] = c.Now()
	_, err = p.resources.Update(c, []store.Where{this}, change)
	return store.UnlessGone(err)
}

// identifierFlaw says why a text cannot identify a resource. "" means that it can.
func (p *Plugin) identifierFlaw(c *auth.Context, identifier string) (string, error) {
	if valid := p.opts.IdentifierValidator; valid != nil {
		ok, err := valid(c, identifier)
		if err != nil || ok {
			return "", auth.FromCallback(err)
		}
		return "resource identifier " + identifier + " failed validation", nil
	}
	u, ok := parseURL(identifier)
	switch {
	case !ok:
		return "resource identifier " + identifier + " must be an absolute URI (RFC 8707 §2)", nil
	case len(u.Hash) > 1:
		return "resource identifier " + identifier + " must not contain a URI fragment (RFC 8707 §2)", nil
	}
	return "", nil
}
