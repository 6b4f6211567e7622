// Package twofactor adds a second factor to signing in: the codes of an authenticator app (TOTP), codes that are sent
// (OTP), and backup codes. A sign-in with a password then starts no session but a challenge, which one of these
// endpoints completes: POST /two-factor/verify-totp, /two-factor/verify-otp or /two-factor/verify-backup-code.
//
//	plugins:
//	  two-factor:
//	    issuer: My App
//	    otpOptions: { sendOTP: mail } # or { webhook: https://… }
//
// or from Go:
//
//	Plugins: []auth.Plugin{twofactor.New(twofactor.Options{Issuer: "My App"})},
package twofactor

// This package does not know how a code is sent.

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Plugin is the two-factor plugin.
type Plugin struct {
	opts Options
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "two-factor",
		Models: models(),
		Rename: p.opts.rename(),
		Endpoints: []auth.Endpoint{
			p.generateTOTP(), p.getTOTPURI(), p.verifyTOTP(), p.sendOTP(), p.verifyOTP(),
			p.verifyBackupCode(), p.generateBackupCodes(), p.viewBackupCodes(), p.enable(), p.disable(),
		},
		SignedIn:   []auth.Hook{{Do: p.afterSignIn}},
		Provides:   auth.Services{FactorTime: func(c *auth.Context, s *auth.SignedIn) (time.Time, error) { return p.ProvenAt(c, s.Session) }},
		RateLimits: []auth.RateLimit{{On: []string{"/two-factor/*"}, Window: 10, Max: 3}},
		Codes:      codes(),
		Events:     []string{Enabled, Disabled, Verified},
		Init:       p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	return errors.Join(option.Check(&p.opts), p.opts.Policy.check(a))
}

// method is the method of sign-ins that a second factor completes.
const method = "two-factor"

// withPassword returns the ways of signing in after which the reference asks for the second factor.
func withPassword() []string {
	return []string{"/sign-in/email", "/sign-in/username", "/sign-in/phone-number"}
}

func post(id, path, summary string, session auth.SessionRule, doc *js.Object) auth.Route {
	return auth.Route{ID: id, Methods: []string{http.MethodPost}, Path: path, Session: session, Summary: summary, OpenAPI: doc}
}

// fromGo returns the route of an endpoint that only the host program can call.
func fromGo(id, summary string) auth.Route {
	return auth.Route{ID: id, Methods: []string{http.MethodPost}, Path: "/", ServerOnly: true, Session: auth.Public, Summary: summary}
}

func seconds(n *int) time.Duration { return time.Duration(*n) * time.Second }
