// Package provider contains the social providers, one file each: URLs, scopes and special cases as data
// ([oauth.Spec]), and the conversion of a profile to a user.
//
//	socialProviders:
//	  github: { clientId: my-id, clientSecret: my-secret }
//
// or from Go:
//
//	SocialProviders: []oauth.Provider{
//		provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"my-id"}, ClientSecret: "my-secret"}),
//	},
package provider

// This package knows no server, user or session.

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// Entry creates one provider from the options of a config file.
type Entry struct {
	// Options returns a pointer to the provider's options with no option set.
	Options func() any
	// New creates the provider from the result of Options. It returns nil if the options turn the provider off.
	New func(options any) (oauth.Provider, error)
}

// Names returns the providers in the order of the reference, which is that of the enum in its request schemas.
func Names() []string {
	return []string{
		"apple", "atlassian", "cloudflare", "cognito", "discord", "facebook", "figma", "github", "microsoft", "google", "huggingface", "slack",
		"spotify", "twitch", "twitter", "dropbox", "kick", "linear", "linkedin", "gitlab", "tiktok", "reddit", "roblox", "salesforce", "vk",
		"zoom", "notion", "kakao", "naver", "line", "paybin", "paypal", "polar", "railway", "vercel", "wechat",
	}
}

// Providers returns the providers by the names of the reference.
func Providers() map[string]Entry {
	return map[string]Entry{
		"apple":       entry(Apple, func(o *AppleOptions) *oauth.Options { return &o.Options }),
		"atlassian":   plain(Atlassian),
		"cloudflare":  entry(Cloudflare, func(o *CloudflareOptions) *oauth.Options { return &o.Options }),
		"cognito":     entry(Cognito, func(o *CognitoOptions) *oauth.Options { return &o.Options }),
		"discord":     entry(Discord, func(o *DiscordOptions) *oauth.Options { return &o.Options }),
		"dropbox":     entry(Dropbox, func(o *DropboxOptions) *oauth.Options { return &o.Options }),
		"facebook":    entry(Facebook, func(o *FacebookOptions) *oauth.Options { return &o.Options }),
		"figma":       plain(Figma),
		"github":      plain(GitHub),
		"gitlab":      entry(GitLab, func(o *GitLabOptions) *oauth.Options { return &o.Options }),
		"google":      entry(Google, func(o *GoogleOptions) *oauth.Options { return &o.Options }),
		"huggingface": plain(HuggingFace),
		"kakao":       plain(Kakao),
		"kick":        plain(Kick),
		"line":        plain(LINE),
		"linear":      plain(Linear),
		"linkedin":    plain(LinkedIn),
		"microsoft":   entry(Microsoft, func(o *MicrosoftOptions) *oauth.Options { return &o.Options }),
		"naver":       plain(Naver),
		"notion":      plain(Notion),
		"paybin":      entry(Paybin, func(o *PaybinOptions) *oauth.Options { return &o.Options }),
		"paypal":      entry(PayPal, func(o *PayPalOptions) *oauth.Options { return &o.Options }),
		"polar":       plain(Polar),
		"railway":     plain(Railway),
		"reddit":      entry(Reddit, func(o *RedditOptions) *oauth.Options { return &o.Options }),
		"roblox":      plain(Roblox),
		"salesforce":  entry(Salesforce, func(o *SalesforceOptions) *oauth.Options { return &o.Options }),
		"slack":       plain(Slack),
		"spotify":     plain(Spotify),
		"tiktok":      plain(TikTok),
		"twitch":      entry(Twitch, func(o *TwitchOptions) *oauth.Options { return &o.Options }),
		"twitter":     plain(Twitter),
		"vercel":      entry(Vercel, func(o *VercelOptions) *oauth.Options { return &o.Options }),
		"vk":          entry(VK, func(o *VKOptions) *oauth.Options { return &o.Options }),
		"wechat":      entry(WeChat, func(o *WeChatOptions) *oauth.Options { return &o.Options }),
		"zoom":        entry(Zoom, func(o *ZoomOptions) *oauth.Options { return &o.Options }),
	}
}

// EntryOf makes the entry of a provider whose options are [oauth.Options]. Programs
// use it for providers of their own: see config.Loader.
func EntryOf(build func(oauth.Options) oauth.Provider) Entry { return plain(build) }

func plain(build func(oauth.Options) oauth.Provider) Entry {
	return entry(build, func(o *oauth.Options) *oauth.Options { return o })
}

func entry[O any](build func(O) oauth.Provider, common func(*O) *oauth.Options) Entry {
	return Entry{
		Options: func() any { return new(O) },
		New: func(options any) (oauth.Provider, error) {
			o, ok := options.(*O)
			if !ok {
				return nil, fmt.Errorf("provider: the options are a %T, not a %T", options, o)
			}
			option.Defaults(o)
			if !*common(o).Enabled {
				return nil, nil
			}
			p := build(*o)
			return p, p.Info().Problem
		},
	}
}

// errMalformed is returned for a profile without a required member.
var errMalformed = errors.New("provider: the profile is malformed")

type identify = func(c *oauth.Call, r oauth.UserInfoRequest) (profile, user *js.Object, err error)

// fetched returns an identify function that fetches the profile from an address.
func fetched(address string, user func(p *js.Object) *js.Object, header ...[2]string) identify {
	return func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
		p, err := c.Get(address, r.AccessToken, header...)
		if err != nil || p == nil {
			return nil, nil, err
		}
		return made(p, user)
	}
}

// decoded returns an identify function that reads the claims of the ID token, which comes directly from the provider.
func decoded(user func(p *js.Object) *js.Object) identify {
	return func(_ *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
		if r.IDToken == "" {
			return nil, nil, nil
		}
		p, err := oauth.DecodeIDToken(r.IDToken)
		if err != nil {
			return nil, nil, err
		}
		return made(p, user)
	}
}

func made(p *js.Object, user func(p *js.Object) *js.Object) (*js.Object, *js.Object, error) {
	u := user(p)
	if u == nil {
		return nil, nil, errMalformed
	}
	return p, u, nil
}

// person returns a user with the members in the order of the reference.
func person(name, email, image, verified any) *js.Object {
	return js.Obj("name", name, "email", email, "image", image, "emailVerified", verified)
}

// member returns a function that reads the account's id from a member of the profile.
func member(path ...string) func(*js.Object) any {
	return func(p *js.Object) any { return oauth.Member(p, path...) }
}

// placeholder returns an address for an account without one, to which no mail can be delivered. It returns
// js.Undefined if identifier cannot be part of an address.
func placeholder(identifier any, namespace string) any {
	email := js.String(identifier) + "@" + namespace + ".placeholder.invalid"
	if _, issues := schema.String().Email().Check(email); len(issues) > 0 {
		return js.Undefined{}
	}
	return email
}
