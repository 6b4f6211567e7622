// Package deviceauthorization lets devices without a browser or a keyboard sign in (RFC 8628): the device shows a short
// code, its owner enters the code in a browser where they are signed in and approves, and the device, which polls
// meanwhile, gets a session.
//
//	plugins:
//	  device-authorization: { verificationUri: /device }
//
// or from Go:
//
//	Plugins: []auth.Plugin{deviceauthorization.New(deviceauthorization.Options{VerificationURI: "/device"})},
//
// The endpoints of the device are POST /device/code and /device/token, those of the page GET /device and POST
// /device/approve and /device/deny.
package deviceauthorization

// This package does not know what a device does with its session.

import (
	"math"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// How long a code works.
	ExpiresIn option.Span `json:"expiresIn" default:"30m"`
	// How long a device waits between two polls; `0s` allows any pace.
	Interval *option.Span `json:"interval" default:"5s"`
	// Number of characters of a device code.
	DeviceCodeLength int `json:"deviceCodeLength" default:"40" min:"1" max:"191"`
	// Number of characters of a user code.
	UserCodeLength int `json:"userCodeLength" default:"8" min:"1" max:"191"`
	// Makes the device code.
	GenerateDeviceCode callback.Func[callback.Nothing, string] `json:"generateDeviceCode" unset:"random letters and digits"`
	// Makes the user code.
	GenerateUserCode callback.Func[callback.Nothing, string] `json:"generateUserCode" unset:"random capitals and digits without 0, 1, I and O"`
	// Says whether a client may ask for codes, by its id.
	ValidateClient callback.Func[string, bool] `json:"validateClient" unset:"every client may"`
	// Is called with every request for a code, and may refuse it by an error.
	OnDeviceAuthRequest callback.Func[Request, callback.Nothing] `json:"onDeviceAuthRequest"`
	// Page where users enter the code: a URL, or a path on the server's origin.
	VerificationURI string `json:"verificationUri" default:"/device"`
	// Other names for the table and its columns.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// Request is the argument of onDeviceAuthRequest.
type Request struct {
	ClientID string  `arg:"0"`
	Scope    *string `arg:"1,omitempty"`
}

// Plugin is the device-authorization plugin.
type Plugin struct {
	opts  Options
	grant *Grant // nil for sessions only
	codes store.Table[deviceCode]
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "device-authorization",
		Models:    []store.Model{p.model()},
		Rename:    p.opts.Schema,
		Endpoints: []auth.Endpoint{p.request(), p.redeem(), p.verify(), p.approve(), p.deny()},
		RateLimits: []auth.RateLimit{{
			On: []string{"/device"}, Window: int(math.Ceil(p.opts.ExpiresIn.Duration().Seconds())), Max: 5,
		}},
		Codes: []auth.Code{
			InvalidDeviceCode, ExpiredDeviceCode, ExpiredUserCode, AuthorizationPending, AccessDenied, InvalidUserCode, AlreadyProcessed,
			NotClaimed, PollingTooFrequently, auth.UserNotFound, auth.FailedToCreateSession, InvalidStatus, AuthenticationRequired,
		},
		Init: p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.codes = store.TableOf[deviceCode](a.Store, "deviceCode")
	if p.grant != nil {
		if err := p.grant.Init(a); err != nil {
			return err
		}
	}
	return option.Check(&p.opts)
}
