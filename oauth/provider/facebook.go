package provider

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// FacebookOptions are the options of Facebook Login.
type FacebookOptions struct {
	oauth.Options
	// Configuration of Facebook Login for Business.
	ConfigID string `json:"configId"`
	// Fields of the profile besides id, name, email and picture.
	Fields []string `json:"fields"`
}

// Facebook returns the provider Facebook Login, including Limited Login, whose tokens are JWTs. Any other token is
// checked with debug_token first, because it may belong to another app.
func Facebook(o FacebookOptions) oauth.Provider {
	const graph = "https://graph.facebook.com/"
	return oauth.New(oauth.Spec{
		ID: "facebook", Name: "Facebook", Options: &o.Options, NeedSecret: true, LoginHint: true,
		AuthorizationURL: "https://www.facebook.com/v24.0/dialog/oauth",
		TokenURL:         graph + "v24.0/oauth/access_token",
		Scopes:           []string{"email", "public_profile"},
		Authorize: func(a *oauth.Authorization, r oauth.AuthorizationRequest) {
			if o.ConfigID != "" {
				a.Additional = oauth.Params{{Name: "config_id", Value: o.ConfigID}}
				for _, p := range r.Additional {
					a.Additional.Set(p.Name, p.Value)
				}
			}
		},
		IDTokens: &oauth.IDTokens{
			Keys: &oauth.CachedKeys{URL: "https://limited.facebook.com/.well-known/oauth/openid/jwks/"}, Issuers: []string{"https://www.facebook.com"},
			Audience: o.ClientID, Algorithms: []string{"RS256"}, AllowOpaque: true,
		},
		Guard: func(c *oauth.Call, r oauth.UserInfoRequest) (bool, error) {
			token := r.AccessToken
			if token == "" && r.IDToken != "" && !isJWT(r.IDToken) {
				token = r.IDToken
			}
			if token == "" {
				return true, nil
			}
			owner, err := facebookOwner(c, o, token)
			return owner != "", err
		},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			if isJWT(r.IDToken) {
				return decoded(func(p *js.Object) *js.Object {
					return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), false)
				})(c, r)
			}
			if r.AccessToken == "" {
				return nil, nil, nil
			}
			owner, err := facebookOwner(c, o, r.AccessToken)
			if err != nil || owner == "" {
				return nil, nil, err
			}
			fields := append([]string{"id", "name", "email", "picture"}, o.Fields...)
			p, err := c.Get(graph+"me?fields="+strings.Join(fields, ","), r.AccessToken)
			if err != nil || p == nil || oauth.Member(p, "id") != any(owner) {
				return nil, nil, err
			}
			return made(p, facebookUser)
		},
		Subject: func(p *js.Object) any {
			if p.Has("sub") {
				return oauth.Member(p, "sub")
			}
			return oauth.Member(p, "id")
		},
	})
}

func facebookUser(p *js.Object) *js.Object {
	picture, ok := oauth.Member(p, "picture", "data").(*js.Object)
	if !ok {
		return nil
	}
	return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(picture, "url"), oauth.Either(oauth.Member(p, "email_verified"), false))
}

func isJWT(token string) bool { return token != "" && strings.Count(token, ".") == 2 }

// facebookOwner returns the id of the user of a token for this app, or "" for any other token.
func facebookOwner(c *oauth.Call, o FacebookOptions, token string) (string, error) {
	if o.ClientID.Primary() == "" || o.ClientSecret == "" {
		return "", nil
	}
	query := oauth.Params{{Name: "input_token", Value: token}, {Name: "access_token", Value: o.ClientID.Primary() + "|" + o.ClientSecret}}
	res, err := c.Fetch(oauth.Request{URL: "https://graph.facebook.com/debug_token?" + query.Encode(), Final: true})
	if err != nil || !res.OK() {
		return "", err
	}
	data := oauth.Member(res.Data, "data")
	app := oauth.Text(oauth.Member(data, "app_id"))
	if oauth.Member(data, "is_valid") != any(true) || app == "" || !slices.Contains(o.ClientID, app) {
		return "", nil
	}
	return oauth.Text(oauth.Member(data, "user_id")), nil
}
