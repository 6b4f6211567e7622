package auth

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// SessionTokenName returns the name of the cookie with the session token.
func (c *Context) SessionTokenName() string { return c.set.SessionToken.Name }

func (a *Auth) cacheEnabled() bool { return isTrue(a.Options.Session.CookieCache.Enabled, false) }

// SessionTokens returns the session tokens of the request with a valid signature. A browser sends several if it has
// cookies for the host and for a parent domain.
func (c *Context) SessionTokens() (tokens []string) {
	for _, t := range c.Jar().AllSigned(c.SessionTokenName(), c.Keys) {
		tokens = append(tokens, t.Value)
	}
	return tokens
}

func (a *Auth) stateInCookie() bool {
	if s := a.Options.Account.StoreStateStrategy; s != "" {
		return s == "cookie"
	}
	return !a.hasStore
}

// cleanChunks expires every part of a cookie that the request contains.
func (c *Context) cleanChunks(k cookie.Cookie) error {
	settings := cookie.Clean(c.Jar(), k)
	for _, s := range settings {
		if err := c.expireElsewhere(s.Cookie); err != nil {
			return err
		}
	}
	return c.addSettings(settings)
}

// expireElsewhere expires cookies with the name of k that the browser may have with other attributes: for the host
// alone, from before cookies were shared with a domain, or for a domain, from when they were.
func (c *Context) expireElsewhere(k cookie.Cookie) error {
	for _, domain := range c.otherDomains(k) {
		gone := k.Expired()
		gone.Attributes.Domain = domain
		line, err := gone.Line("")
		if err != nil {
			return err
		}
		if !slices.Contains(c.ResponseHeader["Set-Cookie"], line) {
			c.ResponseHeader.Add("Set-Cookie", line)
		}
	}
	return nil
}

// otherDomains returns the Domain attributes that another cookie with the name of k may have; "" stands for none.
func (c *Context) otherDomains(k cookie.Cookie) []string {
	_, carried := c.Jar().Get(k.Name)
	switch {
	case !carried || strings.HasPrefix(k.Name, "__Host-"):
		return nil
	case k.Attributes.Domain != "":
		return []string{""}
	case !c.Jar().Repeats(k.Name):
		return nil
	}
	host, _ := origin.Host(c.BaseURL)
	return cookie.DomainsAbove(host)
}

func (c *Context) addSettings(settings []cookie.Setting) error {
	for _, s := range settings {
		line, err := s.Line()
		if err != nil {
			return err
		}
		c.ResponseHeader.Add("Set-Cookie", line)
	}
	return nil
}

// setChunked sets a cookie whose value may have to be split into several cookies. A value that is too long even for
// that is left out, which is logged once.
func (c *Context) setChunked(k cookie.Cookie, value string) error {
	settings, err := cookie.Clean(c.Jar(), k), cookie.ErrTooLarge
	if len(value) <= maxCookieValue {
		settings, err = cookie.Chunk(c.Jar(), k, value)
	}
	if errors.Is(err, cookie.ErrTooLarge) {
		if _, said := c.tooLarge.LoadOrStore(k.Name, true); !said {
			c.Log.WarnContext(c, "a value is too large even for several cookies and was left out; this is logged once", "cookie", k.Name, "bytes", len(value))
		}
		err = nil
	}
	if err != nil {
		return err
	}
	return c.addSettings(settings)
}

// setCookieCache stores the session in a cookie if the options say so.
func (c *Context) setCookieCache(s SignedIn, forget bool) error {
	if !c.cacheEnabled() {
		return nil
	}
	version, err := c.cacheVersion(s)
	if err != nil {
		return err
	}
	session := c.Store.Table("session").Whole(c.visibleSession(s.Session.Record()))
	user := s.User.Public()
	k := c.set.SessionData
	if forget {
		k.Attributes.MaxAge = nil
	}
	value, err := c.sealCache(cookie.Cache{
		Session: session.AppendJSON(nil), User: user.AppendJSON(nil), UpdatedAt: c.now.UnixMilli(), Version: version,
	}, s, k.Attributes.MaxAge)
	if err != nil {
		return err
	}
	if err := c.setChunked(k, value); err != nil {
		return err
	}
	return c.renewAccountCookie(s)
}

// visibleSession removes hidden fields that the options added. Fields that plugins hide stay, as in the reference
// (cookies/index.mjs, setCookieCache).
func (c *Context) visibleSession(session store.Record) store.Record {
	out := session
	for _, f := range c.Options.Session.AdditionalFields {
		if _, ok := out[f.Name]; ok && !isTrue(f.Returned, true) {
			out = c.Store.Table("session").Visible(session)
			break
		}
	}
	return out
}

func (c *Context) sealCache(cache cookie.Cache, s SignedIn, maxAge *int) (string, error) {
	age := 0
	if maxAge != nil {
		age = *maxAge
	}
	if c.cacheSigner != nil && c.cacheStrategy() == cookie.JWT {
		return c.cacheSigner.SignCache(c, cache.Payload(), s.User.ID, s.Session.Token, seconds(cmp.Or(age, 300)))
	}
	return cookie.EncodeCache(c.Keys, c.cacheStrategy(), cache, age, c.now)
}

func (a *Auth) cacheStrategy() cookie.Strategy {
	return cookie.Strategy(a.Options.Session.CookieCache.Strategy)
}

// openCache returns the content of a cached session; ok is false if it does not verify.
func (c *Context) openCache(value string) (d cookie.Decoded, ok bool) {
	if c.cacheSigner == nil || c.cacheStrategy() != cookie.JWT {
		return cookie.DecodeCache(c.Keys, c.cacheStrategy(), value, c.now)
	}
	payload, err := c.cacheSigner.OpenCache(c, value)
	if err != nil {
		return d, false
	}
	return cookie.DecodePayload(payload, c.now)
}

func (c *Context) cacheVersion(s SignedIn) (string, error) {
	v := c.Options.Session.CookieCache.Version
	switch {
	case v.Func != nil:
		text, err := v.Func(c, Cached{s.Session.Record(), s.User.Record()})
		return text, FromCallback(err)
	case v.Text != "":
		return v.Text, nil
	}
	return "1", nil
}

// signedInFrom parses the content of a cached session.
func (a *Auth) signedInFrom(cache cookie.Decoded) (SignedIn, bool) {
	session, ok := identity.ParseAuthentic(cache.Session, a.Store.Table("session"))
	if !ok {
		return SignedIn{}, false
	}
	user, ok := identity.ParseAuthentic(cache.User, a.Store.Table("user"))
	return SignedIn{Session: a.Sessions.Row(session), User: a.Users.Of(user)}, ok
}

// renewAccountCookie renews the account cookie together with the cached session.
func (c *Context) renewAccountCookie(s SignedIn) error {
	k := c.set.AccountData
	if !isTrue(c.Options.Account.StoreAccountCookie, false) || cookie.HasPending(c.ResponseHeader["Set-Cookie"], k.Name) || cookie.HasPending(c.outer["Set-Cookie"], k.Name) {
		return nil
	}
	payload, account := c.accountCookie(s.User.ID)
	if account == nil {
		return nil
	}
	bound := c.Auth.databaseSet
	if bound && account.Text("userId") != s.User.ID {
		return errors.Join(c.ExpireCookie(k), c.cleanChunks(k))
	}
	return c.SetAccountCookie(payload)
}

// AccountCookie returns the account in the account cookie of the request, as JSON text, or nil if there is no valid
// one. If several cookies have the name, one that belongs to the caller is preferred.
func (c *Context) AccountCookie() []byte {
	user := ""
	if c.Session != nil {
		user = c.Session.User.ID
	}
	payload, _ := c.accountCookie(user)
	return payload
}

func (c *Context) accountCookie(user string) (payload []byte, account store.Record) {
	for _, value := range cookie.ReadChunkedAll(c.Jar(), c.set.AccountData.Name) {
		opened, err := c.Keys.OpenJWE(value, "better-auth-account", c.now)
		if err != nil {
			continue
		}
		row, ok := identity.ParseRow(opened)
		if ok && (account == nil || user != "" && row.Text("userId") == user) {
			payload, account = opened, row
		}
	}
	return payload, account
}

// SetAccountCookie stores an account (JSON text) in an encrypted cookie.
func (c *Context) SetAccountCookie(account []byte) error {
	k := c.set.AccountData
	age := 300
	if k.Attributes.MaxAge != nil {
		age = *k.Attributes.MaxAge
	}
	k.Attributes.MaxAge = &age
	value, err := c.Keys.SealJWE(withoutJWTClaims(account), "better-auth-account", c.now, seconds(age))
	if err != nil {
		return err
	}
	return c.setChunked(k, value)
}

// withoutJWTClaims removes the claims that encryption sets again.
func withoutJWTClaims(payload []byte) []byte {
	v, err := js.Parse(payload)
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return payload
	}
	for _, claim := range []string{"iat", "exp", "jti"} {
		o.Delete(claim)
	}
	return js.Marshal(o)
}

// BearerCookie adds a signed session token to the cookies of the request, as if the browser had sent it.
func (c *Context) BearerCookie(signed string) {
	header, _ := c.RequestHeaderValue("Cookie")
	c.setRequestHeader("Cookie", cookie.Merge(header, cookie.Pair{Name: c.SessionTokenName(), Value: signed}))
}

// cacheAge returns the lifetime of a cached session in seconds.
func (a *Auth) cacheAge() int { return a.Options.Session.CookieCache.MaxAge }
