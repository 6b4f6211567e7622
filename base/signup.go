package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

var signUpEmail = auth.Handle(auth.Route{
	ID: "signUpEmail", Methods: []string{http.MethodPost}, Path: "/sign-up/email", Session: auth.Public, CheckForm: true,
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
	Token *string         `json:"token"` // null if no session was started
	User  *auth.PublicRow `json:"user"`
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
	taken, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return nil, failedToCreate(err)
	}
	if taken != nil && !secretive {
		return nil, auth.Fail(http.StatusUnprocessableEntity, auth.UserAlreadyExistsUseAnotherEmail)
	}
	hash, err := c.Passwords.Hash(c, in.Password)
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
		c.PretendGate(email)
		decoyUser(c, row, hash)
		return answerTaken(c, in, taken, added)
	}
	return createSignedUp(c, in, row, added, hash, secretive)
}

// answerTaken answers a sign-up with a taken address as if a user had been created, where a different answer would
// reveal who has an account.
func answerTaken(c *auth.Context, in *signUpRequest, user *auth.User, added store.Record) (*signUpAnswer, error) {
	if tell := c.Options.EmailAndPassword.OnExistingUserSignUp; tell != nil {
		auth.SendInBackground(c, "emailAndPassword.onExistingUserSignUp", tell, auth.UserEvent{User: user, Call: c})
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
	user, err := c.SyntheticUser(core, added, c.Users.SyntheticID(c))
	if err != nil {
		return nil, err
	}
	return &signUpAnswer{User: user}, nil
}

// createSignedUp creates user, account and session in one transaction.
func createSignedUp(c *auth.Context, in *signUpRequest, row, added store.Record, hash string, secretive bool) (*signUpAnswer, error) {
	var user *auth.User
	var session *auth.Session
	err := c.Tx(func(c *auth.Context) error {
		var err error
		if user, err = c.Users.Create(c, row, emailPassword); err != nil {
			return creating(err)
		}
		if err = store.UnlessDropped(c.Accounts.LinkPassword(c, user.ID, hash)); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: emailPassword})
		if secretive || c.AwaitsProof(user) {
			return nil
		}
		// In the transaction, so that nobody is signed up without being signed in.
		remember := in.RememberMe == nil || *in.RememberMe
		session, err = c.SignIn(user, auth.SignIn{Method: emailPassword, Remember: auth.RememberIf(remember)})
		if errors.Is(err, store.ErrDropped) {
			err = auth.BadRequest(auth.FailedToCreateSession)
		}
		return err
	})
	var refused *auth.Error
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden && secretive {
		decoyUser(c, row, hash)
		return synthetic(c, in, added)
	}
	if err != nil {
		return nil, err
	}
	sendVerification(c, user, in.CallbackURL)
	out := &signUpAnswer{User: user.Public()}
	if session == nil {
		return out, nil
	}
	out.Token = &session.Token
	return out, nil
}

func creating(err error) error {
	var known *auth.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, store.ErrDropped):
		return auth.BadRequest(auth.FailedToCreateUser)
	}
	return failedToCreate(err)
}

func failedToCreate(err error) error {
	return auth.Fail(http.StatusUnprocessableEntity, auth.FailedToCreateUser).Because(err)
}
