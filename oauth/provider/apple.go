package provider

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// AppleOptions are the options of Sign in with Apple.
type AppleOptions struct {
	oauth.Options
	// Audience of the ID tokens of a native app.
	AppBundleIdentifier string `json:"appBundleIdentifier"`
	// Audiences of ID tokens. Takes precedence over `appBundleIdentifier`.
	Audience oauth.ClientIDs `json:"audience" unset:"the client id"`
}

// Apple returns the provider Sign in with Apple. Its callback is a POST; the user's name comes only once, with the
// first code.
func Apple(o AppleOptions) oauth.Provider {
	audience := []string(o.ClientID)
	if o.AppBundleIdentifier != "" {
		audience = []string{o.AppBundleIdentifier}
	}
	if len(o.Audience) > 0 {
		audience = o.Audience
	}
	return oauth.New(oauth.Spec{
		ID: "apple", Name: "Apple", Options: &o.Options, NeedSecret: true, PKCE: true,
		AuthorizationURL: "https://appleid.apple.com/auth/authorize",
		TokenURL:         "https://appleid.apple.com/auth/token",
		Scopes:           []string{"email", "name"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			a.ResponseMode, a.ResponseType = "form_post", "code id_token"
		},
		IDTokens: &oauth.IDTokens{
			Keys: oauth.FreshKeys{URL: "https://appleid.apple.com/auth/keys"}, Issuers: []string{"https://appleid.apple.com"},
			Algorithms: []string{"RS256"}, Audience: audience, MaxAge: time.Hour, HashedNonce: true,
		},
		Identify: func(_ *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			if r.IDToken == "" {
				return nil, nil, nil
			}
			p, err := oauth.DecodeIDToken(r.IDToken)
			if err != nil {
				return nil, nil, err
			}
			name := oauth.Or(oauth.Member(p, "name"), "")
			if posted := oauth.Member(r.User, "name"); js.Truthy(posted) {
				name = js.Trim(js.String(oauth.Or(oauth.Member(posted, "firstName"), "")) + " " + js.String(oauth.Or(oauth.Member(posted, "lastName"), "")))
			}
			p = oauth.Spread(p, js.Obj("name", name))
			return p, js.Obj("name", name, "emailVerified", oauth.IsTrue(oauth.Member(p, "email_verified")), "email", oauth.Member(p, "email")), nil
		},
		Subject: member("sub"),
	})
}
