package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Spotify returns the provider Spotify.
func Spotify(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "spotify", Name: "Spotify", Options: &o, PKCE: true,
		AuthorizationURL: "https://accounts.spotify.com/authorize",
		TokenURL:         "https://accounts.spotify.com/api/token",
		Scopes:           []string{"user-read-email"},
		Identify: fetched("https://api.spotify.com/v1/me", func(p *js.Object) *js.Object {
			images, ok := oauth.Member(p, "images").([]any)
			if !ok {
				return nil
			}
			return person(oauth.Member(p, "display_name"), oauth.Member(p, "email"), oauth.Member(oauth.Element(images, 0), "url"), false)
		}),
		Subject: member("id"),
	})
}
