package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Railway returns the provider Railway.
func Railway(o oauth.Options) oauth.Provider {
	const at = "https://backboard.railway.com/oauth"
	return oauth.New(oauth.Spec{
		ID: "railway", Name: "Railway", Options: &o, PKCE: true, Basic: true,
		AuthorizationURL: at + "/auth", TokenURL: at + "/token",
		Scopes: []string{"openid", "email", "profile"},
		Identify: fetched(at+"/me", func(p *js.Object) *js.Object {
			return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), false)
		}),
		Subject: member("sub"),
	})
}
