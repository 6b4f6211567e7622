package oauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/url"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// A provider is data and a func that says who somebody is. auth.Options takes it as
// one of SocialProviders.
func ExampleNew() {
	o := oauth.Options{ClientID: oauth.ClientIDs{"our-client"}, ClientSecret: "…"}
	campus := oauth.New(oauth.Spec{
		ID: "campus", Name: "Campus", Options: &o, PKCE: true,
		AuthorizationURL: "https://login.campus.example/authorize",
		TokenURL:         "https://login.campus.example/token",
		Scopes:           []string{"profile"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (profile, user *js.Object, err error) {
			profile, err = c.Get("https://login.campus.example/me", r.AccessToken)
			if err != nil || profile == nil {
				return nil, nil, err
			}
			return profile, js.Obj("name", oauth.Member(profile, "full_name"), "email", oauth.Member(profile, "mail"), "emailVerified", true), nil
		},
		Subject: func(profile *js.Object) any { return oauth.Member(profile, "id") },
	})

	// The server does this at POST /sign-in/social.
	call := &oauth.Call{Context: context.Background(), HTTP: http.DefaultTransport}
	address, err := campus.AuthorizationURL(call, oauth.AuthorizationRequest{
		State: "s", CodeVerifier: "v", RedirectURI: "https://example.com/api/auth/callback/campus",
	})
	if err != nil {
		log.Fatal(err)
	}
	to, err := url.Parse(address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(campus.Info().Path(), to.Host, to.Query().Get("client_id"), to.Query().Get("scope"), to.Query().Get("code_challenge_method"))
	// Output: /callback/campus login.campus.example our-client profile S256
}
