package oauthprovider

import "github.com/seed-32bd42cb/betterauth/auth"

func (p *Plugin) authorizeEndpoints() []auth.Endpoint { return nil }

// authorizeHooks returns the hooks before and after endpoints that continue an authorization.
func (p *Plugin) authorizeHooks() (before, after []auth.Hook) { return nil, nil }
