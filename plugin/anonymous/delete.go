package anonymous

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type deleteAnswer struct {
	Success bool `json:"success"`
}

func (p *Plugin) deleteUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteAnonymousUser", Methods: []string{http.MethodPost}, Path: "/delete-anonymous-user", Session: auth.StoredSession,
		Summary: "Delete an anonymous user", OpenAPI: deleteDocument(),
	}, func(c *auth.Context, _ *auth.None) (*deleteAnswer, error) {
		user := c.Session.User
		if p.opts.DisableDeleteAnonymousUser {
			return nil, auth.BadRequest(DeleteAnonymousUserDisabled)
		}
		if !isAnonymous(user) {
			return nil, auth.Forbidden(UserIsNotAnonymous)
		}
		err := together(c, func(c *auth.Context) error {
			if err := c.Sessions.EndAll(c, user.ID); err != nil {
				return auth.Internal(FailedToDeleteAnonymousSessions).Because(err)
			}
			if err := remove(c, user.ID); err != nil {
				return auth.Internal(FailedToDeleteAnonymousUser).Because(err)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return &deleteAnswer{true}, c.DeleteSessionCookie()
	})
}

// remove deletes a user with all sessions and accounts. It is not an error if the user is gone or a hook keeps it.
func remove(c *auth.Context, id string) error {
	err := c.Users.Delete(c, id)
	if err == nil {
		c.Emit(auth.Event{Name: auth.UserDeleted, UserID: id})
	}
	return store.UnlessGone(err)
}

// together runs fn in a transaction, unless delete hooks are set: their effects cannot be rolled back.
func together(c *auth.Context, fn func(c *auth.Context) error) error {
	if c.HasDeleteHooks() {
		return fn(c)
	}
	return c.Tx(fn)
}

func deleteDocument() *js.Object {
	message := js.Obj("type", "object", "properties", js.Obj("message", js.Obj("type", "string")))
	needed := []any{"message"}
	disabled := js.Obj("schema", message, "required", needed)
	failed := message.Clone()
	failed.Set("required", needed)
	return js.Obj("description", "Delete an anonymous user", "responses", js.Obj(
		"200", answer("Anonymous user deleted", js.Obj("type", "object", "properties", js.Obj("success", js.Obj("type", "boolean")))),
		"400", js.Obj("description", "Anonymous user deletion is disabled", "content", js.Obj("application/json", disabled)),
		"500", answer("Internal server error", failed),
	))
}
