// Package oauthprovider makes the server an OAuth 2.1 authorization server and an OpenID provider: other programs sign
// their users in here. It registers clients, asks users for consent, and issues access, refresh and ID tokens.
//
//	plugins:
//	  jwt: {}
//	  oauth-provider: { loginPage: /sign-in, consentPage: /consent }
//
// or from Go:
//
//	Plugins: []auth.Plugin{jwt.New(jwt.Options{}), oauthprovider.New(oauthprovider.Options{LoginPage: "/sign-in", ConsentPage: "/consent"})},
//
// Clients find the addresses of its endpoints at /.well-known/openid-configuration.
package oauthprovider

// This package does not know how users sign in.

import (
	"sync"
	"sync/atomic"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ID is the name of the plugin in a config file.
const ID = "oauth-provider"

// Plugin is the oauth-provider plugin.
type Plugin struct {
	opts Options
	jwt  *jwt.Plugin // nil if disableJwtPlugin is set

	clients    store.Table[Client]
	resources  store.Table[Resource]
	links      store.Table[clientResource]
	refresh    store.Table[refreshToken]
	access     store.Table[accessToken]
	consents   store.Table[consent]
	assertions store.Table[clientAssertion]

	keys     fetchedKeys
	trusted  trustedClients
	recent   recentClients
	known    knownResources
	paths    atomic.Pointer[knownPaths]
	seedOnce sync.Mutex
	seeded   bool
}

// New returns the plugin.
func New(o Options) *Plugin {
	o = o.withDefaults()
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Of returns the plugin of a server, so that another plugin can extend it. ok is false if it is not in use.
func Of(a *auth.Auth) (p *Plugin, ok bool) {
	found, ok := auth.Find[provider](a)
	if !ok {
		return nil, false
	}
	return found.provider(), true
}

// provider is a plugin that is, or embeds, this one.
type provider interface {
	auth.Plugin
	provider() *Plugin
}

func (p *Plugin) provider() *Plugin { return p }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{
		ID:         ID,
		Models:     p.models(),
		Rename:     p.opts.Schema.rename(),
		RateLimits: p.opts.RateLimit.limits(),
		Init:       p.init,
		Screen:     p.serveMetadata,
		Outside:    p.isMetadata,
		Events:     append(append(clientEvents(), flowEvents()...), RefreshTokenReused),
	}
	for _, group := range [][]auth.Endpoint{
		p.metadataEndpoints(), p.authorizeEndpoints(), p.tokenEndpoints(), p.clientEndpoints(), p.consentEndpoints(), p.resourceEndpoints(),
		p.operatorEndpoints(),
	} {
		m.Endpoints = append(m.Endpoints, group...)
	}
	m.Before, m.After = p.authorizeHooks()
	m.Database = p.logoutHooks()
	return m
}
