package twofactor

import (
	"cmp"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// model is the name of the table, and enabled the field of users that says whether they have a second factor.
const (
	model   = "twoFactor"
	enabled = "twoFactorEnabled"
)

// Row is a row of the table twoFactor: the authenticator app and the backup codes of a user. A user whose only factor
// are codes that are sent has none.
type Row struct {
	ID          string `json:"id"`
	Secret      string `json:"secret" store:"hidden,index"` // encrypted
	BackupCodes string `json:"backupCodes" store:"hidden"`  // a JSON list, encrypted unless the options say otherwise
	UserID      string `json:"userId" store:"ref=user.id,index,hidden"`
	// False until the user has typed a code of the app. Nil counts as true.
	Verified *bool `json:"verified" store:"readonly"`
	// Number of wrong codes since the last right one, and until when no code is checked.
	FailedVerificationCount *int64     `json:"failedVerificationCount,omitempty" store:"readonly,hidden"`
	LockedUntil             *time.Time `json:"lockedUntil,omitempty" store:"readonly,hidden"`
}

// pending reports whether the user has not yet proven to have the app.
func (r *Row) pending() bool { return r.Verified != nil && !*r.Verified }

// proven reports whether the row says that the user has proven to have the app. A row without the field does not.
func (r *Row) proven() bool { return r.Verified != nil && *r.Verified }

func models() []store.Model {
	m := store.ModelOf[Row](model)
	m.Field("secret").Need = store.Need{AtLeast: 144, UpTo: 1024}
	m.Field("backupCodes").Need = store.Need{UpTo: 4096}
	m.Field("verified").SQLDefault = true
	m.Field("failedVerificationCount").SQLDefault = 0
	return []store.Model{
		{Name: "user", Fields: []store.Field{{Name: enabled, Type: store.Boolean, Optional: true, ReadOnly: true, SQLDefault: false}}},
		m,
	}
}

// SchemaOptions rename the tables and columns.
type SchemaOptions struct {
	// The column of users.
	User UserOptions `json:"user"`
	// The table of second factors.
	TwoFactor TableOptions `json:"twoFactor"`
}

// UserOptions name the column.
type UserOptions struct {
	// Accepted and changes nothing, as in the npm package: `user.modelName` names the table.
	ModelName string `json:"modelName" unset:"user"`
	// Name of the column, by its field: `twoFactorEnabled`.
	Fields map[string]string `json:"fields" unset:"the key"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"the model's name"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o *Options) rename() map[string]auth.ModelOptions {
	own := o.Schema.TwoFactor
	return map[string]auth.ModelOptions{
		"user": {ModelName: o.Schema.User.ModelName, Fields: o.Schema.User.Fields},
		model:  {ModelName: cmp.Or(o.TwoFactorTable, own.ModelName), Fields: own.Fields},
	}
}

// rows returns the table. As in the reference, its writes run no hooks.
func rows(c *auth.Context) store.Table[Row] { return store.TableOf[Row](c.Store.Quiet(), model) }

// find returns the row of a user, or nil if there is none.
func find(c *auth.Context, userID string) (*Row, error) {
	row, err := rows(c).Get(c, store.Is("userId", userID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// change changes the first row that satisfies the conditions, atomically, and returns it or ErrNotFound.
func change(c *auth.Context, by store.Change, where ...store.Where) (*Row, error) {
	changed, err := c.Store.Increment(c, model, where, by)
	if err != nil {
		return nil, err
	}
	return rows(c).Of(changed)
}

// hasFactor reports whether a user has a second factor.
func hasFactor(user *auth.User) bool { return user.Extra.True(enabled) }

// setFactor notes on the user whether there is a second factor.
func setFactor(c *auth.Context, userID string, has bool) (*auth.User, error) {
	user, err := c.Users.Update(c, userID, store.Record{enabled: has})
	if err == nil {
		name := Disabled
		if has {
			name = Enabled
		}
		c.Emit(auth.Event{Name: name, UserID: userID})
	}
	return user, err
}

// The events that the plugin reports.
const (
	Enabled  = "two_factor_enabled"
	Disabled = "two_factor_disabled"
	Verified = "two_factor_verified"
)
