// Package first is the smallest plugin: one endpoint, and nothing else. The plugin
// notes, a folder above, has everything.
package first

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Plugin greets people.
type Plugin struct{}

// New returns the plugin.
func New() *Plugin { return &Plugin{} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{ID: "first", Endpoints: []auth.Endpoint{p.hello()}}
}

type helloRequest struct {
	Name string `query:"name" minLength:"1"`
}

type helloAnswer struct {
	Hello string `json:"hello"`
}

func (p *Plugin) hello() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "hello", Methods: []string{http.MethodGet}, Path: "/hello", Session: auth.Public,
	}, func(c *auth.Context, in *helloRequest) (*helloAnswer, error) {
		return &helloAnswer{Hello: in.Name}, nil
	})
}
