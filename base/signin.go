package base

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

var signInEmail = auth.Handle(auth.Route{
	ID: "signInEmail", Methods: []string{http.MethodPost}, Path: "/sign-in/email", CheckForm: true,
	MediaTypes: formOrJSON, Summary: "Sign in with email and password",
}, signIn)

// address is checked in the handler: a bad one has a code of its own here.
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
	if err := c.CheckPasswordNotTooLong(in.Password); err != nil {
		return nil, err
	}
	if err := c.TryPassword(in.Email); err != nil {
		return nil, err
	}
	user, err := c.FindUserByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	if err := checkCredential(c, user, in.Password); err != nil {
		return nil, err
	}
	if err := c.PasswordRight(in.Email); err != nil {
		return nil, err
	}
	if o.RequireEmailVerification && user["emailVerified"] != true {
		if c.Options.EmailVerification.SendOnSignIn {
			mailVerification(c, user, in.CallbackURL)
		}
		return nil, auth.Forbidden(auth.EmailNotVerified)
	}
	forget := !in.RememberMe
	session, err := c.CreateSession(str(user, "id"), forget, nil)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return nil, auth.Unauthorized(auth.FailedToCreateSession)
	}
	if err := c.SetSessionCookie(auth.SignedIn{Session: session, User: user}, &forget); err != nil {
		return nil, err
	}
	out := &signInAnswer{Token: str(session, "token"), User: c.Output("user", user), URL: in.CallbackURL}
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		out.Redirect = true
		c.SetResponseHeader("Location", *in.CallbackURL)
	}
	return out, nil
}

// checkCredential refuses a wrong password, an unknown user and a user without
// a password alike, after the same work.
func checkCredential(c *auth.Context, user store.Record, password string) error {
	// Looked for in any case: an address without a user costs the same reads.
	id := str(user, "id")
	if user == nil {
		id = c.NobodyID()
	}
	account, err := c.FindCredential(c, id)
	if err != nil && user != nil {
		return err
	}
	hash := ""
	if user != nil {
		hash = str(account, "password")
	}
	if hash == "" {
		if _, err := c.HashPassword(c, password); err != nil {
			return err
		}
		return auth.Unauthorized(auth.InvalidEmailOrPassword)
	}
	right, err := c.CheckPassword(c, account, password)
	if err != nil {
		return err
	}
	if !right {
		return auth.Unauthorized(auth.InvalidEmailOrPassword)
	}
	return nil
}

// sendVerification sends the mail of a sign-up, where the options ask for it.
func sendVerification(c *auth.Context, user store.Record, callbackURL *string) {
	wanted := c.Options.EmailAndPassword.RequireEmailVerification
	if on := c.Options.EmailVerification.SendOnSignUp; on != nil {
		wanted = *on
	}
	if !wanted {
		return
	}
	mailVerification(c, user, callbackURL)
}
