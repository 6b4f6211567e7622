package emailotp

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type checkRequest struct {
	Email string `json:"email" doc:"Email address the OTP was sent to"`
	Type  string `json:"type" enum:"email-verification,sign-in,forget-password,change-email" doc:"Type of the OTP"`
	OTP   string `json:"otp" doc:"OTP to verify"`
}

func (p *Plugin) checkVerificationOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "checkVerificationOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/check-verification-otp", Session: auth.Public,
		Summary: "Verify an email with an OTP",
		OpenAPI: auth.Described("verifyEmailWithOTP", "Verify an email with an OTP", successShape()),
	}, func(c *auth.Context, in *checkRequest) (*successAnswer, error) {
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		// The code is checked first, so that nobody without a valid one learns who is registered.
		if err := p.check(c, identifier(in.Type, email), in.OTP); err != nil {
			return nil, err
		}
		_, err = userOf(c, email)
		return success, err
	})
}

// userOf returns the user with this address, for a caller who has sent the correct code.
func userOf(c *auth.Context, email string) (*auth.User, error) {
	user, err := c.Users.ByEmail(c, email)
	if errors.Is(err, store.ErrNotFound) {
		err = auth.BadRequest(auth.UserNotFound)
	}
	return user, err
}

type verifyEmailRequest struct {
	Email string `json:"email" doc:"Email address to verify"`
	OTP   string `json:"otp" doc:"OTP to verify"`
}

type verifyEmailAnswer struct {
	Status bool            `json:"status"`
	Token  *string         `json:"token"` // null if no session was started
	User   *auth.PublicRow `json:"user"`
}

func (p *Plugin) verifyEmail() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyEmailOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/verify-email", Session: auth.Public,
		Summary: "Verify email with OTP",
		OpenAPI: auth.Described("", "Verify email with OTP", verifyShape()),
	}, func(c *auth.Context, in *verifyEmailRequest) (*verifyEmailAnswer, error) {
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		if err := p.spend(c, identifier(EmailVerification, email), in.OTP); err != nil {
			return nil, err
		}
		user, err := userOf(c, email)
		if err != nil {
			return nil, err
		}
		user, err = proveAddress(c, user, store.Record{"email": email, "emailVerified": true})
		if err != nil {
			return nil, err
		}
		if user == nil {
			return dropped(c)
		}
		if c.Options.EmailVerification.AutoSignInAfterVerification {
			session, err := begin(c, user)
			if err != nil {
				return nil, err
			}
			return &verifyEmailAnswer{true, &session.Token, user.Public()}, nil
		}
		return &verifyEmailAnswer{Status: true, User: user.Public()}, tellSession(c, user)
	})
}

// dropped answers if a hook dropped the change. As in the reference, this fails only where the user is needed.
func dropped(c *auth.Context) (*verifyEmailAnswer, error) {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if c.Options.EmailVerification.AutoSignInAfterVerification || s != nil {
		return nil, errors.New("email-otp: a hook dropped the change of the user")
	}
	return &verifyEmailAnswer{Status: true}, nil
}

// proveAddress applies change to a user whose address was just verified, and calls the two hooks of the options
// before and after. It returns nil if a hook dropped the change.
func proveAddress(c *auth.Context, user *auth.User, change store.Record) (*auth.User, error) {
	o := c.Options.EmailVerification
	if o.BeforeEmailVerification != nil {
		if _, err := o.BeforeEmailVerification(c, auth.UserRequest{User: user, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	updated, err := c.Users.Update(c, user.ID, change)
	if store.UnlessGone(err) != nil {
		return nil, err
	}
	if _, changed := change["email"]; changed {
		c.Emit(auth.Event{Name: auth.EmailChanged, UserID: user.ID, Method: "email-otp"})
	} else {
		c.Emit(auth.Event{Name: auth.EmailVerified, UserID: user.ID, Method: "email-otp"})
	}
	if o.AfterEmailVerification != nil {
		if _, err := o.AfterEmailVerification(c, auth.UserRequest{User: updated, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	return updated, nil
}

// begin signs a user in.
func begin(c *auth.Context, user *auth.User) (*auth.Session, error) {
	session, err := c.SignIn(user, auth.SignIn{Method: "email-otp"})
	if errors.Is(err, store.ErrDropped) {
		return nil, errors.New("email-otp: a hook dropped the session")
	}
	return session, err
}

// tellSession updates the user's session in the cookie cache after the address was verified.
func tellSession(c *auth.Context, user *auth.User) error {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil // the address is verified nevertheless, and the code is used up
	}
	if s == nil || s.User.ID != user.ID || !user.EmailVerified {
		return nil
	}
	return c.RenewCookieCache(auth.SignedIn{Session: s.Session, User: s.User.With(store.Record{"emailVerified": true})})
}
