package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A store that failed must never look like "there is no such row": clients sign
// people out on a 401. So the store and the secondary storage tell the call of
// every failure, and a call that would then answer with an error answers 503,
// whatever was made of the failure in between.

// ServiceUnavailable is the code of a call that failed because database or
// secondary storage failed. The answer is a 503 with Retry-After.
var ServiceUnavailable = Code{"SERVICE_UNAVAILABLE", "The service is not available now. Please try again later."}

// retryAfterFailure is how long a client should wait after a 503.
const retryAfterFailure = 5 * time.Second

// Unavailable is a 503 with Retry-After; cause is logged and never sent.
func Unavailable(cause error) *Error {
	e := Fail(http.StatusServiceUnavailable, ServiceUnavailable).Because(cause)
	e.Header = http.Header{"Retry-After": {strconv.Itoa(int(retryAfterFailure.Seconds()))}}
	return e
}

// aboutData are the errors that a store in good order answers.
var aboutData = []error{
	store.ErrNotFound, store.ErrConflict, store.ErrReference, store.ErrRequired, store.ErrUnfit, store.ErrDropped,
	kv.ErrWindow, kv.ErrNotCounter,
}

// isFailure reports whether an error of a driver means that the store failed: it
// cannot be reached, lacks a table, refuses the rights. A caller that went away
// is no failure.
func isFailure(err error) bool {
	switch {
	case err == nil:
		return false
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, kv.ErrUnavailable):
		return true
	case errors.Is(err, context.Canceled):
		return false
	}
	for _, known := range aboutData {
		if errors.Is(err, known) {
			return false
		}
	}
	return true
}

// noteFailure remembers for the call of ctx that a store failed.
func noteFailure(ctx context.Context, err error) {
	if !isFailure(err) {
		return
	}
	if c := From(ctx); c != nil && c.kept != nil {
		c.kept.failure.CompareAndSwap(nil, &err)
	}
}

// StoreFailure is the first failure of database or secondary storage in this
// call, nil when there was none.
func (c *Context) StoreFailure() error {
	if c.kept == nil {
		return nil
	}
	if err := c.kept.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// spare runs fn, which the call can do without: where a store failed, that is
// logged as what, and the call goes on as if fn had not been tried.
func (c *Context) spare(what string, fn func() error) (spared bool, err error) {
	before := c.StoreFailure()
	err = fn()
	failure := c.StoreFailure()
	if err == nil || before != nil || failure == nil {
		return false, err
	}
	c.kept.failure.Store(nil)
	c.Log.WarnContext(c, what, "path", c.logPath(), "error", failure)
	return true, nil
}

// blame is err as the call answers it: a 503 if a store failed on the way. A
// browser that is on its way to an error page still gets there, with a code
// that does not put the failure down to it.
func (c *Context) blame(err error) error {
	if err == nil || errors.Is(err, ServiceUnavailable) {
		return err
	}
	cause := c.StoreFailure()
	if cause == nil {
		if !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, kv.ErrUnavailable) {
			return err
		}
		cause = err
	}
	var known *Error
	if errors.As(err, &known) && known.Status == http.StatusFound {
		return blameRedirect(known, cause)
	}
	return Unavailable(cause)
}

// blameRedirect changes a redirect that carries an error; others stay.
func blameRedirect(e *Error, cause error) error {
	to, err := url.Parse(e.Header.Get("Location"))
	if err != nil {
		return e
	}
	query := to.Query()
	if !query.Has("error") || e.Cause != nil {
		return e
	}
	query.Set("error", "internal_server_error")
	query.Del("error_description")
	to.RawQuery = query.Encode()
	told := *e.Because(cause)
	told.Header = e.Header.Clone()
	told.Header.Set("Location", to.String())
	return &told
}

// answerFailure replaces what an endpoint failed with by what blame makes of it.
// Nothing that was to be set together with the old answer goes out: a cookie
// must not be deleted because a store failed.
func (c *Context) answerFailure(e *Error) *Error {
	var told *Error
	if !errors.As(c.blame(e), &told) || told == e {
		return e
	}
	if told.Status != http.StatusFound {
		c.ResponseHeader = http.Header{}
	}
	for name, values := range told.Header {
		c.ResponseHeader[name] = values
	}
	return told
}
