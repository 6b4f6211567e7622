package admin

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// models returns the fields that the plugin adds to users and sessions. No request sets them, except those of this
// plugin.
func models() []store.Model {
	return []store.Model{
		{Name: "user", Fields: []store.Field{
			{Name: "role", Type: store.String, Optional: true, ReadOnly: true},
			{Name: "banned", Type: store.Boolean, Optional: true, ReadOnly: true, Default: notBanned, SQLDefault: false},
			{Name: "banReason", Type: store.String, Optional: true, ReadOnly: true},
			{Name: "banExpires", Type: store.Date, Optional: true, ReadOnly: true},
		}, Indexes: []store.Index{ // for list-users
			{Fields: []string{"createdAt"}, Extra: true},
			{Fields: []string{"name"}, Extra: true},
			{Fields: []string{"role"}, Extra: true},
			{Fields: []string{"banned"}, Extra: true},
		}},
		{Name: "session", Fields: []store.Field{
			{Name: "impersonatedBy", Type: store.String, Optional: true, ReadOnly: true, Holds: store.HoldsUser},
		}},
	}
}

func notBanned(context.Context) any { return false }

// find returns the user with an id that a client sent, or a 404.
func find(c *auth.Context, id string) (*auth.User, error) {
	user, err := c.Users.FindBy(c, "id", id)
	if err == nil && user == nil {
		err = auth.NotFound(auth.UserNotFound)
	}
	return user, err
}

type userAnswer struct {
	User *auth.PublicRow `json:"user"`
}

type successAnswer struct {
	Success bool `json:"success"`
}

type userIDRequest struct {
	UserID string `json:"userId" coerce:"true" doc:"The user id"`
}
