package provider

import (
	"regexp"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// GitLabOptions are the options of GitLab.
type GitLabOptions struct {
	oauth.Options
	// Address of your own instance.
	Issuer string `json:"issuer" default:"https://gitlab.com"`
}

var slashes = regexp.MustCompile(`/{2,}`)

// GitLab returns the provider gitlab.com or another instance. Only active accounts may sign in.
func GitLab(o GitLabOptions) oauth.Provider {
	option.Defaults(&o)
	at := func(path string) string {
		parts := strings.Split(o.Issuer+path, "://")
		for i := range parts {
			parts[i] = slashes.ReplaceAllString(parts[i], "/")
		}
		return strings.Join(parts, "://")
	}
	return oauth.New(oauth.Spec{
		ID: "gitlab", Name: "Gitlab", Options: &o.Options, PKCE: true, LoginHint: true,
		AuthorizationURL: at("/oauth/authorize"), TokenURL: at("/oauth/token"),
		Scopes: []string{"read_user"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			p, err := c.Get(at("/api/v4/user"), r.AccessToken)
			if err != nil || p == nil || oauth.Member(p, "state") != any("active") || js.Truthy(oauth.Member(p, "locked")) {
				return nil, nil, err
			}
			return p, person(oauth.Either(oauth.Member(p, "name"), oauth.Member(p, "username"), ""), oauth.Member(p, "email"),
				oauth.Member(p, "avatar_url"), oauth.Either(oauth.Member(p, "email_verified"), false)), nil
		},
		Subject: member("id"),
	})
}
