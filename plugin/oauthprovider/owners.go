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

// ownersIn returns the rows that were read with a row.
func ownersIn(row store.Record) (o owners) {
	o.client, _ = row[clientModel].(store.Record)
	o.session, _ = row["session"].(store.Record)
	o.user, _ = row["user"].(store.Record)
	return o
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
	row, err := table.Of(rows[0])
	return row, ownersIn(rows[0]), err
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

// knowClient sets the client of credentials from its row, if it was not read before. A client that does not exist is for
// [Plugin.authenticated] to refuse.
func (p *Plugin) knowClient(c *auth.Context, who *credentials, row store.Record) (err error) {
	if who.client == nil && row != nil {
		who.client, err = p.clientOf(c, who.ClientID, row)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return err
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

// sessionWithOwners returns the rows of a session, of its user and of these clients, all in one query. They are nil where
// there is none; without the session the others are not looked for.
func sessionWithOwners(c *auth.Context, id string, clients ...string) (o owners, err error) {
	q := store.Query{Where: []store.Where{store.Given("id", id)}, Limit: 1, Join: []string{"userId"}}
	for _, clientID := range clients {
		q.Beside = append(q.Beside, store.Beside{Model: clientModel, Field: "clientId", Value: clientID})
	}
	rows, err := c.Store.Find(c, "session", q)
	if err != nil || len(rows) == 0 {
		return o, err
	}
	o = ownersIn(rows[0])
	o.session = rows[0]
	return o, nil
}

// grantedBy returns the user and the session that a code was issued in. Their rows are in o, if there are any.
func grantedBy(c *auth.Context, granted *grantedCode, o owners) (user *auth.User, session store.Record, err error) {
	user = userOf(c, o.user)
	if o.user.Text("id") != granted.UserID {
		user, err = c.Users.Get(c, granted.UserID)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil, badToken("invalid_user", "missing user, user may have been deleted")
	case err != nil:
		return nil, nil, err
	case !isLive(c, o.session):
		return nil, nil, badToken(invalidRequest, "session no longer exists")
	}
	return user, o.session, nil
}
