// Package mcp makes the server the authorization server of an MCP server (Model Context Protocol). It is the plugin
// oauth-provider with a resource, the MCP server, for which every client that registers itself gets tokens, and with
// the document by which MCP clients find the authorization server (RFC 9728).
//
//	plugins:
//	  jwt: {}
//	  mcp: { loginPage: /sign-in, consentPage: /consent, resource: https://api.example.com/mcp }
//
// or from Go:
//
//	Plugins: []auth.Plugin{jwt.New(jwt.Options{}), mcp.New(mcp.Options{Resource: "https://api.example.com/mcp", Options: oauthprovider.Options{…}})},
package mcp

// This package does not know what the MCP server does.

import (
	"errors"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

// Options configures the plugin: the options of oauth-provider and the MCP server. The option
// refreshTokenReuseInterval is 30 seconds if it is not set.
type Options struct {
	// Address of the MCP server: an https URL without query and fragment.
	Resource string `json:"resource" unset:"needed"`
	oauthprovider.Options
}

// reuseInterval is the default of refreshTokenReuseInterval, in seconds.
const reuseInterval = 30

// Plugin is the mcp plugin.
type Plugin struct {
	*oauthprovider.Plugin
	resource     string
	scopes       []string
	dpopRequired bool
	dpop         []string
}

// New returns the plugin.
func New(o Options) *Plugin {
	inner := o.Options
	if inner.RefreshTokenReuseInterval == nil {
		seconds := reuseInterval
		inner.RefreshTokenReuseInterval = &seconds
	}
	p := &Plugin{resource: o.Resource, scopes: inner.AdvertisedMetadata.ScopesSupported, dpop: inner.DPoP.SigningAlgorithms}
	if p.scopes == nil {
		p.scopes = inner.Scopes
	}
	known := slices.IndexFunc(inner.Resources, func(r oauthprovider.ResourceOption) bool { return r.Identifier == o.Resource })
	if known < 0 {
		inner.Resources = append(slices.Clone(inner.Resources), oauthprovider.ResourceOption{Identifier: o.Resource})
	} else if required := inner.Resources[known].DPoPBoundAccessTokensRequired; required != nil {
		p.dpopRequired = *required
	}
	if !slices.Contains(inner.ClientRegistrationDefaultResources, o.Resource) {
		inner.ClientRegistrationDefaultResources = append(slices.Clone(inner.ClientRegistrationDefaultResources), o.Resource)
	}
	p.Plugin = oauthprovider.New(inner)
	return p
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := p.Plugin.Manifest()
	screen, outside, start := m.Screen, m.Outside, m.Init
	m.Screen = func(c *auth.Context) error {
		if err := screen(c); err != nil {
			return err
		}
		return oauthprovider.ServeDocument(c, p.paths(), func() any { return p.document(c) })
	}
	m.Outside = func(a *auth.Auth, path string) bool { return slices.Contains(p.paths(), path) || outside(a, path) }
	m.Init = func(a *auth.Auth) error { return errors.Join(checkResource(p.resource), start(a)) }
	return m
}

// checkResource returns what is wrong with the address of an MCP server.
func checkResource(resource string) error {
	u, ok := origin.ParseURL(resource)
	switch {
	case resource == "":
		return errors.New("resource is needed")
	case !ok:
		return errors.New("resource must be an absolute URL")
	case u.Username != "" || u.Password != "":
		return errors.New("resource must not contain credentials")
	case strings.Contains(resource, "#"):
		return errors.New("resource must not contain a fragment")
	case strings.Contains(resource, "?"):
		return errors.New("resource must not contain a query")
	case u.Protocol != "https:" && !(u.Protocol == "http:" && isThisMachine(u.Hostname)):
		return errors.New("resource must use https, except for this machine")
	}
	return nil
}

// isThisMachine reports whether a host name is localhost or a loopback address.
func isThisMachine(hostname string) bool {
	return !strings.HasSuffix(hostname, ".localhost") && !strings.HasSuffix(hostname, ".") && origin.IsLoopbackHost(hostname)
}

// protectedResource is the path of the document, below the root and before the path of the resource.
const protectedResource = "/.well-known/oauth-protected-resource"

func (p *Plugin) paths() []string {
	u, ok := origin.ParseURL(p.resource)
	if !ok {
		return nil
	}
	return []string{protectedResource, protectedResource + strings.TrimSuffix(u.Pathname, "/")}
}

// ofServer returns the scopes that concern the authorization server and not the resource.
func ofServer() []string {
	return []string{"openid", "profile", "email", "phone", "address", "offline_access"}
}

// document returns the metadata of the resource (RFC 9728).
func (p *Plugin) document(c *auth.Context) *js.Object {
	algorithms := p.dpop
	if algorithms == nil {
		algorithms = []string{"EdDSA", "ES256", "ES512", "PS256", "RS256"}
	}
	o := js.Obj(
		"resource", p.resource, "authorization_servers", []any{p.Issuer(c)}, "bearer_methods_supported", []any{"header"},
		"dpop_signing_alg_values_supported", texts(algorithms),
	)
	if p.dpopRequired {
		o.Set("dpop_bound_access_tokens_required", true)
	}
	scopes := slices.DeleteFunc(slices.Clone(p.scopes), func(s string) bool { return slices.Contains(ofServer(), s) })
	if len(scopes) > 0 {
		o.Set("scopes_supported", texts(scopes))
	}
	return o
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
