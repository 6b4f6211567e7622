package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// PaybinOptions are the options of Paybin.
type PaybinOptions struct {
	oauth.Options
	// Address of the issuer.
	Issuer string `json:"issuer" default:"https://idp.paybin.io"`
}

// Paybin returns the provider Paybin.
func Paybin(o PaybinOptions) oauth.Provider {
	option.Defaults(&o)
	return oauth.New(oauth.Spec{
		ID: "paybin", Name: "Paybin", Options: &o.Options, NeedSecret: true, PKCE: true, LoginHint: true,
		AuthorizationURL: o.Issuer + "/oauth2/authorize", TokenURL: o.Issuer + "/oauth2/token",
		Scopes:    []string{"openid", "email", "profile"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Prompt = o.Prompt },
		Identify: decoded(func(p *js.Object) *js.Object {
			return person(oauth.Or(oauth.Member(p, "name"), oauth.Member(p, "preferred_username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "picture"), oauth.Or(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("sub"),
	})
}
