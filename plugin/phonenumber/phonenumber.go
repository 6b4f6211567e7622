// Package phonenumber lets users prove a phone number with a code that is sent to it, sign in with the code or with
// the number and a password, and reset the password by the phone.
//
//	plugins:
//	  phone-number:
//	    sendOTP: { webhook: https://sms.example.com/send }
//
// or from Go:
//
//	Plugins: []auth.Plugin{phonenumber.New(phonenumber.Options{
//		SendOTP: func(ctx context.Context, m phonenumber.Message) (callback.Nothing, error) { … },
//	})},
package phonenumber

// This package does not know how a message is sent, and nothing of the form of phone numbers: a validator of the
// options checks that.

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Sends the code to the phone.
	SendOTP callback.Func[Message, callback.Nothing] `json:"sendOTP" unset:"needed"`
	// Checks a code in place of the server, for services that make the codes themselves.
	VerifyOTP callback.Func[Message, bool] `json:"verifyOTP" unset:"the server compares it"`
	// Sends the code that resets a password.
	SendPasswordResetOTP callback.Func[Message, callback.Nothing] `json:"sendPasswordResetOTP" unset:"no code is sent"`
	// Number of digits.
	OTPLength int `json:"otpLength" default:"6" min:"1" max:"128"`
	// How long a code works.
	ExpiresIn int `json:"expiresIn" default:"300" unit:"seconds"`
	// How often a code may be guessed.
	AllowedAttempts int `json:"allowedAttempts" default:"3" min:"1" max:"1000000"`
	// Says whether a text is a phone number.
	PhoneNumberValidator callback.Func[string, bool] `json:"phoneNumberValidator" unset:"every text is"`
	// Only a verified number signs in with a password, and resets it.
	RequireVerification bool `json:"requireVerification"`
	// Called after a number was verified.
	CallbackOnVerification callback.Func[Verified, callback.Nothing] `json:"callbackOnVerification"`
	// Creates a user for a verified number that nobody has.
	SignUpOnVerification *SignUp `json:"signUpOnVerification" unset:"no users are created"`
	// Names of the plugin's columns. The table itself is renamed by `user.modelName`.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// SignUp are the options for users that are created for a verified number.
type SignUp struct {
	// Makes the address of the user from the number.
	GetTempEmail callback.Func[string, string] `json:"getTempEmail" unset:"needed"`
	// Makes the name of the user from the number.
	GetTempName callback.Func[string, string] `json:"getTempName" unset:"the number"`
}

// Message is the argument of sendOTP and sendPasswordResetOTP, and of verifyOTP with the code that somebody typed.
type Message struct {
	PhoneNumber string        `arg:"0.phoneNumber"`
	Code        string        `arg:"0.code"`
	Call        *auth.Context `arg:"1"`
}

// Verified is the argument of callbackOnVerification: a number that was verified, and the user who has it.
type Verified struct {
	PhoneNumber string        `arg:"0.phoneNumber"`
	User        *auth.User    `arg:"0.user"`
	Call        *auth.Context `arg:"1"`
}

// Plugin is the phone-number plugin.
type Plugin struct {
	opts  Options
	store *store.Store // set by init; without hooks
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "phone-number",
		Models: []store.Model{userFields()},
		Rename: p.opts.Schema,
		Endpoints: []auth.Endpoint{
			p.signIn(), p.sendOTP(), p.consumeOTP(), p.verify(), p.requestPasswordReset(), p.resetPassword(),
		},
		Before:     []auth.Hook{{On: []string{"/update-user"}, Do: refuseChange}},
		Database:   map[string][]store.Hooks{"user": {{Source: "plugin:phone-number", BeforeCreate: beforeCreate, BeforeUpdate: beforeUpdate}}},
		RateLimits: []auth.RateLimit{{On: []string{"/phone-number*"}, Window: 60, Max: 10}},
		Events:     []string{Changed},
		Provides: auth.Services{RevokeAccess: func(ctx context.Context, userID string) error {
			_, err := p.store.UpdateMany(ctx, "user", []store.Where{store.Is("id", userID)}, store.Record{"phoneNumber": nil, "phoneNumberVerified": false})
			return store.UnlessDropped(err)
		}},
		Codes: []auth.Code{
			InvalidPhoneNumber, PhoneNumberExist, PhoneNumberNotExist, InvalidPhoneNumberOrPassword, UnexpectedError,
			OTPNotFound, OTPExpired, InvalidOTP, PhoneNumberNotVerified, PhoneNumberPendingVerification,
			PhoneNumberCannotBeUpdated, PhoneNumberCannotBeSet, SendOTPNotImplemented, TooManyAttempts,
		},
		Init: p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.store = a.Store.Quiet()
	if p.opts.SendOTP == nil {
		a.Log.Warn("phone-number: sendOTP is not set, so no codes are sent")
	}
	err := option.Check(&p.opts)
	if up := p.opts.SignUpOnVerification; up != nil && up.GetTempEmail == nil {
		err = errors.Join(err, errors.New("signUpOnVerification needs getTempEmail, because every user has an address"))
	}
	return err
}

// codes returns the kind of codes that this plugin sends.
func (p *Plugin) codes() auth.Codes {
	return auth.Codes{TTL: time.Duration(p.opts.ExpiresIn) * time.Second, Attempts: p.opts.AllowedAttempts}
}
