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
		out, err := p.register(c, r)
		if err != nil {
			return nil, err
		}
		answer := p.answer(out)
		answer.Set("client_credentials_scopes", list(out.client.ClientCredentialsScopes))
		return value(answer), nil
	}).WithBody(createSchema(true).Loose())
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
		if err := p.clients.Delete(c, store.Is("clientId", cl.ClientID)); err != nil {
			return nil, err
		}
		report(c, ClientDeleted, cl.ClientID)
		return &auth.Nothing{}, nil
	})
}

// storedClient returns a client of the database: those of cachedTrustedClients cannot
// be changed while servers remember them.
func (p *Plugin) storedClient(c *auth.Context, clientID string) (*Client, error) {
	if p.isTrusted(clientID) {
		return nil, isFixed()
	}
	cl, err := p.client(c, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, clientNotFound()
	}
	return cl, err
}
