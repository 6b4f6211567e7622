package emailotp

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// identifier returns the identifier under which a code is stored.
func identifier(kind, email string) string { return kind + "-otp-" + email }

// generate returns a new code.
func (p *Plugin) generate(c *auth.Context, email, kind string) (string, error) {
	if p.opts.GenerateOTP != nil {
		otp, err := p.opts.GenerateOTP(c, CodeRequest{email, kind, c})
		if err != nil || otp != "" {
			return otp, auth.FromCallback(err)
		}
	}
	return secret.Random(p.opts.OTPLength, "0-9"), nil
}

// newCode creates a code and stores it under id.
func (p *Plugin) newCode(c *auth.Context, id, email, kind string) (string, error) {
	otp, err := p.generate(c, email, kind)
	if err != nil {
		return "", err
	}
	return otp, p.codes().Put(c, id, otp)
}

// codeToSend returns the code that is still valid, if the options allow its reuse, or else a new one.
func (p *Plugin) codeToSend(c *auth.Context, email, kind string) (string, error) {
	id := identifier(kind, email)
	if p.opts.ResendStrategy == Reuse {
		if otp, err := p.codes().Reuse(c, id); otp != "" || err != nil {
			return otp, err
		}
	}
	otp, err := p.generate(c, email, kind)
	if err != nil {
		return "", err
	}
	return otp, p.codes().Replace(c, id, otp)
}

// spend checks a guess and uses the code up.
func (p *Plugin) spend(c *auth.Context, id, guess string) error {
	_, err := p.hold(c, id, guess)
	return err
}

// check checks a guess. The code stays valid for the call that follows.
func (p *Plugin) check(c *auth.Context, id, guess string) error {
	code, err := p.hold(c, id, guess)
	if err != nil {
		return err
	}
	return putBack(c, code)
}

// hold checks a guess and takes the code, for a call that puts it back if it fails.
func (p *Plugin) hold(c *auth.Context, id, guess string) (*auth.HeldCode, error) {
	code, err := p.codes().Guess(c, id, guess)
	return code, refusal(err)
}

func putBack(c *auth.Context, code *auth.HeldCode) error {
	err := code.PutBack(c)
	if errors.Is(err, store.ErrDropped) {
		return auth.Status(http.StatusInternalServerError, "Unable to complete OTP verification")
	}
	return refusal(err)
}

// refusal returns the error for the client for a refused guess.
func refusal(err error) error {
	switch {
	case errors.Is(err, auth.ErrCodeExpired):
		return auth.BadRequest(OTPExpired)
	case errors.Is(err, auth.ErrCodeExhausted):
		return auth.Forbidden(TooManyAttempts)
	case errors.Is(err, auth.ErrCodeWrong):
		return auth.BadRequest(InvalidOTP)
	}
	return err
}
