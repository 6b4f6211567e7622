// Package passkey adds passkeys (WebAuthn): users register an authenticator, such as a phone, a password manager or a
// security key, and sign in with it instead of a password.
//
//	plugins:
//	  passkey:
//	    rpID: example.com
//	    rpName: Example
//
// or from Go:
//
//	Plugins: []auth.Plugin{passkey.New(passkey.Options{RPID: "example.com", RPName: "Example"})},
//
// A ceremony has two calls. The first returns options for navigator.credentials and stores their challenge; the second
// checks the authenticator's response to it.
package passkey

// Only webauthn.go and attestation.go know the WebAuthn library.

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Domain that passkeys belong to; the site's host or a parent domain of it.
	RPID string `json:"rpID" unset:"the host of baseURL"`
	// Name of the site, which authenticators show.
	RPName string `json:"rpName" unset:"appName"`
	// Origins of the pages that may use passkeys: a text or a list of texts, such as `https://example.com`.
	Origin Origins `json:"origin" unset:"the request's Origin"`
	// Which authenticators may be registered.
	AuthenticatorSelection AuthenticatorSelection `json:"authenticatorSelection"`
	// Rarely needed options.
	Advanced AdvancedOptions `json:"advanced"`
	// Other names of the plugin's table and columns.
	Schema SchemaOptions `json:"schema"`
	// Registering a passkey.
	Registration RegistrationOptions `json:"registration"`
	// Signing in with a passkey.
	Authentication AuthenticationOptions `json:"authentication"`
	// Adds the column lastUsedAt, the time of the last sign-in with the passkey, which the list of passkeys then has too.
	// Not in the npm package.
	TrackLastUse bool `json:"trackLastUse"`
}

// AuthenticatorSelection says which authenticators may be registered.
type AuthenticatorSelection struct {
	// Whether the passkey is stored on the authenticator, so that it can be used without a user name.
	ResidentKey string `json:"residentKey" default:"preferred" enum:"discouraged,preferred,required"`
	// Whether the authenticator checks a PIN, fingerprint or face. With `required`, a registration without this check
	// is refused.
	UserVerification string `json:"userVerification" default:"preferred" enum:"discouraged,preferred,required"`
	// Only authenticators of the device itself, or only others. A request can override it.
	AuthenticatorAttachment string `json:"authenticatorAttachment" unset:"both" enum:"platform,cross-platform"`
	// Changes nothing: as in the reference, browsers are told whether `residentKey` is `required`.
	RequireResidentKey bool `json:"requireResidentKey"`
}

// AdvancedOptions are the rarely needed options.
type AdvancedOptions struct {
	// Name of the cookie that holds the challenge of a ceremony.
	WebAuthnChallengeCookie string `json:"webAuthnChallengeCookie" default:"better-auth-passkey"`
}

// Plugin is the passkey plugin.
type Plugin struct {
	opts     Options
	passkeys store.Table[Row] // set by init
	rows     *store.Store     // set by init
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "passkey",
		Models: []store.Model{p.model()},
		Rename: p.opts.Schema.rename(),
		Endpoints: []auth.Endpoint{
			p.generateRegistrationOptions(), p.generateAuthenticationOptions(), p.verifyRegistration(), p.verifyAuthentication(),
			p.listPasskeys(), p.deletePasskey(), p.updatePasskey(),
		},
		Codes:  codes(),
		Events: []string{Created, Deleted},
		Provides: auth.Services{RevokeAccess: func(ctx context.Context, userID string) error {
			_, err := p.rows.DeleteMany(ctx, model, store.Is("userId", userID))
			return err
		}},
		Init: p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.passkeys, p.rows = store.TableOf[Row](a.Store, model), a.Store
	return option.Check(&p.opts)
}

// needsSession reports whether only users who are signed in may register a passkey.
func (p *Plugin) needsSession() bool { return *p.opts.Registration.RequireSession }

// registrationRule is the session rule of the two calls of a registration.
func (p *Plugin) registrationRule() auth.SessionRule {
	if p.needsSession() {
		return auth.FreshSession
	}
	return auth.Public // the handlers read the session themselves, if there is one
}

// ceremonyTime is how long a browser has for a ceremony, and challengeLife how long its challenge is valid.
const (
	ceremonyTime  = time.Minute
	challengeLife = 5 * time.Minute
)
