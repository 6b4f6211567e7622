package base

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// hashLength is the length of a password hash: salt and key in hexadecimal, separated by a colon.
const hashLength = 32 + 1 + 128

func no(context.Context) any { return false }

// tables returns the core tables of the reference, with its order of columns
// (@better-auth/core/dist/db/get-tables.mjs). Sessions and verifications have no table if they are kept in secondary
// storage only.
func tables(o *auth.Options) []store.Model {
	// The default of a date is the time of the call.
	now := func(ctx context.Context) any {
		if c := auth.From(ctx); c != nil {
			return c.Now()
		}
		return o.Now()
	}
	password := store.Need{UpTo: hashLength}
	if o.EmailAndPassword.Enabled {
		password.AtLeast = hashLength
		password.Always = len(o.SocialProviders) == 0
	}
	// The value of an OAuth flow is a JSON document.
	value := store.Need{AtLeast: 32, UpTo: 4096}
	if len(o.SocialProviders) > 0 {
		value.AtLeast = 256
	}
	owner := &store.Ref{Model: "user", Field: "id", OnDelete: "cascade"}
	user := store.Model{
		Name: "user", Order: 1, Fields: []store.Field{
			{Name: "name", Type: store.String, Sortable: true, Need: store.Need{UpTo: 100}},
			{Name: "email", Type: store.String, Unique: true, Sortable: true, Need: store.Need{AtLeast: 20, UpTo: 100}},
			{Name: "emailVerified", Type: store.Boolean, ReadOnly: true, Default: no, SQLDefault: false},
			{Name: "image", Type: store.String, Optional: true, Need: store.Need{UpTo: 2048}},
			{Name: "createdAt", Type: store.Date, Default: now},
			{Name: "updatedAt", Type: store.Date, Default: now, OnUpdate: now},
		},
	}
	account := store.Model{
		Name: "account", Order: 3, Fields: []store.Field{
			{Name: "accountId", Type: store.String, Need: store.Need{AtLeast: 32, UpTo: 128}},
			{Name: "providerId", Type: store.String, Need: store.Need{AtLeast: 10, UpTo: 32}},
			{Name: "userId", Type: store.String, Ref: owner, Index: true},
			{Name: "accessToken", Type: store.String, Optional: true, Hidden: true, Need: store.Need{UpTo: 4096}},
			{Name: "refreshToken", Type: store.String, Optional: true, Hidden: true, Need: store.Need{UpTo: 4096}},
			{Name: "idToken", Type: store.String, Optional: true, Hidden: true, Need: store.Need{UpTo: 4096}},
			{Name: "accessTokenExpiresAt", Type: store.Date, Optional: true, Hidden: true},
			{Name: "refreshTokenExpiresAt", Type: store.Date, Optional: true, Hidden: true},
			{Name: "scope", Type: store.String, Optional: true, Need: store.Need{UpTo: 512}},
			{Name: "password", Type: store.String, Optional: true, Hidden: true, Need: password},
			{Name: "createdAt", Type: store.Date, Default: now},
			{Name: "updatedAt", Type: store.Date, OnUpdate: now},
		},
	}
	session := store.Model{Name: "session", Order: 2, Fields: []store.Field{
		{Name: "expiresAt", Type: store.Date},
		{Name: "token", Type: store.String, Unique: true, Holds: store.HoldsSecret, Need: store.Need{AtLeast: 32}},
		{Name: "createdAt", Type: store.Date, Default: now},
		{Name: "updatedAt", Type: store.Date, OnUpdate: now},
		{Name: "ipAddress", Type: store.String, Optional: true, Need: store.Need{AtLeast: 9, UpTo: 45, Always: true}},
		{Name: "userAgent", Type: store.String, Optional: true, Need: store.Need{UpTo: 255, Always: true, Cut: true}},
		{Name: "userId", Type: store.String, Ref: owner, Index: true},
	}}
	session.NoMigrate = o.SecondaryStorage != nil && !o.Session.StoreSessionInDatabase
	verification := store.Model{Name: "verification", Order: 4, Fields: []store.Field{
		{Name: "identifier", Type: store.String, Index: true, Need: store.Need{AtLeast: 39, UpTo: 128}},
		{Name: "value", Type: store.String, Need: value},
		{Name: "expiresAt", Type: store.Date},
		{Name: "createdAt", Type: store.Date, Default: now},
		{Name: "updatedAt", Type: store.Date, Default: now, OnUpdate: now},
	}}
	verification.NoMigrate = o.SecondaryStorage != nil && !o.Verification.StoreInDatabase
	models := []store.Model{user, account, session, verification}
	if o.RateLimit.Storage == "database" {
		models = append(models, store.Model{Name: "rateLimit", Fields: []store.Field{
			{Name: "key", Type: store.String, Unique: true, Need: store.Need{AtLeast: 32, UpTo: 128}},
			{Name: "count", Type: store.Number},
			{Name: "lastRequest", Type: store.Number, BigInt: true},
		}})
	}
	return models
}
