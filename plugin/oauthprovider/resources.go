package oauthprovider

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	resourcesPath = "/admin/oauth2/resources"
	resourcePath  = resourcesPath + "/:identifier"
	linkPath      = resourcePath + "/clients/:client_id"
)

func (p *Plugin) resourceEndpoints() []auth.Endpoint {
	return []auth.Endpoint{
		p.createResource(), p.listResources(), p.getResource(), p.updateResource(), p.deleteResource(), p.linkClient(), p.unlinkClient(),
	}
}

// programRoute is a route that is not served over HTTP.
func programRoute(id, method, path, summary string) auth.Route {
	return auth.Route{ID: id, Methods: []string{method}, Path: path, ServerOnly: true, Session: auth.OptionalSession, Summary: summary}
}

// mayResource returns an error unless the caller may do this with a resource.
func (p *Plugin) mayResource(c *auth.Context, action, identifier string) error {
	if c.Session == nil {
		return nobody()
	}
	if c.RequestHeader == nil {
		return &auth.Error{Status: http.StatusBadRequest}
	}
	if err := p.seed(c); err != nil || p.opts.ResourcePrivileges == nil {
		return err
	}
	ok, err := p.opts.ResourcePrivileges(c, ResourcePrivilegeRequest{
		Headers: headersOf(c), Action: action, User: c.Session.User, Session: c.Session.Session, ResourceID: identifier,
	})
	if err == nil && !ok {
		return nobody()
	}
	return auth.FromCallback(err)
}

// pathParameter returns a parameter of the path, which may be escaped once more.
func pathParameter(c *auth.Context, name string) string {
	raw := c.Params[name]
	if decoded, err := url.PathUnescape(raw); err == nil {
		return decoded
	}
	return raw
}

func resourceNotFound(identifier string) *auth.Error {
	return refuse(http.StatusNotFound, notFound, "resource "+identifier+" not found")
}

// findResource returns the row of a resource, past the cache.
func (p *Plugin) findResource(c *auth.Context, identifier string) (*Resource, error) {
	row, err := p.resources.Get(c, store.Given("identifier", identifier))
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Identifier != identifier {
		return nil, resourceNotFound(identifier)
	}
	return row, err
}

func resourceFields() *schema.Schema {
	seconds := func() *schema.Schema { return schema.Number().Int().Positive().Nullable() }
	return schema.Object(
		optional("identifier", filledText()), optional("name", schema.String()), optional("accessTokenTtl", seconds()), optional("refreshTokenTtl", seconds()),
		optional("signingAlgorithm", schema.Enum(keyAlgorithms()...).Nullable()), optional("signingKeyId", schema.String().Nullable()),
		optional("allowedScopes", schema.Array(schema.String()).Nullable()), optional("customClaims", schema.Record(schema.Any()).Nullable()),
		optional("dpopBoundAccessTokensRequired", schema.Boolean()), optional("disabled", schema.Boolean()),
		optional("metadata", schema.Record(schema.Any()).Nullable()),
	)
}

// resourceRow returns the columns that a body sets.
func resourceRow(body *js.Object) store.Record {
	out := store.Record{}
	for name, v := range body.All() {
		if name == "identifier" {
			continue
		}
		if v, ok := columnValue(v); ok {
			out[name] = v
		}
	}
	return out
}

func (p *Plugin) createResource() auth.Endpoint {
	return auth.Handle(programRoute("adminCreateOAuthResource", http.MethodPost, resourcesPath, "Create a resource"),
		func(c *auth.Context, _ *wholeBody) (*any, error) {
			body, _ := c.Body.(*js.Object)
			identifier := member(body, "identifier")
			if identifier == "" {
				return nil, auth.BadRequest(auth.Code{Name: auth.ValidationError.Name,
					Message: "[body.identifier] Invalid input: expected nonoptional, received undefined"})
			}
			if err := p.mayResource(c, "create", ""); err != nil {
				return nil, err
			}
			flaw, err := p.identifierFlaw(c, identifier)
			if err != nil {
				return nil, err
			}
			if flaw != "" {
				return nil, bad(invalidTarget, flaw)
			}
			row := (&ResourceOption{Identifier: identifier}).row()
			for name, v := range resourceRow(body) {
				if v != nil {
					row[name] = v
				}
			}
			row["createdAt"], row["updatedAt"] = c.Now(), c.Now()
			made, err := c.Store.Create(c, resourceModel, row)
			if errors.Is(err, store.ErrConflict) {
				return nil, bad(invalidRequest, "resource "+identifier+" already exists")
			}
			if err != nil {
				return nil, err
			}
			p.known.forget(identifier)
			c.SetStatus(http.StatusCreated)
			return p.shownResource(made)
		}).WithBody(resourceFields())
}

func (p *Plugin) shownResource(row store.Record) (*any, error) {
	r, err := p.resources.Of(row)
	if err != nil {
		return nil, err
	}
	return p.publicResource(r)
}

func (p *Plugin) publicResource(r *Resource) (*any, error) {
	public, err := p.resources.Public(r)
	if err != nil {
		return nil, err
	}
	return value(public), nil
}

func (p *Plugin) listResources() auth.Endpoint {
	return auth.Handle(programRoute("adminListOAuthResources", http.MethodGet, resourcesPath, "List resources"),
		func(c *auth.Context, _ *auth.None) (*any, error) {
			if err := p.mayResource(c, "list", ""); err != nil {
				return nil, err
			}
			rows, err := p.resources.Find(c, store.Query{})
			if err != nil {
				return nil, err
			}
			out := make([]any, len(rows))
			for i, row := range rows {
				public, err := p.resources.Public(row)
				if err != nil {
					return nil, err
				}
				out[i] = public
			}
			return value(out), nil
		})
}

func (p *Plugin) getResource() auth.Endpoint {
	return auth.Handle(programRoute("adminGetOAuthResource", http.MethodGet, resourcePath, "Get a resource"),
		func(c *auth.Context, _ *auth.None) (*any, error) {
			identifier := pathParameter(c, "identifier")
			if err := p.mayResource(c, "read", identifier); err != nil {
				return nil, err
			}
			row, err := p.findResource(c, identifier)
			if err != nil {
				return nil, err
			}
			return p.publicResource(row)
		})
}

func (p *Plugin) updateResource() auth.Endpoint {
	return auth.Handle(programRoute("adminUpdateOAuthResource", http.MethodPatch, resourcePath, "Change a resource"),
		func(c *auth.Context, _ *wholeBody) (*any, error) {
			identifier := pathParameter(c, "identifier")
			if err := p.mayResource(c, "update", identifier); err != nil {
				return nil, err
			}
			if _, err := p.findResource(c, identifier); err != nil {
				return nil, err
			}
			body, _ := c.Body.(*js.Object)
			change := resourceRow(body)
			change["updatedAt"] = c.Now()
			row, err := p.resources.Update(c, []store.Where{store.Is("identifier", identifier)}, change)
			p.known.forget(identifier)
			if errors.Is(err, store.ErrNotFound) {
				return nil, resourceNotFound(identifier)
			}
			if err != nil {
				return nil, err
			}
			return p.publicResource(row)
		}).WithBody(resourceFields())
}

func (p *Plugin) deleteResource() auth.Endpoint {
	return auth.Handle(programRoute("adminDeleteOAuthResource", http.MethodDelete, resourcePath, "Delete a resource"),
		func(c *auth.Context, _ *auth.None) (*any, error) {
			identifier := pathParameter(c, "identifier")
			if err := p.mayResource(c, "delete", identifier); err != nil {
				return nil, err
			}
			if _, err := p.findResource(c, identifier); err != nil {
				return nil, err
			}
			if err := p.resources.Delete(c, store.Is("identifier", identifier)); err != nil {
				return nil, err
			}
			p.known.forget(identifier)
			return value(js.Obj("deleted", true)), nil
		})
}

func (p *Plugin) linkClient() auth.Endpoint {
	return auth.Handle(programRoute("adminLinkClientResource", http.MethodPost, linkPath, "Allow a client a resource"),
		func(c *auth.Context, _ *auth.None) (*any, error) {
			identifier, clientID := pathParameter(c, "identifier"), pathParameter(c, "client_id")
			if err := p.mayResource(c, "link", identifier); err != nil {
				return nil, err
			}
			if _, err := p.findResource(c, identifier); err != nil {
				return nil, err
			}
			if cl, err := p.clients.Get(c, store.Given("clientId", clientID)); errors.Is(err, store.ErrNotFound) || err == nil && cl.ClientID != clientID {
				return nil, refuse(http.StatusNotFound, notFound, "client "+clientID+" not found")
			} else if err != nil {
				return nil, err
			}
			now := c.Now()
			_, err := p.links.Create(c, &clientResource{ClientID: clientID, ResourceID: identifier, CreatedAt: &now})
			if errors.Is(err, store.ErrConflict) {
				return value(js.Obj("linked", true, "alreadyLinked", true)), nil
			}
			return value(js.Obj("linked", true)), err
		})
}

func (p *Plugin) unlinkClient() auth.Endpoint {
	return auth.Handle(programRoute("adminUnlinkClientResource", http.MethodDelete, linkPath, "Take a resource from a client"),
		func(c *auth.Context, _ *auth.None) (*any, error) {
			identifier, clientID := pathParameter(c, "identifier"), pathParameter(c, "client_id")
			if err := p.mayResource(c, "unlink", identifier); err != nil {
				return nil, err
			}
			if err := p.links.Delete(c, store.Given("clientId", clientID), store.Given("resourceId", identifier)); err != nil {
				return nil, err
			}
			return value(js.Obj("unlinked", true)), nil
		})
}
