package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// TwitchOptions are the options of Twitch.
type TwitchOptions struct {
	oauth.Options
	// Claims of the ID token.
	Claims []string `json:"claims"`
}

// Twitch returns the provider Twitch. Claims of its ID token must be requested.
func Twitch(o TwitchOptions) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "twitch", Name: "Twitch", Options: &o.Options,
		AuthorizationURL: "https://id.twitch.tv/oauth2/authorize",
		TokenURL:         "https://id.twitch.tv/oauth2/token",
		Scopes:           []string{"user:read:email", "openid"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			if a.Claims = o.Claims; a.Claims == nil {
				a.Claims = []string{"email", "email_verified", "preferred_username", "picture"}
			}
		},
		Identify: decoded(func(p *js.Object) *js.Object {
			return person(oauth.Member(p, "preferred_username"), oauth.Member(p, "email"), oauth.Member(p, "picture"), oauth.Member(p, "email_verified"))
		}),
		Subject: member("sub"),
	})
}
