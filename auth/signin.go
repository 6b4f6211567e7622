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

// How long the browser keeps a session.
const (
	RememberAsBefore Remember = iota // as the browser was told before; else for Options.Session.ExpiresIn
	RememberLong                     // for Options.Session.ExpiresIn
	ForgetOnClose                    // until the browser is closed; the session ends in a day
)

// RememberIf is RememberLong for true, ForgetOnClose for false.
func RememberIf(remember bool) Remember {
	if remember {
		return RememberLong
	}
	return ForgetOnClose
}

// SignIn says how somebody signs in.
type SignIn struct {
	Method   string // the way, for [Manifest.Admit] and events: "email-password", "magic-link", "oauth" …
	Remember Remember
	Fields   store.Record // more fields of the session's row
	// AfterCommit sets the cookies, and NewSession, once the transaction around the
	// call is committed. Database hooks then see no NewSession.
	AfterCommit bool
}

// SignIn begins a session of user and sets its cookies. It is the one place where
// sessions begin: what may stop a sign-in stands here, once, for all of them.
//
// The order is: [Manifest.Admit] of every plugin, the session's row with its
// database hooks, the cookies, then c.NewSession is set. After the endpoint,
// [Manifest.SignedIn] runs, where [Context.UndoSignIn] can still take it back. The
// event UserSignedIn is reported after that.
// The error is store.ErrDropped when a database hook dropped the session.
func (c *Context) SignIn(user *User, how SignIn) (*Session, error) {
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

// tellSignIn sets the cookies of a session that has begun.
func (c *Context) tellSignIn(s SignedIn, how SignIn) error {
	if err := c.SetSessionCookie(s, how.Remember); err != nil {
		return err
	}
	c.began = &begun{SignedIn: s, method: how.Method}
	return nil
}

// begun is a session that a call began.
type begun struct {
	SignedIn
	method string // SignIn.Method
}

// reportSignIn reports the session that this call began, unless a hook took it back.
func (c *Context) reportSignIn() {
	if s := c.began; s != nil {
		c.Emit(Event{Name: UserSignedIn, UserID: s.User.ID, SessionID: s.Session.ID, Method: s.method})
	}
}

// newSession is the row of a session that begins now.
func (c *Context) newSession(userID string, how SignIn) store.Record {
	life := c.ExpiresIn()
	if how.Remember == ForgetOnClose {
		life = 24 * time.Hour
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

// sessionIP is the address that a session records: "" when none is trusted.
func (c *Context) sessionIP() string {
	if c.RequestHeader == nil {
		return ""
	}
	if ip, ok := c.ClientIP(); ok {
		return ip
	}
	return ""
}

// UndoSignIn takes back the session that this call began: its row goes, and its
// cookies are not sent. What the browser was told of remembering stays, for the
// sign-in that follows. Without such a session it does nothing.
func (c *Context) UndoSignIn() error {
	if c.began == nil {
		return nil
	}
	if err := c.Sessions.End(c, c.began.Session.Token); err != nil {
		return err
	}
	c.began, c.NewSession, c.Session = nil, nil, nil
	return c.expireSessionCookies()
}

// CheckPassword returns the user with this address and password. Everybody else is
// refused alike, after the same work, with a 401 INVALID_EMAIL_OR_PASSWORD: a wrong
// password, a user without a password, an address that nobody has. Too many wrong
// passwords for one address are a 429.
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
	right, err := c.passwordFits(user, password)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, Unauthorized(InvalidEmailOrPassword)
	}
	return user, c.ForgetWrongPasswords(email)
}

// passwordFits reports whether user, who may be nil, has the password. It costs the
// same in all cases.
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
		_, err := c.Passwords.Hash(c, password)
		return false, err
	}
	return c.Passwords.Check(c, account, password)
}

// ConfirmPassword refuses, with a 400, a password that is not the one of who is
// signed in. missing is the code for a user who has no password. Too many wrong
// ones are a 429.
func (c *Context) ConfirmPassword(password string, missing Code) error {
	account, err := c.OwnCredential(password, missing)
	if err != nil {
		return err
	}
	return c.ConfirmPasswordOf(account, password)
}

// OwnCredential returns the account with a password of who is signed in, after the
// checks that cost nothing: the password is not too long, and there is one.
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

// ConfirmPasswordOf is the second half of ConfirmPassword, for an account that
// OwnCredential returned.
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

// EndSession ends the session of who is signed in and makes the browser forget it.
func (c *Context) EndSession() error {
	if c.Session != nil {
		if err := c.Sessions.End(c, c.Session.Session.Token); err != nil {
			return err
		}
	}
	return c.DeleteSessionCookie()
}

// expireSessionCookies makes the browser forget the session, but not how long it
// was to be remembered.
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

// DeleteSessionCookie makes the browser forget the session.
func (c *Context) DeleteSessionCookie() error {
	return errors.Join(c.expireSessionCookies(), c.ExpireCookie(c.set.DontRemember))
}

// SetSessionCookie tells the browser of a session, one that has begun or one that
// has changed, and has NewSession say so.
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

// RenewCookieCache tells the browser what the session's user now looks like,
// where the options keep the session in a cookie. The session itself stays.
func (c *Context) RenewCookieCache(s SignedIn) error {
	_, forget := c.SignedCookie(c.set.DontRemember.Name)
	return c.setCookieCache(s, forget)
}
