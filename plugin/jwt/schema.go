package jwt

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// model is the name of the table of keys.
const model = "jwks"

// KeyRow is a row of the table of keys.
type KeyRow struct {
	ID         string     `json:"id,omitempty"`
	PublicKey  string     `json:"publicKey"`  // JWK as JSON
	PrivateKey string     `json:"privateKey"` // JWK as JSON, or encrypted as a JSON text
	CreatedAt  time.Time  `json:"createdAt"`
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`
	Alg        string     `json:"alg,omitempty" store:"optional"` // empty in rows from versions without this field
	Crv        string     `json:"crv,omitempty" store:"optional"`
}

func (k *KeyRow) live(now time.Time) bool { return k.ExpiresAt == nil || k.ExpiresAt.After(now) }

func (p *Plugin) table() store.Model {
	m := store.ModelOf[KeyRow](model)
	m.Field("publicKey").Need = store.Need{AtLeast: 70, UpTo: 1024}
	private := store.Need{AtLeast: 340, UpTo: 8192} // the length of the shortest kind of key
	if p.opts.JWKS.DisablePrivateKeyEncryption {
		private.AtLeast = 120
	}
	m.Field("privateKey").Need = private
	return m
}

// SchemaOptions rename the table and its columns.
type SchemaOptions struct {
	// The table of keys.
	JWKS TableOptions `json:"jwks"`
}

// TableOptions rename a table and its columns.
type TableOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"jwks"`
	// Names of the columns.
	Fields map[string]string `json:"fields" unset:"the key"`
}

func (o SchemaOptions) rename() map[string]auth.ModelOptions {
	return map[string]auth.ModelOptions{model: {ModelName: o.JWKS.ModelName, Fields: o.JWKS.Fields}}
}
