package provider

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// DropboxOptions are the options of Dropbox.
type DropboxOptions struct {
	oauth.Options
	// `offline` requests a refresh token.
	AccessType string `json:"accessType" enum:"offline,online,legacy"`
}

// Dropbox returns the provider Dropbox. It requests the profile with a POST.
func Dropbox(o DropboxOptions) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "dropbox", Name: "Dropbox", Options: &o.Options, PKCE: true,
		AuthorizationURL: "https://www.dropbox.com/oauth2/authorize",
		TokenURL:         "https://api.dropboxapi.com/oauth2/token",
		Scopes:           []string{"account_info.read"},
		Authorize: func(a *oauth.Authorization, r oauth.AuthorizationRequest) {
			if o.AccessType != "" {
				a.Additional = oauth.Params{{Name: "token_access_type", Value: o.AccessType}}
				for _, p := range r.Additional {
					a.Additional.Set(p.Name, p.Value)
				}
			}
		},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			res, err := c.Fetch(oauth.Request{
				Method: http.MethodPost, URL: "https://api.dropboxapi.com/2/users/get_current_account",
				Header: [][2]string{{"Authorization", "Bearer " + r.AccessToken}},
			})
			if err != nil || !res.OK() || res.Object() == nil {
				return nil, nil, err
			}
			p := res.Object()
			return p, js.Obj("name", oauth.Member(p, "name", "display_name"), "email", oauth.Member(p, "email"),
				"emailVerified", oauth.Or(oauth.Member(p, "email_verified"), false), "image", oauth.Member(p, "profile_photo_url")), nil
		},
		Subject: member("account_id"),
	})
}
