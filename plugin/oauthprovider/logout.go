package oauthprovider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	logoutEvent     = "http://schemas.openid.net/event/backchannel-logout"
	logoutTokenType = "logout+jwt"
	logoutTokenLife = 120 // seconds
	logoutTimeout   = 5 * time.Second
)

// endedSession is what the end of a session means for clients. It is found out before the session's row goes, because
// the tokens name it only until then.
type endedSession struct {
	id, userID string
	access     []string // ids of tokens to revoke
	refresh    []string
	clients    []*Client // to tell of the end
}

type endedKey struct{ sessionID string }

// logoutHooks returns the hooks by which clients learn that a session ended (OpenID Connect Back-Channel Logout).
func (p *Plugin) logoutHooks() map[string][]store.Hooks {
	return map[string][]store.Hooks{"session": {{
		Source: "plugin:" + ID, BeforeDelete: p.beforeSessionEnds, AfterDelete: p.afterSessionEnded,
	}}}
}

// beforeSessionEnds never fails: a session must end in any case. Its tokens are worth nothing without it.
func (p *Plugin) beforeSessionEnds(ctx context.Context, row store.Record) error {
	c := auth.From(ctx)
	if c == nil {
		return nil
	}
	ended, err := p.endOf(ctx, row.Text("id"), row.Text("userId"))
	if err != nil {
		c.Log.ErrorContext(ctx, "oauth-provider: the tokens of a session that ends cannot be read", "error", err)
		return nil
	}
	if ended != nil {
		c.Keep(endedKey{ended.id}, ended)
	}
	return nil
}

// endOf returns what the end of a session means, or nil if no client has tokens of it. Refresh tokens with the scope
// offline_access stay valid.
func (p *Plugin) endOf(ctx context.Context, id, userID string) (*endedSession, error) {
	if id == "" || userID == "" {
		return nil, nil
	}
	ofSession := store.Query{Where: []store.Where{store.Is("sessionId", id)}}
	access, err := p.access.Find(ctx, ofSession)
	if err != nil {
		return nil, err
	}
	refresh, err := p.refresh.Find(ctx, ofSession)
	if err != nil {
		return nil, err
	}
	ended := &endedSession{id: id, userID: userID}
	var clientIDs []string
	for _, t := range access {
		clientIDs = append(clientIDs, t.ClientID)
		if t.Revoked == nil {
			ended.access = append(ended.access, t.ID)
		}
	}
	for _, t := range refresh {
		clientIDs = append(clientIDs, t.ClientID)
		if t.Revoked == nil && !slices.Contains(t.Scopes, "offline_access") {
			ended.refresh = append(ended.refresh, t.ID)
		}
	}
	if len(clientIDs) == 0 {
		return nil, nil
	}
	if p.opts.DisableJWTPlugin {
		return ended, nil
	}
	clientIDs = unique(clientIDs)
	clients, err := p.clients.Find(ctx, store.Query{Where: []store.Where{{Field: "clientId", Op: store.In, Value: clientIDs}}, Limit: len(clientIDs)})
	for _, client := range clients {
		if text(client.BackchannelLogoutURI) != "" && !is(client.Disabled) {
			ended.clients = append(ended.clients, client)
		}
	}
	return ended, err
}

// afterSessionEnded revokes the tokens of a session and tells the clients. Failures are logged: the session is gone.
func (p *Plugin) afterSessionEnded(ctx context.Context, row store.Record) error {
	c := auth.From(ctx)
	if c == nil {
		return nil
	}
	ended, _ := c.Value(endedKey{row.Text("id")}).(*endedSession)
	if ended == nil {
		return nil
	}
	c.Keep(endedKey{ended.id}, nil)
	for model, ids := range map[string][]string{accessModel: ended.access, refreshModel: ended.refresh} {
		if len(ids) == 0 {
			continue
		}
		if _, err := c.Store.UpdateMany(ctx, model, []store.Where{{Field: "id", Op: store.In, Value: ids}}, store.Record{"revoked": c.Now()}); err != nil {
			c.Log.ErrorContext(ctx, "oauth-provider: the tokens of a session that ended cannot be revoked", "error", err)
		}
	}
	if len(ended.clients) > 0 {
		p.tellClients(c, ended)
	}
	return nil
}

// tellClients sends each client a logout token, once: the specification advises against repeating it.
func (p *Plugin) tellClients(c *auth.Context, ended *endedSession) {
	how := jwt.Signing{Type: logoutTokenType}
	if !p.jwt.SignsElsewhere() {
		key, err := p.jwt.SigningKey(c)
		if err != nil {
			c.Log.ErrorContext(c, "oauth-provider: logout tokens cannot be signed", "error", err)
			return
		}
		how.Key = key
	}
	var waiting sync.WaitGroup
	for _, client := range ended.clients {
		waiting.Go(func() {
			if err := p.tellClient(c, client, ended, how); err != nil {
				c.Log.WarnContext(c, "oauth-provider: a client could not be told that a session ended", "client", client.ClientID, "error", err)
			}
		})
	}
	waiting.Wait()
}

func (p *Plugin) tellClient(c *auth.Context, client *Client, ended *endedSession, how jwt.Signing) error {
	subject, err := p.subject(ended.userID, client)
	if err != nil {
		return err
	}
	now := c.Now().Unix()
	token, err := p.jwt.SignAs(c, js.Obj(
		"iss", p.rawIssuer(c), "aud", client.ClientID, "sub", subject, "sid", ended.id,
		"iat", float64(now), "exp", float64(now+logoutTokenLife), "jti", secret.ID(32), "events", js.Obj(logoutEvent, js.NewObject()),
	), how)
	if err != nil {
		return err
	}
	// The user may close the page while clients are told.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c), logoutTimeout)
	defer cancel()
	body := url.Values{"logout_token": {token}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, *client.BackchannelLogoutURI, strings.NewReader(body))
	if err != nil {
		return err
	}
	// A receiver may close a kept connection at the moment of the request. With this net/http repeats the request on a
	// new connection; the header without a value is not sent.
	r.Header["Idempotency-Key"] = nil
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	answer, err := p.outbound(c).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("it answered with the status %d", answer.StatusCode)
	}
	return nil
}

// errRedirected is returned for an address that answers with a redirect, which could lead to another network.
var errRedirected = errors.New("it answered with a redirect, which is not followed")

// outbound returns the client for requests to addresses that clients registered.
func (p *Plugin) outbound(c *auth.Context) *http.Client {
	return &http.Client{
		Transport:     p.strangers(c),
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
	}
}
