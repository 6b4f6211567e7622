package anonymous

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

// realSignIns are the paths of the endpoints that may replace an anonymous session by a real one, as in the reference.
var realSignIns = []string{
	"/sign-in*", "/sign-up*", "/callback*", "/magic-link/verify*", "/email-otp/verify-email*", "/one-tap/callback*",
	"/passkey/verify-authentication*", "/phone-number/verify*", "/verify-email*",
}

// flowMember is the name under which an OAuth flow stores the anonymous user who started it.
const flowMember = "anonymousUserId"

// rememberInFlow stores the anonymous user with the OAuth flow that this call starts. In mobile apps the browser that
// ends the flow is another one and has no session.
func rememberInFlow(c *auth.Context) error {
	s, err := c.CurrentSession(auth.Lookup{NoRefresh: true})
	if err != nil || s == nil || !isAnonymous(s.User) {
		return err
	}
	flow.AddServerContext(c, js.Obj(flowMember, s.User.ID))
	return nil
}

// startsSession reports whether the answer sets a session cookie.
func startsSession(c *auth.Context) bool {
	if c.NewSession == nil {
		return false
	}
	token := ""
	for _, line := range c.ResponseHeader["Set-Cookie"] {
		if k, value, ok := cookie.ParseSetCookie(line); ok && k.Name == c.SessionTokenName() {
			token = value
		}
	}
	return token != ""
}

// link runs after a call that started a session. If the caller was anonymous before, it reports both users and deletes
// the anonymous one.
func (p *Plugin) link(c *auth.Context) error {
	before, err := anonymousSession(c)
	if err != nil || before == nil {
		return err
	}
	now := *c.NewSession
	if p.opts.OnLinkAccount != nil {
		if _, err := p.opts.OnLinkAccount(c, Link{AnonymousUser: *before, NewUser: now, Call: c}); err != nil {
			return auth.FromCallback(err)
		}
	}
	if p.opts.DisableDeleteAnonymousUser || now.User.ID == before.User.ID || isAnonymous(now.User) {
		return nil
	}
	err = together(c, func(c *auth.Context) error { return remove(c, before.User.ID) })
	if err != nil { // the person is signed in, which must not fail because of it
		c.Log.ErrorContext(c, "the anonymous user of a person who signed in could not be deleted", "user", before.User.ID, "error", err)
	}
	return nil
}

// anonymousSession returns the anonymous session that the caller had before this call, or nil if there is none.
func anonymousSession(c *auth.Context) (*auth.SignedIn, error) {
	// The lookup may expire the cookies of an old session, which have the names of those that were just set.
	header := c.ResponseHeader
	c.ResponseHeader = header.Clone()
	s, err := c.CurrentSession(auth.Lookup{NoRefresh: true})
	c.ResponseHeader = header
	if err != nil {
		return nil, err
	}
	if s != nil && isAnonymous(s.User) {
		return s, nil
	}
	return sessionOfFlow(c)
}

// sessionOfFlow returns a session of the anonymous user who started the OAuth flow that ends in this call.
func sessionOfFlow(c *auth.Context) (*auth.SignedIn, error) {
	state := flow.Current(c)
	if state == nil {
		return nil, nil
	}
	id, _ := oauth.Member(oauth.Member(state.Fields, "serverContext"), flowMember).(string)
	if id == "" {
		return nil, nil
	}
	user, err := c.Users.Find(c, id)
	if err != nil || user == nil || !isAnonymous(user) {
		return nil, err
	}
	sessions, err := c.Sessions.Of(c, id)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	return &auth.SignedIn{Session: sessions[0], User: user}, nil
}
