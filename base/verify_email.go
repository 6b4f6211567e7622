package base

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/internal/schema"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

type sendVerificationRequest struct {
	Email       string  `json:"email" format:"email" doc:"The email to send the verification email to"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"The URL to use for email verification callback"`
}

var sendVerificationEmail = auth.Handle(auth.Route{
	ID: "sendVerificationEmail", Methods: []string{http.MethodPost}, Path: "/send-verification-email",
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
	if auth.LowerCase(str(s.User, "email")) != auth.LowerCase(in.Email) {
		return nil, auth.BadRequest(auth.EmailMismatch)
	}
	if s.User["emailVerified"] == true {
		return nil, auth.BadRequest(auth.EmailAlreadyVerified)
	}
	return done, requestVerification(c, s.User, in.CallbackURL)
})

// mailStranger sends the mail to whoever has the address and needs it. The
// answer always takes half a second, so that time does not tell whether there is
// such a user; only a sender of Go may have it take longer.
func mailStranger(c *auth.Context, in *sendVerificationRequest) error {
	floor := time.NewTimer(500 * time.Millisecond)
	defer floor.Stop()
	user, err := c.FindUserByEmail(c, in.Email)
	told := make(chan error, 1)
	if err == nil && user != nil && user["emailVerified"] != true {
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
	go func() { // a webhook that takes longer would tell
		if err := <-told; err != nil {
			log.Error("emailVerification.sendVerificationEmail failed", "error", err)
		}
	}()
	return nil
}

// requestVerification sends the mail that was asked for: here a failing sender
// is the caller's business.
func requestVerification(c *auth.Context, user store.Record, callbackURL *string) error {
	_, err := c.Options.EmailVerification.SendVerificationEmail(c, linkFor(c, user, callbackURL))
	return auth.FromCallback(err)
}

// linkFor is the message that asks user to verify the address.
func linkFor(c *auth.Context, user store.Record, callbackURL *string) auth.LinkMail {
	link := verifyURL(c, verificationToken(c, str(user, "email"), "")(str(user, "id"), ""), callbackURL)
	return auth.LinkMail{User: user, URL: link.url, Token: link.token, Call: c}
}

type verificationLink struct{ url, token string }

// verificationToken makes the token of a verification link: about an address,
// or about changing it to another.
func verificationToken(c *auth.Context, email, updateTo string) func(userID, requestType string) string {
	return func(userID, requestType string) string {
		claims := js.Obj("email", auth.LowerCase(email))
		if updateTo != "" {
			claims.Set("updateTo", auth.LowerCase(updateTo))
		}
		if requestType != "" {
			claims.Set("requestType", requestType)
		}
		claims.Set("userId", userID)
		life := time.Duration(c.Options.EmailVerification.ExpiresIn) * time.Second
		return c.Keys.SignJWT(js.Marshal(claims), c.Now(), life)
	}
}

func verifyURL(c *auth.Context, token string, callbackURL *string) verificationLink {
	target := "/"
	if callbackURL != nil && *callbackURL != "" {
		target = *callbackURL
	}
	return verificationLink{c.BaseURL + "/verify-email?token=" + token + "&callbackURL=" + cookie.EncodeURIComponent(target), token}
}

// mailVerification sends a verification mail along the way of another call,
// which a failing sender does not fail.
func mailVerification(c *auth.Context, user store.Record, callbackURL *string) {
	mailLink(c, linkFor(c, user, callbackURL))
}

func mailLink(c *auth.Context, m auth.LinkMail) {
	if send := c.Options.EmailVerification.SendVerificationEmail; send != nil {
		auth.TellAside(c, "emailVerification.sendVerificationEmail", send, m)
	}
}

type verifyEmailRequest struct {
	Token       string  `query:"token" doc:"The token to verify the email"`
	CallbackURL *string `query:"callbackURL,omitempty" doc:"The URL to redirect to after email verification"`
}

type verifyEmailAnswer struct {
	Status bool      `json:"status"`
	User   *auth.Row `json:"user"`
}

var verifyEmail = auth.Handle(auth.Route{
	ID: "verifyEmail", Methods: []string{http.MethodGet}, Path: "/verify-email",
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
		return nil, errors.New("the token verifies, but what it holds is no verification")
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

// anyAnswer is an answer whose form hangs on the case.
type anyAnswer = *any

func answer(v any) anyAnswer { return &v }

// refuse sends the browser back with the code, or answers 401.
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

// leave sends the browser on, or answers v.
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

// verifyAddress marks an address as its user's.
func verifyAddress(c *auth.Context, in *verifyEmailRequest, claims verificationClaims) (anyAnswer, error) {
	user, err := c.FindUserByEmail(c, claims.Email)
	if err != nil {
		return nil, err
	}
	switch {
	case user == nil:
		return nil, in.refuse(auth.UserNotFound)
	case claims.UserID != "" && claims.UserID != str(user, "id"):
		return nil, in.refuse(auth.InvalidToken)
	case user["emailVerified"] == true:
		return in.leave(&verifyEmailAnswer{Status: true})
	}
	o := c.Options.EmailVerification
	if o.BeforeEmailVerification != nil {
		if _, err := o.BeforeEmailVerification(c, auth.UserRequest{User: user, Call: c}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	updated, err := c.UpdateUser(c, str(user, "id"), store.Record{"emailVerified": true})
	if err != nil {
		return nil, err
	}
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

func signInVerified(c *auth.Context, user store.Record, email string) error {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return err
	}
	if s != nil && auth.SameAddress(str(s.User, "email"), email) {
		return c.SetSessionCookie(auth.SignedIn{Session: s.Session, User: merged(s.User, store.Record{"emailVerified": true})}, nil)
	}
	session, err := c.CreateSession(str(user, "id"), false, nil)
	if err != nil {
		return err
	}
	if session == nil {
		return auth.Internal(auth.FailedToCreateSession)
	}
	return c.SetSessionCookie(auth.SignedIn{Session: session, User: merged(user, store.Record{"emailVerified": true})}, nil)
}
