package twofactor

import (
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// otps returns the kind of codes that are sent.
func (p *Plugin) otps() auth.Codes {
	o := p.opts.OTPOptions
	return auth.Codes{TTL: time.Duration(o.Period * float64(time.Minute)), Attempts: o.AllowedAttempts, Storage: o.StoreOTP}
}

func otpID(w *caller) string { return "2fa-otp-" + w.key() }

type sendRequest struct {
	_           struct{} `body:"optional"`
	TrustDevice bool     `json:"trustDevice,omitempty"`
}

func (p *Plugin) sendOTP() auth.Endpoint {
	return auth.Handle(post("sendTwoFactorOTP", "/two-factor/send-otp", "Send two factor OTP", auth.Public, sendOTPDoc()), func(c *auth.Context, _ *sendRequest) (*statusAnswer, error) {
		send := p.opts.OTPOptions.SendOTP
		if send == nil {
			c.Log.ErrorContext(c, "two-factor: otpOptions.sendOTP is not set, so no code can be sent")
			return nil, auth.BadRequest(otpNotConfigured)
		}
		w, err := p.caller(c)
		if err != nil {
			return nil, err
		}
		if w.expired(c) {
			return nil, auth.Unauthorized(InvalidCookie)
		}
		code := secret.Random(p.opts.OTPOptions.Digits, "0-9")
		if err := p.otps().Put(c, otpID(w), code); err != nil {
			return nil, err
		}
		auth.SendInBackground(c, "plugins.two-factor.otpOptions.sendOTP", send, OTPMail{User: w.user, OTP: code, Call: c})
		return &statusAnswer{true}, nil
	})
}

type verifyOTPRequest struct {
	Code        string `json:"code" doc:"The otp code to verify. Eg: \"012345\""`
	TrustDevice bool   `json:"trustDevice,omitempty"`
}

func (p *Plugin) verifyOTP() auth.Endpoint {
	return auth.Handle(post("verifyTwoFactorOTP", "/two-factor/verify-otp", "Verify two factor OTP", auth.Public, verifyOTPDoc()), func(c *auth.Context, in *verifyOTPRequest) (*tokenAnswer, error) {
		w, err := p.caller(c)
		if err != nil {
			return nil, err
		}
		var row *Row
		if w.signsIn() {
			if row, err = find(c, w.user.ID); err != nil {
				return nil, err
			}
		}
		if p.enrols(w) && w.expired(c) {
			return nil, auth.Unauthorized(InvalidCookie)
		}
		if err := p.checkOTP(c, w, row, in.Code); err != nil {
			return nil, err
		}
		if hasFactor(w.user) {
			return p.complete(c, w, in.TrustDevice)
		}
		if w.signsIn() && !p.enrols(w) {
			return nil, auth.BadRequest(auth.FailedToCreateSession)
		}
		user, err := setFactor(c, w.user.ID, true)
		if err != nil {
			return nil, err
		}
		if w.signsIn() {
			w.user = user
			return p.complete(c, w, in.TrustDevice)
		}
		if err := p.renewProven(c, user); err != nil {
			return nil, err
		}
		return &tokenAnswer{c.NewSession.Session.Token, user.Public()}, nil
	})
}

// checkOTP compares a code that was sent.
func (p *Plugin) checkOTP(c *auth.Context, w *caller, row *Row, code string) error {
	a, err := p.attempt(c, w, row, false)
	if err != nil {
		return err
	}
	_, err = p.otps().Compare(c, otpID(w), code)
	switch {
	case err == nil:
		return a.right(c)
	case errors.Is(err, auth.ErrCodeWrong):
		return undone(a.wrong(c), auth.Unauthorized(InvalidCode))
	case errors.Is(err, store.ErrNotFound):
		err = auth.BadRequest(OTPHasExpired)
	case errors.Is(err, auth.ErrCodeExhausted):
		err = auth.BadRequest(TooManyAttempts)
	}
	return undone(a.undo(c), err)
}
