package deviceauthorization

import (
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// longestCode is the number of characters of a code that every database of the reference can index.
const longestCode = 191

// deviceCode is a row: a device that asks for a session.
type deviceCode struct {
	ID              string     `json:"id"`
	DeviceCode      string     `json:"deviceCode" store:"holds=secret"`
	UserCode        string     `json:"userCode" store:"holds=secret"`
	UserID          *string    `json:"userId" store:"holds=user"` // of the user who claimed the code; nil until then
	ExpiresAt       time.Time  `json:"expiresAt"`
	Status          string     `json:"status"`
	LastPolledAt    *time.Time `json:"lastPolledAt"`
	PollingInterval *float64   `json:"pollingInterval"` // in milliseconds
	ClientID        *string    `json:"clientId"`
	Scope           *string    `json:"scope"`

	// With a grant only.
	Resources     []string `json:"resources" store:"optional"`
	OAuthClientID *string  `json:"oauthClientId"`
}

// The values of deviceCode.Status.
const (
	pending  = "pending"
	approved = "approved"
	denied   = "denied"
)

func (p *Plugin) model() store.Model {
	m := store.ModelOf[deviceCode]("deviceCode")
	m.Indexes = []store.Index{{Fields: []string{"deviceCode"}, Unique: true}, {Fields: []string{"userCode"}, Unique: true}}
	m.Expires, m.Linger = "expiresAt", time.Hour
	if p.grant == nil {
		m.Fields = slices.DeleteFunc(m.Fields, func(f store.Field) bool { return f.Name == "resources" || f.Name == "oauthClientId" })
	}
	m.Field("deviceCode").Need = store.Need{AtLeast: p.opts.DeviceCodeLength, UpTo: longestCode}
	m.Field("userCode").Need = store.Need{AtLeast: p.opts.UserCodeLength, UpTo: longestCode}
	m.Field("status").Need = store.Need{AtLeast: len(approved)}
	return m
}
