package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Kick returns the provider Kick. Its profile is the first element of a list.
func Kick(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "kick", Name: "Kick", Options: &o, PKCE: true,
		AuthorizationURL: "https://id.kick.com/oauth/authorize",
		TokenURL:         "https://id.kick.com/oauth/token",
		Scopes:           []string{"user:read"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			answer, err := c.Get("https://api.kick.com/public/v1/users", r.AccessToken)
			if err != nil || answer == nil {
				return nil, nil, err
			}
			p, ok := oauth.Element(oauth.Member(answer, "data"), 0).(*js.Object)
			if !ok {
				return nil, nil, errMalformed
			}
			return p, person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "profile_picture"), false), nil
		},
		Subject: member("user_id"),
	})
}
