package genericoauth

import (
	"errors"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// MicrosoftEntraID completes the config of one Microsoft Entra tenant: TenantID, its GUID, and the client are needed.
// For common, organizations or consumers use the built-in provider microsoft.
func MicrosoftEntraID(c Config) Config {
	id := strings.ToLower(c.TenantID)
	if !tenant.MatchString(id) {
		c.problem = errors.New("microsoft-entra-id: needs the GUID of a tenant; for common, organizations or consumers use the built-in provider microsoft")
		return c
	}
	at := "https://login.microsoftonline.com/" + id
	c.ProviderID, c.DiscoveryURL = "microsoft-entra-id", at+"/v2.0/.well-known/openid-configuration"
	c.AuthorizationURL, c.TokenURL, c.UserInfoURL = at+"/oauth2/v2.0/authorize", at+"/oauth2/v2.0/token", "https://graph.microsoft.com/oidc/userinfo"
	c.RequireIDTokenVerification = true
	c.subject = func(p *js.Object) any { return oauth.Text(oauth.Member(p, "oid")) }
	c.identify = entraUser
	return c.withScopes("openid", "profile", "email")
}

func entraName(p *js.Object) any {
	if name := oauth.Member(p, "name"); oauth.IsSet(name) {
		return name
	}
	part := func(a, b string) string { return js.String(oauth.Either(oauth.Member(p, a), oauth.Member(p, b), "")) }
	whole := js.Trim(part("given_name", "givenname") + " " + part("family_name", "familyname"))
	if whole == "" {
		return js.Undefined{}
	}
	return whole
}

// entraUser returns the claims of the ID token merged with the user info of the same subject. The id of an account is
// its oid. If there is no address, it uses a placeholder.
func entraUser(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
	claims, err := oauth.DecodeIDToken(r.IDToken)
	oid := oauth.Text(oauth.Member(claims, "oid"))
	if err != nil || strings.TrimSpace(oid) == "" {
		return nil, nil
	}
	more := js.NewObject()
	if r.AccessToken != "" {
		told, err := c.Get("https://graph.microsoft.com/oidc/userinfo", r.AccessToken)
		if err != nil {
			return nil, err
		}
		sub, ok := oauth.Member(claims, "sub").(string)
		if told != nil && ok && oauth.Member(told, "sub") == any(sub) {
			more = told
		}
	}
	email := oauth.Either(oauth.Member(claims, "email"), oauth.Member(more, "email"))
	verified := any(false)
	if oauth.IsSet(email) {
		verified = oauth.Either(oauth.Member(claims, "email_verified"), oauth.Member(more, "email_verified"), false)
	} else {
		email = oid + "@microsoft-entra-id.placeholder.invalid"
	}
	return oauth.Spread(more, claims, js.Obj("name", oauth.Either(entraName(claims), entraName(more)), "email", email,
		"image", oauth.Either(oauth.Member(claims, "picture"), oauth.Member(more, "picture")), "emailVerified", verified)), nil
}
