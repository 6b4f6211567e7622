package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// SalesforceOptions are the options of Salesforce.
type SalesforceOptions struct {
	oauth.Options
	// Which Salesforce to use.
	Environment string `json:"environment" default:"production" enum:"production,sandbox"`
	// Host of your own domain.
	LoginURL string `json:"loginUrl"`
}

// Salesforce returns the provider Salesforce.
func Salesforce(o SalesforceOptions) oauth.Provider {
	option.Defaults(&o)
	host := "login.salesforce.com"
	if o.Environment == "sandbox" {
		host = "test.salesforce.com"
	}
	if o.LoginURL != "" {
		host = o.LoginURL
	}
	at := "https://" + host + "/services/oauth2"
	return oauth.New(oauth.Spec{
		ID: "salesforce", Name: "Salesforce", Options: &o.Options, NeedSecret: true, PKCE: true, Quiet: true,
		AuthorizationURL: at + "/authorize", TokenURL: at + "/token",
		Scopes: []string{"openid", "email", "profile"},
		Identify: fetched(at+"/userinfo", func(p *js.Object) *js.Object {
			return person(oauth.Member(p, "name"), oauth.Member(p, "email"), oauth.Or(oauth.Member(p, "photos", "picture"), oauth.Member(p, "photos", "thumbnail")),
				oauth.Either(oauth.Member(p, "email_verified"), false))
		}),
		Subject: member("user_id"),
	})
}
