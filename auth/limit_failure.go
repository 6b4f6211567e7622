package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/limiter"
)

// What the limiter does while its storage fails: it lets nothing through that it
// should count, which is a 503, because otherwise whoever can bring the storage
// down could guess without end. Endpoints that need no store go on, counted in
// memory.

const (
	// storelessWait is how long a storeless endpoint waits for the limiter's
	// storage, and storelessPause how long it does not ask again after a failure.
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

// noteLimiterFailure notes failures of a storage that the options brought along,
// too. One that answers the call with an error of its own has not failed.
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
