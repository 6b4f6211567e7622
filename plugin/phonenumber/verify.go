package phonenumber

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRequest struct {
	PhoneNumber       string     `json:"phoneNumber" doc:"Phone number to verify. Eg: \"+1234567890\""`
	Code              string     `json:"code" doc:"OTP code. Eg: \"123456\""`
	DisableSession    bool       `json:"disableSession,omitempty" doc:"Disable session creation after verification. Eg: false"`
	UpdatePhoneNumber bool       `json:"updatePhoneNumber,omitempty" doc:"Check if there is a session and update the phone number. Eg: true"`
	Extra             *js.Object `extra:"user"`
}

type verifyAnswer struct {
	Status bool            `json:"status"`
	Token  *string         `json:"token"` // null if no session was started
	User   *auth.PublicRow `json:"user"`
}

func (p *Plugin) verify() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyPhoneNumber", Methods: []string{http.MethodPost}, Path: "/phone-number/verify", Session: auth.Public,
		Summary: "Use this endpoint to verify phone number", OpenAPI: verifyDocument(),
	}, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		// The code is checked first, so that nobody without a valid one learns who has the number.
		if err := p.spend(c, in.PhoneNumber, in.Code); err != nil {
			return nil, err
		}
		if in.UpdatePhoneNumber {
			return p.change(c, in.PhoneNumber)
		}
		user, err := p.verified(c, in)
		if err != nil {
			return nil, err
		}
		if err := p.tell(c, in.PhoneNumber, user); err != nil {
			return nil, err
		}
		out := &verifyAnswer{Status: true, User: user.Public()}
		if in.DisableSession {
			return out, nil
		}
		session, err := c.SignIn(user, auth.SignIn{Method: method})
		if errors.Is(err, store.ErrDropped) {
			return nil, auth.Internal(auth.FailedToCreateSession)
		}
		if err != nil {
			return nil, err
		}
		out.Token = &session.Token
		return out, nil
	})
}

// Changed is the event that the plugin reports.
const Changed = "phone_number_changed"

// change gives the number to the signed-in user.
func (p *Plugin) change(c *auth.Context, number string) (*verifyAnswer, error) {
	if c.Stateful() {
		c.Session = nil // also one that a hook has read from the cookie cache
	}
	s, err := c.CurrentSession(auth.Lookup{NoCache: c.Stateful()})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, auth.Unauthorized(auth.UserNotFound)
	}
	taken, err := c.Users.FindBy(c, "phoneNumber", number)
	if err != nil {
		return nil, err
	}
	if taken != nil {
		return nil, auth.BadRequest(PhoneNumberExist)
	}
	user, err := c.Users.Update(c, s.User.ID, store.Record{"phoneNumber": number, "phoneNumberVerified": true})
	if errors.Is(err, store.ErrConflict) { // somebody else was faster
		return nil, auth.BadRequest(PhoneNumberExist)
	}
	if err != nil {
		return nil, unlessFailed(err, auth.FailedToUpdateUser)
	}
	c.Emit(auth.Event{Name: Changed, UserID: user.ID})
	if err := p.tell(c, number, user); err != nil {
		return nil, err
	}
	return &verifyAnswer{true, &s.Session.Token, user.Public()}, nil
}

// verified returns the user who has the verified number, or who is created for it.
func (p *Plugin) verified(c *auth.Context, in *verifyRequest) (*auth.User, error) {
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	if user != nil {
		user, err = c.Users.Update(c, user.ID, store.Record{"phoneNumberVerified": true})
		return user, unlessFailed(err, auth.FailedToUpdateUser)
	}
	if p.opts.SignUpOnVerification == nil {
		return nil, auth.Internal(auth.FailedToUpdateUser)
	}
	return p.signUp(c, in)
}

// unlessFailed returns an error with the code for a row that no longer exists or that a hook dropped.
func unlessFailed(err error, code auth.Code) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		return auth.Internal(code)
	}
	return err
}

// signUp creates a user for a verified number that nobody has.
func (p *Plugin) signUp(c *auth.Context, in *verifyRequest) (*auth.User, error) {
	row, err := c.ParseInput("user", in.Extra, true)
	if err != nil {
		return nil, err
	}
	o := p.opts.SignUpOnVerification
	email, err := o.GetTempEmail(c, in.PhoneNumber)
	if err != nil {
		return nil, auth.FromCallback(err)
	}
	if email == "" {
		return nil, errors.New("phone-number: signUpOnVerification.getTempEmail returned no address")
	}
	name := in.PhoneNumber
	if o.GetTempName != nil {
		if name, err = o.GetTempName(c, in.PhoneNumber); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	row["email"], row["name"] = email, name
	row["phoneNumber"], row["phoneNumberVerified"] = in.PhoneNumber, true
	user, err := c.Users.Create(c, row, method)
	if errors.Is(err, store.ErrConflict) {
		taken, failure := c.Users.FindBy(c, "phoneNumber", in.PhoneNumber)
		if failure == nil && taken != nil {
			return nil, auth.BadRequest(PhoneNumberExist)
		}
		return nil, fmt.Errorf("phone-number: the address of getTempEmail, or another unique field, is taken: %w", err)
	}
	if err != nil {
		return nil, unlessFailed(err, auth.FailedToCreateUser)
	}
	c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: method})
	return user, nil
}

// tell calls the callback of the options after a number was verified.
func (p *Plugin) tell(c *auth.Context, number string, user *auth.User) error {
	if p.opts.CallbackOnVerification == nil {
		return nil
	}
	_, err := p.opts.CallbackOnVerification(c, Verified{number, user, c})
	return auth.FromCallback(err)
}
