package auth

// RenewCookieCache tells the browser what the session's user now looks like,
// where the options keep the session in a cookie. The session itself stays.
func (c *Context) RenewCookieCache(s SignedIn) error {
	_, forget := c.SignedCookie(c.set.DontRemember.Name)
	return c.setCookieCache(s, forget)
}
