package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// TikTok returns the provider TikTok. TikTok calls the client id a client key and separates scopes with commas;
// mapProfileToUser has no effect.
func TikTok(o oauth.Options) oauth.Provider {
	key, secret := named(o.ClientKey), named(o.ClientSecret)
	o.MapProfileToUser = nil
	s := oauth.Spec{
		ID: "tiktok", Name: "TikTok", Options: &o, PKCE: true, NoClientKey: true,
		TokenURL: "https://open.tiktokapis.com/v2/oauth/token/",
		Scopes:   []string{"user.info.profile"},
		Auth: &oauth.TokenEndpointAuth{Method: oauth.Custom, CustomizeRequest: func(_ context.Context, r *oauth.TokenRequest) error {
			r.Body.Set("client_key", key)
			r.Body.Set("client_secret", secret)
			return nil
		}},
		Identify: fetched("https://open.tiktokapis.com/v2/user/info/?fields=open_id,avatar_large_url,display_name,username", tikTokUser),
		Subject:  member("data", "user", "open_id"),
	}
	s.Address = func(r oauth.AuthorizationRequest) (string, error) {
		p := oauth.Params{
			{Name: "scope", Value: strings.Join(s.ScopesOf(r), ",")}, {Name: "response_type", Value: "code"}, {Name: "client_key", Value: key},
			{Name: "redirect_uri", Value: redirect(&o, r)}, {Name: "state", Value: r.State},
		}
		setFree(&p, r, "client_key")
		return p.Append("https://www.tiktok.com/v2/auth/authorize")
	}
	return oauth.New(s)
}

func tikTokUser(p *js.Object) *js.Object {
	user, ok := oauth.Member(p, "data", "user").(*js.Object)
	if !ok {
		return nil
	}
	email := oauth.Member(user, "email")
	if !js.Truthy(email) {
		email = placeholder(oauth.Member(user, "open_id"), "tiktok")
	}
	if !oauth.IsSet(email) {
		return nil
	}
	return js.Obj("email", email, "name", oauth.Or(oauth.Member(user, "display_name"), oauth.Member(user, "username"), ""),
		"image", oauth.Member(user, "avatar_large_url"), "emailVerified", false)
}

// named returns an option as the request of the reference contains it: "undefined" if it is not set.
func named(option string) string {
	if option == "" {
		return "undefined"
	}
	return option
}

func redirect(o *oauth.Options, r oauth.AuthorizationRequest) string {
	if o.RedirectURI != "" {
		return o.RedirectURI
	}
	return r.RedirectURI
}

// setFree adds the additional parameters of a request, without the reserved ones and the provider's name for a client
// id.
func setFree(p *oauth.Params, r oauth.AuthorizationRequest, clientID string) {
	for _, q := range r.Additional {
		if q.Name != clientID && !slices.Contains(oauth.Reserved(), q.Name) {
			p.Set(q.Name, q.Value)
		}
	}
}
