package emailotp

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type requestChangeRequest struct {
	NewEmail string  `json:"newEmail" doc:"New email address to send the OTP"`
	OTP      *string `json:"otp,omitempty" doc:"OTP sent to the current email. This is required if changeEmail.verifyCurrentEmail option is set to true"`
}

func (p *Plugin) requestEmailChange() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "requestEmailChangeEmailOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/request-email-change", Session: auth.StoredSession,
		Summary: "Request email change with verification OTP sent to the new email",
		OpenAPI: auth.Described("requestEmailChangeWithEmailOTP", "Request email change with verification OTP sent to the new email", successShape()),
	}, func(c *auth.Context, in *requestChangeRequest) (*successAnswer, error) {
		email, newEmail, err := p.change(c, in.NewEmail)
		if err != nil {
			return nil, err
		}
		if err := p.verifyPresent(c, email, in.OTP); err != nil {
			return nil, err
		}
		id := identifier(ChangeEmail, c.Session.User.ID+":"+newEmail)
		otp, err := p.newCode(c, id, newEmail, ChangeEmail)
		if err != nil {
			return nil, err
		}
		taken, err := c.Users.FindByEmail(c, newEmail)
		if err != nil {
			return nil, err
		}
		if taken != nil { // the answer does not reveal this
			return success, store.UnlessDropped(c.Once.Delete(c, id))
		}
		if err := store.UnlessDropped(c.Once.Delete(c, decoy)); err != nil {
			return nil, err
		}
		p.send(c, Mail{Email: newEmail, OTP: otp, Type: ChangeEmail, Call: c})
		return success, nil
	})
}

// change returns the current and the new address of a permitted change.
func (p *Plugin) change(c *auth.Context, wanted string) (email, newEmail string, err error) {
	if !p.opts.ChangeEmail.Enabled {
		return "", "", auth.Status(http.StatusBadRequest, "Change email with OTP is disabled")
	}
	email = auth.LowerCase(c.Session.User.Email)
	if newEmail, err = address(wanted); err != nil {
		return "", "", err
	}
	if newEmail == email {
		return "", "", auth.Status(http.StatusBadRequest, "Email is the same")
	}
	return email, newEmail, nil
}

// verifyPresent checks a code that was sent to the current address, if the options require one.
func (p *Plugin) verifyPresent(c *auth.Context, email string, otp *string) error {
	given := otp != nil && *otp != ""
	if !p.opts.ChangeEmail.VerifyCurrentEmail {
		if given {
			c.Log.WarnContext(c, "email-otp: a code for the current address was sent, but changeEmail.verifyCurrentEmail is off")
		}
		return nil
	}
	if !given {
		return auth.Status(http.StatusBadRequest, "OTP is required to verify current email")
	}
	return p.spend(c, identifier(EmailVerification, email), *otp)
}

type changeRequest struct {
	NewEmail string `json:"newEmail" doc:"New email address to verify and change to"`
	OTP      string `json:"otp" doc:"OTP sent to the new email"`
}

func (p *Plugin) changeEmail() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "changeEmailEmailOTP", Methods: []string{http.MethodPost}, Path: "/email-otp/change-email", Session: auth.StoredSession,
		Summary: "Verify new email with OTP and change the email if verification is successful",
		OpenAPI: auth.Described("changeEmailWithEmailOTP", "Verify new email with OTP and change the email if verification is successful", successShape()),
	}, func(c *auth.Context, in *changeRequest) (*successAnswer, error) {
		email, newEmail, err := p.change(c, in.NewEmail)
		if err != nil {
			return nil, err
		}
		s := c.Session
		if err := p.spend(c, identifier(ChangeEmail, s.User.ID+":"+newEmail), in.OTP); err != nil {
			return nil, err
		}
		user, err := userOf(c, email)
		if err != nil {
			return nil, err
		}
		taken, err := c.Users.FindByEmail(c, newEmail)
		if err != nil {
			return nil, err
		}
		if taken != nil {
			return nil, auth.Status(http.StatusBadRequest, "Email already in use")
		}
		change := store.Record{"email": newEmail, "emailVerified": true}
		if _, err := proveAddress(c, user, change); err != nil {
			return nil, err
		}
		return success, c.SetSessionCookie(auth.SignedIn{Session: s.Session, User: s.User.With(change)}, auth.RememberAsBefore)
	})
}
