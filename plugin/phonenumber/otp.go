package phonenumber

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// otpID and resetID return the identifiers under which the codes for a number are stored.
func otpID(number string) string   { return "phone-number-otp-" + number }
func resetID(number string) string { return "phone-number-reset-" + number }

// newCode returns random digits.
func (p *Plugin) newCode() string { return secret.Random(p.opts.OTPLength, "0-9") }

// checkNumber returns an error for a text that the options do not accept as a phone number.
func (p *Plugin) checkNumber(c *auth.Context, number string) error {
	if p.opts.PhoneNumberValidator == nil {
		return nil
	}
	valid, err := p.opts.PhoneNumberValidator(c, number)
	if err != nil {
		return auth.FromCallback(err)
	}
	if !valid {
		return auth.BadRequest(InvalidPhoneNumber)
	}
	return nil
}

// spend checks a code for a number and uses it up.
func (p *Plugin) spend(c *auth.Context, number, code string) error {
	if p.opts.VerifyOTP != nil {
		return p.ask(c, otpID(number), number, code)
	}
	_, err := p.hold(c, otpID(number), code)
	return err
}

// ask has the callback of the options check a code, and deletes the one that the server made.
func (p *Plugin) ask(c *auth.Context, id, number, code string) error {
	right, err := p.opts.VerifyOTP(c, Message{number, code, c})
	if err != nil {
		return auth.FromCallback(err)
	}
	if !right {
		return auth.BadRequest(InvalidOTP)
	}
	return store.UnlessDropped(c.Once.Delete(c, id))
}

// hold checks a code and takes it, for a call that gives it back if it fails.
func (p *Plugin) hold(c *auth.Context, id, code string) (*auth.HeldCode, error) {
	held, err := p.codes().Guess(c, id, code)
	switch {
	case errors.Is(err, auth.ErrCodeMissing):
		err = auth.BadRequest(OTPNotFound)
	case errors.Is(err, auth.ErrCodeExpired):
		err = auth.BadRequest(OTPExpired)
	case errors.Is(err, auth.ErrCodeExhausted):
		err = auth.Forbidden(TooManyAttempts)
	case errors.Is(err, auth.ErrCodeWrong):
		err = auth.BadRequest(InvalidOTP)
	}
	return held, err
}

type numberRequest struct {
	PhoneNumber string `json:"phoneNumber" doc:"Phone number to send OTP. Eg: \"+1234567890\""`
}

type sentAnswer struct {
	Message string `json:"message"`
}

func (p *Plugin) sendOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "sendPhoneNumberOTP", Methods: []string{http.MethodPost}, Path: "/phone-number/send-otp", Session: auth.Public,
		Summary: "Send OTP to phone number", OpenAPI: sendDocument(),
	}, func(c *auth.Context, in *numberRequest) (*sentAnswer, error) {
		if p.opts.SendOTP == nil {
			return nil, auth.Fail(http.StatusNotImplemented, SendOTPNotImplemented)
		}
		if err := p.checkNumber(c, in.PhoneNumber); err != nil {
			return nil, err
		}
		code := p.newCode()
		if err := p.codes().Put(c, otpID(in.PhoneNumber), code); err != nil {
			return nil, err
		}
		// Whether somebody has the number does not matter here, so the answer may wait for the message.
		if _, err := p.opts.SendOTP(c, Message{in.PhoneNumber, code, c}); err != nil {
			return nil, auth.FromCallback(err)
		}
		return &sentAnswer{"code sent"}, nil
	})
}

type consumeRequest struct {
	PhoneNumber string `json:"phoneNumber" doc:"Phone number to verify. Eg: \"+1234567890\""`
	Code        string `json:"code" doc:"OTP code. Eg: \"123456\""`
}

type statusAnswer struct {
	Status bool `json:"status"`
}

var done = &statusAnswer{true}

func (p *Plugin) consumeOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "consumePhoneNumberOTP", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Verify a code and use it up",
	}, func(c *auth.Context, in *consumeRequest) (*statusAnswer, error) {
		return done, p.spend(c, in.PhoneNumber, in.Code)
	})
}
