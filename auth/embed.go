package auth

import (
	"context"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Session returns the session and the user of a request. Both are nil if nobody is signed in. An error means that the
// answer is not known, for example because the database does not answer.
func (a *Auth) Session(r *http.Request) (*Session, *User, error) {
	s, _, err := a.readRequest(r)
	if s == nil || err != nil {
		return nil, nil, err
	}
	return s.Session, s.User, nil
}

func (a *Auth) readRequest(r *http.Request) (*SignedIn, http.Header, error) {
	now, _ := a.requestTime(r)
	c, out, err := a.call(r.Context(), "getSession", Input{Header: r.Header, Now: now})
	if err != nil {
		return nil, nil, err
	}
	answer, ok := out.(*SessionAnswer)
	switch {
	case !ok && out != nil && out != (js.Undefined{}) && a.byID["getSession"].Replaces:
		return c.Session, c.ResponseHeader, nil // only its answer is another one
	case !ok || answer == nil:
		return nil, c.ResponseHeader, nil
	}
	return a.signedIn(answer), c.ResponseHeader, nil
}

// signedInKey is the key of the signed-in user in the context that Require passes on.
type signedInKey struct{}

// Require returns a handler that calls next for requests of signed-in users; next gets them with CurrentUser and
// CurrentSession. Other requests are answered with 401, or with 503 if the session store does not answer. Cookies
// that were refreshed are sent with the answer of next.
func (a *Auth) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, header, err := a.readRequest(r)
		for _, line := range header["Set-Cookie"] {
			w.Header().Add("Set-Cookie", line)
		}
		switch {
		case err != nil:
			a.Log.ErrorContext(r.Context(), "the session cannot be read", "error", err)
			failed := Unavailable(err)
			copyHeader(w.Header(), failed.Header)
			refuse(w, failed.Status, string(js.Marshal(failed.body())))
		case s == nil:
			refuse(w, http.StatusUnauthorized, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), signedInKey{}, *s)))
		}
	})
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
