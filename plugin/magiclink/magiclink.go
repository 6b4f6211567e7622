// Package magiclink adds sign-in by a link that is sent to the user's e-mail address: POST /sign-in/magic-link sends
// it, and opening it signs in.
//
//	plugins:
//	  magic-link:
//	    sendMagicLink: mail # or { webhook: https://… }
//
// or from Go:
//
//	Plugins: []auth.Plugin{magiclink.New(magiclink.Options{
//		SendMagicLink: func(ctx context.Context, m magiclink.Mail) (callback.Nothing, error) { … },
//	})},
package magiclink

// This package does not know how the link is sent.

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Sends the link.
	SendMagicLink callback.Func[Mail, callback.Nothing] `json:"sendMagicLink" unset:"needed"`
	// How long a link works.
	ExpiresIn int `json:"expiresIn" default:"300" unit:"seconds"`
	// Accepted and ignored: a link works once.
	AllowedAttempts *int `json:"allowedAttempts" unset:"1"`
	// Creates no user for an address that has none.
	DisableSignUp bool `json:"disableSignUp"`
	// Limit of each of the plugin's endpoints.
	RateLimit auth.RuleSize `json:"rateLimit" default:"window=60 max=5"`
	// Makes the token for an address.
	GenerateToken callback.Func[string, string] `json:"generateToken" unset:"32 random letters"`
	// The link shows a page with a button, which signs in, so that programs that open
	// every link of a mailbox do not use it up. Not in the npm package.
	LandingPage bool `json:"landingPage"`
	// How the token is stored: `plain`, `hashed`, or `{ type: custom-hasher, hash }`.
	StoreToken auth.TokenStorage `json:"storeToken" default:"plain"`
}

// Mail is the argument of sendMagicLink: the link and its recipient.
type Mail struct {
	Email    string        `arg:"0.email"`
	URL      string        `arg:"0.url"`
	Token    string        `arg:"0.token"`
	Metadata *js.Object    `arg:"0.metadata,omitempty"` // metadata from the client; nil if there is none
	Call     *auth.Context `arg:"1"`
}

// Mail implements [mail.Messager].
func (m Mail) Mail() mail.Message {
	return mail.Message{
		Kind: "magic-link", To: m.Email, URL: m.URL, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"token": m.Token, "metadata": plain(m.Metadata)},
	}
}

// plain converts o to a value that a template can read.
func plain(o *js.Object) (out map[string]any) {
	if o != nil {
		_ = json.Unmarshal(js.Marshal(o), &out) // a JSON object always decodes into a map
	}
	return out
}

// Plugin is the magic-link plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "magic-link",
		Endpoints: []auth.Endpoint{p.signIn(), p.verify()},
		RateLimits: []auth.RateLimit{{
			On:     []string{"/sign-in/magic-link*", "/magic-link/verify*"},
			Window: p.opts.RateLimit.Window, Max: p.opts.RateLimit.Max,
		}},
		Init: p.init,
	}
}

// errNoSender is the error of every sign-in if sendMagicLink is not set.
var errNoSender = errors.New("magic-link: sendMagicLink is not set")

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.SendMagicLink == nil {
		a.Log.Warn("magic-link: sendMagicLink is not set, so nobody can sign in with a link")
	}
	if n := p.opts.AllowedAttempts; n != nil && *n != 1 {
		a.Log.Warn("magic-link: allowedAttempts is ignored: a link is used up by the first attempt")
	}
	return option.Check(&p.opts)
}

// links returns the kind of tokens in the links.
func (p *Plugin) links() auth.Tokens {
	return auth.Tokens{Prefix: "magic-link:", TTL: time.Duration(p.opts.ExpiresIn) * time.Second, Storage: p.opts.StoreToken}
}
