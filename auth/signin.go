package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Remember says how long the browser keeps a session.
type Remember int

// The values of Remember.
const (
	RememberAsBefore Remember = iota // as at the last sign-in of this browser, otherwise for session.expiresIn
	RememberLong                     // for session.expiresIn
	ForgetOnClose                    // until the browser is closed; the session expires after a day
)

// RememberIf returns RememberLong for true and ForgetOnClose for false.
func RememberIf(remember bool) Remember {
	if remember {
		return RememberLong
	}
	return ForgetOnClose
}

// SignIn describes a sign-in.
type SignIn struct {
	Method   string // for [Manifest.Admit] and events: "email-password", "magic-link", "oauth" …
	Remember Remember
	Fields   store.Record // additional fields of the session's row
	// Life is how long the session lasts; 0 means as Remember says.
	Life time.Duration
	// UserVerified says that a passkey's authenticator checked a PIN, a fingerprint or a face: two factors in one, for
	// policies that ask for a second one.
	UserVerified bool
	// Continues is the session of the caller that the new one takes the place of. It is nil for a sign-in. Second
	// factors are not asked for again.
	Continues *Session
	// Approved says that the user has approved the sign-in in another session, on another device or in the browser.
	// Second factors are not asked for, because that session may have needed one.
	Approved bool
	// AfterCommit sets the cookies and c.NewSession after the transaction around the call is committed. Database
	// hooks then see no NewSession.
	AfterCommit bool
	// NoCookies sets no cookies: the answer gives the token to a client that is not a browser.
	NoCookies bool
}

// SignIn starts a session of user and sets its cookies. All sessions start here, so everything that may stop a
// sign-in is checked here.
//
// The order is: the check of [Context.AwaitsProof], [Manifest.Admit] of every plugin, the session's row with its database hooks, the cookies, then
// c.NewSession is set. After the endpoint, [Manifest.SignedIn] runs, where [Context.UndoSignIn] can still take the
// session back. The event UserSignedIn is reported after that. The error is store.ErrDropped if a database hook dropped the session.
func (c *Context) SignIn(user *User, how SignIn) (*Session, error) {
	if c.AwaitsProof(user) {
		return nil, Forbidden(EmailNotVerified)
	}
	for _, m := range c.manifests {
		if m.Admit == nil {
			continue
		}
		if err := m.Admit(c, user, how); err != nil {
			return nil, err
		}
	}
	session, err := c.Sessions.Create(c, c.newSession(user.ID, how))
	if err != nil {
		return nil, err
	}
	tell := func(context.Context) error { return c.tellSignIn(SignedIn{Session: session, User: user}, how) }
	if how.AfterCommit {
		return session, c.Store.AfterCommit(c, tell)
	}
	return session, tell(c)
}

// tellSignIn sets the cookies of a new session and c.NewSession.
func (c *Context) tellSignIn(s SignedIn, how SignIn) error {
	if how.NoCookies {
		c.NewSession = &s
	} else if err := c.SetSessionCookie(s, how.Remember); err != nil {
		return err
	}
	c.began = &begun{SignedIn: s, how: how}
	return nil
}

// Adopt gives the browser a session that began elsewhere, such as the one that a token from another device stands for.
// SignedIn hooks run as after a sign-in; UndoSignIn then takes the cookies back and leaves the session. No event is
// reported.
func (c *Context) Adopt(s SignedIn, how SignIn) error {
	if !how.NoCookies {
		if err := c.SetSessionCookie(s, how.Remember); err != nil {
			return err
		}
	}
	c.began = &begun{SignedIn: s, how: how, elsewhere: true}
	return nil
}

// begun is a session that this call started or adopted.
type begun struct {
	SignedIn
	how       SignIn
	elsewhere bool // adopted
}

// Began returns the session that this call started or adopted, and how. ok is false if there is none, or if it was
// taken back.
func (c *Context) Began() (s SignedIn, how SignIn, ok bool) {
	if c.began == nil {
		return s, how, false
	}
	return c.began.SignedIn, c.began.how, true
}

// RenewSession replaces the caller's session by a new one with the same fields, for example because the rights of its
// user have changed, and ends the old one. user is the user as changed.
func (c *Context) RenewSession(user *User, method string) (*Session, error) {
	old := c.Session.Session
	session, err := c.SignIn(user, SignIn{Method: method, Fields: old.Record(), Continues: old})
	if err != nil {
		return nil, err
	}
	return session, c.Sessions.End(c, old.Token)
}

// reportSignIn reports the session that this call started, unless a hook took it back.
func (c *Context) reportSignIn() {
	if s := c.began; s != nil && !s.elsewhere {
		c.Emit(Event{Name: UserSignedIn, UserID: s.User.ID, SessionID: s.Session.ID, Method: s.how.Method})
	}
}

// newSession returns the row of a session that starts now.
func (c *Context) newSession(userID string, how SignIn) store.Record {
	life := c.ExpiresIn()
	if how.Remember == ForgetOnClose {
		life = 24 * time.Hour
	}
	if how.Life != 0 {
		life = how.Life
	}
	row := store.Record{"ipAddress": c.sessionIP(), "userAgent": c.userAgent()}
	for k, v := range how.Fields {
		if k != "id" {
			row[k] = v
		}
	}
	row["expiresAt"] = c.now.Add(life)
	row["userId"] = userID
	row["token"] = secret.ID(32)
	row["createdAt"], row["updatedAt"] = c.now, c.now
	for _, f := range c.fields["session"] {
		if f.hasValue {
			row[f.Name] = f.value(c)
		}
	}
	return row
}

func (c *Context) userAgent() string {
	ua, _ := c.RequestHeaderValue("User-Agent")
	return cut(ua, maxUserAgent)
}

// sessionIP returns the address that a session records, or "" if no trusted header names one.
func (c *Context) sessionIP() string {
	if c.RequestHeader == nil {
		return ""
	}
	if ip, ok := c.ClientIP(); ok {
		return ip
	}
	return ""
}

// UndoSignIn takes back the session that this call started: it deletes the row, unless the session began elsewhere, and
// removes the cookies from the answer. Whether the browser is to remember the session stays, for the next sign-in. It does nothing if this call
// started no session.
func (c *Context) UndoSignIn() error {
	if c.began == nil {
		return nil
	}
	if !c.began.elsewhere {
		if err := c.Sessions.End(c, c.began.Session.Token); err != nil {
			return err
		}
	}
	c.began, c.NewSession, c.Session = nil, nil, nil
	return c.expireSessionCookies()
}

// CheckPassword returns the user with this address and password. Otherwise it returns a 401 INVALID_EMAIL_OR_PASSWORD
// after the same amount of work, whether the password is wrong, the user has none or the address is unknown. After
// too many wrong passwords for one address it returns a 429.
func (c *Context) CheckPassword(email, password string) (*User, error) {
	if err := c.CheckPasswordNotTooLong(password); err != nil {
		return nil, err
	}
	if err := c.countTry(email); err != nil {
		return nil, err
	}
	user, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return nil, err
	}
	if err := c.checkCounted(user, password, InvalidEmailOrPassword); err != nil {
		return nil, err
	}
	return user, c.ForgetWrongPasswords(email)
}

// CheckPasswordOf is CheckPassword for a user who is named otherwise than by an address, such as by a username. user
// is the one who was found, or nil; name is what the caller typed. If the password is wrong, the user has none or is
// nil, the error is a 401 with the code wrong. Wrong passwords are counted per account, together with those that
// CheckPassword refuses.
func (c *Context) CheckPasswordOf(user *User, name, password string, wrong Code) error {
	if err := c.CheckPasswordNotTooLong(password); err != nil {
		return err
	}
	if user != nil {
		name = user.Email
	}
	if err := c.countTry(name); err != nil {
		return err
	}
	if err := c.checkCounted(user, password, wrong); err != nil {
		return err
	}
	return c.ForgetWrongPasswords(name)
}

// checkCounted checks a password after the try was counted.
func (c *Context) checkCounted(user *User, password string, wrong Code) error {
	right, err := c.passwordFits(user, password)
	if err != nil {
		return err
	}
	if !right {
		c.reportFailure(user, "password")
		return Unauthorized(wrong)
	}
	return nil
}

// reportFailure reports that somebody could not prove to be user, who may be nil.
func (c *Context) reportFailure(user *User, method string) {
	e := Event{Name: UserSignInFailed, Method: method}
	if user != nil {
		e.UserID = user.ID
	}
	c.Emit(e)
}

// passwordFits reports whether user, who may be nil, has the password. It takes the same time in all cases.
func (c *Context) passwordFits(user *User, password string) (bool, error) {
	id := c.Users.NobodyID()
	if user != nil {
		id = user.ID
	}
	account, err := c.Accounts.FindCredential(c, id)
	if err != nil && user != nil {
		return false, err
	}
	if user == nil || account == nil || account.Password == "" {
		return false, c.Passwords.Pretend(c, password)
	}
	return c.Passwords.Check(c, account, password)
}

// ConfirmPassword checks the password of the signed-in user. A wrong one is a 400; missing is the code for a user
// without a password. After too many wrong ones it returns a 429.
func (c *Context) ConfirmPassword(password string, missing Code) error {
	account, err := c.OwnCredential(password, missing)
	if err != nil {
		return err
	}
	return c.ConfirmPasswordOf(account, password)
}

// OwnCredential returns the account with the password of the signed-in user, after the checks that cost nothing: that
// password is not too long, and that there is such an account. missing is the code if there is none.
func (c *Context) OwnCredential(password string, missing Code) (*Account, error) {
	if err := c.CheckPasswordNotTooLong(password); err != nil {
		return nil, err
	}
	account, err := c.Accounts.FindCredential(c, c.Session.User.ID)
	if err != nil {
		return nil, err
	}
	if account == nil || account.Password == "" {
		return nil, BadRequest(missing)
	}
	return account, nil
}

// ConfirmPasswordOf checks password as ConfirmPassword does, for an account that OwnCredential returned.
func (c *Context) ConfirmPasswordOf(account *Account, password string) error {
	if err := c.countOwnTry(); err != nil {
		return err
	}
	right, err := c.Passwords.Check(c, account, password)
	if err != nil {
		return err
	}
	if !right {
		return BadRequest(InvalidPassword)
	}
	return c.forgetOwnTries()
}

// expireSessionCookies expires the cookies of the session, but not the one that says how long it is to be remembered.
func (c *Context) expireSessionCookies() error {
	data := c.set.SessionData
	errs := []error{c.ExpireCookie(c.set.SessionToken), c.ExpireCookie(data)}
	if isTrue(c.Options.Account.StoreAccountCookie, false) {
		account := c.set.AccountData
		errs = append(errs, c.ExpireCookie(account), c.cleanChunks(account))
	}
	if c.stateInCookie() {
		errs = append(errs, c.ExpireCookie(c.CookieNamed("oauth_state", nil)))
	}
	return errors.Join(append(errs, c.cleanChunks(data))...)
}

// DeleteSessionCookie expires all cookies of the session.
func (c *Context) DeleteSessionCookie() error {
	return errors.Join(c.expireSessionCookies(), c.ExpireCookie(c.set.DontRemember))
}

// SetSessionCookie sets the cookies of a session that was started or changed, and sets c.NewSession.
func (c *Context) SetSessionCookie(s SignedIn, remember Remember) error {
	_, before := c.SignedCookie(c.set.DontRemember.Name)
	forget := before
	if remember != RememberAsBefore {
		forget = remember == ForgetOnClose
	}
	token := c.set.SessionToken
	attributes := token.Attributes
	attributes.MaxAge = nil
	if !forget {
		life := int(c.ExpiresIn().Seconds())
		attributes.MaxAge = &life
	}
	return c.setSessionCookies(s, token.Name, attributes, forget, before)
}

func (c *Context) setSessionCookies(s SignedIn, name string, attributes cookie.Attributes, forget, before bool) error {
	if err := c.SetSignedCookie(name, s.Session.Token, attributes); err != nil {
		return err
	}
	if forget {
		k := c.set.DontRemember
		if err := c.SetSignedCookie(k.Name, "true", k.Attributes); err != nil {
			return err
		}
	} else if before {
		if err := c.ExpireCookie(c.set.DontRemember); err != nil {
			return err
		}
	}
	if err := c.setCookieCache(s, forget); err != nil {
		return err
	}
	c.NewSession = &s
	return nil
}

// RenewCookieCache updates the session that is cached in a cookie, if the options use the cookie cache, after its
// user has changed. The session itself stays the same.
func (c *Context) RenewCookieCache(s SignedIn) error {
	_, forget := c.SignedCookie(c.set.DontRemember.Name)
	return c.setCookieCache(s, forget)
}
