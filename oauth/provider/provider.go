// Package provider holds the social providers, one file each: addresses, scopes
// and quirks as data ([oauth.Spec]), and how a profile becomes a user. It must
// not know a server, its users or its sessions.
package provider

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// Entry builds one provider from options that a config file fills in.
type Entry struct {
	// Options returns a pointer to the provider's options, all unset.
	Options func() any
	// New builds the provider from what Options returned, filled in. It returns
	// nil for a provider that its options turn off.
	New func(options any) (oauth.Provider, error)
}

// Names lists the providers in the reference's order, which is that of the enum
// in its request schemas.
func Names() []string {
	return []string{
		"apple", "atlassian", "cloudflare", "cognito", "discord", "facebook", "figma", "github", "microsoft", "google", "huggingface", "slack",
		"spotify", "twitch", "twitter", "dropbox", "kick", "linear", "linkedin", "gitlab", "tiktok", "reddit", "roblox", "salesforce", "vk",
		"zoom", "notion", "kakao", "naver", "line", "paybin", "paypal", "polar", "railway", "vercel", "wechat",
	}
}

// Providers returns the providers by the name that the reference gives them.
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

// errMalformed is returned for a profile that lacks what it always has.
var errMalformed = errors.New("provider: the profile is malformed")

type identify = func(c *oauth.Call, r oauth.UserInfoRequest) (profile, user *js.Object, err error)

// fetched identifies by a profile behind an address.
func fetched(address string, user func(p *js.Object) *js.Object, header ...[2]string) identify {
	return func(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
		p, err := c.Get(address, r.AccessToken, header...)
		if err != nil || p == nil {
			return nil, nil, err
		}
		return made(p, user)
	}
}

// decoded identifies by the claims of the ID token, which the provider itself
// has just given.
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

// person is a user in the reference's order of members.
func person(name, email, image, verified any) *js.Object {
	return js.Obj("name", name, "email", email, "image", image, "emailVerified", verified)
}

// member names a member of the profile, or of a member of it, as the account's
// id.
func member(path ...string) func(*js.Object) any {
	return func(p *js.Object) any { return oauth.Member(p, path...) }
}

// placeholder is an address for an account without one; it can never be mailed
// to. js.Undefined when identifier makes no address.
func placeholder(identifier any, namespace string) any {
	email := js.String(identifier) + "@" + namespace + ".placeholder.invalid"
	if _, issues := schema.String().Email().Check(email); len(issues) > 0 {
		return js.Undefined{}
	}
	return email
}
