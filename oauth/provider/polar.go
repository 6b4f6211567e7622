package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Polar returns the provider Polar.
func Polar(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "polar", Name: "Polar", Options: &o, PKCE: true,
		AuthorizationURL: "https://polar.sh/oauth2/authorize",
		TokenURL:         "https://api.polar.sh/v1/oauth2/token",
		Scopes:           []string{"openid", "profile", "email"},
		Authorize:        func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Prompt = o.Prompt },
		Identify: fetched("https://api.polar.sh/v1/oauth2/userinfo", func(p *js.Object) *js.Object {
			return person(oauth.Or(oauth.Member(p, "public_name"), oauth.Member(p, "username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "avatar_url"), oauth.Either(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("id"),
	})
}
