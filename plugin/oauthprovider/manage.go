package oauthprovider

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The methods in this file do not ask whose clients they are: they are for plugins that have checked that the caller is
// an operator of the server. A secret is returned only by the call that makes it, and its hash never.

// ManagedClient is a client as operators see it, without its secret.
type ManagedClient struct {
	Client
	HasSecret bool
	Fixed     bool // one of cachedTrustedClients, which cannot be changed while servers remember them
}

func (p *Plugin) managed(cl *Client) *ManagedClient {
	m := &ManagedClient{Client: *cl, HasSecret: text(cl.ClientSecret) != "", Fixed: p.isTrusted(cl.ClientID)}
	m.ClientSecret = nil
	return m
}

// IsPublic reports whether the client has no way to authenticate.
func (m *ManagedClient) IsPublic() bool { return m.isPublic() }

// HasDocument reports whether a document elsewhere describes the client, as with the plugin cimd.
func (m *ManagedClient) HasDocument() bool { return text(m.ClientDiscoveryID) != "" }

// ClientSearch selects clients of all owners.
type ClientSearch struct {
	Text          string // a part of the name or of the client_id
	Owner         string // id of a user
	Limit, Offset int
}

// FindClients returns clients, newest first, and how many match.
func (p *Plugin) FindClients(c *auth.Context, s ClientSearch) ([]*ManagedClient, int64, error) {
	var where []store.Where
	if s.Text != "" {
		for _, field := range []string{"name", "clientId"} {
			where = append(where, store.Where{Field: field, Op: store.Contains, Value: s.Text, Or: true, Fold: true, Given: true})
		}
	}
	if s.Owner != "" {
		where = append(where, store.Given("userId", s.Owner))
	}
	total, err := c.Store.Count(c, clientModel, where...)
	if err != nil {
		return nil, 0, err
	}
	rows, err := p.clients.Find(c, store.Query{Where: where, Sort: "-createdAt", Limit: s.Limit, Offset: s.Offset})
	if err != nil {
		return nil, 0, err
	}
	out := make([]*ManagedClient, len(rows))
	for i, row := range rows {
		out[i] = p.managed(row)
	}
	return out, total, nil
}

// FindClient returns a client by the id of its row, or [store.ErrNotFound]. It does not read the document of a client
// that has one.
func (p *Plugin) FindClient(c *auth.Context, id string) (*ManagedClient, error) {
	row, err := p.clients.Get(c, store.Given("id", id))
	if err != nil {
		return nil, err
	}
	return p.managed(row), nil
}

// ClientUse says how much a client is used at this moment.
type ClientUse struct {
	Consents      int64
	RefreshTokens int64 // that are valid
}

// Use counts the consents and the valid refresh tokens of a client.
func (p *Plugin) Use(c *auth.Context, cl *ManagedClient) (use ClientUse, err error) {
	of := store.Is("clientId", cl.ClientID)
	if use.Consents, err = c.Store.Count(c, consentModel, of); err != nil {
		return use, err
	}
	use.RefreshTokens, err = c.Store.Count(c, refreshModel, of, store.Is("revoked", nil), store.Where{Field: "expiresAt", Op: store.Gt, Value: c.Now()})
	return use, err
}

// Scopes returns the scopes that clients may ask for, and those of them that a client may get for itself.
func (p *Plugin) Scopes() (all, forClients []string) {
	all = slices.Clone(p.opts.Scopes)
	return all, slices.DeleteFunc(slices.Clone(all), isUserScope)
}

// NewClient describes a client of the operator.
type NewClient struct {
	Name             string
	RedirectURIs     []string // none for a client that only acts for itself
	Public           bool     // it cannot keep a secret
	Native           bool     // redirect URIs of the device and of private schemes are allowed
	Scopes           []string // none for all
	SkipConsent      bool
	CredentialScopes []string // for itself, with the grant client_credentials
}

func (n *NewClient) metadata(supported []string) *js.Object {
	grants := []string{}
	if len(n.RedirectURIs) > 0 || len(n.CredentialScopes) == 0 {
		grants = append(grants, authorizationCode)
		if slices.Contains(supported, refreshGrant) {
			grants = append(grants, refreshGrant)
		}
	}
	if len(n.CredentialScopes) > 0 {
		grants = append(grants, clientCredentials)
	}
	m := js.Obj("client_name", n.Name, "grant_types", list(grants))
	if len(n.RedirectURIs) > 0 {
		m.Set("redirect_uris", list(n.RedirectURIs))
	}
	if len(n.Scopes) > 0 {
		m.Set("scope", strings.Join(n.Scopes, " "))
	}
	if len(n.CredentialScopes) > 0 {
		m.Set("client_credentials_scopes", list(n.CredentialScopes))
	}
	if n.Public {
		m.Set("token_endpoint_auth_method", noAuth)
	}
	if n.Native {
		m.Set("application_type", "native")
	}
	if n.SkipConsent {
		m.Set("skip_consent", true)
	}
	return m
}

// CreateClient creates a client that nobody owns, and returns it with its secret; "" for a public one. What is refused
// is an [*auth.Error] in OAuth's form.
func (p *Plugin) CreateClient(c *auth.Context, n NewClient) (made *ManagedClient, plain string, err error) {
	checked, issues := createSchema(true).Check(n.metadata(p.opts.GrantTypes))
	if len(issues) > 0 {
		return nil, "", badMetadata(issues[0].Message)
	}
	body, _ := checked.(*js.Object)
	out, err := p.createManaged(c, body)
	if err != nil {
		return nil, "", err
	}
	if out.secret != "" {
		plain = p.opts.Prefix.ClientSecret + out.secret
	}
	return p.managed(out.client), plain, nil
}

// ClientChange changes what is not nil.
type ClientChange struct {
	Name         *string
	RedirectURIs []string
}

// ChangeClient changes a client. What is refused is an [*auth.Error] in OAuth's form.
func (p *Plugin) ChangeClient(c *auth.Context, m *ManagedClient, change ClientChange) error {
	switch {
	case m.Fixed:
		return isFixed()
	case m.HasDocument():
		return badMetadata("the client is described by the document at its client_id, and changed there")
	}
	changes := js.NewObject()
	if change.Name != nil {
		changes.Set("client_name", *change.Name)
	}
	if change.RedirectURIs != nil {
		changes.Set("redirect_uris", list(change.RedirectURIs))
	}
	if _, issues := updateSchema(true).Check(js.Obj("client_id", m.ClientID, "update", changes)); len(issues) > 0 {
		return badMetadata(issues[0].Message)
	}
	if err := p.checkChange(c, &m.Client, changes); err != nil {
		return err
	}
	cl, err := p.changeClient(c, m.ClientID, columns(changes))
	if err != nil {
		return err
	}
	report(c, ClientUpdated, cl.ClientID)
	return nil
}

// SetClientDisabled disables a client, whose tokens are worth nothing then, or enables it again. It checks nothing else
// about the client, so that every client can be disabled.
func (p *Plugin) SetClientDisabled(c *auth.Context, m *ManagedClient, disabled bool) error {
	if m.Fixed {
		return isFixed()
	}
	cl, err := p.changeClient(c, m.ClientID, store.Record{"disabled": disabled})
	if err != nil {
		return err
	}
	event := ClientEnabled
	if disabled {
		event = ClientDisabled
	}
	report(c, event, cl.ClientID)
	return nil
}

// RotateClientSecret gives a client a new secret and returns it. The old one ends at once.
func (p *Plugin) RotateClientSecret(c *auth.Context, m *ManagedClient) (plain string, err error) {
	row, err := p.storedClient(c, m.ClientID)
	if err != nil {
		return "", err
	}
	_, plain, err = p.replaceSecret(c, row)
	return plain, err
}

// DeleteClient deletes a client with its tokens and consents.
func (p *Plugin) DeleteClient(c *auth.Context, m *ManagedClient) error {
	row, err := p.storedClient(c, m.ClientID)
	if err != nil {
		return err
	}
	return p.removeClient(c, row)
}

// ConsentSearch selects consents of all users.
type ConsentSearch struct {
	ClientID, UserID string // "" for all
	Limit, Offset    int
}

// FindConsents returns rows of consents, newest first, and how many match.
func (p *Plugin) FindConsents(c *auth.Context, s ConsentSearch) ([]store.Record, int64, error) {
	var where []store.Where
	if s.ClientID != "" {
		where = append(where, store.Given("clientId", s.ClientID))
	}
	if s.UserID != "" {
		where = append(where, store.Given("userId", s.UserID))
	}
	total, err := c.Store.Count(c, consentModel, where...)
	if err != nil {
		return nil, 0, err
	}
	rows, err := c.Store.Find(c, consentModel, store.Query{Where: where, Sort: "-createdAt", Limit: s.Limit, Offset: s.Offset})
	return rows, total, err
}

// RevokeAccess ends the access of a client to a user, of which a consent is named: all consents of the user to the
// client, all refresh tokens and all opaque access tokens. JWTs stay valid until they expire. The next authorization
// asks the user again. Without such a consent it returns [store.ErrNotFound].
func (p *Plugin) RevokeAccess(c *auth.Context, consentID string) error {
	found, err := p.consents.Get(c, store.Given("id", consentID))
	if err == nil && text(found.UserID) == "" { // of nobody: no tokens come of it
		return p.consents.Delete(c, store.Is("id", found.ID))
	}
	if err != nil {
		return err
	}
	userID := *found.UserID
	return c.Tx(func(c *auth.Context) error {
		// Every call that replaces a refresh token locks the user too: none appears meanwhile.
		if err := c.Store.Lock(c, "user", store.Is("id", userID)); err != nil {
			return err
		}
		of := []store.Where{store.Is("clientId", found.ClientID), store.Is("userId", userID)}
		counts := map[string]string{"client": found.ClientID}
		for _, one := range []struct{ model, name string }{{accessModel, "accessTokens"}, {refreshModel, "refreshTokens"}, {consentModel, "consents"}} {
			n, err := c.Store.DeleteMany(c, one.model, of...)
			if err != nil {
				return err
			}
			counts[one.name] = strconv.FormatInt(n, 10)
		}
		c.Emit(auth.Event{Name: AccessRevoked, UserID: userID, Details: counts})
		return nil
	})
}
