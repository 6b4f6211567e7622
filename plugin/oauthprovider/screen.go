package oauthprovider

import "github.com/seed-32bd42cb/betterauth/auth"

// serveMetadata answers requests for the metadata, at the addresses that follow from the issuer.
func (p *Plugin) serveMetadata(c *auth.Context) error { return nil }
