package provider

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// GitHub returns the provider GitHub, which answers an invalid code with a 200 and an error in the body. A separate
// request tells whether an address is verified.
func GitHub(o oauth.Options) oauth.Provider {
	const tokenURL = "https://github.com/login/oauth/access_token"
	return oauth.New(oauth.Spec{
		ID: "github", Name: "GitHub", Options: &o, PKCE: true, LoginHint: true,
		AuthorizationURL: "https://github.com/login/oauth/authorize",
		TokenURL:         tokenURL,
		Scopes:           []string{"read:user", "user:email"},
		Authorize:        func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Prompt = o.Prompt },
		ExchangeCode: func(c *oauth.Call, r oauth.CodeRequest) (*oauth.Tokens, error) {
			client := oauth.Client{Endpoint: tokenURL, ID: o.ClientID.Primary(), Secret: o.ClientSecret, Key: o.ClientKey}
			data, err := client.ExchangeRaw(c, r)
			if err != nil {
				return nil, err
			}
			answer, ok := data.(*js.Object)
			if !ok || answer.Has("error") {
				return nil, errors.New("provider: github refused the code: " + js.String(oauth.Member(data, "error")))
			}
			return c.TokensOf(data), nil
		},
		Identify: gitHubUser,
		Subject:  member("id"),
	})
}

func gitHubUser(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
	agent := [2]string{"User-Agent", "better-auth"}
	p, err := c.Get("https://api.github.com/user", r.AccessToken, agent)
	if err != nil || p == nil {
		return nil, nil, err
	}
	res, err := c.Fetch(oauth.Request{
		URL: "https://api.github.com/user/emails", Header: [][2]string{{"Authorization", "Bearer " + r.AccessToken}, agent},
	})
	if err != nil {
		return nil, nil, err
	}
	var emails []any
	if res.OK() {
		emails, _ = res.Data.([]any)
	}
	if !js.Truthy(oauth.Member(p, "email")) && emails != nil {
		p.Set("email", gitHubPrimary(emails))
	}
	verified := any(false)
	for _, e := range emails {
		if oauth.Member(e, "email") == oauth.Member(p, "email") {
			verified = oauth.Either(oauth.Member(e, "verified"), false)
			break
		}
	}
	return p, person(oauth.Or(oauth.Member(p, "name"), oauth.Member(p, "login"), ""), oauth.Member(p, "email"), oauth.Member(p, "avatar_url"), verified), nil
}

func gitHubPrimary(emails []any) any {
	for _, e := range emails {
		if js.Truthy(oauth.Member(e, "primary")) {
			return oauth.Member(e, "email")
		}
	}
	return oauth.Member(oauth.Element(emails, 0), "email")
}
