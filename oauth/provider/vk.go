package provider

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// VKOptions are the options of VK.
type VKOptions struct {
	oauth.Options
	// Colors of the page.
	Scheme string `json:"scheme" enum:"light,dark"`
}

// VK returns the provider VK ID. Its callback contains a device id, which is sent with the code. Accounts without an
// address cannot sign in unless mapProfileToUser sets one.
func VK(o VKOptions) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "vk", Name: "VK", Options: &o.Options, PKCE: true, DeviceID: true,
		AuthorizationURL: "https://id.vk.com/authorize",
		TokenURL:         "https://id.vk.com/oauth2/auth",
		Scopes:           []string{"email", "phone"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			if r.AccessToken == "" {
				return nil, nil, nil
			}
			form := oauth.Params{{Name: "access_token", Value: r.AccessToken}, {Name: "client_id", Value: strings.Join(o.ClientID, ",")}}
			res, err := c.Fetch(oauth.Request{
				Method: http.MethodPost, URL: "https://id.vk.com/oauth2/user_info", Body: form.Encode(),
				Header: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}},
			})
			if err != nil || !res.OK() {
				return nil, nil, err
			}
			p := res.Object()
			u, ok := oauth.Member(p, "user").(*js.Object)
			if !ok {
				return nil, nil, errMalformed
			}
			first, last := oauth.Member(u, "first_name"), oauth.Member(u, "last_name")
			return p, js.Obj("first_name", first, "last_name", last, "email", oauth.Member(u, "email"), "image", oauth.Member(u, "avatar"),
				"emailVerified", false, "birthday", oauth.Member(u, "birthday"), "sex", oauth.Member(u, "sex"),
				"name", js.String(first)+" "+js.String(last)), nil
		},
		Merge: func(p, user, mapped *js.Object) *js.Object {
			if !js.Truthy(oauth.Member(p, "user", "email")) && !js.Truthy(oauth.Member(mapped, "email")) {
				return nil
			}
			return oauth.Spread(user, mapped)
		},
		Subject: member("user", "user_id"),
	})
}
