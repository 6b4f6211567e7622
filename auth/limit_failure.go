package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/limiter"
)

// How the limiter behaves while its storage fails: calls that it cannot count are answered with 503, because somebody
// who can make the storage fail could otherwise guess without limit. Endpoints that need no store go on working and
// are counted in memory.

const (
	// storelessWait is how long a storeless endpoint waits for the limiter's storage. storelessPause is how long it
	// does not ask again after a failure.
	storelessWait  = time.Second
	storelessPause = 10 * time.Second
)

// count counts the call under key, as [limiter.Counter] does.
func (a *Auth) count(c *Context, key string, rule RuleSize) (allowed bool, retry int, err error) {
	if !a.isStoreless(c) {
		allowed, retry, err = a.limiter.Consume(c, key, limiter.Rule(rule))
		noteLimiterFailure(c, err)
		return allowed, retry, err
	}
	if c.now.UnixMilli() < a.limiterPause.Load() {
		return a.spareLimiter.Consume(c, key, limiter.Rule(rule))
	}
	ctx, cancel := context.WithTimeout(c, storelessWait)
	defer cancel()
	spared, err := c.spare("the limiter's storage failed; /ok and the like are counted in memory", func() (err error) {
		allowed, retry, err = a.limiter.Consume(ctx, key, limiter.Rule(rule))
		noteLimiterFailure(c, err)
		return err
	})
	if !spared {
		return allowed, retry, err
	}
	a.limiterPause.Store(c.now.Add(storelessPause).UnixMilli())
	return a.spareLimiter.Consume(c, key, limiter.Rule(rule))
}

// noteLimiterFailure records failures of the limiter's storage, including one that the options provide. An *Error of
// that storage is an answer, not a failure.
func noteLimiterFailure(c *Context, err error) {
	if answer := (*Error)(nil); !errors.As(err, &answer) {
		noteFailure(c, err)
	}
}

// isStoreless reports whether the request is for an endpoint that needs neither
// database nor secondary storage.
func (a *Auth) isStoreless(c *Context) bool {
	e, _ := c.endpointOf(c.Request, c.Request.Method)
	return e != nil && e.Storeless
}
