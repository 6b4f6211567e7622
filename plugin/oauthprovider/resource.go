package oauthprovider

import (
	"slices"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

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

// linkedTo returns the identifiers of the resources that the client is linked to.
func (p *Plugin) linkedTo(c *auth.Context, clientID string) (map[string]bool, error) {
	links, err := p.links.Find(c, store.Query{Where: []store.Where{store.Given("clientId", clientID)}})
	out := map[string]bool{}
	for _, link := range links {
		if link.ClientID == clientID {
			out[link.ResourceID] = true
		}
	}
	return out, err
}
