package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Roblox returns the provider Roblox. Roblox returns no address, so a placeholder is used.
func Roblox(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "roblox", Name: "Roblox", Options: &o,
		AuthorizationURL: "https://apis.roblox.com/oauth/v1/authorize",
		TokenURL:         "https://apis.roblox.com/oauth/v1/token",
		Scopes:           []string{"openid", "profile"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			if a.Prompt = o.Prompt; a.Prompt == "" {
				a.Prompt = "select_account consent"
			}
		},
		Identify: fetched("https://apis.roblox.com/oauth/v1/userinfo", func(p *js.Object) *js.Object {
			email := placeholder(oauth.Member(p, "sub"), "roblox")
			if !oauth.IsSet(email) {
				return nil
			}
			return js.Obj("name", oauth.Or(oauth.Member(p, "nickname"), oauth.Member(p, "preferred_username"), ""), "image", oauth.Member(p, "picture"),
				"email", email, "emailVerified", false)
		}),
		Subject: member("sub"),
	})
}
