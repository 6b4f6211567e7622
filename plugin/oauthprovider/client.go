package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// is reports whether an optional column is true.
func is(b *bool) bool { return b != nil && *b }

// text returns the value of an optional column, or "".
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// trustedClients holds the clients of the option cachedTrustedClients.
type trustedClients struct {
	mu   sync.Mutex
	rows map[string]Client
}

func (t *trustedClients) get(id string) (*Client, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[id]
	return &row, ok
}

func (t *trustedClients) put(row *Client) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows == nil {
		t.rows = map[string]Client{}
	}
	t.rows[row.ClientID] = *row
}

func (p *Plugin) isTrusted(clientID string) bool {
	return slices.Contains(p.opts.CachedTrustedClients, clientID)
}

// client returns the client with this id: a trusted one from memory, a registered one, or one that an extension
// finds. Without one it returns [store.ErrNotFound]. The row must not be changed.
func (p *Plugin) client(c *auth.Context, clientID string) (*Client, error) {
	if row, ok := p.trusted.get(clientID); ok {
		return row, nil
	}
	row, err := p.clients.Get(c, store.Given("clientId", clientID))
	if err == nil && row.ClientID != clientID { // the database may compare without regard to case
		err = store.ErrNotFound
	}
	if err == nil {
		return p.stored(c, row)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, d := range p.discoveries() {
		if !d.Matches(clientID) {
			continue
		}
		found, err := d.Resolve(c, clientID, nil)
		if err != nil || found != nil {
			return found, err
		}
	}
	return nil, store.ErrNotFound
}

// stored returns the client of a row: the row itself, or what the extension that found the client knows of it now.
func (p *Plugin) stored(c *auth.Context, row *Client) (*Client, error) {
	if text(row.ClientDiscoveryID) != "" {
		return p.rediscovered(c, row)
	}
	if p.isTrusted(row.ClientID) {
		p.trusted.put(row)
	}
	return row, nil
}

// rediscovered has the extension that found the client look again. Without that extension there is no such client.
func (p *Plugin) rediscovered(c *auth.Context, row *Client) (*Client, error) {
	for _, d := range p.discoveries() {
		if d.ID != *row.ClientDiscoveryID {
			continue
		}
		if !d.Matches(row.ClientID) {
			break
		}
		found, err := d.Resolve(c, row.ClientID, row)
		if err == nil && found == nil {
			err = store.ErrNotFound
		}
		return found, err
	}
	return nil, store.ErrNotFound
}

// allowsGrant reports whether the client may use a grant. Who may use authorization codes may refresh their tokens.
func (cl *Client) allowsGrant(grant string) bool {
	allowed := cl.GrantTypes
	if len(allowed) == 0 {
		allowed = []string{authorizationCode}
	}
	return grant == refreshGrant && slices.Contains(allowed, authorizationCode) || slices.Contains(allowed, grant)
}

// checkScopes refuses scopes that the client is not registered for.
func (cl *Client) checkScopes(scopes []string) error {
	if scopes == nil || cl.Scopes == nil {
		return nil
	}
	for _, scope := range scopes {
		if !slices.Contains(cl.Scopes, scope) {
			return describeFirst(http.StatusBadRequest, invalidScope, "client does not allow scope "+scope)
		}
	}
	return nil
}

// isPublic reports whether the client has no way to authenticate.
func (cl *Client) isPublic() bool { return text(cl.TokenEndpointAuthMethod) == noAuth }

// metadata returns the metadata of the client that no column stores, or nil.
func (cl *Client) metadata() *js.Object {
	switch m := cl.Metadata.(type) {
	case *js.Object:
		return m
	case string:
		v, err := js.Parse([]byte(m))
		if err != nil {
			return nil
		}
		o, _ := v.(*js.Object)
		return o
	}
	return nil
}

// storedSecret returns the form in which the secret of a client is stored.
func (p *Plugin) storedSecret(c *auth.Context, plain string) (string, error) {
	s := p.opts.StoreClientSecret
	var out string
	var err error
	switch {
	case s.Kind == hashed:
		return secret.Digest(plain), nil
	case s.Kind == encrypted:
		return c.Keys.Encrypt(plain)
	case s.Hash != nil:
		out, err = s.Hash(c, plain)
	default:
		out, err = s.Encrypt(c, plain)
	}
	return out, auth.FromCallback(err)
}

// openedSecret returns the secret of a client, which must not be stored as a hash.
func (p *Plugin) openedSecret(c *auth.Context, stored string) (string, error) {
	s := p.opts.StoreClientSecret
	switch {
	case s.Kind == encrypted:
		return c.Keys.Decrypt(stored)
	case s.Decrypt != nil:
		out, err := s.Decrypt(c, stored)
		return out, auth.FromCallback(err)
	}
	return "", errors.New("oauth-provider: storeClientSecret cannot be decrypted")
}

// secretMatches reports whether given is the secret of a client that stores it as stored. A secret without the
// configured prefix is a 401.
func (p *Plugin) secretMatches(c *auth.Context, stored, given string) (bool, error) {
	if prefix := p.opts.Prefix.ClientSecret; given != "" && prefix != "" {
		rest, ok := strings.CutPrefix(given, prefix)
		if !ok {
			return false, describeFirst(http.StatusUnauthorized, invalidClient, "invalid client_secret")
		}
		given = rest
	}
	if given == "" {
		return false, nil
	}
	switch s := p.opts.StoreClientSecret; {
	case s.Kind == hashed:
		return secret.Equal(secret.Digest(given), stored), nil
	case s.Kind == encrypted:
		plain, err := c.Keys.Decrypt(stored)
		return err == nil && secret.Equal(plain, given), nil
	case s.Verify != nil:
		ok, err := s.Verify(c, SecretCheck{Secret: given, Stored: stored})
		return ok, auth.FromCallback(err)
	case s.Hash != nil:
		digest, err := s.Hash(c, given)
		return err == nil && secret.Equal(digest, stored), auth.FromCallback(err)
	}
	plain, err := p.openedSecret(c, stored)
	return err == nil && secret.Equal(plain, given), err
}

// The kinds of stored tokens.
const (
	kindAccessToken  = "access_token"
	kindRefreshToken = "refresh_token"
	kindCode         = "authorization_code"
)

// storedToken returns the form in which a code or a token is stored and looked up.
func (p *Plugin) storedToken(c *auth.Context, token, kind string) (string, error) {
	if hash := p.opts.StoreTokens.Hash; hash != nil {
		out, err := hash(c, TokenHash{Token: token, Type: kind})
		return out, auth.FromCallback(err)
	}
	return secret.Digest(token), nil
}

// mayClient returns an error unless the caller, who may be nil, may do this with clients.
func (p *Plugin) mayClient(c *auth.Context, s *auth.SignedIn, action string) error {
	if s == nil {
		return &auth.Error{Status: http.StatusUnauthorized}
	}
	if c.RequestHeader == nil {
		return &auth.Error{Status: http.StatusBadRequest}
	}
	may := p.opts.ClientPrivileges
	if may == nil {
		if action == "configure-client-credentials-scopes" {
			return &auth.Error{Status: http.StatusUnauthorized}
		}
		return nil
	}
	ok, err := may(c, PrivilegeRequest{Headers: headersOf(c), Action: action, User: s.User, Session: s.Session})
	if err != nil {
		return auth.FromCallback(err)
	}
	if !ok {
		return &auth.Error{Status: http.StatusUnauthorized}
	}
	return nil
}

// headersOf returns the headers of the request as callbacks receive them.
func headersOf(c *auth.Context) callback.Headers {
	if c.Request == nil || c.RequestHeader == nil {
		return callback.HeadersOf(c.RequestHeader)
	}
	h := c.RequestHeader.Clone()
	h.Set("Host", c.Request.Host) // net/http stores it separately
	return callback.HeadersOf(h)
}
