package emailotp

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type requestResetRequest struct {
	Email string `json:"email" doc:"Email address to send the OTP"`
}

// requestPasswordReset is one endpoint under two names, the older one
// deprecated.
func (p *Plugin) requestPasswordReset(id, path, operation, summary string) auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: id, Methods: []string{http.MethodPost}, Path: path, Summary: summary,
		OpenAPI: documented(operation, summary, requestedShape()),
	}, func(c *auth.Context, in *requestResetRequest) (*successAnswer, error) {
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		return success, p.sendTo(c, email, ForgetPassword, c)
	})
}

type resetRequest struct {
	Email    string `json:"email" doc:"Email address to reset the password"`
	OTP      string `json:"otp" doc:"OTP sent to the email"`
	Password string `json:"password" doc:"New password"`
}

func (p *Plugin) resetPassword() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "resetPasswordEmailOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/reset-password",
		Summary: "Reset password with email and OTP",
		OpenAPI: documented("resetPasswordWithEmailOTP", "Reset password with email and OTP", successShape()),
	}, func(c *auth.Context, in *resetRequest) (*successAnswer, error) {
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		if err := c.CheckPasswordLength(in.Password); err != nil {
			return nil, err
		}
		// Checked before the hash is made, so that guesses cost the server little,
		// and spent together with the change, so that a failure leaves the code good.
		id := identifier(ForgetPassword, email)
		if err := p.verify(c, id, in.OTP, keep); err != nil {
			return nil, err
		}
		user, err := c.FindUserByEmail(c, email)
		if err != nil {
			return nil, err
		}
		if user == nil {
			return nil, auth.BadRequest(auth.UserNotFound)
		}
		hash, err := c.HashPassword(c, in.Password)
		if err != nil {
			return nil, err
		}
		err = c.Tx(func(c *auth.Context) error {
			if err := p.verify(c, id, in.OTP, spend); err != nil {
				return err
			}
			return c.SetPassword(c, text(user, "id"), hash)
		})
		if err != nil {
			return nil, err
		}
		return success, afterReset(c, user)
	})
}

func afterReset(c *auth.Context, user store.Record) error {
	if tell := c.Options.EmailAndPassword.OnPasswordReset; tell != nil {
		if _, err := tell(c, auth.UserEvent{User: user, Call: c}); err != nil {
			return auth.FromCallback(err)
		}
	}
	if user["emailVerified"] == true {
		return nil
	}
	_, err := c.UpdateUser(c, text(user, "id"), store.Record{"emailVerified": true})
	return err
}
