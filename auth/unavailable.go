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

// A failing store must never look like a missing row, because clients sign users out on a 401. The store and the
// secondary storage therefore report every failure to the call, and a call that would then answer with an error
// answers with 503, whatever the code in between made of the failure.

// ServiceUnavailable is the code of a call that failed because the database or the secondary storage failed. The
// answer is a 503 with Retry-After.
var ServiceUnavailable = Code{"SERVICE_UNAVAILABLE", "The service is not available now. Please try again later."}

// retryAfterFailure is the Retry-After of such a 503.
const retryAfterFailure = 5 * time.Second

// Unavailable returns a 503 with Retry-After; cause is logged and never sent.
func Unavailable(cause error) *Error {
	e := Fail(http.StatusServiceUnavailable, ServiceUnavailable).Because(cause)
	e.Header = http.Header{"Retry-After": {strconv.Itoa(int(retryAfterFailure.Seconds()))}}
	return e
}

// aboutData are the errors that a working store returns.
var aboutData = []error{
	store.ErrNotFound, store.ErrConflict, store.ErrChanged, store.ErrReference, store.ErrRequired, store.ErrUnfit, store.ErrDropped,
	kv.ErrWindow, kv.ErrNotCounter,
}

// isFailure reports whether an error of a driver means that the store failed: it cannot be reached, a table is
// missing, or access is denied. A request that the client cancelled is not a failure.
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

// noteFailure records in the call of ctx that a store failed.
func noteFailure(ctx context.Context, err error) {
	if !isFailure(err) {
		return
	}
	if c := From(ctx); c != nil && c.kept != nil {
		c.kept.failure.CompareAndSwap(nil, &err)
	}
}

// StoreFailure returns the first failure of the database or the secondary storage in this call, or nil.
func (c *Context) StoreFailure() error {
	if c.kept == nil {
		return nil
	}
	if err := c.kept.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// spare runs fn, which is not essential for the call: if a store fails in fn, the failure is logged with the text
// what, and the call continues as if fn had not been called.
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

// blame returns err as the call answers it: a 503 if a store failed during the call. A browser that is being
// redirected to an error page still gets there, with the code internal_server_error.
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

// blameRedirect changes a redirect that carries an error; other redirects are returned unchanged.
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

// answerFailure replaces the error of an endpoint with the result of blame. Headers that were to be sent with the old
// answer are discarded: a cookie must not be deleted because a store failed.
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
