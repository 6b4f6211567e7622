package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"

	"golang.org/x/text/unicode/norm"
)

// The limit per account. The one per address does not stop somebody who guesses
// from many addresses, or who can forge the header that names one. This one
// counts the wrong passwords for one e-mail address, whether or not anybody has
// it.
//
// So that nobody can lock somebody else out by it, two kinds of callers have a
// count of their own once the common one is full: those who hold a session of
// the account, and those at an address from which somebody is signed in to it.

func (a *Auth) accountRule() (rule RuleSize, on bool) {
	o := a.Options.RateLimit.Account
	return RuleSize{Window: o.Window, Max: o.Max}, a.limits() && *o.Enabled
}

// accountKey does not tell the address to those who read the limiter's storage.
func accountKey(email string) string {
	sum := sha256.Sum256([]byte(LowerCase(norm.NFC.String(email))))
	return "account|" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// TryPassword counts a password that is about to be checked for email, before
// it is: of guesses that race none gets past the limit. It refuses with a 429
// when there were too many. PasswordRight takes the count back.
func (c *Context) TryPassword(email string) error {
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

// TryOwnPassword is TryPassword for who is signed in: guesses of others do not
// count.
func (c *Context) TryOwnPassword() error {
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

// PasswordRight forgets the wrong passwords for email.
func (c *Context) PasswordRight(email string) error {
	if _, on := c.accountRule(); !on || !c.served {
		return nil
	}
	err := c.limiter.forgive(c, accountKey(email))
	if c.ownTry != "" {
		err = errors.Join(err, c.limiter.forgive(c, c.ownTry))
	}
	return err
}

// OwnPasswordRight forgets those that were tried with this session.
func (c *Context) OwnPasswordRight() error {
	if _, on := c.accountRule(); !on || !c.served {
		return nil
	}
	return c.limiter.forgive(c, sessionCount(c.Session))
}

func sessionCount(s *SignedIn) string { return accountKey(text(s.User, "email")) + "|session" }

// ownCount is the key of the caller's own count for an account, "" when the
// caller is not known there. It reads the same for an address without a user.
func (c *Context) ownCount(email string) (string, error) {
	if token, ok := c.SignedCookie(c.SessionTokenName()); ok {
		s, err := c.FindSession(c, token)
		if err != nil {
			return "", err
		}
		if s != nil && instant(s.Session, "expiresAt").After(c.now) && accountKey(text(s.User, "email")) == accountKey(email) {
			return sessionCount(s), nil
		}
	}
	ip := c.sessionIP()
	user, err := c.FindUserByEmail(c, email)
	if err != nil {
		return "", err
	}
	id := text(user, "id")
	if user == nil {
		id = c.NobodyID()
	}
	sessions, err := c.ListSessions(c, id)
	if err != nil {
		return "", err
	}
	for _, s := range sessions {
		if user != nil && ip != "" && text(s, "ipAddress") == ip {
			return accountKey(email) + "|" + ip, nil
		}
	}
	return "", nil
}

// tooMany is the limiter's answer, from an endpoint.
func tooMany(retry int) *Error {
	e := Status(http.StatusTooManyRequests, tooManyText)
	e.Header = http.Header{"X-Retry-After": {strconv.Itoa(retry)}, "Retry-After": {strconv.Itoa(max(retry, 0))}}
	return e
}
