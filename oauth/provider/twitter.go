package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Twitter returns the provider X. It fetches a confirmed address with a separate request; if there is none, a
// placeholder is used.
func Twitter(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "twitter", Name: "Twitter", Options: &o, PKCE: true, Basic: true,
		AuthorizationURL: "https://x.com/i/oauth2/authorize",
		TokenURL:         "https://api.x.com/2/oauth2/token",
		Scopes:           []string{"users.read", "tweet.read", "offline.access", "users.email"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			const me = "https://api.x.com/2/users/me?user.fields="
			p, err := c.Get(me+"profile_image_url", r.AccessToken)
			if err != nil || p == nil {
				return nil, nil, err
			}
			mail, err := c.Get(me+"confirmed_email", r.AccessToken)
			if err != nil {
				return nil, nil, err
			}
			user, ok := oauth.Member(p, "data").(*js.Object)
			if !ok {
				return nil, nil, errMalformed
			}
			confirmed := oauth.Member(mail, "data", "confirmed_email")
			verified := js.Truthy(confirmed)
			if verified {
				user.Set("email", confirmed)
			}
			email := oauth.Member(user, "email")
			if !js.Truthy(email) {
				email = placeholder(oauth.Member(user, "id"), "twitter")
			}
			if !oauth.IsSet(email) {
				return nil, nil, errMalformed
			}
			return p, person(oauth.Member(user, "name"), email, oauth.Member(user, "profile_image_url"), verified), nil
		},
		Subject: member("data", "id"),
	})
}
