package base

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

type sendVerificationRequest struct {
	Email       string  `json:"email" format:"email" doc:"The email to send the verification email to"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"The URL to use for email verification callback"`
}

var sendVerificationEmail = auth.Handle(auth.Route{
	ID: "sendVerificationEmail", Methods: []string{http.MethodPost}, Path: "/send-verification-email", Session: auth.Public,
	Summary: "Send a verification email to the user",
}, func(c *auth.Context, in *sendVerificationRequest) (*statusAnswer, error) {
	if c.Options.EmailVerification.SendVerificationEmail == nil {
		return nil, auth.BadRequest(auth.VerificationEmailNotEnabled)
	}
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return done, mailStranger(c, in)
	}
	if auth.LowerCase(s.User.Email) != auth.LowerCase(in.Email) {
		return nil, auth.BadRequest(auth.EmailMismatch)
	}
	if s.User.EmailVerified {
		return nil, auth.BadRequest(auth.EmailAlreadyVerified)
	}
	return done, requestVerification(c, s.User, in.CallbackURL)
})

// mailStranger sends the mail if there is a user with this address who needs it. The answer always takes half a
// second, so that its time does not reveal whether there is one. Only a mail callback written in Go may take longer.
func mailStranger(c *auth.Context, in *sendVerificationRequest) error {
	floor := time.NewTimer(500 * time.Millisecond)
	defer floor.Stop()
	user, err := c.Users.FindByEmail(c, in.Email)
	c.Emit(auth.Event{Name: auth.EmailVerificationSent, UserID: idOf(user)})
	told := make(chan error, 1)
	if err == nil && user != nil && !user.EmailVerified {
		link := linkFor(c, user, in.CallbackURL)
		c.Options.EmailVerification.SendVerificationEmail.Aside(c, link, func(err error) { told <- err })
	} else {
		told <- err
	}
	select {
	case <-floor.C:
	case <-c.Done():
	}
	select {
	case err := <-told:
		return auth.FromCallback(err)
	default:
	}
	log := c.Log
	go func() { // a webhook that takes longer would reveal it
		if err := <-told; err != nil {
			log.Error("emailVerification.sendVerificationEmail failed", "error", err)
		}
	}()
	return nil
}

// requestVerification sends a mail that the caller asked for; the error of the mail callback is returned.
func requestVerification(c *auth.Context, user *auth.User, callbackURL *string) error {
	c.Emit(auth.Event{Name: auth.EmailVerificationSent, UserID: user.ID})
	_, err := c.Options.EmailVerification.SendVerificationEmail(c, linkFor(c, user, callbackURL))
	return auth.FromCallback(err)
}

// linkFor returns the message that asks the user to verify the address.
func linkFor(c *auth.Context, user *auth.User, callbackURL *string) auth.LinkMail {
	return linkWith(c, c.VerificationToken(user.ID, user.Email), user, callbackURL)
}

// linkWith returns a message to the user with a link that contains token.
func linkWith(c *auth.Context, token string, user *auth.User, callbackURL *string) auth.LinkMail {
	return c.VerificationLink(user, token, textOf(callbackURL))
}

// idOf returns the id of a user, or "" for nil. Events of calls whose answer does not reveal whether there is a user are
// reported in both cases, so that their time does not reveal it either.
func idOf(user *auth.User) string {
	if user == nil {
		return ""
	}
	return user.ID
}

// textOf returns the text, or "" for nil.
func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// changeToken returns the token for the link of a change of address. kind says whether the current address confirms
// or the new one is verified.
func changeToken(c *auth.Context, kind, userID, email, updateTo string) string {
	claims := js.Obj("email", auth.LowerCase(email), "updateTo", auth.LowerCase(updateTo), "requestType", kind, "userId", userID)
	return c.Keys.SignJWT(js.Marshal(claims), c.Now(), c.VerificationLife())
}

// mailVerification sends a verification mail as a side effect of another call, which does not fail if sending does.
func mailVerification(c *auth.Context, user *auth.User, callbackURL *string) {
	c.MailVerification(user, textOf(callbackURL))
}

func mailLink(c *auth.Context, m auth.LinkMail) {
	if send := c.Options.EmailVerification.SendVerificationEmail; send != nil {
		auth.SendInBackground(c, "emailVerification.sendVerificationEmail", send, m)
	}
}

type verifyEmailRequest struct {
	Token       string  `query:"token" doc:"The token to verify the email"`
	CallbackURL *string `query:"callbackURL,omitempty" doc:"The URL to redirect to after email verification"`
}

type verifyEmailAnswer struct {
	Status bool            `json:"status"`
	User   *auth.PublicRow `json:"user"`
}

var verifyEmail = auth.Handle(auth.Route{
	ID: "verifyEmail", Methods: []string{http.MethodGet}, Path: "/verify-email", Session: auth.Public,
	Summary: "Verify the email of the user", Landing: verifyLanding,
}, func(c *auth.Context, in *verifyEmailRequest) (anyAnswer, error) {
	if in.CallbackURL != nil {
		if err := c.CheckCallback(*in.CallbackURL); err != nil {
			return nil, err
		}
	}
	claims, code := openVerification(c, in.Token)
	if code != nil {
		return nil, in.refuse(*code)
	}
	if !claims.ok() {
		return nil, errors.New("the token is valid, but does not contain a verification")
	}
	if claims.UpdateTo != "" {
		return changeVerified(c, in, claims)
	}
	return verifyAddress(c, in, claims)
})

func verifyLanding(o *auth.Options) *auth.LandingPage {
	if !o.EmailVerification.LandingPage {
		return nil
	}
	return &auth.LandingPage{
		Title: "Confirm your address", Text: "Press the button to confirm that this e-mail address is yours and that you asked " + o.AppName + " for this.",
		Button: "Confirm my address", Note: "If you did not ask for this, close the page: nothing has changed.",
	}
}

// anyAnswer is an answer whose type depends on the case.
type anyAnswer = *any

func answer(v any) anyAnswer { return &v }

// refuse redirects the browser back with the code, or answers 401.
func (in *verifyEmailRequest) refuse(code auth.Code) error {
	if in.CallbackURL == nil || *in.CallbackURL == "" {
		return auth.Unauthorized(code)
	}
	url, err := origin.AppendQuery(*in.CallbackURL, [][2]string{{"error", code.Name}})
	if err != nil {
		return err
	}
	return auth.Redirect(url)
}

// refuseAddress redirects the browser back, or answers 403, if the gate does not allow the new address.
func (in *verifyEmailRequest) refuseAddress() error {
	if in.CallbackURL == nil || *in.CallbackURL == "" {
		return auth.Forbidden(auth.EmailNotAllowed)
	}
	return in.refuse(auth.EmailNotAllowed)
}

// leave redirects the browser, or answers v.
func (in *verifyEmailRequest) leave(v any) (anyAnswer, error) {
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		return nil, auth.Redirect(*in.CallbackURL)
	}
	return answer(v), nil
}

type verificationClaims struct {
	Email, UpdateTo, RequestType, UserID string
	wrong                                bool
}

func (v verificationClaims) ok() bool { return !v.wrong }

func openVerification(c *auth.Context, token string) (verificationClaims, *auth.Code) {
	payload, err := c.Keys.VerifyJWT(token, c.Now())
	switch {
	case errors.Is(err, secret.ErrExpired):
		return verificationClaims{}, &auth.TokenExpired
	case err != nil:
		return verificationClaims{}, &auth.InvalidToken
	}
	v, err := js.Parse(payload)
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return verificationClaims{}, &auth.InvalidToken
	}
	claims := verificationClaims{}
	for name, to := range map[string]*string{"email": &claims.Email, "updateTo": &claims.UpdateTo, "requestType": &claims.RequestType, "userId": &claims.UserID} {
		if v, has := o.Get(name); has {
			text, isText := v.(string)
			*to, claims.wrong = text, claims.wrong || !isText
		}
	}
	if _, issues := schema.String().Email().Check(claims.Email); len(issues) > 0 {
		claims.wrong = true
	}
	return claims, nil
}

// verifyAddress marks the address of a user as verified.
func verifyAddress(c *auth.Context, in *verifyEmailRequest, claims verificationClaims) (anyAnswer, error) {
	user, err := c.Users.ByEmail(c, claims.Email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, in.refuse(auth.UserNotFound)
	case err != nil:
		return nil, err
	case claims.UserID != "" && claims.UserID != user.ID:
		return nil, in.refuse(auth.InvalidToken)
	case user.EmailVerified:
		return in.leave(&verifyEmailAnswer{Status: true})
	}
	o := c.Options.EmailVerification
	if o.BeforeEmailVerification != nil {
		if _, err := o.BeforeEmailVerification(c, auth.UserRequest{User: user, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	updated, err := c.Users.Update(c, user.ID, store.Record{"emailVerified": true})
	if store.UnlessGone(err) != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.EmailVerified, UserID: user.ID})
	if o.AfterEmailVerification != nil {
		if _, err := o.AfterEmailVerification(c, auth.UserRequest{User: updated, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	if o.AutoSignInAfterVerification {
		if err := signInVerified(c, user, claims.Email); err != nil {
			return nil, err
		}
	}
	return in.leave(&verifyEmailAnswer{Status: true})
}

func signInVerified(c *auth.Context, user *auth.User, email string) error {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return err
	}
	proven := store.Record{"emailVerified": true}
	if s != nil && auth.SameAddress(s.User.Email, email) {
		return c.SetSessionCookie(auth.SignedIn{Session: s.Session, User: s.User.With(proven)}, auth.RememberAsBefore)
	}
	_, err = c.SignIn(user.With(proven), auth.SignIn{Method: "email-verification"})
	if errors.Is(err, store.ErrDropped) {
		return auth.Internal(auth.FailedToCreateSession)
	}
	return err
}
