package provider

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// GoogleOptions are the options of Google.
type GoogleOptions struct {
	oauth.Options
	// `offline` requests a refresh token.
	AccessType string `json:"accessType" enum:"offline,online"`
	// Form of Google's page.
	Display string `json:"display" enum:"page,popup,touch,wap"`
	// Accepts only accounts of this Workspace domain; `*` is any.
	HostedDomain string `json:"hd"`
	// Includes the scopes that were granted before.
	IncludeGrantedScopes *bool `json:"includeGrantedScopes"`
}

// Google returns the provider Google.
func Google(o GoogleOptions) oauth.Provider {
	tokens := GoogleIDTokens(o.ClientID)
	if o.HostedDomain != "" {
		tokens.Claims = func(claims *js.Object) bool { return HostedDomainAllowed(o.HostedDomain, oauth.Member(claims, "hd")) }
	}
	return oauth.New(oauth.Spec{
		ID: "google", Name: "Google", Options: &o.Options, NeedSecret: true, PKCE: true, LoginHint: true,
		AuthorizationURL: "https://accounts.google.com/o/oauth2/v2/auth",
		TokenURL:         "https://oauth2.googleapis.com/token",
		Scopes:           []string{"email", "profile", "openid"},
		Authorize: func(a *oauth.Authorization, r oauth.AuthorizationRequest) {
			a.Prompt, a.AccessType, a.Display, a.HostedDomain = o.Prompt, o.AccessType, r.Display, o.HostedDomain
			if a.Display == "" {
				a.Display = o.Display
			}
			a.Additional = nil
			if o.IncludeGrantedScopes == nil || *o.IncludeGrantedScopes {
				a.Additional.Set("include_granted_scopes", "true")
			}
			for _, p := range r.Additional {
				a.Additional.Set(p.Name, p.Value)
			}
		},
		IDTokens: &tokens,
		Identify: func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
			p, user, err := decoded(func(p *js.Object) *js.Object {
				return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Member(p, "picture"), oauth.Member(p, "email_verified"))
			})(c, r)
			if err == nil && p != nil && !HostedDomainAllowed(o.HostedDomain, oauth.Member(p, "hd")) {
				c.Log.ErrorContext(c, "google: the domain of the account does not match the option hd")
				return nil, nil, nil
			}
			return p, user, err
		},
		Subject: member("sub"),
	})
}

// GoogleIDTokens returns how ID tokens of Google for these clients are verified.
func GoogleIDTokens(audience []string) oauth.IDTokens {
	return oauth.IDTokens{
		Keys:    oauth.FreshKeys{URL: "https://www.googleapis.com/oauth2/v3/certs", Algorithm: "RS256", AnyKid: true},
		Issuers: []string{"https://accounts.google.com", "accounts.google.com"}, Audience: audience,
		Algorithms: []string{"RS256"}, MaxAge: time.Hour,
	}
}

// HostedDomainAllowed reports whether an account of the domain hd satisfies the
// option hd.
func HostedDomainAllowed(configured string, hd any) bool {
	if configured == "" {
		return true
	}
	domain, ok := hd.(string)
	return ok && domain != "" && (configured == "*" || domain == configured)
}
