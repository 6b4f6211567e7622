package console

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

type consentsRequest struct {
	_      struct{} `query:"optional"`
	Client string   `query:"client,omitempty" maxLength:"200" doc:"The id of a client"`
	UserID string   `query:"userId,omitempty" maxLength:"200" doc:"A user"`
	Limit  int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"100" default:"50"`
	Offset int      `query:"offset,omitempty" coerce:"true" format:"int" minimum:"0" maximum:"10000000"`
}

type consentsAnswer struct {
	Consents []*js.Object `json:"consents"` // newest first
	Total    int64        `json:"total"`
	May      bool         `json:"may"` // the caller may revoke access
}

func (p *Plugin) listConsents() auth.Endpoint {
	return read(p, "consoleOAuthConsents", "/oauth-consents", "List what users allowed OAuth clients", func(c *auth.Context, in *consentsRequest) (*consentsAnswer, error) {
		search := oauthprovider.ConsentSearch{UserID: in.UserID, Limit: in.Limit, Offset: in.Offset}
		if in.Client != "" {
			of, err := providerOf(c).FindClient(c, in.Client)
			if err != nil {
				return nil, refusal(err)
			}
			search.ClientID = of.ClientID
		}
		rows, total, err := providerOf(c).FindConsents(c, search)
		if err != nil {
			return nil, err
		}
		var userIDs, clientIDs []any
		for _, row := range rows {
			clientIDs = append(clientIDs, row["clientId"])
			if row["userId"] != nil {
				userIDs = append(userIDs, row["userId"])
			}
		}
		users, err := rowsBy(c, "user", "id", userIDs, "name", "email")
		if err != nil {
			return nil, err
		}
		clients, err := rowsBy(c, "oauthClient", "clientId", clientIDs, "name")
		if err != nil {
			return nil, err
		}
		out := &consentsAnswer{Consents: make([]*js.Object, len(rows)), Total: total, May: p.rightsOf(c.Session.User).Consents}
		for i, row := range rows {
			o := pick(row, "id", "scopes", "resources", "referenceId", "createdAt", "updatedAt")
			o.Set("user", nil)
			if user, ok := users[row.Text("userId")]; ok {
				o.Set("user", pick(user, "id", "name", "email"))
			}
			o.Set("client", pick(clients[row.Text("clientId")], "id", "clientId", "name"))
			out.Consents[i] = o
		}
		return out, nil
	}, p.provides)
}

func (p *Plugin) revokeAccess() auth.Endpoint {
	return act(p, "consoleRevokeOAuthAccess", "/oauth-consent/revoke", "End the access of an OAuth client to a user: consents, refresh tokens and opaque access tokens", func(c *auth.Context, in *idRequest) (*successAnswer, error) {
		return changed(providerOf(c).RevokeAccess(c, in.ID))
	}, p.provides, p.may("session", "revoke"))
}
