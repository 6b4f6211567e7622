package provider

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// CloudflareOptions are the options of Cloudflare.
type CloudflareOptions struct {
	oauth.Options
	// How the client authenticates at the token endpoint. Takes precedence over
	// `tokenEndpointAuthMethod`.
	TokenEndpointAuth *oauth.TokenEndpointAuth `json:"tokenEndpointAuth"`
	// How the client authenticates at the token endpoint.
	TokenEndpointAuthMethod string `json:"tokenEndpointAuthMethod" unset:"by whether there is a secret" enum:"client_secret_basic,client_secret_post,none"`
}

// Cloudflare returns the provider Cloudflare. It accepts no additional parameters.
func Cloudflare(o CloudflareOptions) oauth.Provider {
	login := o.TokenEndpointAuth
	if login == nil {
		method := o.TokenEndpointAuthMethod
		switch {
		case method != "":
		case o.ClientSecret != "":
			method = oauth.SecretBasic
		default:
			method = oauth.NoSecret
		}
		login = &oauth.TokenEndpointAuth{Method: method}
	}
	return oauth.New(oauth.Spec{
		ID: "cloudflare", Name: "Cloudflare", Options: &o.Options, PKCE: true, FixedParams: true, Auth: login,
		AuthorizationURL: "https://dash.cloudflare.com/oauth2/auth",
		TokenURL:         "https://dash.cloudflare.com/oauth2/token",
		Scopes:           []string{"user-details.read"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			a.Scopes = unique(a.Scopes)
		},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			answer, err := c.Get("https://api.cloudflare.com/client/v4/user", r.AccessToken)
			p, ok := oauth.Member(answer, "result").(*js.Object)
			if err != nil || !ok || !js.Truthy(oauth.Member(answer, "success")) {
				return nil, nil, err
			}
			var names []string
			for _, name := range []any{oauth.Member(p, "first_name"), oauth.Member(p, "last_name")} {
				if js.Truthy(name) {
					names = append(names, js.String(name))
				}
			}
			email := oauth.Member(p, "email")
			return p, js.Obj("name", oauth.Or(strings.Join(names, " "), email), "email", email, "emailVerified", false), nil
		},
		Subject: member("id"),
	})
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
