package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Atlassian returns the provider Atlassian Cloud. Its audience is always the API.
func Atlassian(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "atlassian", Name: "Atlassian", Options: &o, NeedSecret: true, PKCE: true, Quiet: true,
		AuthorizationURL: "https://auth.atlassian.com/authorize",
		TokenURL:         "https://auth.atlassian.com/oauth/token",
		Scopes:           []string{"read:jira-user", "offline_access"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			a.Additional.Set("audience", "api.atlassian.com")
			a.Prompt = o.Prompt
		},
		Identify: withToken(fetched("https://api.atlassian.com/me", func(p *js.Object) *js.Object {
			return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), false)
		})),
		Subject: member("account_id"),
	})
}

// withToken calls ask only if there is an access token.
func withToken(ask identify) identify {
	return func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
		if r.AccessToken == "" {
			return nil, nil, nil
		}
		return ask(c, r)
	}
}
