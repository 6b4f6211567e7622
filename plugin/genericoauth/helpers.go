package genericoauth

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// helped completes a config with the values of its helper.
func (c Config) helped() (Config, error) {
	helpers := map[string]func(Config) Config{
		"auth0": Auth0, "gumroad": Gumroad, "hubspot": HubSpot, "keycloak": Keycloak, "line": LINE, "microsoft-entra-id": MicrosoftEntraID,
		"okta": Okta, "patreon": Patreon, "slack": Slack, "yandex": Yandex,
	}
	if name := c.Helper; name != "" {
		help, ok := helpers[name]
		if !ok {
			return c, fmt.Errorf("there is no helper %q", name)
		}
		c.Helper = ""
		c = help(c)
	}
	if c.problem != nil {
		return c, c.problem
	}
	if c.ProviderID == "" {
		return c, fmt.Errorf("a provider has no providerId")
	}
	return c, nil
}

func (c Config) withScopes(scopes ...string) Config {
	if c.Scopes == nil {
		c.Scopes = scopes
	}
	return c
}

// Auth0 completes the config of an Auth0 tenant: Domain and the client are needed.
func Auth0(c Config) Config {
	domain := c.Domain
	if !strings.HasPrefix(domain, "http://") && !strings.HasPrefix(domain, "https://") {
		domain = "https://" + domain
	}
	u, err := url.Parse(domain)
	if err != nil || u.Host == "" {
		c.problem = fmt.Errorf("auth0: %q is not a domain", c.Domain)
		return c
	}
	c.ProviderID, c.DiscoveryURL = "auth0", "https://"+strings.ToLower(u.Host)+"/.well-known/openid-configuration"
	return c.withScopes("openid", "profile", "email")
}

// Keycloak completes the config of a Keycloak realm: Issuer and the client are needed.
func Keycloak(c Config) Config { return c.discovered("keycloak") }

// Okta completes the config of an Okta authorization server: Issuer and the client are needed.
func Okta(c Config) Config { return c.discovered("okta") }

func (c Config) discovered(id string) Config {
	c.ProviderID, c.DiscoveryURL = id, strings.TrimSuffix(c.Issuer, "/")+"/.well-known/openid-configuration"
	return c.withScopes("openid", "profile", "email")
}

func byMember(name string) func(*js.Object) any {
	return func(p *js.Object) any { return oauth.Either(oauth.Member(p, name), "") }
}

// Gumroad completes the config of Gumroad.
func Gumroad(c Config) Config {
	c.ProviderID, c.AuthorizationURL, c.TokenURL = "gumroad", "https://gumroad.com/oauth/authorize", "https://api.gumroad.com/oauth/token"
	c.subject = byMember("id")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		p, err := call.Get("https://api.gumroad.com/v2/user", r.AccessToken)
		user := oauth.Member(p, "user")
		if err != nil || !js.Truthy(oauth.Member(p, "success")) || !js.Truthy(user) {
			return nil, err
		}
		return js.Obj("id", oauth.Member(user, "user_id"), "name", oauth.Member(user, "name"), "email", oauth.Member(user, "email"),
			"image", oauth.Member(user, "profile_url"), "emailVerified", false), nil
	}
	return c.withScopes("view_profile")
}

// HubSpot completes the config of HubSpot.
func HubSpot(c Config) Config {
	c.ProviderID, c.AuthorizationURL, c.TokenURL = "hubspot", "https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/v1/token"
	c.Authentication = "post"
	c.subject = byMember("id")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		if r.AccessToken == "" {
			return nil, nil
		}
		res, err := call.Fetch(oauth.Request{
			URL: "https://api.hubapi.com/oauth/v1/access-tokens/" + url.PathEscape(r.AccessToken), Header: [][2]string{{"Content-Type", "application/json"}},
		})
		if err != nil || !res.OK() {
			return nil, err
		}
		id := oauth.Either(oauth.Member(res.Data, "user_id"), oauth.Member(res.Data, "signed_access_token", "userId"))
		if !js.Truthy(id) {
			return nil, nil
		}
		user := oauth.Member(res.Data, "user")
		return js.Obj("id", id, "name", user, "email", user, "emailVerified", false), nil
	}
	return c.withScopes("oauth")
}

// LINE completes the config of LINE Login. Use ProviderID to distinguish several channels.
func LINE(c Config) Config {
	const api = "https://api.line.me/oauth2/v2.1/"
	if c.ProviderID == "" {
		c.ProviderID = "line"
	}
	c.AuthorizationURL, c.TokenURL, c.UserInfoURL = "https://access.line.me/oauth2/v2.1/authorize", api+"token", api+"userinfo"
	c.subject = byMember("sub")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		p, err := oauth.DecodeIDToken(r.IDToken)
		if err != nil {
			if p, err = call.Get(api+"userinfo", r.AccessToken); err != nil || p == nil {
				return nil, err
			}
		}
		return js.Obj("sub", oauth.Member(p, "sub"), "name", oauth.Member(p, "name"), "email", oauth.Member(p, "email"),
			"image", oauth.Member(p, "picture"), "emailVerified", false), nil
	}
	return c.withScopes("openid", "profile", "email")
}

// Patreon completes the config of Patreon.
func Patreon(c Config) Config {
	c.ProviderID, c.AuthorizationURL, c.TokenURL = "patreon", "https://www.patreon.com/oauth2/authorize", "https://www.patreon.com/api/oauth2/token"
	c.subject = byMember("id")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		p, err := call.Get("https://www.patreon.com/api/oauth2/v2/identity?fields[user]=email,full_name,image_url,is_email_verified", r.AccessToken)
		if err != nil || p == nil {
			return nil, err
		}
		told := oauth.Member(p, "data", "attributes")
		if !oauth.IsSet(told) {
			return nil, fmt.Errorf("patreon: the profile is malformed")
		}
		return js.Obj("id", oauth.Member(p, "data", "id"), "name", oauth.Member(told, "full_name"), "email", oauth.Member(told, "email"),
			"image", oauth.Member(told, "image_url"), "emailVerified", oauth.Member(told, "is_email_verified")), nil
	}
	return c.withScopes("identity[email]")
}

// Slack completes the config of Slack.
func Slack(c Config) Config {
	const userInfo = "https://slack.com/api/openid.connect.userInfo"
	c.ProviderID, c.AuthorizationURL = "slack", "https://slack.com/openid/connect/authorize"
	c.TokenURL, c.UserInfoURL = "https://slack.com/api/openid.connect.token", userInfo
	c.subject = byMember("sub")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		p, err := call.Get(userInfo, r.AccessToken)
		if err != nil || p == nil {
			return nil, err
		}
		return js.Obj("sub", oauth.Member(p, "sub"), "name", oauth.Member(p, "name"), "email", oauth.Member(p, "email"),
			"image", oauth.Either(oauth.Member(p, "picture"), oauth.Member(p, "https://slack.com/user_image_512")),
			"emailVerified", oauth.Either(oauth.Member(p, "email_verified"), false)), nil
	}
	return c.withScopes("openid", "profile", "email")
}

// Yandex completes the config of Yandex.
func Yandex(c Config) Config {
	c.ProviderID, c.AuthorizationURL, c.TokenURL = "yandex", "https://oauth.yandex.com/authorize", "https://oauth.yandex.com/token"
	c.subject = byMember("id")
	c.identify = func(call *oauth.Call, r oauth.UserInfoRequest) (*js.Object, error) {
		res, err := call.Fetch(oauth.Request{URL: "https://login.yandex.ru/info?format=json", Header: [][2]string{{"Authorization", "OAuth " + r.AccessToken}}})
		if err != nil || !res.OK() || res.Object() == nil {
			return nil, err
		}
		p := res.Object()
		email := oauth.Either(oauth.Member(p, "default_email"), oauth.Element(oauth.Member(p, "emails"), 0))
		if !js.Truthy(email) {
			return nil, nil
		}
		image := any(js.Undefined{})
		if avatar := oauth.Member(p, "default_avatar_id"); !js.Truthy(oauth.Member(p, "is_avatar_empty")) && js.Truthy(avatar) {
			image = "https://avatars.yandex.net/get-yapic/" + js.String(avatar) + "/islands-200"
		}
		name := oauth.Either(oauth.Member(p, "display_name"), oauth.Member(p, "real_name"), oauth.Member(p, "first_name"), oauth.Member(p, "login"))
		return js.Obj("id", oauth.Member(p, "id"), "name", name, "email", email, "emailVerified", false, "image", image), nil
	}
	return c.withScopes("login:info", "login:email", "login:avatar")
}

var tenant = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
