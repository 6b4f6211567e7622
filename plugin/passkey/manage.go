package passkey

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) listPasskeys() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listPasskeys", Methods: []string{http.MethodGet}, Path: "/passkey/list-user-passkeys", Session: auth.RequireSession,
		Summary: "List all passkeys for the authenticated user", OpenAPI: listDoc(),
	}, func(c *auth.Context, _ *auth.None) (*[]*auth.PublicRow, error) {
		rows, err := c.Store.Find(c, model, store.Query{Where: []store.Where{store.Is("userId", c.Session.User.ID)}})
		if err != nil {
			return nil, err
		}
		out := make([]*auth.PublicRow, len(rows))
		for i, row := range rows {
			out[i] = c.Store.Table(model).Public(row)
		}
		return &out, nil
	})
}

type deleteRequest struct {
	ID string `json:"id" doc:"The ID of the passkey to delete. Eg: \"some-passkey-id\""`
}

// The events that the plugin reports.
const (
	Created = "passkey_created"
	Deleted = "passkey_deleted"
)

type deleteAnswer struct {
	Status bool `json:"status"`
}

func (p *Plugin) deletePasskey() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deletePasskey", Methods: []string{http.MethodPost}, Path: "/passkey/delete-passkey", Session: auth.RequireSession,
		Summary: "Delete a specific passkey", OpenAPI: deleteDoc(),
	}, func(c *auth.Context, in *deleteRequest) (*deleteAnswer, error) {
		own := []store.Where{store.Is("id", in.ID), store.Is("userId", c.Session.User.ID)}
		if err := p.passkeys.Delete(c, own...); err != nil {
			return &deleteAnswer{true}, store.UnlessGone(err)
		}
		c.Emit(auth.Event{Name: Deleted, UserID: c.Session.User.ID, Details: map[string]string{"passkey": in.ID}})
		return &deleteAnswer{true}, nil
	}, p.ownedBy(auth.Code{}))
}

type updateRequest struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// BodySchema implements the schema of the request: names are trimmed and not empty.
func (updateRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("id", schema.String().Doc(`The ID of the passkey which will be updated. Eg: "passkey-id"`)),
		schema.Field("name", schema.String().Trim().Min(1).Doc(`The new name which the passkey will be updated to. Eg: "my-new-passkey-name"`)),
	)
}

type updateAnswer struct {
	Passkey *auth.PublicRow `json:"passkey"`
}

func (p *Plugin) updatePasskey() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "updatePasskey", Methods: []string{http.MethodPost}, Path: "/passkey/update-passkey", Session: auth.RequireSession,
		Summary: "Update a specific passkey's name", OpenAPI: updateDoc(),
	}, func(c *auth.Context, in *updateRequest) (*updateAnswer, error) {
		own := []store.Where{store.Is("id", in.ID), store.Is("userId", c.Session.User.ID)}
		row, err := c.Store.Update(c, model, own, store.Record{"name": in.Name})
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Internal(FailedToUpdatePasskey)
		}
		if err != nil {
			return nil, err
		}
		return &updateAnswer{c.Store.Table(model).Public(row)}, nil
	}, p.ownedBy(NotAllowed))
}

// ownedBy returns a guard that lets only the owner of a passkey change it. refusal is the code for others; the
// reference has none for deletion.
func (p *Plugin) ownedBy(refusal auth.Code) auth.Guard {
	return func(c *auth.Context) error {
		body, _ := c.Body.(*js.Object)
		id, _ := body.Get("id")
		if id == "" {
			return auth.Status(http.StatusBadRequest, "Missing required parameter: id")
		}
		row, err := p.passkeys.Get(c, store.Given("id", id))
		if errors.Is(err, store.ErrNotFound) {
			return auth.NotFound(PasskeyNotFound)
		}
		if err != nil {
			return err
		}
		if row.UserID != c.Session.User.ID {
			return auth.Unauthorized(refusal)
		}
		return nil
	}
}
