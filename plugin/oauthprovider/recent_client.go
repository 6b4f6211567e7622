package oauthprovider

import (
	"errors"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A client that asks for tokens of its own again and again is not read each time. Its row is kept in memory with the
// version of the row, and the new token is inserted only if the row still has that version in the database. If the row
// was changed or deleted, by this server or another program, nothing is inserted, and the client is read again.

const (
	maxRecentClients = 1000
	recentClientAge  = time.Minute // far less than PostgreSQL needs to use a version again
)

// recentClient is a client together with the version of its row.
type recentClient struct {
	client *Client // must not be changed
	row    store.Unchanged
	read   time.Time
}

// recentClients holds clients that lately got a token of their own.
type recentClients struct {
	mu   sync.Mutex
	rows map[string]*recentClient
}

func (r *recentClients) get(id string, now time.Time) *recentClient {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.rows[id]
	if known == nil || now.Sub(known.read).Abs() > recentClientAge {
		return nil
	}
	return known
}

func (r *recentClients) put(known *recentClient) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil || len(r.rows) >= maxRecentClients {
		r.rows = map[string]*recentClient{}
	}
	r.rows[known.client.ClientID] = known
}

func (r *recentClients) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rows, id)
}

// mayRecall reports whether a token may be issued to a client from memory. If the client has changed, everything is done
// a second time, so nothing may be called that has an effect of its own, such as a callback or the check of a proof.
func (p *Plugin) mayRecall(c *auth.Context, who *credentials, in *tokenRequest) bool {
	o := &p.opts
	if o.CustomTokenResponseFields != nil || o.GenerateOpaqueAccessToken != nil || o.StoreTokens.Hash != nil ||
		o.StoreClientSecret.Kind == "" || who.client != nil || who.Proven || len(in.resources(c)) > 0 || p.isTrusted(who.ClientID) {
		return false
	}
	proof, _ := c.RequestHeaderValue("DPoP")
	return proof == ""
}

// tokenForClient issues a token for the client itself, from memory if it is known there.
func (p *Plugin) tokenForClient(c *auth.Context, in *tokenRequest, who *credentials) (*js.Object, error) {
	if !p.mayRecall(c, who, in) {
		return p.issueToClient(c, in, who, nil)
	}
	if known := p.recent.get(who.ClientID, c.Now()); known != nil {
		recalled := *who
		recalled.client = known.client
		answer, err := p.issueToClient(c, in, &recalled, &known.row)
		var refused *auth.Error
		if !errors.Is(err, store.ErrChanged) && !errors.As(err, &refused) {
			return answer, err
		}
		p.recent.drop(who.ClientID) // the row as it is now decides
	}
	known, err := p.clientWithVersion(c, who.ClientID)
	if err != nil {
		return nil, err
	}
	if known == nil {
		return p.issueToClient(c, in, who, nil)
	}
	who.client = known.client
	answer, err := p.issueToClient(c, in, who, nil)
	if err == nil && known.row.Version != "" {
		p.recent.put(known)
	}
	return answer, err
}

// clientWithVersion reads a registered client. It is nil if there is none, or if an extension knows more of it.
func (p *Plugin) clientWithVersion(c *auth.Context, clientID string) (*recentClient, error) {
	rows, err := c.Store.Find(c, clientModel, store.Query{Where: []store.Where{store.Given("clientId", clientID)}, Limit: 1, Version: true})
	if err != nil || len(rows) == 0 || rows[0].Text("clientId") != clientID { // the database may compare without regard to case
		return nil, err
	}
	known := &recentClient{row: store.Unchanged{Model: clientModel, ID: rows[0].Text("id"), Version: rows[0].Text(store.Version)}, read: c.Now()}
	known.client, err = p.clients.Of(rows[0])
	if err != nil || text(known.client.ClientDiscoveryID) != "" {
		return nil, err
	}
	return known, nil
}
