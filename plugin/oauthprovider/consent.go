package oauthprovider

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// consentEndpoints are the endpoints with which users see and change what they allowed clients.
func (p *Plugin) consentEndpoints() []auth.Endpoint {
	return []auth.Endpoint{p.getConsent(), p.getConsents(), p.updateConsent(), p.deleteConsent()}
}

// ownConsent returns a consent of the signed-in user.
func (p *Plugin) ownConsent(c *auth.Context, id string) (*consent, error) {
	if id == "" {
		return nil, describeFirst(http.StatusNotFound, notFound, "missing id parameter")
	}
	found, err := p.consents.Get(c, store.Given("id", id))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, describeFirst(http.StatusNotFound, notFound, "no consent")
	case err != nil:
		return nil, err
	case text(found.UserID) != c.Session.User.ID:
		return nil, &auth.Error{Status: http.StatusUnauthorized}
	}
	return found, nil
}

type oneConsentRequest struct {
	ID string `query:"id"`
}

func (p *Plugin) getConsent() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthConsent", Methods: []string{http.MethodGet}, Path: "/oauth2/get-consent", Session: auth.RequireSession,
		Summary: "Read what the user allowed a client", OpenAPI: describedOnly("Gets details of a specific OAuth2 consent for a user"),
	}, func(c *auth.Context, in *oneConsentRequest) (*store.PublicRow, error) {
		found, err := p.ownConsent(c, in.ID)
		if err != nil {
			return nil, err
		}
		return p.consents.Public(found)
	})
}

// mostConsents is the largest number of consents that are listed, as in the reference.
const mostConsents = 100

func (p *Plugin) getConsents() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getOAuthConsents", Methods: []string{http.MethodGet}, Path: "/oauth2/get-consents", Session: auth.RequireSession,
		Summary: "List what the user allowed clients", OpenAPI: describedOnly("Gets all available OAuth2 consents for a user"),
	}, func(c *auth.Context, _ *auth.None) (*[]*store.PublicRow, error) {
		found, err := p.consents.Find(c, store.Query{Where: []store.Where{store.Is("userId", c.Session.User.ID)}, Limit: mostConsents})
		if err != nil {
			return nil, err
		}
		rows := make([]*store.PublicRow, len(found))
		for i, row := range found {
			if rows[i], err = p.consents.Public(row); err != nil {
				return nil, err
			}
		}
		return &rows, nil
	})
}

type updateConsentRequest struct {
	ID     string        `json:"id"`
	Update consentUpdate `json:"update"`
}

type consentUpdate struct {
	Scopes []string `json:"scopes"`
}

func (p *Plugin) updateConsent() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "updateOAuthConsent", Methods: []string{http.MethodPost}, Path: "/oauth2/update-consent", Session: auth.RequireSession,
		Summary: "Change what the user allows a client", OpenAPI: describedOnly("Updates consent granted to a client."),
	}, func(c *auth.Context, in *updateConsentRequest) (*store.PublicRow, error) {
		found, err := p.ownConsent(c, in.ID)
		if err == nil {
			err = checkLive(c)
		}
		if err != nil {
			return nil, err
		}
		client, err := p.client(c, found.ClientID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, describeFirst(http.StatusNotFound, notFound, "client not found")
		}
		if err != nil {
			return nil, err
		}
		allowed := client.Scopes
		if allowed == nil {
			allowed = p.opts.Scopes
		}
		if !within(in.Update.Scopes, allowed) {
			return nil, describeFirst(http.StatusBadRequest, invalidRequest, "unable to provide scopes to "+ownerOf(client))
		}
		now := c.Now().Truncate(time.Second)
		changed, err := p.consents.Update(c, []store.Where{store.Is("id", found.ID)}, store.Record{"scopes": in.Update.Scopes, "updatedAt": now})
		if errors.Is(err, store.ErrNotFound) {
			return nil, describeFirst(http.StatusNotFound, notFound, "no consent")
		}
		if err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: ConsentGiven, UserID: c.Session.User.ID, SessionID: c.Session.Session.ID, Details: map[string]string{"client": found.ClientID}})
		return p.consents.Public(changed)
	})
}

// ownerOf returns the owner of a client as the reference writes it in a text.
func ownerOf(client *Client) string {
	switch {
	case client.ReferenceID != nil:
		return *client.ReferenceID
	case client.UserID != nil:
		return *client.UserID
	}
	return "null"
}

type deleteConsentRequest struct {
	ID string `json:"id"`
}

func (p *Plugin) deleteConsent() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteOAuthConsent", Methods: []string{http.MethodPost}, Path: "/oauth2/delete-consent", Session: auth.RequireSession,
		Summary: "Take back what the user allowed a client", OpenAPI: describedOnly("Deletes consent granted to a client"),
	}, func(c *auth.Context, in *deleteConsentRequest) (*auth.Nothing, error) {
		found, err := p.ownConsent(c, in.ID)
		if err != nil {
			return nil, err
		}
		if err := p.consents.Delete(c, store.Is("id", found.ID)); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: ConsentWithdrawn, UserID: c.Session.User.ID, SessionID: c.Session.Session.ID, Details: map[string]string{"client": found.ClientID}})
		return &auth.Nothing{}, nil
	})
}
