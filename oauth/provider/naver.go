package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Naver returns the provider Naver.
func Naver(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "naver", Name: "Naver", Options: &o,
		AuthorizationURL: "https://nid.naver.com/oauth2.0/authorize",
		TokenURL:         "https://nid.naver.com/oauth2.0/token",
		Scopes:           []string{"profile", "email"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			p, err := c.Get("https://openapi.naver.com/v1/nid/me", r.AccessToken)
			if err != nil || p == nil || oauth.Member(p, "resultcode") != any("00") {
				return nil, nil, err
			}
			told := oauth.Member(p, "response")
			return p, person(oauth.Or(oauth.Member(told, "name"), oauth.Member(told, "nickname"), ""), oauth.Member(told, "email"), oauth.Member(told, "profile_image"), false), nil
		},
		Subject: member("response", "id"),
	})
}
