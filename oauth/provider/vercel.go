package provider

import (
	"fmt"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// VercelOptions are the options of Vercel.
type VercelOptions struct {
	oauth.Options
	// How the client authenticates at the token endpoint.
	TokenEndpointAuth *oauth.TokenEndpointAuth `json:"tokenEndpointAuth"`
}

// Vercel returns the provider Vercel. It has no scopes of its own and does not refresh tokens.
func Vercel(o VercelOptions) oauth.Provider {
	s := oauth.Spec{
		ID: "vercel", Name: "Vercel", Options: &o.Options, PKCE: true, NoRefresh: true, Auth: o.TokenEndpointAuth,
		AuthorizationURL: "https://vercel.com/oauth/authorize",
		TokenURL:         "https://api.vercel.com/login/oauth/token",
		Identify: fetched("https://api.vercel.com/login/oauth/userinfo", func(p *js.Object) *js.Object {
			return person(oauth.Either(oauth.Member(p, "name"), oauth.Member(p, "preferred_username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "picture"), oauth.Either(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("sub"),
	}
	if o.TokenEndpointAuth != nil {
		s.Problem = contradiction(o.TokenEndpointAuth.Method, o.ClientSecret)
	}
	return oauth.New(s)
}

// contradiction returns an error if a method of authentication does not match the presence of a secret.
func contradiction(method, secret string) error {
	switch method {
	case oauth.PrivateKey, oauth.NoSecret:
		if secret != "" {
			return fmt.Errorf("tokenEndpointAuth %s cannot be combined with clientSecret", method)
		}
	case oauth.SecretBasic, oauth.SecretPost:
		if secret == "" {
			return fmt.Errorf("tokenEndpointAuth %s requires clientSecret", method)
		}
	}
	return nil
}
