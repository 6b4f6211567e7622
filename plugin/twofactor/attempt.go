package twofactor

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// maxAttempts is the number of wrong codes of an app, and wrong backup codes, that one challenge allows.
const maxAttempts = 5

// attempt is a code that is about to be compared. It is counted before the comparison, so that no number of
// simultaneous guesses exceeds the limits: per challenge one call at a time compares a code, and per account, over all
// challenges and factors, as many as the lock-out allows.
type attempt struct {
	p         *Plugin
	w         *caller
	row       *Row  // nil for a user with codes that are sent only
	challenge bool  // the challenge counts
	before    int   // wrong codes of the challenge until now
	failures  int64 // wrong codes of the account, this one included
}

// attempt begins an attempt. perChallenge says whether the challenge counts it; codes that are sent count by
// themselves.
func (p *Plugin) attempt(c *auth.Context, w *caller, row *Row, perChallenge bool) (*attempt, error) {
	a := &attempt{p: p, w: w, row: row, challenge: perChallenge && w.signsIn()}
	if err := a.refuseLocked(c); err != nil {
		return nil, err
	}
	if err := a.takeCounter(c); err != nil {
		return nil, err
	}
	return a, a.countFailure(c)
}

// locks reports whether wrong codes count in the user's row. As in the reference, those of a signed-in user do not.
func (a *attempt) locks() bool {
	return *a.p.opts.AccountLockout.Enabled && a.w.signsIn() && a.row != nil
}

// limits reports whether wrong codes count in the rate limiter, those that the reference does not count: of users without
// a row, and of signed-in users if it matters when they prove their factor.
func (a *attempt) limits(c *auth.Context) bool {
	return *a.p.opts.AccountLockout.Enabled && !a.locks() && (a.w.signsIn() || c.KeepsFactorTimes())
}

// name is the name of the count in the rate limiter. Those who hold a session have a count of their own, so that nobody
// else can use it up.
func (a *attempt) name() string {
	if a.w.signsIn() {
		return "two-factor|" + a.w.user.ID
	}
	return "two-factor|session|" + a.w.user.ID
}

func locked() error { return auth.Fail(http.StatusTooManyRequests, AccountTemporarilyLocked) }

// refuseLocked returns a 429 if the account is locked, and ends a lock that has expired.
func (a *attempt) refuseLocked(c *auth.Context) error {
	if !a.locks() || a.row.LockedUntil == nil {
		return nil
	}
	if a.row.LockedUntil.After(c.Now()) {
		return locked()
	}
	_, err := change(c, store.Change{Set: store.Record{"failedVerificationCount": 0, "lockedUntil": nil}},
		store.Is("id", a.row.ID), store.Where{Field: "lockedUntil", Op: store.Lte, Value: c.Now()})
	return store.UnlessGone(err)
}

// takeCounter takes the counter of the challenge. Until it is put back, no other call can compare a code.
func (a *attempt) takeCounter(c *auth.Context) error {
	if !a.challenge {
		return nil
	}
	taken, err := c.Once.Take(c, attemptsPrefix+a.w.challenge)
	if errors.Is(err, store.ErrNotFound) {
		return auth.Unauthorized(InvalidCookie)
	}
	if err != nil {
		return err
	}
	if a.before, err = strconv.Atoi(taken.Text); err != nil || a.before < 0 {
		a.before = maxAttempts
	}
	if a.before < maxAttempts {
		return nil
	}
	if _, err := c.Once.Take(c, a.w.challenge); store.UnlessGone(err) != nil {
		return errors.Join(expireChallenge(c), auth.Internal(challengeNotEnded).Because(err))
	}
	return errors.Join(expireChallenge(c), auth.BadRequest(TooManyAttempts))
}

// putCounter makes the challenge ready for the next attempt.
func (a *attempt) putCounter(c *auth.Context, count int) error {
	if !a.challenge {
		return nil
	}
	return store.UnlessDropped(c.Once.Put(c, attemptsPrefix+a.w.challenge, strconv.Itoa(count), a.w.kept.ExpiresAt))
}

func (a *attempt) countFailure(c *auth.Context) error {
	o := a.p.opts.AccountLockout
	if a.limits(c) {
		allowed, err := c.CountTry(a.name(), auth.RuleSize{Window: *o.DurationSeconds, Max: max(*o.MaxFailedAttempts, 1)})
		if err != nil || allowed {
			return err
		}
		return locked()
	}
	if !a.locks() {
		return nil
	}
	row, err := change(c, store.Change{Add: map[string]int64{"failedVerificationCount": 1}}, store.Is("id", a.row.ID))
	if errors.Is(err, store.ErrNotFound) {
		return undone(a.putCounter(c, a.before), auth.BadRequest(TOTPNotEnabled)) // turned off meanwhile
	}
	if err != nil {
		return err
	}
	a.failures = *row.FailedVerificationCount
	if a.failures <= int64(max(*o.MaxFailedAttempts, 1)) {
		return nil
	}
	// Other calls compare the last codes that are allowed at this moment.
	return errors.Join(a.lock(c), a.putCounter(c, a.before), locked())
}

// lock locks the account, unless a right code has reset the count meanwhile.
func (a *attempt) lock(c *auth.Context) error {
	o := a.p.opts.AccountLockout
	_, err := change(c, store.Change{Set: store.Record{"lockedUntil": c.Now().Add(seconds(o.DurationSeconds))}},
		store.Is("id", a.row.ID), store.Where{Field: "failedVerificationCount", Op: store.Gte, Value: float64(*o.MaxFailedAttempts)})
	return store.UnlessGone(err)
}

// wrong notes that the code was wrong.
func (a *attempt) wrong(c *auth.Context) error {
	c.Emit(auth.Event{Name: auth.UserSignInFailed, UserID: a.w.user.ID, Method: "two-factor"})
	err := a.putCounter(c, a.before+1)
	if a.locks() && a.failures >= int64(*a.p.opts.AccountLockout.MaxFailedAttempts) {
		err = errors.Join(err, a.lock(c))
	}
	return err
}

// right notes that the code was right.
func (a *attempt) right(c *auth.Context) error {
	c.Emit(auth.Event{Name: Verified, UserID: a.w.user.ID})
	if a.limits(c) {
		return c.ForgetTries(a.name())
	}
	if !a.locks() {
		return nil
	}
	_, err := rows(c).Update(c, []store.Where{store.Is("id", a.row.ID)}, store.Record{"failedVerificationCount": 0, "lockedUntil": nil})
	return store.UnlessGone(err)
}

// undo notes that the code was not compared.
func (a *attempt) undo(c *auth.Context) error {
	err := a.putCounter(c, a.before)
	if a.locks() {
		_, uncount := change(c, store.Change{Add: map[string]int64{"failedVerificationCount": -1}}, store.Is("id", a.row.ID),
			store.Where{Field: "failedVerificationCount", Op: store.Gt, Value: 0.0})
		err = errors.Join(err, store.UnlessGone(uncount))
	}
	return err
}
