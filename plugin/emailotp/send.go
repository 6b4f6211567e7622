package emailotp

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type successAnswer struct {
	Success bool `json:"success"`
}

var success = &successAnswer{true}

const sendPath = "/email-otp/send-verification-otp"

type sendRequest struct {
	Email string `json:"email" doc:"Email address to send the OTP"`
	Type  string `json:"type" enum:"email-verification,sign-in,forget-password,change-email" doc:"Type of the OTP"`
}

func (p *Plugin) sendVerificationOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "sendVerificationOTP", Methods: []string{http.MethodPost}, Session: auth.Public, Path: sendPath, CheckForm: true,
		Summary: "Send a verification OTP to an email",
		OpenAPI: auth.Described("sendEmailVerificationOTP", "Send a verification OTP to an email", successShape()),
	}, func(c *auth.Context, in *sendRequest) (*successAnswer, error) {
		if p.opts.SendVerificationOTP == nil {
			// The text of the reference; the option is not set.
			return nil, auth.Status(http.StatusBadRequest, "send email verification is not implemented")
		}
		email, err := address(in.Email)
		if err != nil {
			return nil, err
		}
		if in.Type == ChangeEmail {
			return nil, auth.Status(http.StatusBadRequest, "Invalid OTP type")
		}
		return success, p.sendTo(c, email, in.Type, c)
	})
}

// sendTo sends a code to the user with this address, or to somebody who may sign up with it. The code is created in
// any case, so that an unknown address costs the same work. told is the call that the mail callback sees.
func (p *Plugin) sendTo(c *auth.Context, email, kind string, told *auth.Context) error {
	otp, err := p.codeToSend(c, email, kind)
	if err != nil {
		return err
	}
	user, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return err
	}
	if user == nil && (kind != SignIn || p.opts.DisableSignUp) {
		return store.UnlessDropped(c.Once.Delete(c, identifier(kind, email)))
	}
	to := email
	if user != nil {
		to = user.Email
	}
	if kind != SignIn || p.opts.DisableSignUp {
		// The same work as for an unknown address, whose code is deleted.
		if err := store.UnlessDropped(c.Once.Delete(c, decoy)); err != nil {
			return err
		}
	}
	p.send(c, Mail{Email: to, OTP: otp, Type: kind, Call: told})
	return nil
}

// decoy is an identifier that no code has.
const decoy = "decoy-otp"

// sendInsteadOfLink replaces emailVerification.sendVerificationEmail if the options ask for codes.
func (p *Plugin) sendInsteadOfLink(ctx context.Context, m auth.LinkMail) (callback.Nothing, error) {
	c := m.Call
	if c == nil {
		c = auth.From(ctx)
	}
	if c == nil || p.opts.SendVerificationOTP == nil {
		return callback.Nothing{}, nil
	}
	email, err := address(m.User.Email)
	if err == nil {
		err = p.sendTo(c, email, EmailVerification, standIn(c, email))
	}
	if err != nil {
		c.Log.ErrorContext(c, "email-otp: the code to verify an address was not sent", "error", err)
	}
	return callback.Nothing{}, nil
}

// standIn returns the call that the mail callback sees: as in the reference, one of send-verification-otp with the
// same request.
func standIn(c *auth.Context, email string) *auth.Context {
	as := *c
	as.Route, as.Method = &auth.Route{Path: sendPath}, http.MethodPost
	as.Body = js.Obj("email", email, "type", EmailVerification)
	as.Query, as.Params, as.Session, as.NewSession = nil, nil, nil, nil
	return &as
}

func (p *Plugin) verifiesSignUp(*auth.Context) bool {
	return p.opts.SendVerificationOnSignUp && !p.opts.OverrideDefaultEmailVerification
}

// sendToSignedUp sends a code to the address in the answer of a sign-up.
func (p *Plugin) sendToSignedUp(c *auth.Context) error {
	if _, failed := c.Returned.(*auth.Error); failed {
		return nil
	}
	email := answeredEmail(c.Returned)
	if email == "" {
		return nil
	}
	otp, err := p.newCode(c, identifier(EmailVerification, email), email, EmailVerification)
	if err != nil {
		return err
	}
	p.send(c, Mail{Email: email, OTP: otp, Type: EmailVerification, Call: c})
	return nil
}

// answeredEmail returns user.email of an answer, which may come from the endpoint or from a hook.
func answeredEmail(answer any) string {
	v, err := js.Parse(js.Marshal(answer))
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return ""
	}
	u, _ := o.Get("user")
	user, _ := u.(*js.Object)
	email, _ := user.Get("email")
	s, _ := email.(string)
	return s
}

func (p *Plugin) createVerificationOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createVerificationOTP", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Create a verification OTP for an email",
	}, func(c *auth.Context, in *sendRequest) (*string, error) {
		email := auth.LowerCase(in.Email)
		otp, err := p.newCode(c, identifier(in.Type, email), email, in.Type)
		return &otp, err
	})
}

type getRequest struct {
	Email string `query:"email" doc:"Email address the OTP was sent to"`
	Type  string `query:"type" enum:"email-verification,sign-in,forget-password,change-email" doc:"Type of the OTP"`
}

type getAnswer struct {
	OTP *string `json:"otp"`
}

func (p *Plugin) getVerificationOTP() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getVerificationOTP", Methods: []string{http.MethodGet}, Session: auth.Public, Summary: "Get a verification OTP for an email",
	}, func(c *auth.Context, in *getRequest) (*getAnswer, error) {
		otp, err := p.codes().Read(c, identifier(in.Type, auth.LowerCase(in.Email)))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return &getAnswer{}, nil
		case errors.Is(err, auth.ErrCodeHashed):
			return nil, auth.Status(http.StatusBadRequest, "OTP is hashed, cannot return the plain text OTP")
		}
		return &getAnswer{&otp}, err
	})
}

// send calls the mail callback. Its failure does not fail the call, because the answer must not reveal whether a
// message was sent.
func (p *Plugin) send(c *auth.Context, m Mail) {
	if p.opts.SendVerificationOTP == nil {
		c.Log.ErrorContext(c, "email-otp: sendVerificationOTP is not set; the code was not sent")
		return
	}
	auth.SendInBackground(c, "plugins.email-otp.sendVerificationOTP", p.opts.SendVerificationOTP, m)
}

// address returns an address in lower case, or an error. The schema of the requests accepts any text.
func address(raw string) (string, error) {
	email := auth.LowerCase(raw)
	if _, issues := schema.String().Email().Check(email); len(issues) > 0 {
		return "", auth.BadRequest(auth.InvalidEmail)
	}
	return email, nil
}
