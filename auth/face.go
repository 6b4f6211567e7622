package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// User is a user as programs in Go see it. Extra holds the fields that options
// and plugins added, hidden ones left out.
type User struct {
	ID            string
	Name          string
	Email         string
	EmailVerified bool
	Image         *string // nil when there is none
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Extra         store.Record
}

// Session is a session as programs in Go see it.
type Session struct {
	ID        string
	Token     string
	UserID    string
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	IPAddress string
	UserAgent string
	Extra     store.Record
}

// UserOf reads a row of the model user.
func UserOf(row store.Record) *User {
	u := &User{ID: text(row, "id"), Name: text(row, "name"), Email: text(row, "email"), CreatedAt: instant(row, "createdAt"), UpdatedAt: instant(row, "updatedAt")}
	u.EmailVerified, _ = row["emailVerified"].(bool)
	if image, ok := row["image"].(string); ok {
		u.Image = &image
	}
	u.Extra = others(row, "id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
	return u
}

// SessionFromRow reads a row of the model session.
func SessionFromRow(row store.Record) *Session {
	return &Session{
		ID: text(row, "id"), Token: text(row, "token"), UserID: text(row, "userId"),
		ExpiresAt: instant(row, "expiresAt"), CreatedAt: instant(row, "createdAt"), UpdatedAt: instant(row, "updatedAt"),
		IPAddress: text(row, "ipAddress"), UserAgent: text(row, "userAgent"),
		Extra: others(row, "id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"),
	}
}

func others(row store.Record, known ...string) store.Record {
	extra := store.Record{}
	for k, v := range row {
		if !contains(known, k) {
			extra[k] = v
		}
	}
	return extra
}

// Session finds who sent the request. Both are nil when nobody is signed in; an
// error means that it can't be told.
func (a *Auth) Session(r *http.Request) (*Session, *User, error) {
	s, _, err := a.readRequest(r)
	if s == nil || err != nil {
		return nil, nil, err
	}
	return SessionFromRow(s.Session), UserOf(s.User), nil
}

func (a *Auth) readRequest(r *http.Request) (*SignedIn, http.Header, error) {
	now, _ := a.requestTime(r)
	out, err := a.Call(r.Context(), "getSession", Input{Headers: r.Header, Now: now})
	if err != nil {
		return nil, nil, err
	}
	answer, ok := out.Value.(*SessionAnswer)
	if !ok || answer == nil {
		return nil, out.Header, nil
	}
	return &SignedIn{Session: answer.Session.Record, User: answer.User.Record}, out.Header, nil
}

type faceKey struct{}

type face struct {
	session *Session
	user    *User
}

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
			f := face{SessionFromRow(s.Session), UserOf(s.User)}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), faceKey{}, f)))
		}
	})
}

// CurrentUser is the user that Require let through, nil outside it.
func CurrentUser(ctx context.Context) *User {
	f, _ := ctx.Value(faceKey{}).(face)
	return f.user
}

// CurrentSession is the session that Require let through, nil outside it.
func CurrentSession(ctx context.Context) *Session {
	f, _ := ctx.Value(faceKey{}).(face)
	return f.session
}
