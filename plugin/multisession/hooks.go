package multisession

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// keep adds the session that this call started to those that the browser holds. Earlier sessions of the same user in
// this browser end.
func (p *Plugin) keep(c *auth.Context) error {
	lines := c.ResponseHeader["Set-Cookie"]
	started := c.NewSession
	k := cookieOf(c, started.Session.Token)
	if _, has := c.SignedCookie(k.Name); has || len(lines) == 0 || setsCookie(lines, k.Name) {
		return nil
	}
	cookies, sent := holds(c)
	replaced, err := endEarlier(c, cookies, started)
	if err != nil {
		return err
	}
	total := sent - replaced
	if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, sessionCookie(c).Name) }) {
		total++ // the one that this call started
	}
	if total > *p.opts.MaximumSessions {
		return nil
	}
	return c.SetSignedCookie(k.Name, started.Session.Token, k.Attributes)
}

// endEarlier ends the held sessions of the user who has just signed in, and returns their number.
func endEarlier(c *auth.Context, cookies []held, started *auth.SignedIn) (int, error) {
	sessions, err := c.Sessions.FindMany(c, tokensOf(cookies))
	if err != nil {
		return 0, err
	}
	earlier := slices.DeleteFunc(cookies, func(h held) bool {
		same := func(s *auth.SignedIn) bool { return s.Session.Token == h.token && s.User.ID == started.User.ID }
		return h.token == started.Session.Token || !slices.ContainsFunc(sessions, same)
	})
	return len(earlier), end(c, earlier)
}

// endAll ends all sessions that the browser holds.
func endAll(c *auth.Context) error {
	cookies, _ := holds(c)
	return end(c, cookies)
}

// end ends sessions that the browser holds, and expires their cookies.
func end(c *auth.Context, cookies []held) error {
	if err := c.Sessions.EndMany(c, tokensOf(cookies)); err != nil {
		return err
	}
	for _, h := range cookies {
		if err := c.ExpireCookie(h.Cookie); err != nil {
			return err
		}
	}
	return nil
}
