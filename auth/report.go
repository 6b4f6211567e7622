package auth

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
)

// report logs what went wrong and tells onAPIError.onError of errors that left
// the pipeline.
func (a *Auth) report(c *Context, err error) {
	var e *Error
	known := errors.As(err, &e)
	if known && (c.Returned == e || e.Status == http.StatusFound) {
		level := slog.LevelWarn
		if c.StoreFailure() != nil {
			level = slog.LevelError
		}
		if e.Status >= 500 || e.Cause != nil {
			a.Log.Log(c, level, "call failed", "path", c.logPath(), "error", err)
		}
		return
	}
	level := slog.LevelError
	if known && e.Status < 500 {
		level = slog.LevelDebug
	}
	a.Log.Log(c, level, "call failed", "path", c.logPath(), "error", err)
	if hook := a.Options.OnAPIError.OnError; hook != nil && !a.Options.OnAPIError.Throw {
		if _, err := hook(c, ErrorEvent{Err: err, Auth: a}); err != nil {
			a.Log.ErrorContext(c, "onAPIError.onError failed", "error", err)
		}
	}
}

// logPath is the path of the endpoint, whose parameters may be tokens; the
// request's own where there is no such endpoint.
func (c *Context) logPath() string {
	if c.Route != nil {
		return c.Route.Path
	}
	if c.Request != nil {
		if e, _ := c.endpointOf(c.Request, c.Request.Method); e != nil {
			return e.Path
		}
		return (&url.URL{Path: shown(c.Request.URL.Path)}).EscapedPath()
	}
	return ""
}
