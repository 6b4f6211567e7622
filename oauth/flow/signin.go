package flow

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// SignIn signs in an identity that a provider has proven.
type SignIn struct {
	// User is the user from the provider: name, email (required), image, emailVerified and added fields.
	User             *js.Object
	Account          Account
	CallbackURL      string // for the link in a verification mail
	DisableSignUp    bool
	OverrideUserInfo bool
	Profile          *js.Object // of the provider, for validateUserInfo
	// Trusted says that the provider is trusted to verify addresses, whatever the options say. Untrusted ignores the
	// trustedProviders of the options.
	Trusted, Untrusted bool
	// Source replaces the source that validateUserInfo receives.
	Source *js.Object
}

// Result is the result of a SignIn: a session, whose cookies are set, with its user, or the reason why there is none
// ("account not linked", "signup disabled", email_not_verified …).
type Result struct {
	Session *auth.Session
	User    *auth.User
	IsNew   bool   // the user has just signed up
	Problem string // why nobody was signed in; "" if somebody was

	verified bool
	email    string
}

func refused(problem string) (*Result, error) { return &Result{Problem: problem}, nil }

// Do finds or creates the user, stores the account, and starts a session (handleOAuthUserInfo in
// oauth2/link-account.mjs). An *auth.Error refuses with a code; any other reason is in Result.Problem.
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

// find looks for the account, and otherwise for a user with the address. If the database fails, the browser is sent
// to the error page.
func (s *SignIn) find(c *auth.Context, r *Result) (user *auth.User, account *auth.Account, problem string, err error) {
	fail := func(err error) error {
		if c.StoreFailure() == nil { // otherwise the call logs it
			c.Log.ErrorContext(c, "the OAuth account could not be read from the database", "error", err)
		}
		return Fail(ErrorURL(c), internalServerError, "")
	}
	account, err = c.Accounts.FindAt(c, s.Account.ProviderID, s.Account.AccountID)
	if err != nil {
		return nil, nil, "", fail(err)
	}
	if account == nil {
		if user, err = c.Users.FindByEmail(c, r.email); err != nil {
			return nil, nil, "", fail(err)
		}
		return user, nil, "", nil
	}
	if user, err = c.Users.Find(c, account.UserID); err != nil {
		return nil, nil, "", fail(err)
	}
	if user == nil {
		c.Log.ErrorContext(c, "an OAuth account belongs to a user that does not exist; delete the account's row before trying again")
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

func (s *SignIn) validate(c *auth.Context, r *Result, user *auth.User, action string) error {
	told := record(s.User)
	told["id"], told["email"] = user.ID, r.email
	return c.ValidateUser(told, s.source(action))
}

// link adds the account to a user with the same address. The address must be verified on both sides: by the provider
// now, and by the user before. Otherwise somebody who signed up first with the address of another person would share
// that person's account (GHSA-g38m-r43w-p2q7).
func (s *SignIn) link(c *auth.Context, r *Result, user *auth.User) (*auth.User, string, error) {
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
	err = s.keepNew(c, user.ID)
	if errors.Is(err, store.ErrDropped) {
		return nil, unableToLinkAccountText, nil
	}
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
	if err := s.verifyAddress(c, r, user); err != nil {
		return nil, "", err
	}
	if updated := ApplyProfile(c, user.ID, s.User); updated != nil {
		user = updated
	}
	return user, "", nil
}

func (s *SignIn) mayLink(c *auth.Context, r *Result, user *auth.User) (bool, error) {
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
	return (trusted || r.verified) && (!needLocal || user.EmailVerified) && !off, nil
}

// keepNew creates the account's row and the account cookie.
func (s *SignIn) keepNew(c *auth.Context, userID string) error {
	row, err := s.Account.row(c, userID)
	if err != nil {
		return err
	}
	made, err := c.Accounts.Link(c, row)
	if err != nil {
		return err
	}
	c.Emit(auth.Event{Name: auth.AccountLinked, UserID: userID, Method: made.ProviderID})
	return SetAccountCookie(c, made)
}

// verifyAddress marks the user's address as verified if the provider has verified it.
func (s *SignIn) verifyAddress(c *auth.Context, r *Result, user *auth.User) error {
	if !r.verified || user.EmailVerified || !auth.SameAddress(user.Email, r.email) {
		return nil
	}
	_, err := c.Users.Update(c, user.ID, store.Record{"emailVerified": true})
	return store.UnlessGone(err)
}

// renew stores the tokens of an account that has signed in before. The scopes stay, because only linking changes
// them.
func (s *SignIn) renew(c *auth.Context, r *Result, user *auth.User, account *auth.Account) (string, error) {
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
	if err := SetAccountCookie(c, account.With(fresh)); err != nil {
		return "", err
	}
	if len(fresh) > 0 {
		_, err := c.Accounts.Update(c, account.ID, fresh)
		switch {
		case errors.Is(err, store.ErrDropped), errors.Is(err, store.ErrNotFound):
			return unableToUpdateAccount, nil
		case err != nil:
			return "", err
		}
	}
	return "", s.verifyAddress(c, r, user)
}

// override replaces the fields of a user with those from the provider.
func (s *SignIn) override(c *auth.Context, r *Result, user *auth.User) (*auth.User, error) {
	change, err := profileFields(c, s.User, false)
	if err != nil {
		return nil, err
	}
	change["email"], change["emailVerified"] = r.email, r.verified
	if auth.SameAddress(user.Email, r.email) {
		change["emailVerified"] = r.verified || user.EmailVerified
	} else if c.ProvesAddresses() && !r.verified {
		delete(change, "email") // nobody has proven the new address
		delete(change, "emailVerified")
	}
	updated, err := c.Users.Update(c, user.ID, change)
	if code, _, refused := auth.Refusal(err); refused && code == auth.EmailNotAllowed.Name {
		delete(change, "email") // the user keeps the address that was allowed
		delete(change, "emailVerified")
		updated, err = c.Users.Update(c, user.ID, change)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		c.Log.WarnContext(c, "the user could not be updated from the provider", "error", err)
		return user, nil
	}
	return updated, err
}

// signUp creates a user and its account in one transaction.
func (s *SignIn) signUp(c *auth.Context, r *Result) (*auth.User, string, error) {
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
	var user *auth.User
	var account *auth.Account
	err = c.Tx(func(c *auth.Context) error {
		made, err := c.Users.CreateFrom(c, row, s.source(""))
		if err != nil {
			return err
		}
		kept, err := s.Account.row(c, made.ID)
		if err != nil {
			return err
		}
		account, err = c.Accounts.Link(c, kept)
		user = made
		return store.UnlessDropped(err) // the user stays without the account
	})
	if err != nil {
		return s.notCreated(c, err)
	}
	if account == nil {
		return user, "", nil
	}
	return user, "", SetAccountCookie(c, account)
}

func (s *SignIn) notCreated(c *auth.Context, err error) (*auth.User, string, error) {
	var known *auth.Error
	if errors.As(err, &known) {
		return nil, "", err
	}
	if !errors.Is(err, store.ErrDropped) && c.StoreFailure() == nil {
		c.Log.ErrorContext(c, "the OAuth user could not be created", "error", err)
	}
	return nil, unableToCreateUser, nil
}

// begin starts the session and sets its cookies, unless the provider's options require a verified address first.
func (s *SignIn) begin(c *auth.Context, r *Result, user *auth.User) (*Result, error) {
	needVerified := false
	if p := c.Providers.Find(s.Account.ProviderID); p != nil {
		needVerified = p.Info().RequireEmailVerification
	}
	o, verified := c.Options.EmailVerification, user.EmailVerified
	if c.AwaitsProof(user) && !r.IsNew && r.verified { // proven by this sign-in
		proven, err := c.Users.Get(c, user.ID)
		if err != nil {
			return nil, err
		}
		user = proven
	}
	needVerified = needVerified || c.AwaitsProof(user)
	onSignUp := needVerified
	if o.SendOnSignUp != nil {
		onSignUp = *o.SendOnSignUp
	}
	if r.IsNew && !verified && onSignUp {
		c.MailVerification(user, s.CallbackURL)
	}
	if needVerified && !verified {
		if !r.IsNew && o.SendOnSignIn {
			c.MailVerification(user, s.CallbackURL)
		}
		return &Result{Problem: EmailNotVerified, IsNew: r.IsNew}, nil
	}
	session, err := c.SignIn(user, auth.SignIn{Method: s.method()})
	if errors.Is(err, store.ErrDropped) {
		return refused(unableToCreateSession)
	}
	if err != nil {
		return nil, err
	}
	if r.IsNew {
		c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: s.method()})
	}
	r.Session, r.User = session, user
	return r, nil
}

// method returns the method of the sign-in for events and hooks.
func (s *SignIn) method() string { return "oauth:" + s.Account.ProviderID }

// Refuse returns the error for a client that sent an ID token, instead of a redirect.
func (r *Result) Refuse(code string) error {
	if r.Problem == EmailNotVerified {
		return auth.Forbidden(auth.EmailNotVerified)
	}
	return auth.Fail(http.StatusUnauthorized, auth.Code{Name: code, Message: r.Problem})
}
