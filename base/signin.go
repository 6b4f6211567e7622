package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

var signInEmail = auth.Handle(auth.Route{
	ID: "signInEmail", Methods: []string{http.MethodPost}, Path: "/sign-in/email", Session: auth.Public, CheckForm: true,
	MediaTypes: formOrJSON, Summary: "Sign in with email and password",
}, signIn)

// emailPassword is the method of sign-ups and sign-ins with a password.
const emailPassword = "email-password"

// address is validated in the handler, because an invalid one has an error code of its own here.
var address = schema.String().Email()

type signInRequest struct {
	Email       string  `json:"email" doc:"Email of the user"`
	Password    string  `json:"password" doc:"Password of the user"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"Callback URL to use as a redirect for email verification"`
	RememberMe  bool    `json:"rememberMe,omitempty" default:"true" doc:"If this is false, the session will not be remembered. Default is true."`
}

type signInAnswer struct {
	Redirect bool            `json:"redirect"`
	Token    string          `json:"token"`
	URL      *string         `json:"url,omitempty"`
	User     *auth.PublicRow `json:"user"`
}

func signIn(c *auth.Context, in *signInRequest) (*signInAnswer, error) {
	o := c.Options.EmailAndPassword
	if !o.Enabled {
		return nil, auth.BadRequest(auth.EmailPasswordDisabled)
	}
	if _, issues := address.Check(in.Email); len(issues) > 0 {
		return nil, auth.BadRequest(auth.InvalidEmail)
	}
	user, err := c.CheckPassword(in.Email, in.Password)
	if err != nil {
		return nil, err
	}
	if o.RequireEmailVerification && !user.EmailVerified || c.AwaitsProof(user) {
		if c.Options.EmailVerification.SendOnSignIn {
			mailVerification(c, user, in.CallbackURL)
		}
		return nil, auth.Forbidden(auth.EmailNotVerified)
	}
	session, err := c.SignIn(user, auth.SignIn{Method: emailPassword, Remember: auth.RememberIf(in.RememberMe)})
	if errors.Is(err, store.ErrDropped) {
		return nil, auth.Unauthorized(auth.FailedToCreateSession)
	}
	if err != nil {
		return nil, err
	}
	out := &signInAnswer{Token: session.Token, User: user.Public(), URL: in.CallbackURL}
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		out.Redirect = true
		c.SetResponseHeader("Location", *in.CallbackURL)
	}
	return out, nil
}

// sendVerification sends the verification mail after a sign-up, if the options ask for it.
func sendVerification(c *auth.Context, user *auth.User, callbackURL *string) {
	wanted := c.Options.EmailAndPassword.RequireEmailVerification || c.AwaitsProof(user)
	if on := c.Options.EmailVerification.SendOnSignUp; on != nil {
		wanted = *on
	}
	if !wanted {
		return
	}
	mailVerification(c, user, callbackURL)
}
