package provider

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// MicrosoftOptions are the options of Microsoft Entra ID.
type MicrosoftOptions struct {
	oauth.Options
	// Tenant.
	TenantID string `json:"tenantId" default:"common"`
	// Address of the cloud.
	Authority string `json:"authority" default:"https://login.microsoftonline.com"`
	// Width of the picture.
	ProfilePhotoSize int `json:"profilePhotoSize" default:"48" min:"1" unit:"pixels"`
	// Fetches no picture.
	DisableProfilePhoto bool `json:"disableProfilePhoto"`
	// Makes a signed client assertion, instead of a secret.
	ClientAssertion callback.Func[oauth.AssertionRequest, string] `json:"clientAssertion"`
}

// consumerTenant is the tenant of personal accounts.
const consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// Microsoft returns the provider Microsoft Entra ID. It fetches the picture with a separate request.
func Microsoft(o MicrosoftOptions) oauth.Provider {
	option.Defaults(&o)
	tenant, authority := o.TenantID, strings.TrimRight(o.Authority, "/")
	at := authority + "/" + tenant
	s := oauth.Spec{
		ID: "microsoft", Name: "Microsoft EntraID", Options: &o.Options, PKCE: true, LoginHint: true,
		AuthorizationURL: at + "/oauth2/v2.0/authorize", TokenURL: at + "/oauth2/v2.0/token",
		Scopes:    []string{"openid", "profile", "email", "User.Read", "offline_access"},
		Authorize: func(a *oauth.Authorization, _ oauth.AuthorizationRequest) { a.Prompt = o.Prompt },
		IDTokens: &oauth.IDTokens{
			Keys: oauth.FreshKeys{URL: at + "/discovery/v2.0/keys"}, Algorithms: []string{"RS256"}, Audience: o.ClientID, MaxAge: time.Hour,
			Claims: func(claims *js.Object) bool { return ofTenant(claims, tenant, authority) },
		},
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			return microsoftUser(c, o, r)
		},
		Subject: member("oid"),
	}
	if !slices.Contains([]string{"common", "organizations", "consumers"}, tenant) {
		s.IDTokens.Issuers = []string{at + "/v2.0"}
	}
	if o.ClientAssertion != nil {
		s.Auth = &oauth.TokenEndpointAuth{Method: oauth.PrivateKey, GetClientAssertion: o.ClientAssertion}
		if o.ClientSecret != "" {
			s.Problem = errors.New("clientAssertion cannot be combined with clientSecret")
		}
	}
	s.RefreshParam = oauth.Params{{Name: "scope", Value: strings.Join(s.ScopesOf(oauth.AuthorizationRequest{}), " ")}}
	return oauth.New(s)
}

// ofTenant reports whether the issuer is the tenant of the token, and that tenant is of an allowed kind.
func ofTenant(claims *js.Object, tenant, authority string) bool {
	tid, ok := oauth.Member(claims, "tid").(string)
	if !ok || oauth.Member(claims, "iss") != any(authority+"/"+tid+"/v2.0") {
		return false
	}
	switch tenant {
	case "organizations":
		return tid != consumerTenant
	case "consumers":
		return tid == consumerTenant
	}
	return true
}

func microsoftUser(c *oauth.Call, o MicrosoftOptions, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
	if r.IDToken == "" {
		return nil, nil, nil
	}
	p, err := oauth.DecodeIDToken(r.IDToken)
	if err != nil {
		return nil, nil, err
	}
	if strings.TrimSpace(oauth.Text(oauth.Member(p, "oid"))) == "" {
		c.Log.ErrorContext(c, "microsoft: the ID token has no oid, so the account has no id")
		return nil, nil, nil
	}
	if !o.DisableProfilePhoto && r.AccessToken != "" {
		size := o.ProfilePhotoSize
		photo, err := c.Fetch(oauth.Request{
			URL:    fmt.Sprintf("https://graph.microsoft.com/v1.0/me/photos/%dx%d/%%24value", size, size),
			Header: [][2]string{{"Authorization", "Bearer " + r.AccessToken}},
		})
		if err != nil {
			return nil, nil, err
		}
		if photo.OK() {
			p.Set("picture", "data:image/jpeg;base64, "+base64.StdEncoding.EncodeToString(photo.Raw))
		}
	}
	return p, person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), microsoftVerified(p)), nil
}

func microsoftVerified(p *js.Object) bool {
	if p.Has("email_verified") {
		return oauth.IsTrue(oauth.Member(p, "email_verified"))
	}
	email := oauth.Member(p, "email")
	if !js.Truthy(email) {
		return false
	}
	for _, name := range []string{"verified_primary_email", "verified_secondary_email"} {
		switch list := oauth.Member(p, name).(type) {
		case []any:
			if slices.Contains(list, email) {
				return true
			}
		case string:
			if strings.Contains(list, js.String(email)) {
				return true
			}
		}
	}
	return false
}
