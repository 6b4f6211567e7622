package auth

import (
	"context"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Session finds who sent the request. Both are nil when nobody is signed in; an
// error means that it can't be told.
func (a *Auth) Session(r *http.Request) (*Session, *User, error) {
	s, _, err := a.readRequest(r)
	if s == nil || err != nil {
		return nil, nil, err
	}
	return s.Session, s.User, nil
}

func (a *Auth) readRequest(r *http.Request) (*SignedIn, http.Header, error) {
	now, _ := a.requestTime(r)
	out, err := a.Call(r.Context(), "getSession", Input{Header: r.Header, Now: now})
	if err != nil {
		return nil, nil, err
	}
	answer, ok := out.Value.(*SessionAnswer)
	if !ok || answer == nil {
		return nil, out.Header, nil
	}
	return a.signedIn(answer), out.Header, nil
}

// signedInKey finds who is signed in, in the context that Require gives to next.
type signedInKey struct{}

// Require lets only signed-in users through to next, which finds them with
// CurrentUser and CurrentSession. Others get a 401, or, when the session store
// does not answer, a 503. Cookies that were refreshed go out with next's answer.
func (a *Auth) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, header, err := a.readRequest(r)
		for _, line := range header["Set-Cookie"] {
			w.Header().Add("Set-Cookie", line)
		}
		switch {
		case err != nil:
			a.Log.ErrorContext(r.Context(), "the session can't be read", "error", err)
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

// CurrentUser is the user that Require let through, nil outside it.
func CurrentUser(ctx context.Context) *User {
	s, _ := ctx.Value(signedInKey{}).(SignedIn)
	return s.User
}

// CurrentSession is the session that Require let through, nil outside it.
func CurrentSession(ctx context.Context) *Session {
	s, _ := ctx.Value(signedInKey{}).(SignedIn)
	return s.Session
}
