package base

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The kinds of verification tokens for a change of address.
const (
	confirmChange = "change-email-confirmation" // sent to the current address
	verifyChange  = "change-email-verification" // sent to the new one
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
	if newEmail == auth.LowerCase(user.Email) {
		return nil, auth.Status(http.StatusBadRequest, "Email is the same")
	}
	verified := user.EmailVerified
	atOnce := !verified && o.UpdateEmailWithoutVerification && !c.ProvesAddresses()
	canSend := c.Options.EmailVerification.SendVerificationEmail != nil
	// This error comes before the address is looked up, so that the answer does not reveal whether somebody uses it.
	if !atOnce && !canSend {
		return nil, auth.Status(http.StatusBadRequest, "Verification email isn't enabled")
	}
	taken, err := c.Users.FindByEmail(c, newEmail)
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
	token := changeToken(c, verifyChange, user.ID, user.Email, newEmail)
	mailLink(c, linkWith(c, token, user.With(store.Record{"email": newEmail}), in.CallbackURL))
	return done, nil
})

func changeAtOnce(c *auth.Context, newEmail string, callbackURL *string) error {
	if _, err := c.Users.Update(c, c.Session.User.ID, store.Record{"email": newEmail}); store.UnlessGone(err) != nil {
		return err
	}
	c.Emit(auth.Event{Name: auth.EmailChanged, UserID: c.Session.User.ID})
	user := c.Session.User.With(store.Record{"email": newEmail})
	if err := c.SetSessionCookie(auth.SignedIn{Session: c.Session.Session, User: user}, auth.RememberAsBefore); err != nil {
		return err
	}
	mailVerification(c, user, callbackURL)
	return nil
}

func confirmFirst(c *auth.Context, newEmail string, callbackURL *string) {
	user := c.Session.User
	token := changeToken(c, confirmChange, user.ID, user.Email, newEmail)
	auth.SendInBackground(c, "user.changeEmail.sendChangeEmailConfirmation", c.Options.User.ChangeEmail.SendChangeEmailConfirmation, auth.ChangeMail{
		LinkMail: linkWith(c, token, user, callbackURL), NewEmail: newEmail,
	})
}

// changeVerified handles the links of a change of address: first the current address confirms, then the new one is
// verified and stored.
func changeVerified(c *auth.Context, in *verifyEmailRequest, claims verificationClaims) (anyAnswer, error) {
	if claims.UserID == "" {
		return nil, in.refuse(auth.InvalidToken)
	}
	user, err := c.Users.Get(c, claims.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, in.refuse(auth.UserNotFound)
	}
	if err != nil {
		return nil, err
	}
	if auth.LowerCase(user.Email) != auth.LowerCase(claims.Email) {
		return nil, in.refuse(auth.InvalidToken)
	}
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s != nil && s.User.ID != user.ID {
		return nil, in.refuse(auth.InvalidUser)
	}
	if claims.RequestType == confirmChange {
		token := changeToken(c, verifyChange, user.ID, claims.Email, claims.UpdateTo)
		mailLink(c, linkWith(c, token, user.With(store.Record{"email": claims.UpdateTo}), in.CallbackURL))
		return in.leave(done)
	}
	return takeAddress(c, in, claims, user, s)
}

// takeAddress stores the new address of the user. With tokens from versions before the two steps, it is verified
// afterwards.
func takeAddress(c *auth.Context, in *verifyEmailRequest, claims verificationClaims, user *auth.User, s *auth.SignedIn) (anyAnswer, error) {
	verified := claims.RequestType == verifyChange && user.EmailVerified
	updated, err := c.Users.Update(c, user.ID, store.Record{"email": claims.UpdateTo, "emailVerified": verified})
	if code, _, refused := auth.Refusal(err); refused && code == auth.EmailNotAllowed.Name {
		return nil, in.refuseAddress()
	}
	if store.UnlessGone(err) != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.EmailChanged, UserID: user.ID})
	if claims.RequestType != verifyChange {
		mailVerification(c, updated, in.CallbackURL)
	} else if after := c.Options.EmailVerification.AfterEmailVerification; verified && after != nil {
		if _, err := after(c, auth.UserRequest{User: updated, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	if s != nil {
		user := s.User.With(store.Record{"email": claims.UpdateTo, "emailVerified": verified})
		if err := c.SetSessionCookie(auth.SignedIn{Session: s.Session, User: user}, auth.RememberAsBefore); err != nil {
			return nil, err
		}
	}
	return in.leave(&verifyEmailAnswer{Status: true, User: updated.Public()})
}
