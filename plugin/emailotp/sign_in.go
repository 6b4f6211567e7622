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
		ID: "signInEmailOTP", Methods: []string{http.MethodPost}, Path: "/sign-in/email-otp", Session: auth.Public,
		Summary: "Sign in with email and OTP",
		OpenAPI: auth.Described("signInWithEmailOTP", "Sign in with email and OTP", signInShape()),
	}, func(c *auth.Context, in *signInRequest) (*signInAnswer, error) {
		email := auth.LowerCase(in.Email)
		if err := p.spend(c, identifier(SignIn, email), in.OTP); err != nil {
			return nil, err
		}
		user, err := c.Users.ByEmail(c, email)
		switch {
		case errors.Is(err, store.ErrNotFound):
			user, err = p.signUp(c, in, email)
		case err == nil && !user.EmailVerified:
			user, err = prove(c, user)
		}
		if err != nil {
			return nil, err
		}
		session, err := begin(c, user)
		if err != nil {
			return nil, err
		}
		return &signInAnswer{session.Token, user.Public()}, nil
	})
}

// prove marks the address as verified; see [identity.Users.Prove].
func prove(c *auth.Context, user *auth.User) (*auth.User, error) {
	proven, err := c.Users.Prove(c, user.ID)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		return nil, auth.BadRequest(InvalidOTP)
	}
	return proven, err
}

// signUp creates a user for a verified address that has none.
func (p *Plugin) signUp(c *auth.Context, in *signInRequest, email string) (*auth.User, error) {
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
	user, err := c.Users.Create(c, row, "email-otp")
	switch {
	case errors.Is(err, store.ErrDropped):
		return nil, errors.New("email-otp: a hook dropped the user")
	case err != nil:
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: "email-otp"})
	return user, nil
}
