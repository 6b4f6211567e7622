package oauthprovider

import "github.com/seed-32bd42cb/betterauth/auth"

func (p *Plugin) clientEndpoints() []auth.Endpoint { return nil }

func (p *Plugin) resourceEndpoints() []auth.Endpoint { return nil }
