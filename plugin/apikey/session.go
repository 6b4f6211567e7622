package apikey

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mayCarryKey reports whether a call could have a key that stands for a session.
func (p *Plugin) mayCarryKey(c *auth.Context) bool {
	if c.Route.Path == verifyPath {
		return false // the key in the body is verified; one in a header is not used
	}
	for i := range p.opts.Configurations {
		cfg := &p.opts.Configurations[i]
		if cfg.EnableSessionForAPIKeys && (cfg.CustomAPIKeyGetter != nil || cfg.header(c) != "") {
			return true
		}
	}
	return false
}

func (o *Configuration) header(c *auth.Context) string {
	for _, name := range o.APIKeyHeaders {
		if v, _ := c.RequestHeaderValue(name); v != "" {
			return v
		}
	}
	return ""
}

// carried returns the key of a call and the configuration that found it; nil for none.
func (p *Plugin) carried(c *auth.Context) (key any, cfg *Configuration, err error) {
	for i := range p.opts.Configurations {
		cfg = &p.opts.Configurations[i]
		if !cfg.EnableSessionForAPIKeys {
			continue
		}
		key = cfg.header(c)
		if cfg.CustomAPIKeyGetter != nil {
			if key, err = cfg.CustomAPIKeyGetter(c, c); err != nil {
				return nil, nil, auth.FromCallback(err)
			}
		}
		if js.Truthy(key) {
			return key, cfg, nil
		}
	}
	return nil, nil, nil
}

// startSession gives a call with a key the session of the key's owner. The session exists for this call only.
func (p *Plugin) startSession(c *auth.Context) error {
	found, cfg, err := p.carried(c)
	if found == nil || err != nil {
		return err
	}
	key, ok := found.(string)
	if !ok {
		return auth.BadRequest(InvalidGetterResult)
	}
	if js.Length(key) < cfg.DefaultKeyLength {
		return auth.Forbidden(InvalidAPIKey)
	}
	if ok, err := cfg.admits(c, key); err != nil {
		return err
	} else if !ok {
		return auth.Forbidden(InvalidAPIKey)
	}
	u := use{key: key}
	if cfg.ConfigID != "" {
		u.config = &cfg.ConfigID
	}
	row, _, err := p.use(c, cfg, u)
	if err != nil {
		return err
	}
	p.cleanUp(c, false)
	if cfg.References != ofUsers {
		return auth.Unauthorized(InvalidReferenceID)
	}
	user, err := c.Users.Find(c, row.Text("referenceId"))
	if err != nil {
		return err
	}
	if user == nil || !c.DeletionAt(user).IsZero() {
		return auth.Unauthorized(InvalidReferenceID)
	}
	if isBanned(user, c.Clock()) {
		return auth.Unauthorized(UserBanned)
	}
	session, members := sessionOf(c, row, key)
	c.Session = &auth.SignedIn{Session: c.Sessions.Row(session), User: user}
	if c.Route.Path == "/get-session" {
		c.Respond(js.Obj("user", user.Public(), "session", members))
	}
	return nil
}

// isBanned reports whether the plugin admin has banned a user.
func isBanned(user *auth.User, now time.Time) bool {
	end := user.Extra.Time("banExpires")
	return user.Extra.True("banned") && (end.IsZero() || end.After(now))
}

// sessionOf returns the session for which a key stands, as a row and as get-session shows it. As in the reference, a
// key that does not expire gives a session whose end is session.expiresIn milliseconds ahead.
func sessionOf(c *auth.Context, row store.Record, key string) (store.Record, *js.Object) {
	now := c.Clock()
	end := row.Time("expiresAt")
	if end.IsZero() {
		end = now.Add(c.ExpiresIn() / 1000)
	}
	var agent, address any
	if v, ok := c.RequestHeaderValue("User-Agent"); ok && c.Request != nil {
		agent = v
	}
	if ip, ok := c.ClientIP(); ok && c.Request != nil {
		address = ip
	}
	members := js.Obj("id", row["id"], "token", key, "userId", row["referenceId"], "userAgent", agent, "ipAddress", address,
		"createdAt", now, "updatedAt", now, "expiresAt", end)
	session := store.Record{}
	for name, v := range members.All() {
		session[name] = v
	}
	return session, members
}
