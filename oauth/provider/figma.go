package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Figma returns the provider Figma.
func Figma(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "figma", Name: "Figma", Options: &o, NeedSecret: true, PKCE: true, Basic: true, Quiet: true,
		AuthorizationURL: "https://www.figma.com/oauth",
		TokenURL:         "https://api.figma.com/v1/oauth/token",
		Scopes:           []string{"current_user:read"},
		Identify: fetched("https://api.figma.com/v1/me", func(p *js.Object) *js.Object {
			return person(oauth.Member(p, "handle"), oauth.Member(p, "email"), oauth.Member(p, "img_url"), false)
		}),
		Subject: member("id"),
	})
}
