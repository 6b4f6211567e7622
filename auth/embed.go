package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Session returns the session and the user of a request. Both are nil if nobody is signed in. An error means that the
// answer is not known, for example because the database does not answer.
func (a *Auth) Session(r *http.Request) (*Session, *User, error) {
	s, _, err := a.readRequest(r, false)
	if s == nil || err != nil {
		return nil, nil, err
	}
	return s.Session, s.User, nil
}

// readRequest reads the session of a request, from the store and not from the cookie cache if stored is set.
func (a *Auth) readRequest(r *http.Request, stored bool) (*SignedIn, http.Header, error) {
	now, _ := a.requestTime(r)
	in := Input{Header: r.Header, Now: now}
	if stored && a.Stateful() {
		in.Query = map[string]any{"disableCookieCache": true}
	}
	c, out, err := a.call(r.Context(), "getSession", in)
	if err != nil {
		return nil, nil, err
	}
	answer, ok := out.(*SessionAnswer)
	switch {
	case !ok && out != nil && out != (js.Undefined{}) && a.byID["getSession"].Replaces:
		return c.Session, c.ResponseHeader, nil // only its answer is another one
	case !ok && c.Answered && c.Session != nil && !stored:
		return c.Session, c.ResponseHeader, nil // a plugin started a session for this call, which proves nothing recent
	case !ok || answer == nil:
		return nil, c.ResponseHeader, nil
	}
	return a.signedIn(answer), c.ResponseHeader, nil
}

// TrustsURL reports whether a page may send the browser of a request to url: a path of this site, or an address at a
// trusted origin, as for the callbackURL of an endpoint.
func (a *Auth) TrustsURL(r *http.Request, url string) bool {
	c := a.requestCall(r)
	return c.resolveAddress() == nil && c.TrustsURL(url)
}

// signedInKey is the key of the signed-in user in the context that Require passes on.
type signedInKey struct{}

// Require returns a handler that calls next for requests of signed-in users; next gets them with CurrentUser and
// CurrentSession. Other requests are answered with 401, or as a plugin refuses them, or with 503 if the session store
// does not answer. Cookies that were refreshed are sent with the answer of next.
func (a *Auth) Require(next http.Handler) http.Handler { return a.RequireStepUp(StepUp{}, next) }

// RequireStepUp is Require for callers who have also proved recently who they are. Others are answered with 403
// SESSION_NOT_FRESH or SECOND_FACTOR_REQUIRED.
func (a *Auth) RequireStepUp(demand StepUp, next http.Handler) http.Handler {
	if demand.FactorWithin != 0 {
		a.KeepFactorTimes()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, header, err := a.readRequest(r, demand != StepUp{})
		for _, line := range header["Set-Cookie"] {
			w.Header().Add("Set-Cookie", line)
		}
		var lacks Code
		if err == nil && s != nil {
			lacks, err = a.requestCall(r).Lacks(s, demand)
		}
		switch {
		case err != nil:
			failed := sessionRefusal(err)
			if failed.Cause != nil {
				a.Log.ErrorContext(r.Context(), "the session cannot be read", "error", err)
			}
			copyHeader(w.Header(), failed.Header)
			refuse(w, failed.Status, string(js.Marshal(failed.body())))
		case s == nil:
			refuse(w, http.StatusUnauthorized, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
		case lacks != Code{}:
			refuse(w, http.StatusForbidden, string(js.Marshal(Forbidden(lacks).body())))
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), signedInKey{}, *s)))
		}
	})
}

// sessionRefusal returns the answer to a request whose session cannot be read: that of the plugin which refuses it,
// such as the 429 for an API key that was used too often, or a 503.
func sessionRefusal(err error) *Error {
	var known *Error
	if errors.As(err, &known) && known.Status >= http.StatusBadRequest && known.Status < http.StatusInternalServerError {
		refused := *known
		refused.Cause = nil
		return &refused
	}
	return Unavailable(err)
}

// requestCall returns a call of no endpoint for a request to a handler of the program.
func (a *Auth) requestCall(r *http.Request) *Context {
	c := a.newGoCall(r.Context(), Input{Request: r})
	c.Route = &Route{}
	return c
}

// CurrentUser returns the signed-in user in a handler behind Require, and nil elsewhere.
func CurrentUser(ctx context.Context) *User {
	s, _ := ctx.Value(signedInKey{}).(SignedIn)
	return s.User
}

// CurrentSession returns the session in a handler behind Require, and nil elsewhere.
func CurrentSession(ctx context.Context) *Session {
	s, _ := ctx.Value(signedInKey{}).(SignedIn)
	return s.Session
}
