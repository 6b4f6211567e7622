package oauthprovider

import "github.com/seed-32bd42cb/betterauth/store"

// logoutHooks returns the hooks by which clients learn that a session ended.
func (p *Plugin) logoutHooks() map[string][]store.Hooks { return nil }
