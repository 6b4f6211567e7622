package emailotp

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type requestResetRequest struct {
	Email string `json:"email" doc:"Email address to send the OTP"`
}

// requestPasswordReset returns one endpoint; it exists under two names, of which the older one is deprecated.
func (p *Plugin) requestPasswordReset(id, path, operation, summary string) auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: id, Methods: []string{http.MethodPost}, Session: auth.Public, Path: path, Summary: summary,
		OpenAPI: auth.Described(operation, summary, requestedShape()),
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
		ID: "resetPasswordEmailOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/reset-password", Session: auth.Public,
		Summary: "Reset password with email and OTP",
		OpenAPI: auth.Described("resetPasswordWithEmailOTP", "Reset password with email and OTP", successShape()),
	}, func(c *auth.Context, in *resetRequest) (*successAnswer, error) {
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		if err := c.CheckPasswordLength(in.Password); err != nil {
			return nil, err
		}
		// Take the code and keep it until the password is set. If it were put back in between, simultaneous resets
		// would each find the code taken by another, and none would succeed.
		code, err := p.hold(c, identifier(ForgetPassword, email), in.OTP)
		if err != nil {
			return nil, err
		}
		user, err := setPassword(c, email, in.Password)
		if err != nil {
			return nil, code.GiveBack(c, err)
		}
		return success, afterReset(c, user)
	})
}

// setPassword sets the password of the user with this address.
func setPassword(c *auth.Context, email, password string) (*auth.User, error) {
	user, err := userOf(c, email)
	if err != nil {
		return nil, err
	}
	hash, err := c.Passwords.Hash(c, password)
	if err != nil {
		return nil, err
	}
	err = c.Tx(func(c *auth.Context) error { return store.UnlessDropped(c.Accounts.SetPassword(c, user.ID, hash)) })
	if err != nil {
		return nil, err
	}
	return user, c.ForgetWrongPasswords(user.Email)
}

func afterReset(c *auth.Context, user *auth.User) error {
	c.Emit(auth.Event{Name: auth.PasswordResetCompleted, UserID: user.ID, Method: "email-otp"})
	if tell := c.Options.EmailAndPassword.OnPasswordReset; tell != nil {
		if _, err := tell(c, auth.UserEvent{User: user, Call: c}); err != nil {
			return auth.FromCallback(err)
		}
	}
	if user.EmailVerified {
		return nil
	}
	_, err := c.Users.Update(c, user.ID, store.Record{"emailVerified": true})
	return store.UnlessGone(err)
}
