package flow

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// SignIn is a proven identity that wants a session.
type SignIn struct {
	// User is the user as the provider tells it: name, email (needed), image,
	// emailVerified and added fields.
	User             *js.Object
	Account          Account
	CallbackURL      string // for the link in a verification mail
	DisableSignUp    bool
	OverrideUserInfo bool
	Profile          *js.Object // of the provider, for validateUserInfo
	// Trusted says that the provider vouches for addresses whatever the options
	// say; Untrusted that the options' word by name does not count.
	Trusted, Untrusted bool
	// Source replaces what validateUserInfo is told of the source.
	Source *js.Object
}

// Result is what became of a SignIn: a session with its user, or why there is
// none ("account not linked", "signup disabled", email_not_verified …).
type Result struct {
	Session  *auth.SignedIn
	IsNew    bool
	Problem  string
	verified bool
	email    string
}

func refused(problem string) (*Result, error) { return &Result{Problem: problem}, nil }

// Do finds or makes the user, keeps the account, and begins a session
// (handleOAuthUserInfo in oauth2/link-account.mjs). An *auth.Error refuses with
// a code; Result.Problem says all else that is in the way.
func (s *SignIn) Do(c *auth.Context) (*Result, error) {
	r := &Result{
		verified: oauth.IsTrue(oauth.Member(s.User, "emailVerified")),
		email:    auth.LowerCase(oauth.Text(oauth.Member(s.User, "email"))),
	}
	s.User = oauth.Spread(s.User, js.Obj("emailVerified", r.verified))
	user, account, problem, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	if problem != "" {
		return refused(problem)
	}
	switch {
	case user == nil:
		r.IsNew = true
		user, problem, err = s.signUp(c, r)
	case account == nil:
		user, problem, err = s.link(c, r, user)
	default:
		problem, err = s.renew(c, r, user, account)
	}
	if err != nil || problem != "" {
		return &Result{Problem: problem}, err
	}
	if !r.IsNew && s.OverrideUserInfo {
		if user, err = s.override(c, r, user); err != nil {
			return nil, err
		}
	}
	return s.begin(c, r, user)
}

// find looks for the account, else for a user with the address. A database that
// fails sends the browser to the error page.
func (s *SignIn) find(c *auth.Context, r *Result) (user, account store.Record, problem string, err error) {
	fail := func(err error) error {
		if c.StoreFailure() == nil { // else the call says so
			c.Log.ErrorContext(c, "the database could not be asked for an OAuth account", "error", err)
		}
		return Fail(ErrorURL(c), internalServerError, "")
	}
	account, err = FindAccount(c, s.Account.ProviderID, s.Account.AccountID)
	if err != nil {
		return nil, nil, "", fail(err)
	}
	if account == nil {
		if user, err = c.FindUserByEmail(c, r.email); err != nil {
			return nil, nil, "", fail(err)
		}
		return user, nil, "", nil
	}
	if user, err = c.FindUser(c, oauth.Text(account["userId"])); err != nil {
		return nil, nil, "", fail(err)
	}
	if user == nil {
		c.Log.ErrorContext(c, "an OAuth account belongs to a user that is gone; repair it before trying again")
		problem = unableToLinkAccountText
	}
	return user, account, problem, nil
}

func (s *SignIn) source(action string) *js.Object {
	source := s.Source
	if source == nil {
		told := js.Obj("providerId", s.Account.ProviderID)
		if s.Profile != nil {
			told.Set("profile", s.Profile)
		}
		source = js.Obj("method", "oauth", "oauth", told)
	}
	if action == "" {
		return source
	}
	return oauth.Spread(source, js.Obj("action", action))
}

func (s *SignIn) validate(c *auth.Context, r *Result, user store.Record, action string) error {
	told := record(s.User)
	told["id"], told["email"] = user["id"], r.email
	return c.ValidateUser(c, told, s.source(action))
}

// link adds the account to a user with the same address. Both sides must vouch
// for the address: the provider now, and the user before. Otherwise whoever
// signed up first with somebody else's address would share the owner's account
// (GHSA-g38m-r43w-p2q7).
func (s *SignIn) link(c *auth.Context, r *Result, user store.Record) (store.Record, string, error) {
	allowed, err := s.mayLink(c, r, user)
	if err != nil {
		return nil, "", err
	}
	if !allowed {
		return nil, accountNotLinked, nil
	}
	if err := s.validate(c, r, user, "link-account"); err != nil {
		return nil, "", err
	}
	account, err := s.keepNew(c, oauth.Text(user["id"]))
	if err != nil {
		var known *auth.Error
		if errors.As(err, &known) {
			return nil, "", err
		}
		if c.StoreFailure() == nil {
			c.Log.ErrorContext(c, "the account could not be linked", "error", err)
		}
		return nil, unableToLinkAccountText, nil
	}
	if account == nil {
		return nil, unableToLinkAccountText, nil
	}
	if err := s.verifyAddress(c, r, user); err != nil {
		return nil, "", err
	}
	if updated := ApplyProfile(c, oauth.Text(user["id"]), s.User); updated != nil {
		user = updated
	}
	return user, "", nil
}

func (s *SignIn) mayLink(c *auth.Context, r *Result, user store.Record) (bool, error) {
	o := c.Options.Account.AccountLinking
	trusted := s.Trusted
	if !trusted && !s.Untrusted {
		var err error
		if trusted, err = c.TrustsProvider(s.Account.ProviderID); err != nil {
			return false, err
		}
	}
	needLocal := *o.RequireLocalEmailVerified
	off := !*o.Enabled || o.DisableImplicitLinking
	return (trusted || r.verified) && (!needLocal || user["emailVerified"] == true) && !off, nil
}

// keepNew makes the account's row, and the cookie of it; nil when a hook
// dropped it.
func (s *SignIn) keepNew(c *auth.Context, userID string) (store.Record, error) {
	row, err := s.Account.row(c, userID)
	if err != nil {
		return nil, err
	}
	made, err := c.LinkAccount(c, row)
	if err != nil || made == nil {
		return nil, err
	}
	return made, SetAccountCookie(c, made)
}

// verifyAddress: an address that the provider has verified is verified here.
func (s *SignIn) verifyAddress(c *auth.Context, r *Result, user store.Record) error {
	if !r.verified || user["emailVerified"] == true || !auth.SameAddress(oauth.Text(user["email"]), r.email) {
		return nil
	}
	_, err := c.UpdateUser(c, oauth.Text(user["id"]), store.Record{"emailVerified": true})
	return err
}

// renew keeps the tokens of somebody who has signed in before. Scopes stay: they
// change by linking alone.
func (s *SignIn) renew(c *auth.Context, r *Result, user, account store.Record) (string, error) {
	if err := s.validate(c, r, user, "sign-in"); err != nil {
		return "", err
	}
	fresh := store.Record{}
	if *c.Options.Account.UpdateAccountOnSignIn {
		var err error
		if fresh, err = s.Account.fields(c); err != nil {
			return "", err
		}
	}
	now := store.Record{}
	for _, from := range []store.Record{account, fresh} {
		for name, v := range from {
			now[name] = v
		}
	}
	if err := SetAccountCookie(c, now); err != nil {
		return "", err
	}
	if len(fresh) > 0 {
		_, err := c.Store.Update(c, "account", []store.Where{store.Is("id", account["id"])}, fresh)
		switch {
		case errors.Is(err, store.ErrAborted), errors.Is(err, store.ErrNotFound):
			return unableToUpdateAccount, nil
		case err != nil:
			return "", err
		}
	}
	return "", s.verifyAddress(c, r, user)
}

// override replaces what is known of a user by what the provider says.
func (s *SignIn) override(c *auth.Context, r *Result, user store.Record) (store.Record, error) {
	change, err := profileFields(c, s.User, false)
	if err != nil {
		return nil, err
	}
	change["email"], change["emailVerified"] = r.email, r.verified
	if auth.SameAddress(oauth.Text(user["email"]), r.email) {
		change["emailVerified"] = r.verified || user["emailVerified"] == true
	}
	updated, err := c.UpdateUser(c, oauth.Text(user["id"]), change)
	if err != nil {
		return nil, err
	}
	if updated == nil {
		c.Log.WarnContext(c, "the user could not be updated from the provider")
		return user, nil
	}
	return updated, nil
}

// signUp makes a user and its account, both or neither.
func (s *SignIn) signUp(c *auth.Context, r *Result) (store.Record, string, error) {
	if s.DisableSignUp {
		return nil, signUpDisabled, nil
	}
	row, err := profileFields(c, s.User, true)
	if err == nil {
		err = c.CheckEmailLength(r.email)
	}
	if err != nil {
		return s.notCreated(c, err)
	}
	row["email"], row["emailVerified"] = r.email, r.verified
	var user, account store.Record
	err = c.Tx(func(c *auth.Context) error {
		made, err := c.CreateUserFrom(c, row, s.source(""))
		if err != nil {
			return err
		}
		kept, err := s.Account.row(c, oauth.Text(made["id"]))
		if err != nil {
			return err
		}
		account, err = c.LinkAccount(c, kept)
		user = made
		return err
	})
	if err != nil {
		return s.notCreated(c, err)
	}
	if account == nil {
		return user, "", nil
	}
	return user, "", SetAccountCookie(c, account)
}

func (s *SignIn) notCreated(c *auth.Context, err error) (store.Record, string, error) {
	var known *auth.Error
	if errors.As(err, &known) {
		return nil, "", err
	}
	if !errors.Is(err, store.ErrAborted) && c.StoreFailure() == nil {
		c.Log.ErrorContext(c, "the OAuth user could not be made", "error", err)
	}
	return nil, unableToCreateUser, nil
}

// begin begins the session, unless the provider's options want a verified
// address first.
func (s *SignIn) begin(c *auth.Context, r *Result, user store.Record) (*Result, error) {
	needVerified := false
	if p := c.Providers.Find(s.Account.ProviderID); p != nil {
		needVerified = p.Info().RequireEmailVerification
	}
	o, verified := c.Options.EmailVerification, user["emailVerified"] == true
	onSignUp := needVerified
	if o.SendOnSignUp != nil {
		onSignUp = *o.SendOnSignUp
	}
	if r.IsNew && !verified && onSignUp {
		s.mailVerification(c, user)
	}
	if needVerified && !verified {
		if !r.IsNew && o.SendOnSignIn {
			s.mailVerification(c, user)
		}
		return &Result{Problem: EmailNotVerified, IsNew: r.IsNew}, nil
	}
	session, err := c.CreateSession(oauth.Text(user["id"]), false, nil)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return refused(unableToCreateSession)
	}
	r.Session = &auth.SignedIn{Session: session, User: user}
	return r, nil
}

func (s *SignIn) mailVerification(c *auth.Context, user store.Record) {
	o := c.Options.EmailVerification
	if o.SendVerificationEmail == nil {
		return
	}
	token := c.VerificationToken(oauth.Text(user["id"]), oauth.Text(user["email"]))
	target := s.CallbackURL
	if target == "" {
		target = "/"
	}
	url := c.BaseURL + "/verify-email?token=" + token + "&callbackURL=" + cookie.EncodeURIComponent(target)
	auth.TellAside(c, "emailVerification.sendVerificationEmail", o.SendVerificationEmail, auth.LinkMail{User: user, URL: url, Token: token, Call: c})
}

// Refuse is the answer to a client that is no browser on its way: an id token
// that may not sign in.
func (r *Result) Refuse(code string) error {
	if r.Problem == EmailNotVerified {
		return auth.Forbidden(auth.EmailNotVerified)
	}
	return auth.Fail(http.StatusUnauthorized, auth.Code{Name: code, Message: r.Problem})
}
