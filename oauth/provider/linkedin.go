package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// LinkedIn returns the provider LinkedIn.
func LinkedIn(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "linkedin", Name: "Linkedin", Options: &o, LoginHint: true,
		AuthorizationURL: "https://www.linkedin.com/oauth/v2/authorization",
		TokenURL:         "https://www.linkedin.com/oauth/v2/accessToken",
		Scopes:           []string{"profile", "email", "openid"},
		Identify: fetched("https://api.linkedin.com/v2/userinfo", func(p *js.Object) *js.Object {
			return js.Obj("name", oauth.Member(p, "name"), "email", oauth.Member(p, "email"),
				"emailVerified", oauth.Either(oauth.Member(p, "email_verified"), false), "image", oauth.Member(p, "picture"))
		}),
		Subject: member("sub"),
	})
}
