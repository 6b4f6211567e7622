package anonymous

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// field says whether a user is anonymous.
const field = "isAnonymous"

// SchemaOptions name the column.
type SchemaOptions struct {
	// The table of users.
	User TableOptions `json:"user"`
}

// TableOptions name the column.
type TableOptions struct {
	// Accepted and changes nothing, as in the npm package: `user.modelName` names the table.
	ModelName string `json:"modelName" unset:"user"`
	// Name of the column, by its field: `isAnonymous`.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o SchemaOptions) rename() map[string]auth.ModelOptions {
	return map[string]auth.ModelOptions{"user": {ModelName: o.User.ModelName, Fields: o.User.Fields}}
}

func models() []store.Model {
	return []store.Model{{Name: "user", Fields: []store.Field{{
		Name: field, Type: store.Boolean, Optional: true, ReadOnly: true,
		Default: func(context.Context) any { return false }, SQLDefault: false,
	}}}}
}

func isAnonymous(user *auth.User) bool { return user.Extra.True(field) }
