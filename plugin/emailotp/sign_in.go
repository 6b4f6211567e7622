package emailotp

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type signInRequest struct {
	Email string     `json:"email" doc:"Email address to sign in"`
	OTP   string     `json:"otp" doc:"OTP sent to the email"`
	Name  *string    `json:"name,omitempty" doc:"User display name. Only used if the user is registering for the first time. Eg: \"my-name\""`
	Image *string    `json:"image,omitempty" doc:"User profile image URL. Only used if the user is registering for the first time."`
	Extra *js.Object `extra:"user"`
}

type signInAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

func (p *Plugin) signIn() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signInEmailOTP", Methods: []string{http.MethodPost}, Path: "/sign-in/email-otp",
		Summary: "Sign in with email and OTP",
		OpenAPI: documented("signInWithEmailOTP", "Sign in with email and OTP", signInShape()),
	}, func(c *auth.Context, in *signInRequest) (*signInAnswer, error) {
		email := auth.LowerCase(in.Email)
		if err := p.verify(c, identifier(SignIn, email), in.OTP, spend); err != nil {
			return nil, err
		}
		user, err := c.FindUserByEmail(c, email)
		if err != nil {
			return nil, err
		}
		switch {
		case user == nil:
			user, err = p.signUp(c, in, email)
		case user["emailVerified"] != true:
			if user, err = c.RevokeUnproven(text(user, "id")); err == nil && user == nil {
				err = auth.BadRequest(InvalidOTP)
			}
		}
		if err != nil {
			return nil, err
		}
		token, err := begin(c, user)
		return &signInAnswer{token, c.Output("user", user)}, err
	})
}

// signUp makes a user of a proven address that had none.
func (p *Plugin) signUp(c *auth.Context, in *signInRequest, email string) (store.Record, error) {
	if p.opts.DisableSignUp {
		return nil, auth.BadRequest(InvalidOTP)
	}
	row, err := c.ParseInput("user", in.Extra, true)
	if err != nil {
		return nil, err
	}
	row["email"], row["emailVerified"], row["name"] = email, true, ""
	if in.Name != nil {
		row["name"] = *in.Name
	}
	delete(row, "image")
	if in.Image != nil {
		row["image"] = *in.Image
	}
	user, err := c.CreateUser(c, row, "email-otp")
	if errors.Is(err, store.ErrDropped) {
		return nil, errors.New("email-otp: a hook dropped the user")
	}
	return user, err
}
