package provider

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// linearQuery has the white space of the reference.
const linearQuery = "\n\t\t\t\t\t\t\tquery {\n\t\t\t\t\t\t\t\tviewer {\n\t\t\t\t\t\t\t\t\tid\n\t\t\t\t\t\t\t\t\tname\n\t\t\t\t\t\t\t\t\temail\n" +
	"\t\t\t\t\t\t\t\t\tavatarUrl\n\t\t\t\t\t\t\t\t\tactive\n\t\t\t\t\t\t\t\t\tcreatedAt\n\t\t\t\t\t\t\t\t\tupdatedAt\n\t\t\t\t\t\t\t\t}\n\t\t\t\t\t\t\t}\n\t\t\t\t\t\t"

// Linear returns the provider Linear. It requests the profile with GraphQL.
func Linear(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "linear", Name: "Linear", Options: &o, LoginHint: true,
		AuthorizationURL: "https://linear.app/oauth/authorize",
		TokenURL:         "https://api.linear.app/oauth/token",
		Scopes:           []string{"read"},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			res, err := c.Fetch(oauth.Request{
				Method: http.MethodPost, URL: "https://api.linear.app/graphql", Body: string(js.Marshal(js.Obj("query", linearQuery))),
				Header: [][2]string{{"Content-Type", "application/json"}, {"Authorization", "Bearer " + r.AccessToken}},
			})
			if err != nil || !res.OK() {
				return nil, nil, err
			}
			p, ok := oauth.Member(res.Data, "data", "viewer").(*js.Object)
			if !ok {
				return nil, nil, nil
			}
			return p, person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "avatarUrl"), false), nil
		},
		Subject: member("id"),
	})
}
