package auth

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Lookup says how a session is read.
type Lookup struct {
	NoCache   bool // do not use the cookie cache
	NoRefresh bool // do not extend the session
	Post      bool // the request is a POST, which may write even if deferSessionRefresh stops GET requests from writing
}

// SessionAnswer is the answer of get-session.
type SessionAnswer struct {
	Session      *PublicRow `json:"session"`
	User         *PublicRow `json:"user"`
	NeedsRefresh *bool      `json:"needsRefresh,omitempty"`
}

// ReadSession returns the session of the caller, from the cookie cache or else from the store. It extends the session
// when due, and sets the resulting cookies. It returns nil if nobody is signed in. If the store fails, the error has
// the code FAILED_TO_GET_SESSION.
func (c *Context) ReadSession(how Lookup) (*SessionAnswer, error) {
	c.Session = nil
	answer, err := c.readSession(how)
	if err == nil {
		return answer, nil
	}
	c.Session = nil
	var known *Error
	if errors.As(err, &known) {
		return nil, err
	}
	return nil, Internal(FailedToGetSession).Because(err)
}

func (c *Context) readSession(how Lookup) (*SessionAnswer, error) {
	tokens := c.Jar().AllSigned(c.SessionTokenName(), c.Keys)
	data := c.set.SessionData
	if len(tokens) == 0 && c.cacheEnabled() {
		return nil, nil
	}
	cached := cookie.ReadChunkedAll(c.Jar(), data.Name)
	if len(cached) > 0 && !c.cacheEnabled() {
		if err := c.cleanChunks(data); err != nil {
			return nil, err
		}
	}
	if len(tokens) == 0 {
		return nil, nil
	}
	// If the browser sends several cookies of the name, one may be left over from another domain. Headers that are
	// set while trying one are discarded if it fails.
	before := c.ResponseHeader
	for _, token := range tokens[:len(tokens)-1] {
		c.ResponseHeader = before.Clone()
		answer, err := c.readToken(token, cached, how)
		if answer != nil || err != nil {
			return answer, err
		}
	}
	c.ResponseHeader = before
	return c.readToken(tokens[len(tokens)-1], cached, how)
}

// readToken reads the session of one token.
func (c *Context) readToken(token cookie.Verified, cached []string, how Lookup) (answer *SessionAnswer, err error) {
	if c.cacheEnabled() && !how.NoCache && len(cached) > 0 {
		answer, err = c.readCached(token.Value, cached)
	}
	if answer == nil && err == nil {
		answer, err = c.readStored(token.Value, how)
	}
	if answer != nil && err == nil && !token.Current {
		err = c.signAnew(token.Value)
	}
	return answer, err
}

// signAnew replaces a session cookie that was signed with an older secret, so that the secret can be retired.
func (c *Context) signAnew(token string) error {
	k := c.set.SessionToken
	if cookie.HasPending(c.ResponseHeader["Set-Cookie"], k.Name) {
		return nil
	}
	if _, forget := c.SignedCookie(c.set.DontRemember.Name); forget {
		return c.SetSignedCookie(k.Name, token, k.WithMaxAge(nil).Attributes)
	}
	left := min(int(c.Session.Session.ExpiresAt.Sub(c.now).Seconds()), cookie.LongestAge)
	return c.SetSignedCookie(k.Name, token, k.WithMaxAge(&left).Attributes)
}

// readCached answers from the cookie cache. If the cached session is not valid, it expires the cookie and returns
// nil.
func (c *Context) readCached(token string, values []string) (*SessionAnswer, error) {
	for _, value := range values {
		s, cache, ok, err := c.judgeCached(token, value)
		if err != nil {
			return nil, err
		}
		if ok {
			return c.answerCached(s, cache)
		}
	}
	return nil, c.ExpireCookie(c.set.SessionData)
}

// judgeCached reports whether a cached session is authentic, belongs to this token, has the current version and has
// not expired.
func (c *Context) judgeCached(token, value string) (s SignedIn, cache cookie.Decoded, ok bool, err error) {
	if cache, ok = c.openCache(value); !ok {
		return s, cache, false, nil
	}
	if s, ok = c.signedInFrom(cache); !ok {
		return s, cache, false, nil
	}
	if s.Session.Token != token || time.UnixMilli(cache.ExpiresAt).Before(c.now) || s.Session.ExpiresAt.Before(c.now) {
		return s, cache, false, nil
	}
	version, err := c.cacheVersion(s)
	if err != nil {
		return s, cache, false, err
	}
	return s, cache, cmp.Or(cache.Version, "1") == version, nil
}

// answerCached returns the answer for a valid cached session.
func (c *Context) answerCached(s SignedIn, cache cookie.Decoded) (*SessionAnswer, error) {
	if refresh := c.Options.Session.CookieCache.RefreshCache; refresh.Enabled {
		ahead := seconds(c.cacheAge() / 5)
		if refresh.UpdateAge != nil {
			ahead = seconds(*refresh.UpdateAge)
		}
		if time.UnixMilli(cache.ExpiresAt).Sub(c.now) < ahead && !c.skipRefresh {
			if err := c.renewCached(s); err != nil {
				return nil, err
			}
		}
	}
	if !c.Options.Session.CookieCache.RefreshCache.Enabled {
		c.cachedAs, c.cached = &s, &cache
	}
	c.Session = &s
	return c.sessionAnswer(s), nil
}

// renewCached signs a cached session again. Without a store the cached session is the session itself.
func (c *Context) renewCached(s SignedIn) error {
	if err := c.setCookieCache(s, false); err != nil {
		return err
	}
	k := c.set.SessionToken
	if _, forget := c.SignedCookie(c.set.DontRemember.Name); forget {
		k.Attributes.MaxAge = nil
	} else {
		life := int(c.ExpiresIn().Seconds())
		k.Attributes.MaxAge = &life
	}
	return c.SetSignedCookie(k.Name, s.Session.Token, k.Attributes)
}

func (c *Context) sessionAnswer(s SignedIn) *SessionAnswer {
	return &SessionAnswer{Session: s.Session.Public(), User: s.User.Public()}
}

func (c *Context) readStored(token string, how Lookup) (*SessionAnswer, error) {
	_, forget := c.SignedCookie(c.set.DontRemember.Name)
	mayWrite := !c.Options.Session.DeferSessionRefresh || how.Post
	s, err := c.Sessions.Find(c, token)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Session.ExpiresAt.Before(c.now) {
		if err := c.DeleteSessionCookie(); err != nil {
			return nil, err
		}
		if s != nil && mayWrite {
			return nil, c.Sessions.End(c, s.Session.Token)
		}
		return nil, nil
	}
	c.Session = s
	if forget || how.NoRefresh {
		return c.sessionAnswer(*s), nil
	}
	due := !s.Session.ExpiresAt.Add(c.updateAge() - c.ExpiresIn()).After(c.now)
	refresh := due && !c.Options.Session.DisableSessionRefresh && !c.skipRefresh
	if !mayWrite {
		if err := c.setCookieCache(*s, forget); err != nil {
			return nil, err
		}
		answer := c.sessionAnswer(*s)
		answer.NeedsRefresh = &refresh
		return answer, nil
	}
	if refresh {
		// A session that could be read is valid, whether or not it can be written.
		var answer *SessionAnswer
		spared, err := c.spare("the end of a session could not be moved", func() (err error) {
			answer, err = c.refreshStored(*s)
			return err
		})
		if !spared {
			return answer, err
		}
	}
	return c.sessionAnswer(*s), c.setCookieCache(*s, forget)
}

// refreshStored extends a session in the store.
func (c *Context) refreshStored(s SignedIn) (*SessionAnswer, error) {
	moved, err := c.Sessions.Update(c, s.Session.Token, store.Record{"expiresAt": c.now.Add(c.ExpiresIn()), "updatedAt": c.now})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) { // ended meanwhile
		if err := c.DeleteSessionCookie(); err != nil {
			return nil, err
		}
		return nil, Unauthorized(FailedToGetSession)
	}
	if err != nil {
		return nil, err
	}
	s.Session = moved
	if err := c.SetSessionCookie(s, RememberLong); err != nil {
		return nil, err
	}
	return c.sessionAnswer(s), nil
}

// CurrentSession returns the session of the caller, reading it once per call, or nil if nobody is signed in. An error
// means that this is not known, because a store or a hook failed; the caller must then not be treated as signed out.
func (c *Context) CurrentSession(how Lookup) (*SignedIn, error) {
	if c.Session != nil {
		return c.Session, nil
	}
	how.NoCache = how.NoCache || c.queryFlag("disableCookieCache")
	how.NoRefresh = how.NoRefresh || c.queryFlag("disableRefresh")
	around := c.ResponseHeader
	c.ResponseHeader = http.Header{}
	answer, err := c.ReadSession(how)
	inner := c.ResponseHeader
	c.ResponseHeader = around
	if err != nil {
		if !refusesSession(err) {
			return nil, err
		}
		c.Log.DebugContext(c, "no session", "error", err)
		return nil, nil
	}
	for name, values := range inner {
		if name == "Set-Cookie" {
			c.ResponseHeader[name] = append(c.ResponseHeader[name], values...)
			continue
		}
		c.ResponseHeader[name] = values
	}
	if answer == nil {
		return nil, nil
	}
	c.Session = c.signedIn(answer)
	return c.Session, nil
}

// StoredSession returns what [Context.CurrentSession] returns, but never from the cookie cache if sessions are in a
// store: a session that was revoked is found nowhere else.
func (c *Context) StoredSession() (*SignedIn, error) {
	if !c.Stateful() {
		return c.CurrentSession(Lookup{})
	}
	c.Session = nil
	return c.CurrentSession(Lookup{NoCache: true})
}

// signedIn returns the session of an answer without hidden fields.
func (a *Auth) signedIn(answer *SessionAnswer) *SignedIn {
	return &SignedIn{Session: a.Sessions.Row(answer.Session.Record), User: a.Users.Of(answer.User.Record)}
}

// refusesSession reports whether an error is a refusal (the session has just ended, or a hook refuses it) and not a
// failure.
func refusesSession(err error) bool {
	var known *Error
	return errors.As(err, &known) && known.Status < http.StatusInternalServerError
}

func (c *Context) queryFlag(name string) bool {
	if c.Query == nil {
		return false
	}
	v, ok := c.Query.Get(name)
	return ok && js.Truthy(v)
}

// requireSession applies the session rule of a route.
func (c *Context) requireSession(rule SessionRule) error {
	read := func() (*SignedIn, error) { return c.CurrentSession(Lookup{}) }
	if rule == StoredSession {
		read = c.StoredSession
	}
	s, err := read()
	if err != nil {
		return err
	}
	if s == nil {
		if rule == OptionalSession || rule == RequestSession && c.Request == nil && c.RequestHeader == nil {
			return nil
		}
		return Unauthorized(NotSignedIn)
	}
	if rule == FreshSession && !c.IsFresh(s) {
		return Forbidden(SessionNotFresh)
	}
	return nil
}

// IsFresh reports whether a session started recently enough for sensitive calls (session.freshAge).
func (c *Context) IsFresh(s *SignedIn) bool {
	age := c.FreshAge()
	return age == 0 || c.now.Sub(s.Session.CreatedAt.Truncate(time.Millisecond)) < age
}
