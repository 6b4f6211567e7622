package oauthprovider

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mostAudiences is the number of audiences of a token that are looked up.
const mostAudiences = 64

// resourceRequest asks for the policy of a grant.
type resourceRequest struct {
	Resources []string // nil if the client asks for none
	ClientID  string
	Scopes    []string
}

// resourcePolicy is what the resources of a grant prescribe (RFC 8707). Nil and zero values prescribe nothing.
type resourcePolicy struct {
	Audience   []string // nil without a resource
	Scopes     []string // those of the request that all resources allow
	AccessTTL  *float64 // in seconds
	RefreshTTL *float64
	Algorithm  string
	KeyID      string
	Claims     *js.Object
	DPoP       bool // tokens must be bound to a key
}

// userInfoAudience is the audience of tokens for /oauth2/userinfo. It is not a row.
func userInfoAudience(c *auth.Context) string { return c.BaseURL + "/oauth2/userinfo" }

// resourcePolicy returns the policy for a request, or the error of a resource that is unknown, disabled, not linked to
// the client, or allows none of the scopes.
func (p *Plugin) resourcePolicy(c *auth.Context, in resourceRequest) (*resourcePolicy, error) {
	policy := &resourcePolicy{Scopes: slices.Clone(in.Scopes)}
	asked := unique(in.Resources)
	if len(asked) == 0 {
		return policy, nil
	}
	rows, err := p.askedResources(c, asked)
	if err != nil {
		return nil, err
	}
	if err := p.checkLinks(c, in.ClientID, rows); err != nil {
		return nil, err
	}
	policy.Claims = js.NewObject()
	for _, row := range rows {
		if err := policy.add(row); err != nil {
			return nil, err
		}
	}
	policy.Audience = asked
	if slices.Contains(in.Scopes, "openid") {
		policy.Audience = unique(append(slices.Clone(asked), userInfoAudience(c)))
	}
	return policy, nil
}

func (p *Plugin) askedResources(c *auth.Context, identifiers []string) ([]*Resource, error) {
	var rows []*Resource
	for _, identifier := range identifiers {
		if identifier == userInfoAudience(c) {
			continue
		}
		row, err := p.resource(c, identifier)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, bad(invalidTarget, "requested resource "+identifier+" is not configured")
		case err != nil:
			return nil, err
		case is(row.Disabled):
			return nil, bad(invalidTarget, "requested resource "+identifier+" is disabled")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// checkLinks refuses resources that are not linked to the client, unless an option allows them to everybody.
func (p *Plugin) checkLinks(c *auth.Context, clientID string, rows []*Resource) error {
	if !*p.opts.EnforcePerClientResources || len(rows) == 0 {
		return nil
	}
	links, err := p.links.Find(c, store.Query{Where: []store.Where{store.Given("clientId", clientID)}, Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	var missing []string
	for _, row := range rows {
		if !slices.ContainsFunc(links, func(l *clientResource) bool { return l.ResourceID == row.Identifier }) {
			missing = append(missing, row.Identifier)
		}
	}
	if len(missing) > 0 {
		return bad(invalidTarget, "client "+clientID+" is not linked to resource(s) "+strings.Join(missing, ", "))
	}
	return nil
}

// add restricts the policy to what a resource prescribes.
func (policy *resourcePolicy) add(row *Resource) error {
	if row.AllowedScopes != nil {
		left := slices.DeleteFunc(slices.Clone(policy.Scopes), func(s string) bool { return !slices.Contains(row.AllowedScopes, s) })
		if len(left) == 0 {
			return bad(invalidScope, "none of the requested scopes are allowed for resource "+row.Identifier)
		}
		policy.Scopes = left
	}
	policy.AccessTTL, policy.RefreshTTL = least(policy.AccessTTL, row.AccessTokenTTL), least(policy.RefreshTTL, row.RefreshTokenTTL)
	if err := pin(&policy.Algorithm, text(row.SigningAlgorithm), "signingAlgorithm", "algorithms"); err != nil {
		return err
	}
	if err := pin(&policy.KeyID, text(row.SigningKeyID), "signingKeyId", "key ids"); err != nil {
		return err
	}
	if claims, ok := row.CustomClaims.(*js.Object); ok {
		for name, v := range claims.All() {
			policy.Claims.Set(name, v)
		}
	}
	policy.DPoP = policy.DPoP || is(row.DPoPBoundAccessTokensRequired)
	return nil
}

func least(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// pin sets what signs the token. A token has one signature, so two resources cannot prescribe different things.
func pin(to *string, value, option, several string) error {
	if value == "" || value == *to {
		return nil
	}
	if *to != "" {
		return bad(invalidRequest, "multi-resource request has conflicting "+option+" pins; a single JWS signature cannot satisfy multiple "+several)
	}
	*to = value
	return nil
}

// knowsAudience reports whether all audiences of a token are resources. Tokens of a disabled resource stay valid;
// those of a deleted one do not.
func (p *Plugin) knowsAudience(c *auth.Context, audience []string) (bool, error) {
	if len(audience) > mostAudiences {
		return false, nil
	}
	for _, identifier := range unique(audience) {
		if identifier == userInfoAudience(c) {
			continue
		}
		_, err := p.resource(c, identifier)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// isLinkedToAny reports whether the client is linked to one of the resources.
func (p *Plugin) isLinkedToAny(c *auth.Context, clientID string, identifiers []string) (bool, error) {
	if len(identifiers) == 0 {
		return false, nil
	}
	n, err := p.links.Count(c, store.Given("clientId", clientID), store.Where{Field: "resourceId", Op: store.In, Value: anyList(identifiers), Given: true})
	return n > 0, err
}

// claimsOfResources merges the claims of resources for a token that was issued already, so no rule for new tokens
// applies. Later resources win.
func (p *Plugin) claimsOfResources(c *auth.Context, identifiers []string) (*js.Object, error) {
	merged := js.NewObject()
	for _, identifier := range identifiers {
		row, err := p.resources.Get(c, store.Given("identifier", identifier))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if claims, ok := row.CustomClaims.(*js.Object); ok {
			for name, v := range claims.All() {
				merged.Set(name, v)
			}
		}
	}
	return merged, nil
}

func anyList(texts []string) []any {
	out := make([]any, len(texts))
	for i, s := range texts {
		out[i] = s
	}
	return out
}

// resourcesOf returns the resources that a body of the token endpoint names, nil for none. A form may repeat the
// parameter, and the body then has only the last value.
func resourcesOf(c *auth.Context) []string {
	var values []string
	for _, v := range c.Form["resource"] {
		if v != "" {
			values = append(values, v)
		}
	}
	if len(values) > 1 {
		return values
	}
	body, _ := c.Body.(*js.Object)
	named, _ := body.Get("resource")
	switch named := named.(type) {
	case string:
		return []string{named}
	case []any:
		for _, v := range named {
			if s, ok := v.(string); ok {
				values = append(values, s)
			}
		}
	}
	return values
}

// claimOf returns an audience as the claim aud: a text, a list, or undefined.
func claimOf(audience []string) any {
	switch len(audience) {
	case 0:
		return js.Undefined{}
	case 1:
		return audience[0]
	}
	return anyList(audience)
}

func serverFailure(description string) *auth.Error {
	return describeFirst(http.StatusInternalServerError, serverError, description)
}
