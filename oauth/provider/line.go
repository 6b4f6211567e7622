package provider

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// LINE returns the provider LINE Login. LINE itself verifies ID tokens from clients.
func LINE(o oauth.Options) oauth.Provider {
	const api = "https://api.line.me/oauth2/v2.1/"
	return oauth.New(oauth.Spec{
		ID: "line", Name: "LINE", Options: &o, PKCE: true, LoginHint: true,
		AuthorizationURL: "https://access.line.me/oauth2/v2.1/authorize",
		TokenURL:         api + "token",
		Scopes:           []string{"openid", "profile", "email"},
		IDTokens: &oauth.IDTokens{Verify: func(c *oauth.Call, token, nonce string) (bool, error) {
			form := oauth.Params{{Name: "id_token", Value: token}, {Name: "client_id", Value: o.ClientID.Primary()}}
			form.SetIf("nonce", nonce)
			res, err := c.Fetch(oauth.Request{
				Method: http.MethodPost, URL: api + "verify", Body: form.Encode(), Final: true,
				Header: [][2]string{{"content-type", "application/x-www-form-urlencoded"}},
			})
			if err != nil || !res.OK() || oauth.Member(res.Data, "aud") != any(o.ClientID.Primary()) {
				return false, err
			}
			said := oauth.Member(res.Data, "nonce")
			return !js.Truthy(said) || said == any(nonce), nil
		}},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			user := func(p *js.Object) *js.Object {
				return person(oauth.Or(oauth.Member(p, "name"), ""), oauth.Member(p, "email"), oauth.Member(p, "picture"), false)
			}
			if p, err := oauth.DecodeIDToken(r.IDToken); err == nil {
				return p, user(p), nil
			}
			return fetched(api+"userinfo", user)(c, r)
		},
		Subject: member("sub"),
	})
}
