package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// HuggingFace returns the provider Hugging Face.
func HuggingFace(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "huggingface", Name: "Hugging Face", Options: &o, PKCE: true,
		AuthorizationURL: "https://huggingface.co/oauth/authorize",
		TokenURL:         "https://huggingface.co/oauth/token",
		Scopes:           []string{"openid", "profile", "email"},
		Identify: fetched("https://huggingface.co/oauth/userinfo", func(p *js.Object) *js.Object {
			return person(oauth.Or(oauth.Member(p, "name"), oauth.Member(p, "preferred_username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "picture"), oauth.Either(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("sub"),
	})
}
