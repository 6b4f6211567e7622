package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) clientEndpoints() []auth.Endpoint {
	return []auth.Endpoint{
		p.registerEndpoint(), p.createEndpoint(true), p.createEndpoint(false), p.getClient(), p.getClientPublic(), p.getClientPrelogin(), p.getClients(),
		p.updateEndpoint(true), p.updateEndpoint(false), p.rotateSecret(), p.deleteClient(),
	}
}

// What the endpoints of clients answer if there is no such client, or it must not be changed.
func clientNotFound() *auth.Error {
	return describeFirst(http.StatusNotFound, notFound, "client not found")
}

func isFixed() *auth.Error {
	return describeFirst(http.StatusInternalServerError, invalidClient, "trusted clients must be updated manually")
}

func nobody() *auth.Error { return &auth.Error{Status: http.StatusUnauthorized} }

// value returns an answer of any kind.
func value(v any) *any { return &v }

// createEndpoint is the endpoint by which a user, or the program for a user, creates a client.
func (p *Plugin) createEndpoint(program bool) auth.Endpoint {
	route := auth.Route{
		ID: "createOAuthClient", Methods: []string{http.MethodPost}, Path: "/oauth2/create-client", Session: auth.RequireSession, NoStore: true,
		Summary: "Register an OAuth2 application", OpenAPI: newClientDocument(forUser),
	}
	if program {
		route.ID, route.Path, route.ServerOnly, route.Session = "adminCreateOAuthClient", "/admin/oauth2/create-client", true, auth.OptionalSession
		route.OpenAPI = newClientDocument(forProgram)
	}
	return auth.Handle(route, func(c *auth.Context, _ *wholeBody) (*any, error) {
		out, err := p.createClient(c, program)
		if err != nil {
			return nil, err
		}
		c.SetStatus(http.StatusCreated)
		answer := p.answer(out)
		if program {
			answer.Set("client_credentials_scopes", list(out.client.ClientCredentialsScopes))
		}
		return value(answer), nil
	}).WithBody(createSchema(program))
}

func (p *Plugin) createClient(c *auth.Context, program bool) (*registered, error) {
	if err := p.mayClient(c, c.Session, "create"); err != nil {
		return nil, err
	}
	reference, err := p.owner(c, c.Session)
	if err != nil {
		return nil, err
	}
	body, _ := c.Body.(*js.Object)
	metadata := body.Clone()
	metadata.Delete("client_credentials_scopes")
	r := &registration{metadata: metadata, from: managed, userID: c.Session.Session.UserID, referenceID: reference}
	if program {
		r.credentialScopes = trimmedScopes(texts(body, "client_credentials_scopes"))
	}
	grants := texts(metadata, "grant_types")
	if !metadata.Has("grant_types") {
		grants = []string{authorizationCode}
	}
	if err := p.checkCredentialScopes(r.credentialScopes, grants, member(metadata, "token_endpoint_auth_method")); err != nil {
		return nil, err
	}
	if len(r.credentialScopes) > 0 {
		if err := p.mayClient(c, c.Session, "configure-client-credentials-scopes"); err != nil {
			return nil, err
		}
	}
	return p.register(c, r)
}

// owns reports whether the client belongs to the user of the session, or to what the option clientReference says.
func (p *Plugin) owns(c *auth.Context, cl *Client, s *auth.SignedIn) (bool, error) {
	if text(cl.UserID) != "" {
		return *cl.UserID == s.User.ID, nil
	}
	if text(cl.ReferenceID) == "" || p.opts.ClientReference == nil {
		return false, nil
	}
	reference, err := p.owner(c, s)
	return err == nil && reference == *cl.ReferenceID, err
}

// ownClient returns a client of the caller.
func (p *Plugin) ownClient(c *auth.Context, clientID string) (*Client, error) {
	cl, err := p.client(c, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, clientNotFound()
	}
	if err != nil {
		return nil, err
	}
	own, err := p.owns(c, cl, c.Session)
	if err == nil && !own {
		err = nobody()
	}
	return cl, err
}

// hidden returns a client without its secret.
func hidden(cl *Client) *js.Object { return cl.shown("") }

func allHidden(rows []*Client) []any {
	out := make([]any, len(rows))
	for i, row := range rows {
		out[i] = hidden(row)
	}
	return out
}

type clientQuery struct {
	ClientID string `query:"client_id"`
}

type clientBody struct {
	ClientID string `json:"client_id"`
}

func (p *Plugin) getClient() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthClient", Methods: []string{http.MethodGet}, Path: "/oauth2/get-client", Session: auth.RequireSession,
		Summary: "Get OAuth2 formatted client details", OpenAPI: describedOnly("Get OAuth2 formatted client details"),
	}, func(c *auth.Context, in *clientQuery) (*any, error) {
		if err := p.mayClient(c, c.Session, "read"); err != nil {
			return nil, err
		}
		cl, err := p.ownClient(c, in.ClientID)
		if err != nil {
			return nil, err
		}
		return value(hidden(cl)), nil
	})
}

// present answers with what any user may see of a client.
func (p *Plugin) present(c *auth.Context, clientID string) (*any, error) {
	cl, err := p.client(c, clientID)
	if errors.Is(err, store.ErrNotFound) || err == nil && is(cl.Disabled) {
		return nil, clientNotFound()
	}
	if err != nil {
		return nil, err
	}
	return value(cl.presented()), nil
}

func (p *Plugin) getClientPublic() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthClientPublic", Methods: []string{http.MethodGet}, Path: "/oauth2/public-client", Session: auth.RequireSession,
		Summary: "Gets publicly available client fields", OpenAPI: describedOnly("Gets publicly available client fields"),
	}, func(c *auth.Context, in *clientQuery) (*any, error) { return p.present(c, in.ClientID) })
}

type preloginBody struct {
	ClientID   string  `json:"client_id"`
	OAuthQuery *string `json:"oauth_query,omitempty"`
}

func (p *Plugin) getClientPrelogin() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthClientPublicPrelogin", Methods: []string{http.MethodPost}, Path: "/oauth2/public-client-prelogin", Session: auth.Public,
		Summary: "Gets publicly available client fields (prior to login)", OpenAPI: describedOnly("Gets publicly available client fields (prior to login)"),
	}, func(c *auth.Context, in *preloginBody) (*any, error) { return p.present(c, in.ClientID) }, p.signedRequestOnly)
}

// signedRequestOnly lets a stranger pass who has a signed authorization request.
func (p *Plugin) signedRequestOnly(c *auth.Context) error {
	if !p.opts.AllowPublicClientPrelogin {
		return &auth.Error{Status: http.StatusBadRequest}
	}
	body, _ := c.Body.(*js.Object)
	if body == nil || !validQuery(c, origin.ParseParams(member(body, "oauth_query"))) {
		return &auth.Error{Status: http.StatusUnauthorized, Body: js.Obj("error", "invalid_signature")}
	}
	return nil
}

func (p *Plugin) getClients() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthClients", Methods: []string{http.MethodGet}, Path: "/oauth2/get-clients", Session: auth.RequireSession,
		Summary: "Get OAuth2 formatted client details for a user or organization", OpenAPI: describedOnly("Get OAuth2 formatted client details for a user or organization"),
	}, func(c *auth.Context, _ *auth.None) (*any, error) {
		if err := p.mayClient(c, c.Session, "list"); err != nil {
			return nil, err
		}
		reference, err := p.owner(c, c.Session)
		if err != nil {
			return nil, err
		}
		owned := store.Is("userId", c.Session.User.ID)
		if reference != "" {
			owned = store.Given("referenceId", reference)
		}
		rows, err := p.clients.Find(c, store.Query{Where: []store.Where{owned}})
		if err != nil {
			return nil, err
		}
		return value(allHidden(rows)), nil
	})
}

func (p *Plugin) deleteClient() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteOAuthClient", Methods: []string{http.MethodPost}, Path: "/oauth2/delete-client", Session: auth.RequireSession,
		Summary: "Deletes an oauth client", OpenAPI: describedOnly("Deletes an oauth client"),
	}, func(c *auth.Context, in *clientBody) (*auth.Nothing, error) {
		if err := p.mayClient(c, c.Session, "delete"); err != nil {
			return nil, err
		}
		if p.isTrusted(in.ClientID) {
			return nil, isFixed()
		}
		cl, err := p.ownClient(c, in.ClientID)
		if err != nil {
			return nil, err
		}
		if err := p.removeClient(c, cl); err != nil {
			return nil, err
		}
		return &auth.Nothing{}, nil
	})
}

func (p *Plugin) rotateSecret() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "rotateClientSecret", Methods: []string{http.MethodPost}, Path: "/oauth2/client/rotate-secret", Session: auth.RequireSession, NoStore: true,
		Summary: "Rotates a confidential client's secret", OpenAPI: describedOnly("Rotates a confidential client's secret"),
	}, func(c *auth.Context, in *clientBody) (*any, error) {
		if err := p.mayClient(c, c.Session, "rotate"); err != nil {
			return nil, err
		}
		if p.isTrusted(in.ClientID) {
			return nil, isFixed()
		}
		cl, err := p.ownClient(c, in.ClientID)
		if err != nil {
			return nil, err
		}
		return p.newSecret(c, cl)
	})
}

// newSecret gives a client a new secret, and answers with it.
func (p *Plugin) newSecret(c *auth.Context, cl *Client) (*any, error) {
	updated, plain, err := p.replaceSecret(c, cl)
	if err != nil {
		return nil, err
	}
	return value(updated.shown(plain)), nil
}

// changeClient writes columns of a client.
func (p *Plugin) changeClient(c *auth.Context, clientID string, change store.Record) (*Client, error) {
	change["updatedAt"] = c.Now().Truncate(time.Second)
	updated, err := p.clients.Update(c, []store.Where{store.Is("clientId", clientID)}, change)
	if errors.Is(err, store.ErrNotFound) {
		return nil, describeFirst(http.StatusInternalServerError, invalidClient, "unable to update client")
	}
	return updated, err
}

// updateEndpoint is the endpoint by which a user, or the program for a user, changes a client.
func (p *Plugin) updateEndpoint(program bool) auth.Endpoint {
	route := auth.Route{
		ID: "updateOAuthClient", Methods: []string{http.MethodPost}, Path: "/oauth2/update-client", Session: auth.RequireSession,
		Summary: "Updates OAuth2 formatted client details.", OpenAPI: describedOnly("Updates OAuth2 formatted client details."),
	}
	if program {
		route.ID, route.Path, route.ServerOnly, route.Session = "adminUpdateOAuthClient", "/admin/oauth2/update-client", true, auth.OptionalSession
		route.Methods = []string{http.MethodPatch}
	}
	return auth.Handle(route, func(c *auth.Context, _ *wholeBody) (*any, error) {
		cl, err := p.updateClient(c, program)
		if err != nil {
			return nil, err
		}
		report(c, ClientUpdated, cl.ClientID)
		answer := hidden(cl)
		if program {
			answer.Set("client_credentials_scopes", list(cl.ClientCredentialsScopes))
		}
		return value(answer), nil
	}).WithBody(updateSchema(program))
}

func (p *Plugin) updateClient(c *auth.Context, program bool) (*Client, error) {
	if err := p.mayClient(c, c.Session, "update"); err != nil {
		return nil, err
	}
	body, _ := c.Body.(*js.Object)
	clientID := member(body, "client_id")
	if p.isTrusted(clientID) {
		return nil, isFixed()
	}
	cl, err := p.client(c, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, clientNotFound()
	}
	if err != nil {
		return nil, err
	}
	v, _ := body.Get("update")
	given, _ := v.(*js.Object)
	changes := given.Clone()
	changes.Delete("client_credentials_scopes")
	scopesGiven := given.Has("client_credentials_scopes")
	own, err := p.owns(c, cl, c.Session)
	if err != nil {
		return nil, err
	}
	onlyScopes := !own && program && scopesGiven && changes.Len() == 0
	if !own && !onlyScopes {
		return nil, nobody()
	}
	if onlyScopes {
		if err := p.mayClient(c, c.Session, "configure-client-credentials-scopes"); err != nil {
			return nil, err
		}
	}
	if changes.Len() == 0 && !scopesGiven {
		return cl, nil
	}
	grants := cl.GrantTypes
	if changes.Has("grant_types") {
		grants = texts(changes, "grant_types")
	}
	scopes := trimmedScopes(texts(given, "client_credentials_scopes"))
	if scopesGiven {
		if err := p.checkCredentialScopes(scopes, grants, text(cl.TokenEndpointAuthMethod)); err != nil {
			return nil, err
		}
		if len(scopes) > 0 && !onlyScopes {
			if err := p.mayClient(c, c.Session, "configure-client-credentials-scopes"); err != nil {
				return nil, err
			}
		}
	}
	if err := p.checkChange(c, cl, changes); err != nil {
		return nil, err
	}
	change := columns(changes)
	if !slices.Contains(grants, clientCredentials) || cl.isPublic() {
		change["clientCredentialsScopes"] = []string{}
	} else if scopesGiven {
		change["clientCredentialsScopes"] = scopes
	}
	return p.changeClient(c, cl.ClientID, change)
}
