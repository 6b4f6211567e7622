package oauth

import (
	"slices"
	"sync"
)

// Registry holds the providers of a server in order of precedence. It may grow during use: a provider whose discovery
// failed at the start can be added later.
type Registry struct {
	mu   sync.RWMutex
	list []Provider
}

// NewRegistry returns a registry with these providers.
func NewRegistry(list ...Provider) *Registry { return &Registry{list: slices.Clone(list)} }

// Prepend adds providers at the beginning, so that they replace others with the same id.
func (r *Registry) Prepend(list ...Provider) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(slices.Clone(list), r.list...)
}

// All returns the providers in order. The list must not be changed.
func (r *Registry) All() []Provider {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.list
}

// Find returns the provider with this id, or nil.
func (r *Registry) Find(id string) Provider {
	for _, p := range r.All() {
		if p.Info().ID == id {
			return p
		}
	}
	return nil
}
