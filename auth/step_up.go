package auth

import (
	"math"
	"time"
)

// SecondFactorRequired is the code of a call that needs a second factor which was proved recently. It is not in the
// reference.
var SecondFactorRequired = Code{"SECOND_FACTOR_REQUIRED", "Prove your second factor to perform this action"}

// StepUp demands that the caller has proved recently who they are. A time of 0 demands nothing.
type StepUp struct {
	SignedInWithin time.Duration // the session began with a sign-in that is not older
	FactorWithin   time.Duration // a second factor was proved in this session, not longer ago
}

// SignedInWithin returns a guard that refuses callers whose sign-in is older than d with 403 SESSION_NOT_FRESH, and
// strangers with a 401. With a d of 0 or less it refuses everybody.
//
// It is also the Do of a [Hook] before endpoints of others:
//
//	Before: []auth.Hook{{On: []string{"/change-email"}, Do: auth.SignedInWithin(10 * time.Minute)}}
func SignedInWithin(d time.Duration) Guard { return stepUp(StepUp{SignedInWithin: orNever(d)}) }

// FactorWithin is [SignedInWithin] for the time since the caller last proved a second factor in this session. The code
// is SECOND_FACTOR_REQUIRED. A plugin such as two-factor has to provide that time ([Services.FactorTime]); without one
// everybody is refused.
func FactorWithin(d time.Duration) Guard { return stepUp(StepUp{FactorWithin: orNever(d)}) }

// orNever returns d, or a time that no sign-in satisfies if d is not positive: 0 would demand nothing.
func orNever(d time.Duration) time.Duration {
	if d <= 0 {
		return math.MinInt64
	}
	return d
}

func stepUp(s StepUp) Guard {
	return func(c *Context) error {
		signedIn, err := c.CurrentSession(Lookup{})
		if err != nil {
			return err
		}
		if signedIn, err = c.notCached(signedIn); err != nil {
			return err
		}
		if signedIn == nil {
			return Unauthorized(NotSignedIn)
		}
		lacks, err := c.Lacks(signedIn, s)
		if err != nil || lacks == (Code{}) {
			return err
		}
		return Forbidden(lacks)
	}
}

// notCached returns the session from the store if this call has read it from the cookie cache, which has a copy of
// sessions that have ended. It returns nil if the session has ended.
func (c *Context) notCached(s *SignedIn) (*SignedIn, error) {
	if s == nil || c.cached == nil || !c.Stateful() {
		return s, nil
	}
	c.Session = nil
	return c.CurrentSession(Lookup{NoCache: true, NoRefresh: true})
}

// Lacks returns the code of what a session lacks to satisfy a demand: SessionNotFresh, SecondFactorRequired, or the
// zero Code for nothing. The session should come from the store and not from the cookie cache, so that one that has
// ended does not count.
func (c *Context) Lacks(s *SignedIn, demand StepUp) (Code, error) {
	if d := demand.SignedInWithin; d != 0 && c.now.Sub(s.Session.CreatedAt) >= d {
		return SessionNotFresh, nil
	}
	if demand.FactorWithin == 0 {
		return Code{}, nil
	}
	c.KeepFactorTimes()
	proved, err := c.factorTime(s)
	if err == nil && (proved.IsZero() || c.now.Sub(proved) >= demand.FactorWithin) {
		return SecondFactorRequired, nil
	}
	return Code{}, err
}

// factorTime returns when the caller last proved a second factor in this session, or the zero time.
func (c *Context) factorTime(s *SignedIn) (last time.Time, err error) {
	for _, m := range c.manifests {
		if m.Provides.FactorTime == nil {
			continue
		}
		proved, err := m.Provides.FactorTime(c, s)
		if err != nil {
			return time.Time{}, err
		}
		if proved.After(last) {
			last = proved
		}
	}
	return last, nil
}

// KeepFactorTimes makes plugins record when sessions prove a second factor ([Services.FactorTime]). They write no such
// rows before somebody needs them. A plugin that demands recent factors calls it in Init; RequireStepUp calls it too, and
// FactorWithin with the first call that it guards.
func (a *Auth) KeepFactorTimes() { a.keepsFactors.Store(true) }

// KeepsFactorTimes reports whether KeepFactorTimes was called.
func (a *Auth) KeepsFactorTimes() bool { return a.keepsFactors.Load() }

// KnowsFactors reports whether a plugin records when second factors are proved ([Services.FactorTime]).
func (a *Auth) KnowsFactors() bool {
	for _, m := range a.manifests {
		if m.Provides.FactorTime != nil {
			return true
		}
	}
	return false
}
