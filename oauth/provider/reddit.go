package provider

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// RedditOptions are the options of Reddit.
type RedditOptions struct {
	oauth.Options
	// `permanent` requests a refresh token.
	Duration string `json:"duration"`
}

// Reddit returns the provider Reddit. Reddit returns no address, so a placeholder is used unless mapProfileToUser
// sets one.
func Reddit(o RedditOptions) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "reddit", Name: "Reddit", Options: &o.Options, NoClientKey: true,
		Auth:             &oauth.TokenEndpointAuth{Method: oauth.SecretBasic},
		AuthorizationURL: "https://www.reddit.com/api/v1/authorize",
		TokenURL:         "https://www.reddit.com/api/v1/access_token",
		Scopes:           []string{"identity"},
		CodeHeader:       [][2]string{{"accept", "text/plain"}, {"user-agent", "better-auth"}},
		Authorize:        func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Duration = o.Duration },
		Identify: fetched("https://oauth.reddit.com/api/v1/me", func(p *js.Object) *js.Object {
			icon := oauth.Member(p, "icon_img")
			if text, ok := icon.(string); ok {
				before, _, _ := strings.Cut(text, "?")
				icon = before
			}
			return js.Obj("name", oauth.Member(p, "name"), "image", icon)
		}, [2]string{"User-Agent", "better-auth"}),
		Merge: func(p, user, mapped *js.Object) *js.Object {
			email := oauth.Member(mapped, "email")
			if !js.Truthy(email) {
				email = placeholder(oauth.Member(p, "id"), "reddit")
			}
			return oauth.Spread(user, mapped, js.Obj("email", email, "emailVerified", oauth.Either(oauth.Member(mapped, "emailVerified"), false)))
		},
		Subject: member("id"),
	})
}
