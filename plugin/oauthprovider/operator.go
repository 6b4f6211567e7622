package oauthprovider

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The endpoints here are for the operator of the server, who needs no session:
// `betterauth client` calls them from Go. They have no route, and the reference has
// no such endpoints.

func (p *Plugin) operatorEndpoints() []auth.Endpoint {
	return []auth.Endpoint{p.operatorCreate(), p.operatorList(), p.operatorRotate(), p.operatorDelete()}
}

func operatorRoute(id, summary string) auth.Route {
	return auth.Route{ID: id, Methods: []string{http.MethodPost}, ServerOnly: true, Session: auth.Public, NoStore: true, Summary: summary}
}

// operatorCreate creates a client with the metadata of adminCreateOAuthClient. Nobody
// owns it unless user_id is set.
func (p *Plugin) operatorCreate() auth.Endpoint {
	return auth.Handle(operatorRoute("operatorCreateOAuthClient", "Create a client of the operator"), func(c *auth.Context, _ *wholeBody) (*any, error) {
		body, _ := c.Body.(*js.Object)
		out, err := p.createManaged(c, body)
		if err != nil {
			return nil, err
		}
		answer := p.answer(out)
		answer.Set("client_credentials_scopes", list(out.client.ClientCredentialsScopes))
		return value(answer), nil
	}).WithBody(createSchema(true).Loose())
}

// createManaged creates a client from metadata that createSchema has checked.
func (p *Plugin) createManaged(c *auth.Context, body *js.Object) (*registered, error) {
	metadata := body.Clone()
	metadata.Delete("client_credentials_scopes")
	metadata.Delete("user_id")
	r := &registration{metadata: metadata, from: managed, userID: member(body, "user_id"), credentialScopes: trimmedScopes(texts(body, "client_credentials_scopes"))}
	grants := texts(metadata, "grant_types")
	if !metadata.Has("grant_types") {
		grants = []string{authorizationCode}
	}
	if err := p.checkCredentialScopes(r.credentialScopes, grants, member(metadata, "token_endpoint_auth_method")); err != nil {
		return nil, err
	}
	return p.register(c, r)
}

func (p *Plugin) operatorList() auth.Endpoint {
	return auth.Handle(operatorRoute("operatorListOAuthClients", "List all clients"), func(c *auth.Context, _ *auth.None) (*any, error) {
		rows, err := p.clients.Find(c, store.Query{Sort: "createdAt"})
		if err != nil {
			return nil, err
		}
		return value(allHidden(rows)), nil
	})
}

func (p *Plugin) operatorRotate() auth.Endpoint {
	return auth.Handle(operatorRoute("operatorRotateOAuthClientSecret", "Give a client a new secret"), func(c *auth.Context, in *clientBody) (*any, error) {
		cl, err := p.storedClient(c, in.ClientID)
		if err != nil {
			return nil, err
		}
		return p.newSecret(c, cl)
	})
}

func (p *Plugin) operatorDelete() auth.Endpoint {
	return auth.Handle(operatorRoute("operatorDeleteOAuthClient", "Delete a client with its tokens and consents"), func(c *auth.Context, in *clientBody) (*auth.Nothing, error) {
		cl, err := p.storedClient(c, in.ClientID)
		if err != nil {
			return nil, err
		}
		if err := p.removeClient(c, cl); err != nil {
			return nil, err
		}
		return &auth.Nothing{}, nil
	})
}

// storedClient returns a client of the database: those of cachedTrustedClients cannot
// be changed while servers remember them. The document of a client is not read: it may
// be gone.
func (p *Plugin) storedClient(c *auth.Context, clientID string) (*Client, error) {
	if p.isTrusted(clientID) {
		return nil, isFixed()
	}
	cl, err := p.clients.Get(c, store.Given("clientId", clientID))
	if errors.Is(err, store.ErrNotFound) || err == nil && cl.ClientID != clientID { // the database may compare without regard to case
		return nil, clientNotFound()
	}
	return cl, err
}

// removeClient deletes a client. The database deletes its tokens and consents too.
func (p *Plugin) removeClient(c *auth.Context, cl *Client) error {
	if err := p.clients.Delete(c, store.Is("clientId", cl.ClientID)); err != nil {
		return err
	}
	report(c, ClientDeleted, cl.ClientID)
	return nil
}

// replaceSecret gives a client a new secret, and returns it in plain text.
func (p *Plugin) replaceSecret(c *auth.Context, cl *Client) (updated *Client, plain string, err error) {
	if cl.isPublic() || text(cl.ClientSecret) == "" {
		return nil, "", describeFirst(http.StatusBadRequest, invalidClient, "secret rotation is only available for clients using client_secret authentication")
	}
	if plain, err = p.newClientSecret(c); err != nil {
		return nil, "", err
	}
	stored, err := p.storedSecret(c, plain)
	if err != nil {
		return nil, "", err
	}
	if updated, err = p.changeClient(c, cl.ClientID, store.Record{"clientSecret": stored}); err != nil {
		return nil, "", err
	}
	report(c, ClientSecretRotated, cl.ClientID)
	return updated, p.opts.Prefix.ClientSecret + plain, nil
}

// checkChange refuses changes with which the client as a whole could not be registered.
func (p *Plugin) checkChange(c *auth.Context, cl *Client, changes *js.Object) error {
	whole := hidden(cl)
	for name, v := range changes.All() {
		whole.Set(name, v)
	}
	return p.checkMetadata(c, whole, managed)
}
