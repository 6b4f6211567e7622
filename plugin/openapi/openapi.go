// Package openapi adds the OpenAPI document of the server, at /open-api/generate-schema, and a page that shows it, at
// /reference.
//
//	plugins:
//	  open-api: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{openapi.New(openapi.Options{})},
package openapi

// The document is written by package openapi from what every endpoint declares; no endpoint is known by name here.

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/openapi"
	"github.com/seed-32bd42cb/betterauth/option"
)

const id = "open-api"

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Path of the page.
	Path string `json:"path" default:"/reference"`
	// Answers 404 instead of the page. The document stays.
	DisableDefaultReference bool `json:"disableDefaultReference"`
	// Colors of the page.
	Theme string `json:"theme" default:"default" enum:"alternate,default,moon,purple,solarized,bluePlanet,saturn,kepler,mars,deepSpace,laserwave,none"`
	// Nonce of the page's script and style, for a Content-Security-Policy.
	Nonce string `json:"nonce"`
}

// Plugin is the open-api plugin.
type Plugin struct{ opts Options }

// New returns the plugin. Invalid options are reported when a server is created with it.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID: id,
		Endpoints: []auth.Endpoint{
			auth.Handle(auth.Route{
				ID: "generateOpenAPISchema", Methods: []string{http.MethodGet}, Path: "/open-api/generate-schema", Session: auth.Public, Storeless: true,
				Summary: "The OpenAPI document of this server",
			}, p.generate),
			auth.Handle(auth.Route{
				ID: "openAPIReference", Methods: []string{http.MethodGet}, Session: auth.Public, Path: p.opts.Path, Hidden: true, Storeless: true,
				Summary: "A page that shows the OpenAPI document",
			}, p.reference),
		},
		Init: p.init,
	}
}

func (p *Plugin) init(*auth.Auth) error {
	if !strings.HasPrefix(p.opts.Path, "/") {
		return fmt.Errorf("path must begin with /: %q", p.opts.Path)
	}
	return option.Check(&p.opts)
}

// document returns the document without the endpoints of this plugin, as the reference does.
func document(c *auth.Context) *js.Object { return openapi.Document(c.Auth, c.BaseURL, id) }

func (p *Plugin) generate(c *auth.Context, _ *auth.None) (*js.Object, error) {
	return document(c), nil
}

func (p *Plugin) reference(c *auth.Context, _ *auth.None) (*auth.Raw, error) {
	if p.opts.DisableDefaultReference {
		return nil, auth.NotFound(auth.Code{})
	}
	body, err := page(document(c), p.opts)
	return &auth.Raw{Type: "text/html", Body: body}, err
}
