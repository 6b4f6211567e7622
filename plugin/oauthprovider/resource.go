package oauthprovider

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mostAudiences is the largest number of audiences in a token that are looked up.
const mostAudiences = 64

// knownResources holds the resources of the option cachedResources.
type knownResources struct {
	mu   sync.Mutex
	rows map[string]Resource
}

func (k *knownResources) get(identifier string) (*Resource, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	row, ok := k.rows[identifier]
	return &row, ok
}

func (k *knownResources) put(row *Resource) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rows == nil {
		k.rows = map[string]Resource{}
	}
	k.rows[row.Identifier] = *row
}

func (k *knownResources) forget(identifier string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.rows, identifier)
}

// resource returns the resource with this identifier, or [store.ErrNotFound]. The row must not be changed.
func (p *Plugin) resource(c *auth.Context, identifier string) (*Resource, error) {
	if err := p.seed(c); err != nil {
		return nil, err
	}
	cached := slices.Contains(p.opts.CachedResources, identifier)
	if cached {
		if row, ok := p.known.get(identifier); ok {
			return row, nil
		}
	}
	row, err := p.resources.Get(c, store.Given("identifier", identifier))
	if err == nil && row.Identifier != identifier {
		return nil, store.ErrNotFound
	}
	if err == nil && cached {
		p.known.put(row)
	}
	return row, err
}

// userInfoResource returns the identifier of the resource that every token with the scope openid is for.
func userInfoResource(c *auth.Context) string { return c.BaseURL + "/oauth2/userinfo" }

// formResources returns all values of the parameter resource in a body in the form of HTML forms, or nil.
func formResources(c *auth.Context) []string {
	var out []string
	for _, v := range c.Form["resource"] {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// audienceAllowed reports whether all audiences of a token, a text, a list or nil, are resources that exist or are
// among the implicit ones. Disabled resources count: only new tokens are refused for them.
func (p *Plugin) audienceAllowed(c *auth.Context, audience any, implicit ...string) (bool, error) {
	list := textsOf(audience)
	if len(list) > mostAudiences {
		return false, nil
	}
	for _, identifier := range unique(list) {
		if slices.Contains(implicit, identifier) {
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

// textsOf returns the texts of a claim that is one text or a list.
func textsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case []any:
		var out []string
		for _, item := range v {
			s, _ := item.(string)
			out = append(out, s)
		}
		return out
	}
	return nil
}

// audience returns texts as the claim aud has them: one text, a list, or nil.
func audience(list []string) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// policy is what the requested resources demand of a token.
type policy struct {
	Audience         any      // claim aud; nil for none
	AccessTokenTTL   *float64 // in seconds; nil for the option
	RefreshTokenTTL  *float64
	SigningAlgorithm string // "" for the default of the plugin jwt
	SigningKeyID     string
	Claims           *js.Object
	DPoPRequired     bool
	Scopes           []string // those that the resources allow
}

// policy checks the requested resources of a client and returns what they demand. Without resources the scopes stay.
func (p *Plugin) policy(c *auth.Context, requested []string, clientID string, scopes []string) (*policy, error) {
	requested = slices.DeleteFunc(slices.Clone(requested), func(r string) bool { return r == "" })
	out := &policy{Claims: js.NewObject(), Scopes: slices.Clone(scopes)}
	if len(requested) == 0 {
		return out, nil
	}
	requested = unique(requested)
	rows, err := p.requestedResources(c, requested)
	if err != nil {
		return nil, err
	}
	if *p.opts.EnforcePerClientResources && len(rows) > 0 {
		if err := p.checkLinked(c, clientID, rows); err != nil {
			return nil, err
		}
	}
	algorithms, keys := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		if row.AllowedScopes != nil {
			out.Scopes = slices.DeleteFunc(out.Scopes, func(s string) bool { return !slices.Contains(row.AllowedScopes, s) })
			if len(out.Scopes) == 0 {
				return nil, bad(invalidScope, "none of the requested scopes are allowed for resource "+row.Identifier)
			}
		}
	}
	for _, row := range rows {
		out.AccessTokenTTL = shorter(out.AccessTokenTTL, row.AccessTokenTTL)
		out.RefreshTokenTTL = shorter(out.RefreshTokenTTL, row.RefreshTokenTTL)
		if a := text(row.SigningAlgorithm); a != "" {
			algorithms[a] = true
			out.SigningAlgorithm = a
		}
		if k := text(row.SigningKeyID); k != "" {
			keys[k] = true
			out.SigningKeyID = k
		}
		if claims, ok := row.CustomClaims.(*js.Object); ok {
			for name, v := range claims.All() {
				out.Claims.Set(name, v)
			}
		}
		out.DPoPRequired = out.DPoPRequired || is(row.DPoPBoundAccessTokensRequired)
	}
	if len(algorithms) > 1 {
		return nil, bad(invalidRequest, "multi-resource request has conflicting signingAlgorithm pins; a single JWS signature cannot satisfy multiple algorithms")
	}
	if len(keys) > 1 {
		return nil, bad(invalidRequest, "multi-resource request has conflicting signingKeyId pins; a single JWS signature cannot satisfy multiple key ids")
	}
	if slices.Contains(scopes, "openid") {
		requested = append(requested, userInfoResource(c))
	}
	out.Audience = audience(unique(requested))
	return out, nil
}

func shorter(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func (p *Plugin) requestedResources(c *auth.Context, identifiers []string) ([]*Resource, error) {
	var rows []*Resource
	for _, identifier := range identifiers {
		if identifier == userInfoResource(c) {
			continue
		}
		row, err := p.resource(c, identifier)
		if errors.Is(err, store.ErrNotFound) {
			return nil, bad(invalidTarget, "requested resource "+identifier+" is not configured")
		}
		if err != nil {
			return nil, err
		}
		if is(row.Disabled) {
			return nil, bad(invalidTarget, "requested resource "+identifier+" is disabled")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// checkLinked refuses resources that the client is not linked to.
func (p *Plugin) checkLinked(c *auth.Context, clientID string, rows []*Resource) error {
	linked, err := p.linkedTo(c, clientID)
	if err != nil {
		return err
	}
	missing := ""
	for _, row := range rows {
		if linked[row.Identifier] {
			continue
		}
		if missing != "" {
			missing += ", "
		}
		missing += row.Identifier
	}
	if missing != "" {
		return bad(invalidTarget, "client "+clientID+" is not linked to resource(s) "+missing)
	}
	return nil
}

func (p *Plugin) linkedTo(c *auth.Context, clientID string) (map[string]bool, error) {
	links, err := p.links.Find(c, store.Query{Where: []store.Where{store.Given("clientId", clientID)}, Limit: mostLinks})
	out := map[string]bool{}
	for _, link := range links {
		if link.ClientID == clientID {
			out[link.ResourceID] = true
		}
	}
	return out, err
}

// mostLinks is the largest number of resources of one client that are read. The reference reads 100 rows.
const mostLinks = 100

// linkedToAny reports whether the client is linked to one of the resources.
func (p *Plugin) linkedToAny(c *auth.Context, clientID string, identifiers []string) (bool, error) {
	if len(identifiers) == 0 {
		return false, nil
	}
	linked, err := p.linkedTo(c, clientID)
	for _, identifier := range identifiers {
		if linked[identifier] {
			return true, err
		}
	}
	return false, err
}

// resourceClaims merges the claims of resources, disabled ones included. Later ones win.
func (p *Plugin) resourceClaims(c *auth.Context, identifiers []string) (*js.Object, error) {
	out := js.NewObject()
	rows := map[string]*Resource{}
	for _, identifier := range unique(identifiers) {
		row, err := p.resources.Get(c, store.Given("identifier", identifier))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows[row.Identifier] = row
	}
	for _, identifier := range identifiers {
		row := rows[identifier]
		if row == nil {
			continue
		}
		if claims, ok := row.CustomClaims.(*js.Object); ok {
			for name, v := range maps.Collect(claims.All()) {
				out.Set(name, v)
			}
		}
	}
	return out, nil
}
