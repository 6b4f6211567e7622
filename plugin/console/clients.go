package console

import (
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// provides is the guard of endpoints about OAuth clients. The plugin mcp contains oauth-provider.
func (p *Plugin) provides(c *auth.Context) error { return needs(c, oauthprovider.ID) }

// providerOf returns the plugin oauth-provider, which the guard provides has found.
func providerOf(c *auth.Context) *oauthprovider.Plugin {
	provider, _ := oauthprovider.Of(c.Auth)
	return provider
}

// client is an OAuth client. It says whether there is a secret, and never which.
type client struct {
	ID                     string     `json:"id"`
	ClientID               string     `json:"clientId"`
	Name                   *string    `json:"name"`
	Public                 bool       `json:"public"` // it cannot keep a secret
	AuthMethod             *string    `json:"authMethod"`
	ApplicationType        *string    `json:"applicationType"`
	RedirectURIs           []string   `json:"redirectUris"`
	PostLogoutRedirectURIs []string   `json:"postLogoutRedirectUris"`
	GrantTypes             []string   `json:"grantTypes"`
	Scopes                 []string   `json:"scopes"` // null for all
	CredentialScopes       []string   `json:"clientCredentialsScopes"`
	SkipConsent            bool       `json:"skipConsent"`
	Disabled               bool       `json:"disabled"`
	HasSecret              bool       `json:"hasSecret"`
	Fixed                  bool       `json:"fixed"`    // in cachedTrustedClients, so it cannot be changed
	Document               bool       `json:"document"` // described by the document at its clientId
	UserID                 *string    `json:"userId"`   // the owner; null for nobody, or for what referenceId names
	OwnerName              any        `json:"ownerName"`
	ReferenceID            *string    `json:"referenceId"`
	CreatedAt              *time.Time `json:"createdAt"`
	UpdatedAt              *time.Time `json:"updatedAt"`
}

func shownClient(m *oauthprovider.ManagedClient, users map[string]store.Record) client {
	out := client{
		ID: m.ID, ClientID: m.ClientID, Name: m.Name, Public: m.IsPublic(), AuthMethod: m.TokenEndpointAuthMethod, ApplicationType: m.ApplicationType,
		RedirectURIs: append([]string{}, m.RedirectURIs...), PostLogoutRedirectURIs: append([]string{}, m.PostLogoutRedirectURIs...),
		GrantTypes: append([]string{}, m.GrantTypes...), Scopes: m.Scopes, CredentialScopes: append([]string{}, m.ClientCredentialsScopes...),
		SkipConsent: m.SkipConsent != nil && *m.SkipConsent, Disabled: m.Disabled != nil && *m.Disabled, HasSecret: m.HasSecret, Fixed: m.Fixed,
		Document: m.HasDocument(), UserID: m.UserID, ReferenceID: m.ReferenceID, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if m.UserID != nil {
		out.OwnerName = users[*m.UserID]["name"]
	}
	return out
}

type clientsRequest struct {
	_      struct{} `query:"optional"`
	Search string   `query:"search,omitempty" maxLength:"200" doc:"A part of the name or of the client_id"`
	UserID string   `query:"userId,omitempty" maxLength:"200" doc:"The owner"`
	Limit  int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"100" default:"50"`
	Offset int      `query:"offset,omitempty" coerce:"true" format:"int" minimum:"0" maximum:"10000000"`
}

type clientsAnswer struct {
	Clients          []client `json:"clients"`
	Total            int64    `json:"total"`
	Scopes           []string `json:"scopes"`                  // that a new client may ask for
	CredentialScopes []string `json:"clientCredentialsScopes"` // that it may get for itself
	May              bool     `json:"may"`                     // the caller may create and change clients
}

func (p *Plugin) listClients() auth.Endpoint {
	return read(p, "consoleOAuthClients", "/oauth-clients", "List the OAuth clients of everybody", func(c *auth.Context, in *clientsRequest) (*clientsAnswer, error) {
		found, total, err := providerOf(c).FindClients(c, oauthprovider.ClientSearch{Text: in.Search, Owner: in.UserID, Limit: in.Limit, Offset: in.Offset})
		if err != nil {
			return nil, err
		}
		var owners []any
		for _, one := range found {
			if one.UserID != nil {
				owners = append(owners, *one.UserID)
			}
		}
		users, err := rowsBy(c, "user", "id", owners, "name")
		if err != nil {
			return nil, err
		}
		out := &clientsAnswer{Clients: make([]client, len(found)), Total: total, May: p.rightsOf(c.Session.User).Clients}
		out.Scopes, out.CredentialScopes = providerOf(c).Scopes()
		for i, one := range found {
			out.Clients[i] = shownClient(one, users)
		}
		return out, nil
	}, p.provides)
}

// rowsBy returns rows by the text of a field that has these values.
func rowsBy(c *auth.Context, model, field string, values []any, fields ...string) (map[string]store.Record, error) {
	out := map[string]store.Record{}
	if len(values) == 0 {
		return out, nil
	}
	rows, err := c.Store.Find(c, model, store.Query{Where: []store.Where{{Field: field, Op: store.In, Value: values}}, Limit: len(values), Fields: fields})
	for _, row := range rows {
		out[row.Text(field)] = row
	}
	return out, err
}

type clientAnswer struct {
	Client        client `json:"client"`
	Consents      int64  `json:"consents"`
	RefreshTokens int64  `json:"refreshTokens"` // that are valid
	May           bool   `json:"may"`
}

func (p *Plugin) getClient() auth.Endpoint {
	return read(p, "consoleOAuthClient", "/oauth-client", "Get an OAuth client and how much it is used", func(c *auth.Context, in *idQuery) (*clientAnswer, error) {
		found, err := providerOf(c).FindClient(c, in.ID)
		if err != nil {
			return nil, refusal(err)
		}
		var users map[string]store.Record
		if found.UserID != nil {
			if users, err = rowsBy(c, "user", "id", []any{*found.UserID}, "name"); err != nil {
				return nil, err
			}
		}
		use, err := providerOf(c).Use(c, found)
		if err != nil {
			return nil, err
		}
		return &clientAnswer{shownClient(found, users), use.Consents, use.RefreshTokens, p.rightsOf(c.Session.User).Clients}, nil
	}, p.provides)
}

type createClientRequest struct {
	Name             string   `json:"name" minLength:"1" maxLength:"200"`
	RedirectURIs     []string `json:"redirectUris,omitempty" maxLength:"50"`
	Public           bool     `json:"public,omitempty" doc:"It cannot keep a secret"`
	Native           bool     `json:"native,omitempty" doc:"An app on a device"`
	Scopes           []string `json:"scopes,omitempty" minLength:"1" maxLength:"200" doc:"That it may ask for; all if left out"`
	SkipConsent      bool     `json:"skipConsent,omitempty" doc:"Users are not asked"`
	CredentialScopes []string `json:"clientCredentialsScopes,omitempty" maxLength:"200" doc:"That it gets for itself"`
}

// newClientAnswer has the secret of a client, which is shown once. It is "" for a public client.
type newClientAnswer struct {
	ID       string `json:"id"`
	ClientID string `json:"clientId"`
	Secret   string `json:"secret"`
}

func (p *Plugin) createClient() auth.Endpoint {
	return act(p, "consoleCreateOAuthClient", "/oauth-client/create", "Create an OAuth client that nobody owns", func(c *auth.Context, in *createClientRequest) (*newClientAnswer, error) {
		made, secret, err := providerOf(c).CreateClient(c, oauthprovider.NewClient{
			Name: in.Name, RedirectURIs: in.RedirectURIs, Public: in.Public, Native: in.Native, Scopes: in.Scopes, SkipConsent: in.SkipConsent,
			CredentialScopes: in.CredentialScopes,
		})
		if err != nil {
			return nil, refusal(err)
		}
		return &newClientAnswer{made.ID, made.ClientID, secret}, nil
	}, p.provides, p.administrator)
}

type updateClientRequest struct {
	ID           string   `json:"id" minLength:"1" maxLength:"200"`
	Name         *string  `json:"name,omitempty" minLength:"1" maxLength:"200"`
	RedirectURIs []string `json:"redirectUris,omitempty" maxLength:"50"`
}

func (p *Plugin) updateClient() auth.Endpoint {
	return act(p, "consoleUpdateOAuthClient", "/oauth-client/update", "Change the name and the redirect URIs of an OAuth client", func(c *auth.Context, in *updateClientRequest) (*successAnswer, error) {
		return done(onClient(c, in.ID, func(m *oauthprovider.ManagedClient) error {
			return providerOf(c).ChangeClient(c, m, oauthprovider.ClientChange{Name: in.Name, RedirectURIs: in.RedirectURIs})
		}))
	}, p.provides, p.administrator)
}

func (p *Plugin) disableClient() auth.Endpoint {
	return act(p, "consoleDisableOAuthClient", "/oauth-client/disable", "Make an OAuth client and its tokens useless until it is enabled again", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return done(onClient(c, in.ID, func(m *oauthprovider.ManagedClient) error { return providerOf(c).SetClientDisabled(c, m, true) }))
	}, p.provides, p.administrator)
}

func (p *Plugin) enableClient() auth.Endpoint {
	return act(p, "consoleEnableOAuthClient", "/oauth-client/enable", "Let an OAuth client work again", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return done(onClient(c, in.ID, func(m *oauthprovider.ManagedClient) error { return providerOf(c).SetClientDisabled(c, m, false) }))
	}, p.provides, p.administrator)
}

type secretAnswer struct {
	Secret string `json:"secret"` // shown once
}

func (p *Plugin) rotateSecret() auth.Endpoint {
	return act(p, "consoleRotateOAuthSecret", "/oauth-client/rotate-secret", "Give an OAuth client a new secret", func(c *auth.Context, in *idRequest) (*secretAnswer, error) {
		out := &secretAnswer{}
		err := onClient(c, in.ID, func(m *oauthprovider.ManagedClient) (err error) {
			out.Secret, err = providerOf(c).RotateClientSecret(c, m)
			return err
		})
		return out, err
	}, p.provides, p.administrator)
}

func (p *Plugin) deleteClient() auth.Endpoint {
	return act(p, "consoleDeleteOAuthClient", "/oauth-client/delete", "Delete an OAuth client with its tokens and consents", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return done(onClient(c, in.ID, func(m *oauthprovider.ManagedClient) error { return providerOf(c).DeleteClient(c, m) }))
	}, p.provides, p.administrator)
}

// onClient does something with a client.
func onClient(c *auth.Context, id string, do func(*oauthprovider.ManagedClient) error) error {
	found, err := providerOf(c).FindClient(c, id)
	if err == nil {
		err = do(found)
	}
	return refusal(err)
}

func done(err error) (*successAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &successAnswer{true}, nil
}

// refusal returns an error of oauth-provider, which has OAuth's form, in that of the console.
func refusal(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return auth.NotFound(NotFound)
	}
	known, ok := errors.AsType[*auth.Error](err)
	if !ok || known.Body == nil {
		return err
	}
	code := ClientRefused
	if body, isObject := known.Body.(*js.Object); isObject {
		if v, _ := body.Get("error_description"); v != nil {
			code.Message = js.String(v)
		}
	}
	return auth.BadRequest(code)
}
