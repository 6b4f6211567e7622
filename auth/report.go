package auth

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
)

// report logs an error and passes errors that left the pipeline to onAPIError.onError.
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

// logPath returns the path of the endpoint, with the names of parameters in place of their values, which may be
// tokens. Without an endpoint it returns the path of the request.
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
