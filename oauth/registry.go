package oauth

import (
	"slices"
	"sync"
)

// Registry are the providers of a server, the ones that win first. It grows
// while it is read: a provider whose discovery failed at the start may join
// later.
type Registry struct {
	mu   sync.RWMutex
	list []Provider
}

// NewRegistry returns a registry of these providers.
func NewRegistry(list ...Provider) *Registry { return &Registry{list: slices.Clone(list)} }

// Prepend puts providers before the others: they win over those of the same id.
func (r *Registry) Prepend(list ...Provider) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(slices.Clone(list), r.list...)
}

// All lists the providers in order. The list must not be changed.
func (r *Registry) All() []Provider {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.list
}

// Find returns the provider with this id, nil when there is none.
func (r *Registry) Find(id string) Provider {
	for _, p := range r.All() {
		if p.Info().ID == id {
			return p
		}
	}
	return nil
}
