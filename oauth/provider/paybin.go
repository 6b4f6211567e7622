package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// PaybinOptions are the options of Paybin.
type PaybinOptions struct {
	oauth.Options
	Issuer string `json:"issuer"` // default https://idp.paybin.io
}

// Paybin is Paybin.
func Paybin(o PaybinOptions) oauth.Provider {
	issuer := o.Issuer
	if issuer == "" {
		issuer = "https://idp.paybin.io"
	}
	return oauth.New(oauth.Spec{
		ID: "paybin", Name: "Paybin", Options: &o.Options, NeedSecret: true, PKCE: true, LoginHint: true,
		AuthorizationURL: issuer + "/oauth2/authorize", TokenURL: issuer + "/oauth2/token",
		Scopes:    []string{"openid", "email", "profile"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Prompt = o.Prompt },
		Identify: decoded(func(p *js.Object) *js.Object {
			return person(oauth.Or(oauth.Member(p, "name"), oauth.Member(p, "preferred_username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "picture"), oauth.Or(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("sub"),
	})
}
