// Package campus is an example of a social provider that betterauth does not know: the
// sign-in of a university. It is data and one func, like the built-in ones.
//
//	auth.Options{SocialProviders: []oauth.Provider{campus.New(oauth.Options{ClientID: …})}}
package campus

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// The addresses of the provider.
const (
	AuthorizationURL = "https://login.campus.example/authorize"
	TokenURL         = "https://login.campus.example/token"
	ProfileURL       = "https://login.campus.example/me"
)

// New returns the provider. Clients call it campus: POST /sign-in/social with
// {"provider": "campus"}; the callback is /api/auth/callback/campus.
func New(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "campus", Name: "Campus", Options: &o, PKCE: true,
		AuthorizationURL: AuthorizationURL, TokenURL: TokenURL, Scopes: []string{"profile"},
		Identify: identify,
		Subject:  func(profile *js.Object) any { return oauth.Member(profile, "matriculation") },
	})
}

// identify fetches the profile and makes the user of it. A nil profile means that the
// provider does not tell; the sign-in then ends with an error.
func identify(c *oauth.Call, r oauth.UserInfoRequest) (profile, user *js.Object, err error) {
	profile, err = c.Get(ProfileURL, r.AccessToken)
	if err != nil || profile == nil {
		return nil, nil, err
	}
	return profile, js.Obj(
		"name", oauth.Member(profile, "full_name"),
		"email", oauth.Member(profile, "mail"),
		"emailVerified", true, // the university gave the address
	), nil
}
