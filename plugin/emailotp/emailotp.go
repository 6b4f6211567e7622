// Package emailotp signs people in, verifies and changes addresses and resets
// passwords by a short code that is sent to an address. It must not know how
// the code is sent.
package emailotp

import (
	"cmp"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// The types of codes: what a code is good for.
const (
	EmailVerification = "email-verification"
	SignIn            = "sign-in"
	ForgetPassword    = "forget-password"
	ChangeEmail       = "change-email"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// SendVerificationOTP sends the code; needed.
	SendVerificationOTP callback.Func[Mail, callback.Nothing] `json:"sendVerificationOTP"`
	// OTPLength is the number of digits; default 6.
	OTPLength int `json:"otpLength"`
	// ExpiresIn is how many seconds a code is good for; default 300.
	ExpiresIn int `json:"expiresIn"`
	// GenerateOTP makes the code; "" leaves it to the default, random digits.
	GenerateOTP callback.Func[CodeRequest, string] `json:"generateOTP"`
	// SendVerificationOnSignUp sends a code to whoever signs up.
	SendVerificationOnSignUp bool `json:"sendVerificationOnSignUp"`
	// DisableSignUp makes no user of an address that has none.
	DisableSignUp bool `json:"disableSignUp"`
	// AllowedAttempts is how often a code may be guessed; default 3.
	AllowedAttempts int `json:"allowedAttempts"`
	// StoreOTP says how the code is kept; default as it is.
	StoreOTP auth.CodeStorage `json:"storeOTP"`
	// ResendStrategy reuse sends the same code again while it is good; rotate
	// (default) a new one.
	ResendStrategy ResendStrategy `json:"resendStrategy"`
	// ChangeEmail lets people change their address by a code.
	ChangeEmail ChangeEmailOptions `json:"changeEmail"`
	// OverrideDefaultEmailVerification sends a code where the server would send
	// a link to verify an address.
	OverrideDefaultEmailVerification bool `json:"overrideDefaultEmailVerification"`
	// RateLimit is 3 calls in 60 seconds of each endpoint by default.
	RateLimit auth.RuleSize `json:"rateLimit"`
}

// ChangeEmailOptions are the options of changing an address.
type ChangeEmailOptions struct {
	Enabled bool `json:"enabled"`
	// VerifyCurrentEmail asks for a code that was sent to the present address.
	VerifyCurrentEmail bool `json:"verifyCurrentEmail"`
}

// CodeRequest asks for a new code.
type CodeRequest struct {
	Email, Type string
	Call        *auth.Context
}

// Arguments implements [callback.Arguer].
func (r CodeRequest) Arguments() []any {
	return append([]any{js.Obj("email", r.Email, "type", r.Type)}, r.Call.Arguments()...)
}

// Mail asks for a code to be sent.
type Mail struct {
	Email, OTP, Type string
	Call             *auth.Context
}

// Arguments implements [callback.Arguer].
func (m Mail) Arguments() []any {
	return append([]any{js.Obj("email", m.Email, "otp", m.OTP, "type", m.Type)}, m.Call.Arguments()...)
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
func New(o Options) *Plugin { return &Plugin{o} }

// limited are the paths that have a rate limit of their own.
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
			On: limited, Window: cmp.Or(p.opts.RateLimit.Window, 60), Max: cmp.Or(p.opts.RateLimit.Max, 3),
		}},
		Codes:    []auth.Code{OTPExpired, InvalidOTP, TooManyAttempts},
		Provides: p.services(),
		Init:     p.init,
	}
}

// services: where the option says so, a code verifies an address instead of a link.
func (p *Plugin) services() auth.Services {
	if !p.opts.OverrideDefaultEmailVerification {
		return auth.Services{}
	}
	return auth.Services{SendVerificationEmail: p.sendInsteadOfLink}
}

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.SendVerificationOTP == nil {
		a.Log.Warn("email-otp: sendVerificationOTP is not set, so no code is ever sent")
	}
	return errors.Join(
		auth.CheckTime("expiresIn", p.opts.ExpiresIn),
		auth.CheckLimit("rateLimit", p.opts.RateLimit),
		auth.CheckNumber("otpLength", p.opts.OTPLength, 0, 128),
		auth.CheckNumber("allowedAttempts", p.opts.AllowedAttempts, 0, 1_000_000),
	)
}

// codes are the codes that this plugin sends.
func (p *Plugin) codes() auth.Codes {
	return auth.Codes{TTL: time.Duration(cmp.Or(p.opts.ExpiresIn, 300)) * time.Second, Attempts: p.opts.AllowedAttempts, Storage: p.opts.StoreOTP}
}
