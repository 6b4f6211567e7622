package twofactor

import (
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// When a session last proved a second factor is a stored value under the session's id, so that a client can neither
// choose nor keep it. It is stored only if somebody asks for it, because it is a row that the reference does not write.

const proofPrefix = "2fa-proven-"

// ProvenAt returns when a session last proved a second factor: a code at its sign-in or later, or a passkey that verified
// its user. The zero time means never, or longer ago than session.expiresIn. It is recorded
// after [auth.Auth.KeepFactorTimes]; wrong codes of signed-in users are then limited too.
func (p *Plugin) ProvenAt(c *auth.Context, session *auth.Session) (time.Time, error) {
	kept, err := c.Once.Find(c, proofPrefix+session.ID)
	if err != nil || kept == nil || kept.Expired(c.Now()) {
		return time.Time{}, err
	}
	ms, err := strconv.ParseInt(kept.Text, 10, 64)
	if err != nil {
		return time.Time{}, nil
	}
	return time.UnixMilli(ms).UTC(), nil
}

// record notes that a session has proved a second factor at a time.
func (p *Plugin) record(c *auth.Context, session *auth.Session, at time.Time) error {
	if !c.KeepsFactorTimes() || at.IsZero() {
		return nil
	}
	id := proofPrefix + session.ID
	if err := store.UnlessDropped(c.Once.Delete(c, id)); err != nil {
		return err
	}
	return store.UnlessDropped(c.Once.Put(c, id, strconv.FormatInt(at.UnixMilli(), 10), at.Add(c.ExpiresIn())))
}

// recordSignIn notes for a new session what is known from the sign-in, or from the session that it continues.
func (p *Plugin) recordSignIn(c *auth.Context, session *auth.Session, how auth.SignIn) error {
	switch {
	case !c.KeepsFactorTimes():
		return nil
	case how.UserVerified, how.Method == method && how.Continues == nil:
		return p.record(c, session, c.Now())
	case how.Continues != nil && how.Continues.UserID == session.UserID:
		own, err := p.ProvenAt(c, session)
		if err != nil || !own.IsZero() {
			return err // the call that renewed the session has proved a factor
		}
		at, err := p.ProvenAt(c, how.Continues)
		if err != nil {
			return err
		}
		return p.record(c, session, at)
	}
	return nil
}
