// Package emailotp adds one-time codes that are sent by e-mail: to sign in, to verify or change an address, and to
// reset a password.
//
//	plugins:
//	  email-otp:
//	    sendVerificationOTP: mail # or { webhook: https://… }
//
// or from Go:
//
//	Plugins: []auth.Plugin{emailotp.New(emailotp.Options{
//		SendVerificationOTP: func(ctx context.Context, m emailotp.Mail) (callback.Nothing, error) { … },
//	})},
package emailotp

// This package does not know how a code is sent.

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/option"
)

// The types of codes, which say what a code is for.
const (
	EmailVerification = "email-verification"
	SignIn            = "sign-in"
	ForgetPassword    = "forget-password"
	ChangeEmail       = "change-email"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Sends the code.
	SendVerificationOTP callback.Func[Mail, callback.Nothing] `json:"sendVerificationOTP" unset:"needed"`
	// Number of digits.
	OTPLength int `json:"otpLength" default:"6" min:"1" max:"128"`
	// How long a code works.
	ExpiresIn int `json:"expiresIn" default:"300" unit:"seconds"`
	// Makes the code; an empty text leaves it to the default.
	GenerateOTP callback.Func[CodeRequest, string] `json:"generateOTP" unset:"random digits"`
	// Sends a code to every new user.
	SendVerificationOnSignUp bool `json:"sendVerificationOnSignUp"`
	// Creates no user for an address that has none.
	DisableSignUp bool `json:"disableSignUp"`
	// How often a code may be guessed.
	AllowedAttempts int `json:"allowedAttempts" default:"3" min:"1" max:"1000000"`
	// How the code is stored: `plain`, `hashed`, `encrypted`, `{ hash }`, or `{ encrypt,
	// decrypt }`.
	StoreOTP auth.CodeStorage `json:"storeOTP" default:"plain"`
	// `rotate` sends a new code each time, `reuse` the one that still works.
	ResendStrategy ResendStrategy `json:"resendStrategy" default:"rotate" enum:"rotate,reuse"`
	// Users changing their address by a code.
	ChangeEmail ChangeEmailOptions `json:"changeEmail"`
	// Sends a code where the server would send a link to verify an address.
	OverrideDefaultEmailVerification bool `json:"overrideDefaultEmailVerification"`
	// Limit of each of the plugin's endpoints.
	RateLimit auth.RuleSize `json:"rateLimit" default:"window=60 max=3"`
}

// ChangeEmailOptions are the options for changing the address with a code.
type ChangeEmailOptions struct {
	// Lets users change their address by a code.
	Enabled bool `json:"enabled"`
	// Requires a code that was sent to the current address too.
	VerifyCurrentEmail bool `json:"verifyCurrentEmail"`
}

// CodeRequest is the argument of generateOTP.
type CodeRequest struct {
	Email string        `arg:"0.email"`
	Type  string        `arg:"0.type"`
	Call  *auth.Context `arg:"1"`
}

// Mail is the argument of sendVerificationOTP: the code and its recipient.
type Mail struct {
	Email string        `arg:"0.email"`
	OTP   string        `arg:"0.otp"`
	Type  string        `arg:"0.type"`
	Call  *auth.Context `arg:"1"`
}

// Mail implements [mail.Messager].
func (m Mail) Mail() mail.Message {
	return mail.Message{
		Kind: "otp-" + m.Type, To: m.Email, Code: m.OTP, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"type": m.Type},
	}
}

// Plugin is the email-otp plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// limited lists the paths with a rate limit of their own.
var limited = []string{
	"/email-otp/send-verification-otp", "/email-otp/check-verification-otp", "/email-otp/verify-email",
	"/sign-in/email-otp", "/email-otp/request-password-reset", "/email-otp/reset-password",
	"/forget-password/email-otp", "/email-otp/request-email-change", "/email-otp/change-email",
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID: "email-otp",
		Endpoints: []auth.Endpoint{
			p.sendVerificationOTP(), p.createVerificationOTP(), p.getVerificationOTP(), p.checkVerificationOTP(),
			p.verifyEmail(), p.signIn(),
			p.requestPasswordReset("requestPasswordResetEmailOTP", "/email-otp/request-password-reset",
				"requestPasswordResetWithEmailOTP", "Request password reset with email and OTP"),
			p.requestPasswordReset("forgetPasswordEmailOTP", "/forget-password/email-otp",
				"forgetPasswordWithEmailOTP", "Deprecated: Use /email-otp/request-password-reset instead."),
			p.resetPassword(), p.requestEmailChange(), p.changeEmail(),
		},
		After: []auth.Hook{{On: []string{"/sign-up*"}, When: p.verifiesSignUp, Do: p.sendToSignedUp}},
		RateLimits: []auth.RateLimit{{
			On: limited, Window: p.opts.RateLimit.Window, Max: p.opts.RateLimit.Max,
		}},
		Codes:    []auth.Code{OTPExpired, InvalidOTP, TooManyAttempts},
		Provides: p.services(),
		Init:     p.init,
	}
}

// services returns a sender of codes that replaces verification links, if the option says so.
func (p *Plugin) services() auth.Services {
	if !p.opts.OverrideDefaultEmailVerification {
		return auth.Services{}
	}
	return auth.Services{SendVerificationEmail: p.sendInsteadOfLink}
}

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.SendVerificationOTP == nil {
		a.Log.Warn("email-otp: sendVerificationOTP is not set, so no codes are sent")
	}
	return option.Check(&p.opts)
}

// codes returns the kind of codes that this plugin sends.
func (p *Plugin) codes() auth.Codes {
	return auth.Codes{TTL: time.Duration(p.opts.ExpiresIn) * time.Second, Attempts: p.opts.AllowedAttempts, Storage: p.opts.StoreOTP}
}
