package provider

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// PayPalOptions are the options of PayPal.
type PayPalOptions struct {
	oauth.Options
	// Which PayPal to use.
	Environment string `json:"environment" default:"sandbox" enum:"sandbox,live"`
	// Accepted, as in the npm package.
	RequestShippingAddress bool `json:"requestShippingAddress"`
}

// PayPal returns the provider PayPal. Scopes are set in its dashboard and never sent; the profile must have the
// subject of the ID token.
func PayPal(o PayPalOptions) oauth.Provider {
	option.Defaults(&o)
	pages, api := "https://www.sandbox.paypal.com", "https://api-m.sandbox.paypal.com"
	if o.Environment != "sandbox" {
		pages, api = "https://www.paypal.com", "https://api-m.paypal.com"
	}
	return oauth.New(oauth.Spec{
		ID: "paypal", Name: "PayPal", Options: &o.Options, NeedSecret: true, PKCE: true, NoClientKey: true, Quiet: true,
		Auth:             &oauth.TokenEndpointAuth{Method: oauth.SecretBasic},
		AuthorizationURL: pages + "/signin/authorize",
		TokenURL:         api + "/v1/oauth2/token",
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) {
			a.Scopes, a.Prompt = nil, o.Prompt
		},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			if r.AccessToken == "" {
				return nil, nil, nil
			}
			p, err := c.Get(api+"/v1/identity/oauth2/userinfo?schema=paypalv1.1", r.AccessToken, [2]string{"Accept", "application/json"})
			if err != nil || p == nil {
				return nil, nil, err
			}
			if r.IDToken != "" {
				claims, err := oauth.DecodeIDToken(r.IDToken)
				sub := oauth.Member(claims, "sub")
				if err != nil || !js.Truthy(sub) || oauth.Either(oauth.Member(p, "sub"), oauth.Member(p, "user_id")) != sub {
					return nil, nil, errors.Join(errors.New("provider: paypal: the profile belongs to another subject than the ID token"), err)
				}
			}
			return p, person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), oauth.Member(p, "email_verified")), nil
		},
		Subject: member("user_id"),
	})
}
