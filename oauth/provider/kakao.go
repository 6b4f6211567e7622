package provider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Kakao returns the provider Kakao.
func Kakao(o oauth.Options) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "kakao", Name: "Kakao", Options: &o, LoginHint: true,
		AuthorizationURL: "https://kauth.kakao.com/oauth/authorize",
		TokenURL:         "https://kauth.kakao.com/oauth/token",
		Scopes:           []string{"account_email", "profile_image", "profile_nickname"},
		Identify: fetched("https://kapi.kakao.com/v2/user/me", func(p *js.Object) *js.Object {
			account := oauth.Member(p, "kakao_account")
			profile := oauth.Member(account, "profile")
			verified := js.Truthy(oauth.Member(account, "is_email_valid")) && js.Truthy(oauth.Member(account, "is_email_verified"))
			return person(oauth.Or(oauth.Member(profile, "nickname"), oauth.Member(account, "name"), ""), oauth.Member(account, "email"),
				oauth.Or(oauth.Member(profile, "profile_image_url"), oauth.Member(profile, "thumbnail_image_url")), verified)
		}),
		Subject: member("id"),
	})
}
