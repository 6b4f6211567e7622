package provider

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// CognitoOptions are the options of Amazon Cognito.
type CognitoOptions struct {
	oauth.Options
	// Host of the user pool's pages.
	Domain string `json:"domain" unset:"needed"`
	// AWS region.
	Region string `json:"region" unset:"needed"`
	// Id of the user pool.
	UserPoolID string `json:"userPoolId" unset:"needed"`
	// Sends users straight to this provider of the pool.
	IdentityProvider string `json:"identityProvider"`
	// Refuses to begin a flow without a client secret.
	RequireClientSecret bool `json:"requireClientSecret"`
}

var scheme = regexp.MustCompile(`^https?://`)

// Cognito returns the provider for an Amazon Cognito user pool.
func Cognito(o CognitoOptions) oauth.Provider {
	host := "https://" + scheme.ReplaceAllString(o.Domain, "")
	issuer := "https://cognito-idp." + o.Region + ".amazonaws.com/" + o.UserPoolID
	s := oauth.Spec{
		ID: "cognito", Name: "Cognito", Options: &o.Options, PKCE: true, Quiet: true,
		AuthorizationURL: host + "/oauth2/authorize", TokenURL: host + "/oauth2/token",
		Scopes: []string{"openid", "profile", "email"},
		IDTokens: &oauth.IDTokens{
			Keys: oauth.FreshKeys{URL: issuer + "/.well-known/jwks.json"}, Issuers: []string{issuer},
			Audience: o.ClientID, Algorithms: []string{"RS256"}, MaxAge: time.Hour,
		},
		Subject: member("sub"),
	}
	if o.Domain == "" || o.Region == "" || o.UserPoolID == "" {
		s.Problem = errors.New("needs domain, region and userPoolId")
	}
	s.Address = func(r oauth.AuthorizationRequest) (string, error) { return cognitoAddress(o, &s, r) }
	s.Identify = func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
		p, err := oauth.DecodeIDToken(r.IDToken)
		if err != nil {
			return nil, nil, err
		}
		p = oauth.Spread(p, js.Obj("name", cognitoName(p)))
		return p, person(cognitoName(p), oauth.Member(p, "email"), oauth.Member(p, "picture"), oauth.Member(p, "email_verified")), nil
	}
	s.Otherwise = withToken(fetched(host+"/oauth2/userinfo", func(p *js.Object) *js.Object {
		return person(cognitoName(p), oauth.Member(p, "email"), oauth.Member(p, "picture"), oauth.IsTrue(oauth.Member(p, "email_verified")))
	}))
	return oauth.New(s)
}

func cognitoName(p *js.Object) any {
	return oauth.Or(oauth.Member(p, "name"), oauth.Member(p, "given_name"), oauth.Member(p, "username"), "")
}

// cognitoAddress puts the scope last with spaces as %20, because Cognito does not accept a plus sign for a space.
func cognitoAddress(o CognitoOptions, s *oauth.Spec, r oauth.AuthorizationRequest) (string, error) {
	if o.RequireClientSecret && o.ClientSecret == "" {
		return "", errors.New("provider: cognito: CLIENT_SECRET_REQUIRED")
	}
	a := oauth.Authorization{
		Endpoint: s.AuthorizationURL, ClientID: o.ClientID.Primary(), State: r.State, CodeVerifier: r.CodeVerifier,
		RedirectURI: r.RedirectURI, Prompt: o.Prompt,
	}
	if o.AuthorizationEndpoint != "" {
		a.Endpoint = o.AuthorizationEndpoint
	}
	if o.RedirectURI != "" {
		a.RedirectURI = o.RedirectURI
	}
	if o.IdentityProvider != "" {
		a.Additional.Set("identity_provider", o.IdentityProvider)
	}
	for _, p := range r.Additional {
		a.Additional.Set(p.Name, p.Value)
	}
	address, err := a.URL()
	scopes := s.ScopesOf(r)
	if err != nil || len(scopes) == 0 {
		return address, err
	}
	scope := oauth.Params{{Name: "scope", Value: strings.Join(scopes, " ")}}.Encode()
	return address + "&" + strings.ReplaceAll(scope, "+", "%20"), nil
}
