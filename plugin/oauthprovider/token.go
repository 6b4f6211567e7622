package oauthprovider

import "github.com/seed-32bd42cb/betterauth/auth"

func (p *Plugin) tokenEndpoints() []auth.Endpoint { return nil }
