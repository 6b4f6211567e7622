package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// ZoomOptions are the options of Zoom.
type ZoomOptions struct {
	oauth.Options
	// Uses PKCE.
	PKCE *bool `json:"pkce" default:"true"`
}

// Zoom returns the provider Zoom. Scopes are set in its dashboard and never sent; the code verifier is always sent
// with the code.
func Zoom(o ZoomOptions) oauth.Provider {
	option.Defaults(&o)
	return oauth.New(oauth.Spec{
		ID: "zoom", Name: "Zoom", Options: &o.Options, PKCE: true,
		AuthorizationURL: "https://zoom.us/oauth/authorize",
		TokenURL:         "https://zoom.us/oauth/token",
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			a.Scopes = nil
			if !*o.PKCE {
				a.CodeVerifier = ""
			}
		},
		Identify: fetched("https://api.zoom.us/v2/users/me", func(p *js.Object) *js.Object {
			return js.Obj("name", oauth.Member(p, "display_name"), "image", oauth.Member(p, "pic_url"), "email", oauth.Member(p, "email"),
				"emailVerified", js.Truthy(oauth.Member(p, "verified")))
		}),
		Subject: member("id"),
	})
}
