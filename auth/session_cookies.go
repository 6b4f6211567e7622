package auth

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// SessionTokenName is the name of the cookie that holds the session token.
func (c *Context) SessionTokenName() string { return c.set.SessionToken.Name }

func (a *Auth) cacheEnabled() bool { return isTrue(a.Options.Session.CookieCache.Enabled, false) }

// SetSessionCookie tells the browser of the session. forgetful cookies end with
// the browser; nil keeps what the browser was told before.
func (c *Context) SetSessionCookie(s SignedIn, forgetful *bool) error {
	_, before := c.SignedCookie(c.set.DontRemember.Name)
	forget := before
	if forgetful != nil {
		forget = *forgetful
	}
	token := c.set.SessionToken
	attributes := token.Attributes
	attributes.MaxAge = nil
	if !forget {
		life := int(c.ExpiresIn().Seconds())
		attributes.MaxAge = &life
	}
	return c.setSessionCookies(s, token.Name, attributes, forget, before)
}

func (c *Context) setSessionCookies(s SignedIn, name string, attributes cookie.Attributes, forget, before bool) error {
	if err := c.SetSignedCookie(name, s.Token(), attributes); err != nil {
		return err
	}
	if forget {
		k := c.set.DontRemember
		if err := c.SetSignedCookie(k.Name, "true", k.Attributes); err != nil {
			return err
		}
	} else if before {
		if err := c.ExpireCookie(c.set.DontRemember); err != nil {
			return err
		}
	}
	if err := c.setCookieCache(s, forget); err != nil {
		return err
	}
	c.NewSession = &s
	return nil
}

// SessionTokens are the session tokens of the request whose signature holds. A
// browser sends several where cookies of the host and of a domain above it meet.
func (c *Context) SessionTokens() (tokens []string) {
	for _, t := range c.Jar().AllSigned(c.SessionTokenName(), c.Keys) {
		tokens = append(tokens, t.Value)
	}
	return tokens
}

// DeleteSessionCookie makes the browser forget the session.
func (c *Context) DeleteSessionCookie() error {
	data := c.set.SessionData
	errs := []error{c.ExpireCookie(c.set.SessionToken), c.ExpireCookie(data)}
	if isTrue(c.Options.Account.StoreAccountCookie, false) {
		account := c.set.AccountData
		errs = append(errs, c.ExpireCookie(account), c.cleanChunks(account))
	}
	if c.stateInCookie() {
		errs = append(errs, c.ExpireCookie(c.CookieNamed("oauth_state", nil)))
	}
	errs = append(errs, c.cleanChunks(data), c.ExpireCookie(c.set.DontRemember))
	return errors.Join(errs...)
}

func (a *Auth) stateInCookie() bool {
	if s := a.Options.Account.StoreStateStrategy; s != "" {
		return s == "cookie"
	}
	return !a.hasStore
}

// cleanChunks expires every part of a cookie that the request carried.
func (c *Context) cleanChunks(k cookie.Cookie) error {
	settings := cookie.Clean(c.Jar(), k)
	for _, s := range settings {
		if err := c.expireElsewhere(s.Cookie); err != nil {
			return err
		}
	}
	return c.addSettings(settings)
}

// expireElsewhere expires the cookies of the same name that the browser may keep
// beside k: set for the host alone before cookies were shared with a domain, or
// for a domain while they were.
func (c *Context) expireElsewhere(k cookie.Cookie) error {
	for _, domain := range c.otherDomains(k) {
		gone := k.Expired()
		gone.Attributes.Domain = domain
		line, err := gone.Line("")
		if err != nil {
			return err
		}
		if !slices.Contains(c.Header["Set-Cookie"], line) {
			c.Header.Add("Set-Cookie", line)
		}
	}
	return nil
}

// otherDomains are the Domain attributes that another cookie named like k may
// have; "" is none.
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
		c.Header.Add("Set-Cookie", line)
	}
	return nil
}

// setChunked sets a cookie whose value may be too long for one. One that is too
// long even in parts is left out, which is said once.
func (c *Context) setChunked(k cookie.Cookie, value string) error {
	settings, err := cookie.Clean(c.Jar(), k), cookie.ErrTooLarge
	if len(value) <= maxCookieValue {
		settings, err = cookie.Chunk(c.Jar(), k, value)
	}
	if errors.Is(err, cookie.ErrTooLarge) {
		if _, said := c.tooLarge.LoadOrStore(k.Name, true); !said {
			c.Log.WarnContext(c, "a value is too large to keep in cookies even in parts, and was left out; this is not said again", "cookie", k.Name, "bytes", len(value))
		}
		err = nil
	}
	if err != nil {
		return err
	}
	return c.addSettings(settings)
}

// setCookieCache keeps the session in a cookie, if the options say so.
func (c *Context) setCookieCache(s SignedIn, forget bool) error {
	if !c.cacheEnabled() {
		return nil
	}
	version, err := c.cacheVersion(s)
	if err != nil {
		return err
	}
	session := &Row{c.visibleSession(s.Session), c.Store.Table("session")}
	user := c.Output("user", s.User)
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

// visibleSession leaves out hidden fields added by the options; those that
// plugins hide stay, as upstream (cookies/index.mjs, setCookieCache).
func (c *Context) visibleSession(session store.Record) store.Record {
	out := session
	for _, f := range c.Options.Session.AdditionalFields {
		if _, ok := out[f.Name]; ok && !isTrue(f.Returned, true) {
			out = c.Visible("session", session)
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
	if c.CacheSigner != nil && c.cacheStrategy() == cookie.JWT {
		return c.CacheSigner.SignCache(c, cache.Payload(), s.UserID(), s.Token(), seconds(cmp.Or(age, 300)))
	}
	return cookie.EncodeCache(c.Keys, c.cacheStrategy(), cache, age, c.now)
}

func (a *Auth) cacheStrategy() cookie.Strategy {
	return cookie.Strategy(a.Options.Session.CookieCache.Strategy)
}

// openCache reads a cached session; ok is false when it does not verify.
func (c *Context) openCache(value string) (d cookie.Decoded, ok bool) {
	if c.CacheSigner == nil || c.cacheStrategy() != cookie.JWT {
		return cookie.DecodeCache(c.Keys, c.cacheStrategy(), value, c.now)
	}
	payload, err := c.CacheSigner.OpenCache(c, value)
	if err != nil {
		return d, false
	}
	return cookie.DecodePayload(payload, c.now)
}

func (c *Context) cacheVersion(s SignedIn) (string, error) {
	v := c.Options.Session.CookieCache.Version
	switch {
	case v.Func != nil:
		text, err := v.Func(c, Cached{s.Session, s.User})
		return text, FromCallback(err)
	case v.Text != "":
		return v.Text, nil
	}
	return "1", nil
}

// signedInFrom parses what a cached session holds.
func (a *Auth) signedInFrom(cache cookie.Decoded) (SignedIn, bool) {
	session, ok := a.authenticRow("session", cache.Session)
	if !ok {
		return SignedIn{}, false
	}
	user, ok := a.authenticRow("user", cache.User)
	return SignedIn{Session: session, User: user}, ok
}

// authenticRow is parseRow for a text that our secret vouches for, so that it
// is not validated once more.
func (a *Auth) authenticRow(model string, jsonText []byte) (store.Record, bool) {
	members, ok := secret.SplitAuthentic(validText(jsonText))
	if !ok {
		return nil, false
	}
	return rowOf(members, a.Store.Table(model))
}

func parseRow(jsonText []byte) (store.Record, bool) {
	members, err := secret.ParseMembers(validText(jsonText))
	if err != nil {
		return nil, false
	}
	return rowOf(members, nil)
}

func validText(jsonText []byte) []byte {
	if utf8.Valid(jsonText) {
		return jsonText
	}
	return bytes.ToValidUTF8(jsonText, []byte("\uFFFD"))
}

// rowOf reads the values of a row. The names of the table's columns, if it is
// known, are not copied.
func rowOf(members secret.Members, table *store.Table) (store.Record, bool) {
	row := make(store.Record, len(members))
	for _, m := range members {
		name := columnName(table, m.Name)
		if s, plain := secret.String(m.Value); plain {
			row[name] = revived(s)
			continue
		}
		v, err := js.Parse(m.Value)
		if err != nil {
			return nil, false
		}
		row[name] = revived(v)
	}
	return row, true
}

func columnName(table *store.Table, name []byte) string {
	if table != nil {
		if c := table.Column(string(name)); c != nil {
			return c.Name
		}
	}
	return string(name)
}

// renewAccountCookie keeps the account cookie in step with the cached session.
func (c *Context) renewAccountCookie(s SignedIn) error {
	k := c.set.AccountData
	if !isTrue(c.Options.Account.StoreAccountCookie, false) || cookie.HasPending(c.Header["Set-Cookie"], k.Name) || cookie.HasPending(c.outer["Set-Cookie"], k.Name) {
		return nil
	}
	payload, account := c.accountCookie(s.UserID())
	if account == nil {
		return nil
	}
	bound := c.Auth.databaseSet
	if bound && text(account, "userId") != s.UserID() {
		return errors.Join(c.ExpireCookie(k), c.cleanChunks(k))
	}
	return c.SetAccountCookie(payload)
}

// AccountCookie is the account in the request's account cookie, as JSON text;
// nil when there is none that holds. Of several cookies of the name, one of the
// caller is preferred.
func (c *Context) AccountCookie() []byte {
	user := ""
	if c.Session != nil {
		user = c.Session.UserID()
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
		row, ok := parseRow(opened)
		if ok && (account == nil || user != "" && text(row, "userId") == user) {
			payload, account = opened, row
		}
	}
	return payload, account
}

// SetAccountCookie keeps an account (JSON text) in an encrypted cookie.
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

// withoutJWTClaims drops the claims that sealing sets anew.
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

// BearerCookie puts a signed session token into the request's cookies, as if
// the browser had sent it.
func (c *Context) BearerCookie(signed string) {
	header, _ := c.HeaderValue("Cookie")
	c.setRequestHeader("Cookie", cookie.Merge(header, cookie.Pair{Name: c.SessionTokenName(), Value: signed}))
}

// cacheAge is how many seconds a cached session is good for.
func (a *Auth) cacheAge() int { return a.Options.Session.CookieCache.MaxAge }
