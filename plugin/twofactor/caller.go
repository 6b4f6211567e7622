package twofactor

import (
	"errors"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/store"
)

// caller is somebody who sends a code: a signed-in user, or a user with a challenge to complete.
type caller struct {
	user      *auth.User
	session   *auth.SignedIn  // nil with a challenge
	challenge string          // the identifier of the challenge
	kept      *identity.Value // its value
}

// key returns what a code that is sent to the caller is stored under.
func (w *caller) key() string {
	if w.session != nil {
		return w.user.ID + "!" + w.session.Session.ID
	}
	return w.challenge
}

func (w *caller) signsIn() bool { return w.session == nil }

// enrols reports whether the caller is to set up a second factor to complete the sign-in.
func (p *Plugin) enrols(w *caller) bool { return w.signsIn() && p.mustEnrol(w.user) }

// expired reports whether the caller's challenge has ended.
func (w *caller) expired(c *auth.Context) bool { return w.signsIn() && w.kept.Expired(c.Now()) }

// caller returns who calls. A session is read from the store, never from the cookie cache. The challenge may have
// expired; it is then not completed.
func (p *Plugin) caller(c *auth.Context) (*caller, error) {
	s, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if s != nil {
		return &caller{user: s.User, session: s}, nil
	}
	id, ok := c.SignedCookie(c.CookieNamed(challengeCookie, nil).Name)
	if !ok || !strings.HasPrefix(id, challengePrefix) {
		return nil, auth.Unauthorized(InvalidCookie)
	}
	kept, err := c.Once.Find(c, id)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, auth.Unauthorized(InvalidCookie)
	}
	user, err := c.Users.Find(c, kept.Text)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, auth.Unauthorized(InvalidCookie)
	}
	return &caller{user: user, challenge: id, kept: kept}, nil
}

type tokenAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

// complete answers a right code: to a signed-in user with the session, otherwise with a new one. A challenge is
// completed once.
func (p *Plugin) complete(c *auth.Context, w *caller, trustDevice bool) (*tokenAnswer, error) {
	if !w.signsIn() {
		if err := p.record(c, w.session.Session, c.Now()); err != nil {
			return nil, err
		}
		return &tokenAnswer{w.session.Session.Token, w.user.Public()}, nil
	}
	taken, err := c.Once.Take(c, w.challenge)
	if errors.Is(err, store.ErrNotFound) || err == nil && taken.Text != w.user.ID {
		return nil, errors.Join(expireChallenge(c), auth.Unauthorized(InvalidCookie))
	}
	if err != nil {
		return nil, err
	}
	forget := c.CookieNamed("dont_remember", nil)
	_, forgets := c.SignedCookie(forget.Name)
	session, err := c.SignIn(w.user, auth.SignIn{Method: method, Remember: auth.RememberIf(!forgets)})
	if errors.Is(err, store.ErrDropped) {
		return nil, auth.Internal(sessionNotCreated)
	}
	if err == nil {
		err = expireChallenge(c)
	}
	if err == nil && trustDevice {
		err = errors.Join(p.trust(c, w.user.ID), c.ExpireCookie(forget))
	}
	if err != nil {
		return nil, err
	}
	return &tokenAnswer{session.Token, w.user.Public()}, nil
}

func expireChallenge(c *auth.Context) error {
	return c.ExpireCookie(c.CookieNamed(challengeCookie, nil))
}
