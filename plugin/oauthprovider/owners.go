package oauthprovider

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// owners holds the rows that a token refers to. They are read in the same query as the token.
type owners struct {
	client  store.Record // nil if there is none
	session store.Record
	user    store.Record
}

// tokenWithOwners returns the row of a stored token and the rows that its fields named in refs refer to.
func tokenWithOwners[T any](c *auth.Context, table store.Table[T], model, stored string, refs ...string) (*T, owners, error) {
	rows, err := c.Store.Find(c, model, store.Query{Where: []store.Where{store.Given("token", stored)}, Limit: 1, Join: refs})
	if err == nil && (len(rows) == 0 || rows[0].Text("token") != stored) { // the database may compare without regard to case
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, owners{}, err
	}
	var o owners
	o.client, _ = rows[0][clientModel].(store.Record)
	o.session, _ = rows[0]["session"].(store.Record)
	o.user, _ = rows[0]["user"].(store.Record)
	row, err := table.Of(rows[0])
	return row, o, err
}

// clientOf returns the client with this id, as [Plugin.client] does. row is its row if it was read before.
func (p *Plugin) clientOf(c *auth.Context, clientID string, row store.Record) (*Client, error) {
	if known, ok := p.trusted.get(clientID); ok {
		return known, nil
	}
	if row.Text("clientId") != clientID {
		return p.client(c, clientID)
	}
	client, err := p.clients.Of(row)
	if err != nil {
		return nil, err
	}
	return p.stored(c, client)
}

// userOf returns the user that was read with a token, or nil.
func userOf(c *auth.Context, row store.Record) *auth.User {
	if row == nil {
		return nil
	}
	return c.Users.Of(row)
}

// isLive reports whether a session exists and has not ended.
func isLive(c *auth.Context, session store.Record) bool {
	return session != nil && !session.Time("expiresAt").Before(c.Now())
}

// liveSession returns the row of a session that has not ended and that of its user. It returns nil for a session that
// does not exist or has ended.
func (p *Plugin) liveSession(c *auth.Context, id string) (session, user store.Record, err error) {
	rows, err := c.Store.Find(c, "session", store.Query{Where: []store.Where{store.Given("id", id)}, Limit: 1, Join: []string{"userId"}})
	if err != nil || len(rows) == 0 || !isLive(c, rows[0]) {
		return nil, nil, err
	}
	user, _ = rows[0]["user"].(store.Record)
	return rows[0], user, nil
}

// ownerOf returns the user and the session that a code was issued in.
func (p *Plugin) ownerOf(c *auth.Context, granted *grantedCode) (*auth.User, store.Record, error) {
	session, row, err := p.liveSession(c, granted.SessionID)
	if err != nil {
		return nil, nil, err
	}
	user := userOf(c, row)
	if row.Text("id") != granted.UserID {
		user, err = c.Users.Get(c, granted.UserID)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil, badToken("invalid_user", "missing user, user may have been deleted")
	case err != nil:
		return nil, nil, err
	case session == nil:
		return nil, nil, badToken(invalidRequest, "session no longer exists")
	}
	return user, session, nil
}
