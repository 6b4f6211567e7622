// Package electron signs desktop applications in through the user's browser: the application opens the sign-in page
// with a PKCE challenge, the browser signs in there and is handed an authorization code, and the application exchanges
// the code for a session of its own at POST /electron/token. It is the server of the npm package @better-auth/electron.
//
//	trustedOrigins: ["com.example.app:/"]
//	plugins:
//	  electron: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{electron.New(electron.Options{})},
package electron

// This package does not know how the browser signs in.

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are those of @better-auth/electron.
type Options struct {
	// Name of the application, which its requests carry.
	ClientID string `json:"clientID" default:"electron"`
	// How long an authorization code works, and how long the browser may take to sign in.
	CodeExpiresIn int `json:"codeExpiresIn" default:"300" min:"1" max:"34560000" unit:"seconds"`
	// How long the browser keeps the cookie with the authorization code.
	RedirectCookieExpiresIn int `json:"redirectCookieExpiresIn" default:"120" min:"1" max:"34560000" unit:"seconds"`
	// Prefix of the cookie with the authorization code, which the page reads.
	CookiePrefix string `json:"cookiePrefix" default:"better-auth"`
}

// Plugin is the electron plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// signsIn lists the paths that may start a session in the browser.
var signsIn = []string{
	"/sign-in*", "/sign-up*", "/callback*", "/magic-link/verify*", "/email-otp/verify-email*", "/verify-email*", "/one-tap/callback*",
	"/passkey/verify-authentication*", "/phone-number/verify*",
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "electron",
		Endpoints: []auth.Endpoint{p.token(), p.initOAuthProxy(), p.transferUser()},
		After:     []auth.Hook{{When: elsewhere, Do: p.keepTransfer}, {On: signsIn, Do: p.transfer}},
		// Each call begins a sign-in with a provider, and is limited as such.
		RateLimits: []auth.RateLimit{{On: []string{"/electron/init-oauth-proxy"}, Window: 10, Max: 3}},
		Codes:      []auth.Code{InvalidClientID, InvalidToken, StateMismatch, MissingCodeChallenge, InvalidCodeVerifier, MissingState, MissingPKCE},
		Init:       func(*auth.Auth) error { return option.Check(&p.opts) },
	}
}
