package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

var signUpEmail = auth.Handle(auth.Route{
	ID: "signUpEmail", Methods: []string{http.MethodPost}, Path: "/sign-up/email", CheckForm: true,
	MediaTypes: formOrJSON, Summary: "Sign up a user using email and password",
}, signUp)

var formOrJSON = []string{"application/x-www-form-urlencoded", "application/json"}

type signUpRequest struct {
	Name        string     `json:"name" doc:"The name of the user"`
	Email       string     `json:"email" format:"email" doc:"The email of the user"`
	Password    string     `json:"password" minLength:"1" doc:"The password of the user"`
	Image       *string    `json:"image,omitempty" doc:"The profile image URL of the user"`
	CallbackURL *string    `json:"callbackURL,omitempty" doc:"The URL to use for email verification callback"`
	RememberMe  *bool      `json:"rememberMe,omitempty" doc:"If this is false, the session will not be remembered. Default is true."`
	Extra       *js.Object `extra:"user"`
}

type signUpAnswer struct {
	Token *string   `json:"token"` // null when there is no session yet
	User  *auth.Row `json:"user"`
}

func signUp(c *auth.Context, in *signUpRequest) (*signUpAnswer, error) {
	o := c.Options.EmailAndPassword
	if !o.Enabled || o.DisableSignUp {
		return nil, auth.BadRequest(auth.EmailPasswordSignUpDisabled)
	}
	if err := c.CheckPasswordLength(in.Password); err != nil {
		return nil, err
	}
	noAutoSignIn := !*o.AutoSignIn
	secretive := o.RequireEmailVerification || noAutoSignIn
	added, err := c.ParseInput("user", in.Extra, true)
	if err != nil {
		return nil, err
	}
	email := auth.LowerCase(in.Email)
	taken, err := c.FindUserByEmail(c, email)
	if err != nil {
		return nil, failedToCreate(err)
	}
	if taken != nil && !secretive {
		return nil, auth.Fail(http.StatusUnprocessableEntity, auth.UserAlreadyExistsUseAnotherEmail)
	}
	hash, err := c.HashPassword(c, in.Password)
	if err != nil {
		return nil, err
	}
	row := store.Record{"email": email, "name": in.Name, "emailVerified": false}
	if in.Image != nil {
		row["image"] = *in.Image
	}
	for k, v := range added {
		if k != "emailVerified" {
			row[k] = v
		}
	}
	if taken != nil {
		decoyUser(c, row, hash)
		return answerTaken(c, in, taken, added)
	}
	return createSignedUp(c, in, row, added, hash, secretive)
}

// answerTaken answers for an address that somebody has as if a user had been made,
// where anything else would betray who has an account.
func answerTaken(c *auth.Context, in *signUpRequest, user, added store.Record) (*signUpAnswer, error) {
	if tell := c.Options.EmailAndPassword.OnExistingUserSignUp; tell != nil {
		auth.TellAside(c, "emailAndPassword.onExistingUserSignUp", tell, auth.UserEvent{User: user, Call: c})
	}
	return synthetic(c, in, added)
}

func synthetic(c *auth.Context, in *signUpRequest, added store.Record) (*signUpAnswer, error) {
	var image any
	if in.Image != nil {
		image = *in.Image
	}
	core := store.Record{
		"name": in.Name, "email": auth.LowerCase(in.Email), "emailVerified": false, "image": image,
		"createdAt": c.Now(), "updatedAt": c.Now(),
	}
	user, err := c.SyntheticUser(core, added, c.SyntheticID())
	if err != nil {
		return nil, err
	}
	return &signUpAnswer{User: user}, nil
}

// createSignedUp makes user, account and session, all or none of them.
func createSignedUp(c *auth.Context, in *signUpRequest, row, added store.Record, hash string, secretive bool) (*signUpAnswer, error) {
	var user, session store.Record
	forget := in.RememberMe != nil && !*in.RememberMe
	err := c.Tx(func(c *auth.Context) error {
		var err error
		if user, err = c.CreateUser(c, row, "email-password"); err != nil {
			return creating(err)
		}
		if err = c.LinkCredential(c, str(user, "id"), hash); err != nil {
			return err
		}
		if secretive {
			return nil
		}
		if session, err = c.CreateSession(str(user, "id"), forget, nil); err == nil && session == nil {
			err = auth.BadRequest(auth.FailedToCreateSession)
		}
		if err != nil {
			return err
		}
		// Here, so that nobody is left signed up but not in.
		return c.SetSessionCookie(auth.SignedIn{Session: session, User: user}, &forget)
	})
	var refused *auth.Error
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden && secretive {
		return synthetic(c, in, added)
	}
	if err != nil {
		return nil, err
	}
	sendVerification(c, user, in.CallbackURL)
	out := &signUpAnswer{User: c.Output("user", user)}
	if secretive {
		return out, nil
	}
	token := str(session, "token")
	out.Token = &token
	return out, nil
}

func creating(err error) error {
	var known *auth.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, store.ErrAborted):
		return auth.BadRequest(auth.FailedToCreateUser)
	}
	return failedToCreate(err)
}

func failedToCreate(err error) error {
	return auth.Fail(http.StatusUnprocessableEntity, auth.FailedToCreateUser).Because(err)
}

func str(r store.Record, key string) string { s, _ := r[key].(string); return s }
