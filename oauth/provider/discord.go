package provider

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// DiscordOptions are the options of Discord.
type DiscordOptions struct {
	oauth.Options
	// Permissions of a bot, with the scope `bot`.
	Permissions *float64 `json:"permissions"`
}

// Discord returns the provider Discord.
func Discord(o DiscordOptions) oauth.Provider {
	return oauth.New(oauth.Spec{
		ID: "discord", Name: "Discord", Options: &o.Options, RequestFirst: true,
		AuthorizationURL: "https://discord.com/api/oauth2/authorize",
		TokenURL:         "https://discord.com/api/oauth2/token",
		Scopes:           []string{"identify", "email"},
		Authorize: func(a *oauth.Authorization, r oauth.AuthorizationRequest) {
			a.Prompt = o.Prompt
			if a.Prompt == "" {
				a.Prompt = "none"
			}
			if o.Permissions != nil && slices.Contains(a.Scopes, "bot") {
				a.Additional = oauth.Params{{Name: "permissions", Value: js.Number(*o.Permissions)}}
				for _, p := range r.Additional {
					a.Additional.Set(p.Name, p.Value)
				}
			}
		},
		Identify: fetched("https://discord.com/api/users/%40me", func(p *js.Object) *js.Object {
			picture, ok := discordPicture(p)
			if !ok {
				return nil
			}
			p.Set("image_url", picture)
			return js.Obj("name", oauth.Or(oauth.Member(p, "global_name"), oauth.Member(p, "username"), ""), "email", oauth.Member(p, "email"),
				"emailVerified", oauth.Member(p, "verified"), "image", picture)
		}),
		Subject: member("id"),
	})
}

// discordPicture returns the URL of the avatar, or of the default avatar, which Discord chooses by the id, or by the
// discriminator for old names.
func discordPicture(p *js.Object) (string, bool) {
	const cdn = "https://cdn.discordapp.com/"
	id := js.String(oauth.Member(p, "id"))
	switch avatar := oauth.Member(p, "avatar").(type) {
	case string:
		format := "png"
		if strings.HasPrefix(avatar, "a_") {
			format = "gif"
		}
		return cdn + "avatars/" + id + "/" + avatar + "." + format, true
	case nil:
		discriminator := oauth.Text(oauth.Member(p, "discriminator"))
		if discriminator == "0" {
			n, ok := new(big.Int).SetString(id, 10)
			if !ok {
				return "", false
			}
			return cdn + "embed/avatars/" + new(big.Int).Mod(n.Rsh(n, 22), big.NewInt(6)).String() + ".png", true
		}
		n, err := strconv.Atoi(discriminator)
		if err != nil {
			return cdn + "embed/avatars/NaN.png", true
		}
		return cdn + "embed/avatars/" + strconv.Itoa(n%5) + ".png", true
	}
	return "", false
}
