package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// registration is a client that is to be stored.
type registration struct {
	metadata         *js.Object
	from             source
	userID           string // owner; "" for none
	referenceID      string // owner in place of the user; "" for none
	resources        []string
	credentialScopes []string

	// For a document only.
	clientID    string
	discoveryID string
	existing    *Client
}

// registered is a client that was stored. Secret is in plain text, and "" if the client has none.
type registered struct {
	client    *Client
	secret    string
	resources []string
}

// answer returns the client as the answer to its registration.
func (p *Plugin) answer(r *registered) *js.Object {
	plain := ""
	if r.secret != "" {
		plain = p.opts.Prefix.ClientSecret + r.secret
	}
	cl := *r.client
	cl.ClientSecret = nil
	out := cl.shown(plain)
	if len(r.resources) > 0 {
		out.Set("resources", list(r.resources))
	}
	return out
}

// generated returns what a callback makes, or random letters.
func generated(c *auth.Context, make func(*auth.Context) (string, error)) (string, error) {
	if make != nil {
		out, err := make(c)
		if err != nil || out != "" {
			return out, auth.FromCallback(err)
		}
	}
	return secret.Random(32, "a-z", "A-Z"), nil
}

func (p *Plugin) newClientID(c *auth.Context) (string, error) {
	if p.opts.GenerateClientID == nil {
		return generated(c, nil)
	}
	return generated(c, func(c *auth.Context) (string, error) { return p.opts.GenerateClientID(c, callback.Nothing{}) })
}

func (p *Plugin) newClientSecret(c *auth.Context) (string, error) {
	if p.opts.GenerateClientSecret == nil {
		return generated(c, nil)
	}
	return generated(c, func(c *auth.Context) (string, error) { return p.opts.GenerateClientSecret(c, callback.Nothing{}) })
}

// register checks and stores a client.
func (p *Plugin) register(c *auth.Context, r *registration) (*registered, error) {
	metadata := r.metadata
	if r.from == dynamic && member(metadata, "scope") == "" {
		scopes := p.opts.ClientRegistrationDefaultScopes
		if scopes == nil {
			scopes = p.opts.Scopes
		}
		metadata = metadata.Clone()
		metadata.Set("scope", strings.Join(scopes, " "))
	}
	metadata, err := withClientDefaults(metadata, r.from)
	if err != nil {
		return nil, err
	}
	if err := p.checkMetadata(c, metadata, r.from); err != nil {
		return nil, err
	}
	out := &registered{}
	clientID := r.clientID
	if clientID == "" {
		if clientID, err = p.newClientID(c); err != nil {
			return nil, err
		}
	}
	row := p.newRow(metadata, r)
	row["clientId"] = clientID
	method := member(metadata, "token_endpoint_auth_method")
	if method != noAuth && method != privateKeyJWT && !p.isExtensionMethod(&method) {
		if out.secret, err = p.newClientSecret(c); err != nil {
			return nil, err
		}
		if row["clientSecret"], err = p.storedSecret(c, out.secret); err != nil {
			return nil, err
		}
	}
	if out.resources, err = p.registrationResources(c, r); err != nil {
		return nil, err
	}
	err = c.Tx(func(c *auth.Context) error {
		out.client, err = p.writeClient(c, clientID, row, r)
		if err != nil {
			return err
		}
		return p.linkResources(c, clientID, out.resources)
	})
	if err != nil {
		return nil, err
	}
	if r.existing == nil {
		report(c, ClientRegistered, clientID)
	}
	return out, nil
}

// newRow returns the columns of a client, apart from its id and secret.
func (p *Plugin) newRow(metadata *js.Object, r *registration) store.Record {
	if r.from != managed {
		metadata = metadata.Clone()
		metadata.Set("scope", strings.Join(p.registrationScopes(), " "))
	}
	row := columns(metadata)
	delete(row, "disabled")
	delete(row, "referenceId")
	if row["redirectUris"] == nil {
		row["redirectUris"] = []string{}
	}
	public := member(metadata, "token_endpoint_auth_method") == noAuth
	if r.from == dynamic && !public && !*p.opts.ClientRegistrationRequirePKCE && row["requirePKCE"] == nil {
		row["requirePKCE"] = false
	}
	row["clientCredentialsScopes"] = append([]string{}, r.credentialScopes...)
	if r.from == document {
		row["clientDiscoveryId"] = r.discoveryID
		if r.existing != nil {
			row["clientCredentialsScopes"] = append([]string{}, r.existing.ClientCredentialsScopes...)
		}
		if !metadata.Has("application_type") {
			row["applicationType"] = nil
		}
		return row
	}
	switch {
	case r.referenceID != "":
		row["referenceId"] = r.referenceID
	case r.userID != "":
		row["userId"] = r.userID
	}
	return row
}

// registrationResources returns the resources to which a new client is linked.
func (p *Plugin) registrationResources(c *auth.Context, r *registration) ([]string, error) {
	defaults := p.opts.ClientRegistrationDefaultResources
	allowed := append(slices.Clone(defaults), p.opts.ClientRegistrationAllowedResources...)
	for _, identifier := range r.resources {
		if !slices.Contains(allowed, identifier) {
			return nil, bad(invalidTarget, "requested resource "+identifier+" is not allowed for client registration")
		}
	}
	out := unique(append(slices.Clone(defaults), r.resources...))
	for _, identifier := range out {
		row, err := p.resource(c, identifier)
		if errors.Is(err, store.ErrNotFound) {
			return nil, bad(invalidTarget, "requested resource "+identifier+" does not exist")
		}
		if err != nil {
			return nil, err
		}
		if is(row.Disabled) {
			return nil, bad(invalidTarget, "requested resource "+identifier+" is disabled")
		}
	}
	return out, nil
}

func (p *Plugin) writeClient(c *auth.Context, clientID string, row store.Record, r *registration) (*Client, error) {
	now := c.Now().Truncate(time.Second)
	row["updatedAt"] = now
	if r.existing == nil {
		row["createdAt"] = now
		made, err := c.Store.Create(c, clientModel, row)
		if err != nil {
			return nil, err
		}
		return p.clients.Of(made)
	}
	delete(row, "clientId")
	updated, err := p.clients.Update(c, []store.Where{store.Is("clientId", clientID), store.Is("clientDiscoveryId", r.discoveryID)}, row)
	if errors.Is(err, store.ErrNotFound) {
		return nil, bad(invalidClient, "client no longer exists")
	}
	return updated, err
}

func (p *Plugin) linkResources(c *auth.Context, clientID string, identifiers []string) error {
	if len(identifiers) == 0 {
		return nil
	}
	linked, err := p.linkedTo(c, clientID)
	if err != nil {
		return err
	}
	now := c.Now()
	for _, identifier := range identifiers {
		if linked[identifier] {
			continue
		}
		if _, err := p.links.Create(c, &clientResource{ClientID: clientID, ResourceID: identifier, CreatedAt: &now}); err != nil {
			return err
		}
	}
	return nil
}

// owner returns the reference to the owner of a new client of this user; "" for the user.
func (p *Plugin) owner(c *auth.Context, s *auth.SignedIn) (string, error) {
	if p.opts.ClientReference == nil || s == nil {
		return "", nil
	}
	reference, err := p.opts.ClientReference(c, OwnerRequest{User: s.User, Session: s.Session})
	return reference, auth.FromCallback(err)
}

func (p *Plugin) registerEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "registerOAuthClient", Methods: []string{http.MethodPost}, Path: "/oauth2/register", Session: auth.OptionalSession, NoStore: true,
		Summary: "Register an OAuth2 application", OpenAPI: newClientDocument(forItself),
		Invalid: invalid(invalidClientMetadata, map[string]fieldError{
			"redirect_uris": always(invalidRedirectURI), "post_logout_redirect_uris": always(invalidRedirectURI),
			"software_statement": always("invalid_software_statement"), "resources": always(invalidTarget),
		}),
	}, func(c *auth.Context, _ *wholeBody) (*any, error) {
		body, _ := c.Body.(*js.Object)
		out, err := p.registerItself(c, body)
		if err != nil {
			return nil, err
		}
		c.SetStatus(http.StatusCreated)
		var answer any = p.answer(out)
		return &answer, nil
	}).WithBody(registrationSchema())
}

// registerItself registers a client on its own request.
func (p *Plugin) registerItself(c *auth.Context, body *js.Object) (*registered, error) {
	if !p.opts.AllowDynamicClientRegistration {
		return nil, refuse(http.StatusForbidden, accessDenied, "Client registration is disabled")
	}
	r := &registration{metadata: body, from: dynamic, resources: texts(body, "resources")}
	r.resources = slices.DeleteFunc(r.resources, func(s string) bool { return s == "" })
	var byToken bool
	if c.Session == nil {
		registrar, err := p.initialAccess(c, body)
		if err != nil {
			return nil, err
		}
		byToken, r.referenceID = registrar.Allowed, registrar.ReferenceID
	}
	if c.Session == nil && !byToken {
		if !p.opts.AllowUnauthenticatedClientRegistration {
			return nil, challenge(&auth.Error{Status: http.StatusUnauthorized, Header: noStore(),
				Body: js.Obj("error_description", "Authentication required for client registration")}, "Bearer")
		}
		if slices.Contains(texts(body, "grant_types"), clientCredentials) {
			return nil, badMetadata("client_credentials grant requires authenticated registration")
		}
	}
	if c.Session != nil {
		if err := p.mayClient(c, c.Session, "create"); err != nil {
			return nil, err
		}
		reference, err := p.owner(c, c.Session)
		if err != nil {
			return nil, err
		}
		r.userID, r.referenceID = c.Session.Session.UserID, reference
	}
	metadata := body.Clone()
	metadata.Delete("resources")
	r.metadata = metadata
	return p.register(c, r)
}

func noStore() http.Header {
	return http.Header{"Cache-Control": {"no-store"}, "Pragma": {"no-cache"}}
}

// initialAccess checks the initial access token of a request. Without one nobody is allowed, and there is no error.
func (p *Plugin) initialAccess(c *auth.Context, body *js.Object) (Registrar, error) {
	header, _ := c.RequestHeaderValue("Authorization")
	parts := strings.Fields(header)
	if len(parts) == 0 || !strings.EqualFold(parts[0], "bearer") {
		return Registrar{}, nil
	}
	if len(parts) != 2 {
		return Registrar{}, bearerError(http.StatusBadRequest, invalidRequest, "Malformed initial access token Authorization header")
	}
	refused := bearerError(http.StatusUnauthorized, invalidToken, "Invalid initial access token")
	if p.opts.ValidateInitialAccessToken == nil {
		return Registrar{}, refused
	}
	registrar, err := p.opts.ValidateInitialAccessToken(c, InitialAccess{Token: parts[1], Headers: headersOf(c), Metadata: body})
	if err != nil {
		var known *auth.Error
		if err = auth.FromCallback(err); errors.As(err, &known) {
			return Registrar{}, known
		}
		return Registrar{}, refuse(http.StatusInternalServerError, serverError, "Initial access token validation failed").Because(err)
	}
	if !registrar.Allowed {
		return Registrar{}, refused
	}
	return registrar, nil
}

func bearerError(status int, name, description string) *auth.Error {
	e := refuse(status, name, description)
	e.Header = noStore()
	return challenge(e, `Bearer error="`+name+`"`)
}
