package passkey

import (
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// model is the name of the table.
const model = "passkey"

// lastUsedAt is the column that the option trackLastUse adds.
const lastUsedAt = "lastUsedAt"

// Row is a row of the table passkey: one registered authenticator of a user.
type Row struct {
	ID           string     `json:"id,omitempty"`
	Name         *string    `json:"name"`
	PublicKey    string     `json:"publicKey"` // COSE key in base64
	UserID       string     `json:"userId" store:"ref=user.id,index"`
	CredentialID string     `json:"credentialID" store:"index"` // base64url
	Counter      float64    `json:"counter"`                    // uses of the authenticator; 0 if it does not count
	DeviceType   string     `json:"deviceType"`                 // SingleDevice or MultiDevice
	BackedUp     bool       `json:"backedUp"`
	Transports   *string    `json:"transports"` // separated by commas
	CreatedAt    *time.Time `json:"createdAt"`
	AAGUID       *string    `json:"aaguid"` // model of the authenticator; see [AuthenticatorName]
	// The last sign-in. Only with the option trackLastUse; otherwise the table has no such column.
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// model returns the table.
func (p *Plugin) model() store.Model {
	m := store.ModelOf[Row](model)
	if !p.opts.TrackLastUse {
		m.Fields = slices.DeleteFunc(m.Fields, func(f store.Field) bool { return f.Name == lastUsedAt })
	}
	return m
}

// The device types of a passkey.
const (
	SingleDevice = "singleDevice" // cannot leave its authenticator
	MultiDevice  = "multiDevice"  // may be synchronised between devices
)

// SchemaOptions rename the table and its columns.
type SchemaOptions struct {
	// The table of passkeys.
	Passkey TableOptions `json:"passkey"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"passkey"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o SchemaOptions) rename() map[string]auth.ModelOptions {
	return map[string]auth.ModelOptions{model: {ModelName: o.Passkey.ModelName, Fields: o.Passkey.Fields}}
}
