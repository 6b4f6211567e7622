package base

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

var resetPasswordDisabled = auth.Code{Name: "RESET_PASSWORD_DISABLED", Message: "Reset password isn't enabled"}

// resetPrefix is the prefix of the identifiers of password reset tokens.
const resetPrefix = "reset-password:"

type requestResetRequest struct {
	Email      string  `json:"email" format:"email" doc:"The email address of the user to send a password reset email to"`
	RedirectTo *string `json:"redirectTo,omitempty" doc:"The URL to redirect the user to reset their password. If the token isn't valid or expired, it'll be redirected with a query parameter ?error=INVALID_TOKEN. If the token is valid, it'll be redirected with a query parameter ?token=VALID_TOKEN"`
}

type messageAnswer struct {
	Status  bool   `json:"status"`
	Message string `json:"message"`
}

var requestPasswordReset = auth.Handle(auth.Route{
	ID: "requestPasswordReset", Methods: []string{http.MethodPost}, Path: "/request-password-reset", Session: auth.Public,
	Summary: "Send a password reset email to the user",
}, func(c *auth.Context, in *requestResetRequest) (*messageAnswer, error) {
	if in.RedirectTo != nil {
		if err := c.CheckCallback(*in.RedirectTo); err != nil {
			return nil, err
		}
	}
	if c.Options.EmailAndPassword.SendResetPassword == nil {
		return nil, auth.BadRequest(resetPasswordDisabled)
	}
	// The answer is the same for an unknown address, so that it does not reveal who has an account.
	sent := &messageAnswer{true, "If this email exists in our system, check your email for the reset link"}
	user, err := c.Users.FindByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.PasswordResetRequested, UserID: idOf(user)})
	if user == nil {
		return sent, decoyVerification(c)
	}
	return sent, mailReset(c, user, in.RedirectTo)
})

func mailReset(c *auth.Context, user *auth.User, redirectTo *string) error {
	o := c.Options.EmailAndPassword
	life := time.Duration(o.ResetPasswordTokenExpiresIn) * time.Second
	token := secret.ID(24)
	keep := func(c *auth.Context) error {
		return store.UnlessDropped(c.Once.Put(c, resetPrefix+token, user.ID, c.Now().Add(life)))
	}
	if err := asDecoy(c, keep); err != nil {
		return err
	}
	target := ""
	if redirectTo != nil {
		target = *redirectTo
	}
	url := c.BaseURL + "/reset-password/" + token + "?callbackURL=" + cookie.EncodeURIComponent(target)
	auth.SendInBackground(c, "emailAndPassword.sendResetPassword", o.SendResetPassword, auth.LinkMail{User: user, URL: url, Token: token, Call: c})
	return nil
}

type resetCallbackRequest struct {
	Token       string `path:"token" doc:"The token to reset the password"`
	CallbackURL string `query:"callbackURL" doc:"The URL to redirect the user to reset their password"`
}

// requestPasswordResetCallback handles the link in the mail. It redirects to the page that asks for the new password.
var requestPasswordResetCallback = auth.Handle(auth.Route{
	ID: "requestPasswordResetCallback", Methods: []string{http.MethodGet}, Path: "/reset-password/:token", Session: auth.Public,
	Summary: "Redirects the user to the callback URL with the token",
}, func(c *auth.Context, in *resetCallbackRequest) (*auth.Nothing, error) {
	if err := c.CheckCallback(in.CallbackURL); err != nil {
		return nil, err
	}
	found, err := c.Once.Find(c, resetPrefix+in.Token)
	if err != nil {
		return nil, err
	}
	result, target := [2]string{"token", in.Token}, in.CallbackURL
	if in.CallbackURL == "" {
		target = c.BaseURL + "/error"
	}
	if in.CallbackURL == "" || found == nil || found.Expired(c.Now()) {
		result = [2]string{"error", auth.InvalidToken.Name}
	}
	url, err := origin.WithQuery(c.BaseURL, target, [][2]string{result})
	if err != nil {
		return nil, err
	}
	return nil, auth.Redirect(url)
})

type resetPasswordRequest struct {
	_           struct{} `query:"optional"`
	QueryToken  *string  `query:"token,omitempty"`
	NewPassword string   `json:"newPassword" doc:"The new password to set"`
	Token       *string  `json:"token,omitempty" doc:"The token to reset the password"`
}

var resetPassword = auth.Handle(auth.Route{
	ID: "resetPassword", Methods: []string{http.MethodPost}, Path: "/reset-password", Session: auth.Public,
	Summary: "Reset the password for a user",
}, func(c *auth.Context, in *resetPasswordRequest) (*statusAnswer, error) {
	token := ""
	for _, t := range []*string{in.QueryToken, in.Token} { // the token in the body takes precedence
		if t != nil && *t != "" {
			token = *t
		}
	}
	if token == "" {
		return nil, auth.BadRequest(auth.InvalidToken)
	}
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	found, err := c.Once.Find(c, resetPrefix+token)
	if err != nil {
		return nil, err
	}
	if found == nil || found.Expired(c.Now()) {
		return nil, auth.BadRequest(auth.InvalidToken)
	}
	user, err := c.Users.Get(c, found.Text)
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.BadRequest(auth.UserNotFound)
	}
	if err != nil {
		return nil, err
	}
	hash, err := c.Passwords.Hash(c, in.NewPassword)
	if err != nil {
		return nil, err
	}
	if err := spendAndSet(c, resetPrefix+token, user.ID, hash); err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.PasswordResetCompleted, UserID: user.ID})
	if err := c.ForgetWrongPasswords(user.Email); err != nil {
		return nil, err
	}
	if tell := c.Options.EmailAndPassword.OnPasswordReset; tell != nil {
		if _, err := tell(c, auth.UserEvent{User: user, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	return done, nil
})

// spendAndSet uses the token up and sets the password, in one transaction.
func spendAndSet(c *auth.Context, id, userID, hash string) error {
	return c.Tx(func(c *auth.Context) error {
		_, err := c.Once.Take(c, id)
		if errors.Is(err, store.ErrNotFound) {
			return auth.BadRequest(auth.InvalidToken)
		}
		if err != nil {
			return err
		}
		return store.UnlessDropped(c.Accounts.SetPassword(c, userID, hash))
	})
}
