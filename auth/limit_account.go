package auth

import (
	"errors"
	"net/http"
	"strconv"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// The rate limit per account. The limit per address does not stop somebody who guesses from many addresses, or who
// can forge the header that names the address. This limit counts the wrong passwords for one e-mail address, whether
// or not there is such a user.
//
// It cannot be used to lock somebody else out: once the common counter is full, callers who hold a session of the
// account, and callers at an address from which somebody is signed in to it, have a counter of their own.

func (a *Auth) accountRule() (rule RuleSize, on bool) {
	o := a.Options.RateLimit.Account
	return RuleSize{Window: o.Window, Max: o.Max}, a.limits() && *o.Enabled
}

// accountKey returns the key of an account's counter. It does not reveal the address to those who can read the
// limiter's storage.
func accountKey(email string) string {
	return "account|" + secret.Digest(LowerCase(norm.NFC.String(email)))
}

// countTry counts a password for email before it is checked, so that no number of simultaneous guesses exceeds the
// limit. It returns a 429 after too many. ForgetWrongPasswords resets the count.
func (c *Context) countTry(email string) error {
	rule, on := c.accountRule()
	if !on || !c.served {
		return nil
	}
	allowed, retry, err := c.count(c, accountKey(email), rule)
	if err != nil || allowed {
		return err
	}
	own, err := c.ownCount(email)
	if err != nil {
		return err
	}
	if own == "" {
		return tooMany(retry)
	}
	c.ownTry = own
	return c.consumeOwn(own, rule)
}

// countOwnTry is countTry for the signed-in user, whose counter does not include guesses of others.
func (c *Context) countOwnTry() error {
	rule, on := c.accountRule()
	if !on || !c.served {
		return nil
	}
	return c.consumeOwn(sessionCount(c.Session), rule)
}

func (c *Context) consumeOwn(key string, rule RuleSize) error {
	allowed, retry, err := c.count(c, key, rule)
	if err != nil || allowed {
		return err
	}
	return tooMany(retry)
}

// ForgetWrongPasswords resets the count of wrong passwords for email, after a correct or a new password was given.
func (c *Context) ForgetWrongPasswords(email string) error {
	if _, on := c.accountRule(); !on || !c.served {
		return nil
	}
	err := c.limiter.Forgive(c, accountKey(email))
	if c.ownTry != "" {
		err = errors.Join(err, c.limiter.Forgive(c, c.ownTry))
	}
	return err
}

// forgetOwnTries resets the count of wrong passwords that were tried with this session.
func (c *Context) forgetOwnTries() error {
	if _, on := c.accountRule(); !on || !c.served {
		return nil
	}
	return c.limiter.Forgive(c, sessionCount(c.Session))
}

func sessionCount(s *SignedIn) string { return accountKey(s.User.Email) + "|session" }

// ownCount returns the key of the caller's own counter for an account, or "" if the caller is not known there. It
// reads the same rows for an address without a user.
func (c *Context) ownCount(email string) (string, error) {
	if token, ok := c.SignedCookie(c.SessionTokenName()); ok {
		s, err := c.Sessions.Find(c, token)
		if err != nil {
			return "", err
		}
		if s != nil && s.Session.ExpiresAt.After(c.now) && accountKey(s.User.Email) == accountKey(email) {
			return sessionCount(s), nil
		}
	}
	ip := c.sessionIP()
	user, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return "", err
	}
	id := c.Users.NobodyID()
	if user != nil {
		id = user.ID
	}
	sessions, err := c.Sessions.Of(c, id)
	if err != nil {
		return "", err
	}
	for _, s := range sessions {
		if user != nil && ip != "" && s.IPAddress == ip {
			return accountKey(email) + "|" + ip, nil
		}
	}
	return "", nil
}

// tooMany returns the 429 of the limiter, for use in an endpoint.
func tooMany(retry int) *Error {
	e := Status(http.StatusTooManyRequests, tooManyText)
	e.Header = http.Header{"X-Retry-After": {strconv.Itoa(retry)}, "Retry-After": {strconv.Itoa(max(retry, 0))}}
	return e
}

// IsServed reports whether the call came over HTTP, and not from Go.
func (c *Context) IsServed() bool { return c.served }

// CountTry counts a guess before it is checked and reports whether it is one of the rule's first ones under name, such
// as the user's id behind the plugin's. It is for secrets other than passwords that a limit per address does not
// protect. Like other limits it is off unless rateLimit.enabled, and for calls from Go. ForgetTries resets the count.
func (c *Context) CountTry(name string, rule RuleSize) (allowed bool, err error) {
	if !c.limits() || !c.served {
		return true, nil
	}
	allowed, _, err = c.count(c, tryKey(name), rule)
	return allowed, err
}

// ForgetTries resets a count of CountTry, after a right guess.
func (c *Context) ForgetTries(name string) error {
	if !c.limits() || !c.served {
		return nil
	}
	return c.limiter.Forgive(c, tryKey(name))
}

func tryKey(name string) string { return "try|" + secret.Digest(name) }
