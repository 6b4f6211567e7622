package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Notion returns the provider Notion. The user is the owner of the integration's bot.
func Notion(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "notion", Name: "Notion", Options: &o, LoginHint: true, BasicCode: true,
		AuthorizationURL: "https://api.notion.com/v1/oauth/authorize",
		TokenURL:         "https://api.notion.com/v1/oauth/token",
		Authorize:        func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Additional.Set("owner", "user") },
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			answer, err := c.Get("https://api.notion.com/v1/users/me", r.AccessToken, [2]string{"Notion-Version", "2022-06-28"})
			p, ok := oauth.Member(answer, "bot", "owner", "user").(*js.Object)
			if err != nil || !ok {
				return nil, nil, err
			}
			return p, person(oauth.Or(oauth.Member(p, "name"), ""), oauth.Or(oauth.Member(p, "person", "email"), nil), oauth.Member(p, "avatar_url"), false), nil
		},
		Subject: member("id"),
	})
}
