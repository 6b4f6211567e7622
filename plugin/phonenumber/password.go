package phonenumber

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type requestResetRequest struct {
	PhoneNumber string `json:"phoneNumber"`
}

func (p *Plugin) requestPasswordReset() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "requestPasswordResetPhoneNumber", Methods: []string{http.MethodPost}, Path: "/phone-number/request-password-reset", Session: auth.Public,
		Summary: "Request OTP for password reset via phone number", OpenAPI: requestResetDocument(),
	}, func(c *auth.Context, in *requestResetRequest) (*statusAnswer, error) {
		user, err := find(c, in.PhoneNumber)
		if err != nil {
			return nil, err
		}
		code := p.newCode() // stored in any case, so that an unknown number costs the same work
		if err := p.codes().Put(c, resetID(in.PhoneNumber), code); err != nil {
			return nil, err
		}
		if user != nil && p.opts.SendPasswordResetOTP != nil && (isVerified(user) || !p.opts.RequireVerification) {
			auth.SendInBackground(c, "plugins.phone-number.sendPasswordResetOTP", p.opts.SendPasswordResetOTP, Message{in.PhoneNumber, code, c})
		}
		return done, nil
	})
}

type resetRequest struct {
	OTP         string `json:"otp" doc:"The one time password to reset the password. Eg: \"123456\""`
	PhoneNumber string `json:"phoneNumber" doc:"The phone number to the account which intends to reset the password for. Eg: \"+1234567890\""`
	NewPassword string `json:"newPassword" doc:"The new password. Eg: \"new-and-secure-password\""`
}

func (p *Plugin) resetPassword() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "resetPasswordPhoneNumber", Methods: []string{http.MethodPost}, Path: "/phone-number/reset-password", Session: auth.Public,
		Summary: "Reset password using phone number OTP", OpenAPI: resetDocument(),
	}, func(c *auth.Context, in *resetRequest) (*statusAnswer, error) {
		if err := c.CheckPasswordLength(in.NewPassword); err != nil {
			return nil, err
		}
		if p.opts.VerifyOTP != nil {
			if err := p.ask(c, resetID(in.PhoneNumber), in.PhoneNumber, in.OTP); err != nil {
				return nil, err
			}
			user, err := p.setPassword(c, in)
			if err != nil {
				return nil, err
			}
			return done, afterReset(c, user)
		}
		// Hold the code until the password is set, as the plugin email-otp does.
		held, err := p.hold(c, resetID(in.PhoneNumber), in.OTP)
		if err != nil {
			return nil, err
		}
		user, err := p.setPassword(c, in)
		if err != nil {
			return nil, held.GiveBack(c, err)
		}
		return done, afterReset(c, user)
	})
}

// setPassword sets the password of the user with this number, whose code was right.
func (p *Plugin) setPassword(c *auth.Context, in *resetRequest) (*auth.User, error) {
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, auth.BadRequest(UnexpectedError)
	}
	if p.opts.RequireVerification && !isVerified(user) {
		return nil, auth.BadRequest(PhoneNumberPendingVerification)
	}
	hash, err := c.Passwords.Hash(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	err = c.Tx(func(c *auth.Context) error { return store.UnlessDropped(c.Accounts.SetPassword(c, user.ID, hash)) })
	return user, err
}

// afterReset does what follows a new password.
func afterReset(c *auth.Context, user *auth.User) error {
	if err := c.ForgetWrongPasswords(user.Email); err != nil {
		return err
	}
	tell := c.Options.EmailAndPassword.OnPasswordReset
	if tell == nil {
		return nil
	}
	_, err := tell(c, auth.UserEvent{User: user, Call: c})
	return auth.FromCallback(err)
}
