// Package magiclink signs people in by a link that is sent to their address. It
// must not know how the link is sent.
package magiclink

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// SendMagicLink sends the link; needed.
	SendMagicLink callback.Func[Mail, callback.Nothing] `json:"sendMagicLink"`
	// ExpiresIn is how many seconds a link is good for; default 300.
	ExpiresIn int `json:"expiresIn"`
	// AllowedAttempts is accepted and ignored: a link works once.
	AllowedAttempts *int `json:"allowedAttempts"`
	// DisableSignUp makes no user of an address that has none.
	DisableSignUp bool `json:"disableSignUp"`
	// RateLimit is 5 calls in 60 seconds by default.
	RateLimit auth.RuleSize `json:"rateLimit"`
	// GenerateToken makes the token for an address; default 32 random letters.
	GenerateToken callback.Func[string, string] `json:"generateToken"`
	// LandingPage shows a page with a button for the link, so that programs that
	// open every link of a mailbox do not use it up; ours alone.
	LandingPage bool `json:"landingPage"`
	// StoreToken says how the token is kept; default as it is.
	StoreToken auth.TokenStorage `json:"storeToken"`
}

// Mail asks for a link to be sent.
type Mail struct {
	Email, URL, Token string
	Metadata          *js.Object // what the client gave for the sender; nil when nothing
	Call              *auth.Context
}

// Arguments implements [callback.Arguer].
func (m Mail) Arguments() []any {
	data := js.Obj("email", m.Email, "url", m.URL, "token", m.Token)
	if m.Metadata != nil {
		data.Set("metadata", m.Metadata)
	}
	return append([]any{data}, m.Call.Arguments()...)
}

// Mail implements [mail.Messager].
func (m Mail) Mail() mail.Message {
	return mail.Message{
		Kind: "magic-link", To: m.Email, URL: m.URL, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"token": m.Token, "metadata": plain(m.Metadata)},
	}
}

// plain is o as a template can look into it.
func plain(o *js.Object) (out map[string]any) {
	if o != nil {
		_ = json.Unmarshal(js.Marshal(o), &out) // an object of JSON is always one of Go
	}
	return out
}

// Plugin is the magic-link plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "magic-link",
		Endpoints: []auth.Endpoint{p.signIn(), p.verify()},
		RateLimits: []auth.RateLimit{{
			On:     []string{"/sign-in/magic-link*", "/magic-link/verify*"},
			Window: cmp.Or(p.opts.RateLimit.Window, 60), Max: cmp.Or(p.opts.RateLimit.Max, 5),
		}},
		Init: p.init,
	}
}

// errNoSender is what every sign-in ends with where nothing can send.
var errNoSender = errors.New("magic-link: sendMagicLink is not set")

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.SendMagicLink == nil {
		a.Log.Warn("magic-link: sendMagicLink is not set, so nobody can sign in by a link")
	}
	if n := p.opts.AllowedAttempts; n != nil && *n != 1 {
		a.Log.Warn("magic-link: allowedAttempts is ignored: a link is used up by the first attempt")
	}
	return errors.Join(auth.CheckTime("expiresIn", p.opts.ExpiresIn), auth.CheckLimit("rateLimit", p.opts.RateLimit))
}

// links are the tokens of the links.
func (p *Plugin) links() auth.Tokens {
	return auth.Tokens{Prefix: "magic-link:", TTL: time.Duration(cmp.Or(p.opts.ExpiresIn, 300)) * time.Second, Storage: p.opts.StoreToken}
}
