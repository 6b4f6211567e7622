package auth

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Plugin extends the server. New calls Manifest once. A bare Manifest is a
// Plugin too.
type Plugin interface{ Manifest() Manifest }

// Manifest is all that a plugin adds, as data. Every part is optional but ID.
type Manifest struct {
	ID         string
	Schema     store.Schema // models, and fields on existing models
	Endpoints  []Endpoint
	Before     []Hook                   // run before an endpoint
	After      []Hook                   // run after it; may replace the answer
	Database   map[string][]store.Hooks // by model
	RateLimits []RateLimit
	Codes      []Code

	// Init runs after every manifest is merged and the store is open. It may
	// replace services of a.
	Init func(a *Auth) error

	// Wrap sees raw requests before routing.
	Wrap func(next http.Handler) http.Handler
}

// Manifest lets a bare Manifest be used as a Plugin.
func (m Manifest) Manifest() Manifest { return m }

// Hook runs around the endpoints whose path matches one of On. A trailing *
// matches any rest; an empty On matches every path, and calls without one.
type Hook struct {
	On   []string
	When func(c *Context) bool // nil means always
	Do   func(c *Context) error
}

func (h Hook) matches(c *Context) bool {
	return (len(h.On) == 0 || matchesPath(h.On, c.Route.Path)) && (h.When == nil || h.When(c))
}

func matchesPath(patterns []string, path string) bool {
	_, ok := matchingPath(patterns, path)
	return ok
}

// matchingPath is the first of the patterns that path matches.
func matchingPath(patterns []string, path string) (pattern string, ok bool) {
	for _, p := range patterns {
		if prefix, open := strings.CutSuffix(p, "*"); p == path || open && strings.HasPrefix(path, prefix) {
			return p, true
		}
	}
	return "", false
}

// RateLimit allows Max calls of the paths in On per Window (seconds) and client.
type RateLimit struct {
	On     []string
	Window int
	Max    int
}

// Find returns the plugin of type P, so that one plugin can call another.
func Find[P Plugin](a *Auth) (p P, ok bool) {
	for _, q := range a.plugins {
		if p, ok = q.(P); ok {
			return p, true
		}
	}
	return p, false
}
