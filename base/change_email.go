package base

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The kinds of verification token of a change of address.
const (
	confirmChange = "change-email-confirmation" // asks the present address
	verifyChange  = "change-email-verification" // asks the new one
)

type changeEmailRequest struct {
	NewEmail    string  `json:"newEmail" format:"email" doc:"The new email address to set must be a valid email address"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"The URL to redirect to after email verification"`
}

var changeEmail = auth.Handle(auth.Route{
	ID: "changeEmail", Methods: []string{http.MethodPost}, Path: "/change-email", Session: auth.StoredSession,
	Summary: "Change the email of the user",
}, func(c *auth.Context, in *changeEmailRequest) (*statusAnswer, error) {
	o := c.Options.User.ChangeEmail
	if !o.Enabled {
		return nil, auth.BadRequest(auth.ChangeEmailDisabled)
	}
	user, newEmail := c.Session.User, auth.LowerCase(in.NewEmail)
	if newEmail == auth.LowerCase(str(user, "email")) {
		return nil, auth.Status(http.StatusBadRequest, "Email is the same")
	}
	verified := user["emailVerified"] == true
	atOnce := !verified && o.UpdateEmailWithoutVerification
	canSend := c.Options.EmailVerification.SendVerificationEmail != nil
	// Said before the address is looked up, so that the answer does not tell
	// whether somebody has it.
	if !atOnce && !canSend {
		return nil, auth.Status(http.StatusBadRequest, "Verification email isn't enabled")
	}
	taken, err := c.FindUserByEmail(c, newEmail)
	if err != nil {
		return nil, err
	}
	switch {
	case taken != nil:
		return done, nil
	case atOnce:
		return done, changeAtOnce(c, newEmail, in.CallbackURL)
	case verified && o.SendChangeEmailConfirmation != nil:
		confirmFirst(c, newEmail, in.CallbackURL)
		return done, nil
	}
	token := verificationToken(c, str(user, "email"), newEmail)(str(user, "id"), verifyChange)
	link := verifyURL(c, token, in.CallbackURL)
	mailLink(c, auth.LinkMail{User: merged(user, store.Record{"email": newEmail}), URL: link.url, Token: link.token, Call: c})
	return done, nil
})

func changeAtOnce(c *auth.Context, newEmail string, callbackURL *string) error {
	if _, err := c.UpdateUser(c, c.Session.UserID(), store.Record{"email": newEmail}); err != nil {
		return err
	}
	user := merged(c.Session.User, store.Record{"email": newEmail})
	if err := c.SetSessionCookie(auth.SignedIn{Session: c.Session.Session, User: user}, nil); err != nil {
		return err
	}
	mailVerification(c, user, callbackURL)
	return nil
}

func confirmFirst(c *auth.Context, newEmail string, callbackURL *string) {
	user := c.Session.User
	link := verifyURL(c, verificationToken(c, str(user, "email"), newEmail)(str(user, "id"), confirmChange), callbackURL)
	auth.SendInBackground(c, "user.changeEmail.sendChangeEmailConfirmation", c.Options.User.ChangeEmail.SendChangeEmailConfirmation, auth.ChangeMail{
		LinkMail: auth.LinkMail{User: user, URL: link.url, Token: link.token, Call: c}, NewEmail: newEmail,
	})
}

// changeVerified follows a link of a change of address: the present address
// confirms, then the new one is verified and taken.
func changeVerified(c *auth.Context, in *verifyEmailRequest, claims verificationClaims) (anyAnswer, error) {
	if claims.UserID == "" {
		return nil, in.refuse(auth.InvalidToken)
	}
	user, err := c.FindUser(c, claims.UserID)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, in.refuse(auth.UserNotFound)
	}
	if auth.LowerCase(str(user, "email")) != auth.LowerCase(claims.Email) {
		return nil, in.refuse(auth.InvalidToken)
	}
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s != nil && s.UserID() != str(user, "id") {
		return nil, in.refuse(auth.InvalidUser)
	}
	if claims.RequestType == confirmChange {
		token := verificationToken(c, claims.Email, claims.UpdateTo)(str(user, "id"), verifyChange)
		link := verifyURL(c, token, in.CallbackURL)
		mailLink(c, auth.LinkMail{User: merged(user, store.Record{"email": claims.UpdateTo}), URL: link.url, Token: link.token, Call: c})
		return in.leave(done)
	}
	return takeAddress(c, in, claims, user, s)
}

// takeAddress gives the user the new address. Tokens from before there were two
// steps verify it afterwards.
func takeAddress(c *auth.Context, in *verifyEmailRequest, claims verificationClaims, user store.Record, s *auth.SignedIn) (anyAnswer, error) {
	verified := claims.RequestType == verifyChange && user["emailVerified"] == true
	updated, err := c.UpdateUser(c, str(user, "id"), store.Record{"email": claims.UpdateTo, "emailVerified": verified})
	if err != nil {
		return nil, err
	}
	if claims.RequestType != verifyChange {
		mailVerification(c, updated, in.CallbackURL)
	} else if after := c.Options.EmailVerification.AfterEmailVerification; verified && after != nil {
		if _, err := after(c, auth.UserRequest{User: updated, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	if s != nil {
		user := merged(s.User, store.Record{"email": claims.UpdateTo, "emailVerified": verified})
		if err := c.SetSessionCookie(auth.SignedIn{Session: s.Session, User: user}, nil); err != nil {
			return nil, err
		}
	}
	return in.leave(&verifyEmailAnswer{Status: true, User: c.Output("user", updated)})
}
