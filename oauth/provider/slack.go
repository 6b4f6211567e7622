package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Slack returns the provider Sign in with Slack. The id of the account is the user's id in the workspace, not the
// subject.
func Slack(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "slack", Name: "Slack", Options: &o, RequestFirst: true,
		AuthorizationURL: "https://slack.com/openid/connect/authorize",
		TokenURL:         "https://slack.com/api/openid.connect.token",
		Scopes:           []string{"openid", "profile", "email"},
		Identify: fetched("https://slack.com/api/openid.connect.userInfo", func(p *js.Object) *js.Object {
			return js.Obj("name", oauth.Or(oauth.Member(p, "name"), ""), "email", oauth.Member(p, "email"), "emailVerified", oauth.Member(p, "email_verified"),
				"image", oauth.Or(oauth.Member(p, "picture"), oauth.Member(p, "https://slack.com/user_image_512")))
		}),
		Subject: member("https://slack.com/user_id"),
	})
}
