package apikey

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The events that the plugin reports. Their details name the key by its id.
const (
	Created = "api_key_created"
	Updated = "api_key_updated"
	Deleted = "api_key_deleted"
)

// report reports an event about a key.
func report(c *auth.Context, name string, cfg *Configuration, row store.Record) {
	e := auth.Event{Name: name, Details: map[string]string{"key": row.Text("id")}}
	if cfg.References == "organization" {
		e.OrganizationID = row.Text("referenceId")
	} else {
		e.UserID = row.Text("referenceId")
	}
	c.Emit(e)
}
