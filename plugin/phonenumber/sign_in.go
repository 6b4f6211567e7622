package phonenumber

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type signInRequest struct {
	PhoneNumber string `json:"phoneNumber" doc:"Phone number to sign in. Eg: \"+1234567890\""`
	Password    string `json:"password" doc:"Password to use for sign in."`
	RememberMe  *bool  `json:"rememberMe,omitempty" doc:"Remember the session. Eg: true"`
}

type signInAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

func (p *Plugin) signIn() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signInPhoneNumber", Methods: []string{http.MethodPost}, Path: "/sign-in/phone-number", Session: auth.Public,
		Summary: "Use this endpoint to sign in with phone number", OpenAPI: signInDocument(),
	}, func(c *auth.Context, in *signInRequest) (*signInAnswer, error) {
		user, err := p.owner(c, in)
		if err != nil {
			return nil, err
		}
		remember := in.RememberMe == nil || *in.RememberMe
		session, err := c.SignIn(user, auth.SignIn{Method: method, Remember: auth.RememberIf(remember)})
		if errors.Is(err, store.ErrDropped) {
			return nil, auth.Unauthorized(auth.FailedToCreateSession)
		}
		if err != nil {
			return nil, err
		}
		return &signInAnswer{session.Token, user.Public()}, nil
	})
}

// method is the method of sign-ups and sign-ins of this plugin.
const method = "phone-number"

// owner returns the user with this number and password. The password is checked first, so that strangers neither
// learn who has an account nor make the server send messages.
func (p *Plugin) owner(c *auth.Context, in *signInRequest) (*auth.User, error) {
	if err := p.checkNumber(c, in.PhoneNumber); err != nil {
		return nil, err
	}
	if err := c.CheckPasswordNotTooLong(in.Password); err != nil {
		return nil, err
	}
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	if err := c.CheckPasswordOf(user, in.PhoneNumber, in.Password, InvalidPhoneNumberOrPassword); err != nil {
		return nil, err
	}
	if p.opts.RequireVerification && !isVerified(user) {
		return nil, p.askToVerify(c, in.PhoneNumber)
	}
	return user, nil
}

// askToVerify sends a code to a number that is not verified.
func (p *Plugin) askToVerify(c *auth.Context, number string) error {
	code, ends := p.newCode(), c.Now().Add(p.codes().TTL)
	// As in the reference, this code is stored without a count of guesses, which stands for none.
	if err := store.UnlessDropped(c.Once.Put(c, otpID(number), code, ends)); err != nil {
		return err
	}
	if p.opts.SendOTP != nil {
		auth.SendInBackground(c, "plugins.phone-number.sendOTP", p.opts.SendOTP, Message{number, code, c})
	}
	return auth.Unauthorized(PhoneNumberNotVerified)
}
