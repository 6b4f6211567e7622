package oauthprovider

import "github.com/seed-32bd42cb/betterauth/auth"

// The events of clients. Details name the client.
const (
	ClientRegistered    = "oauth_client_registered"
	ClientUpdated       = "oauth_client_updated"
	ClientDisabled      = "oauth_client_disabled" // by an operator
	ClientEnabled       = "oauth_client_enabled"  // by an operator, after it was disabled
	ClientDeleted       = "oauth_client_deleted"
	ClientSecretRotated = "oauth_client_secret_rotated"
)

func clientEvents() []string {
	return []string{ClientRegistered, ClientUpdated, ClientDisabled, ClientEnabled, ClientDeleted, ClientSecretRotated}
}

// report emits an event of a client.
func report(c *auth.Context, name, clientID string) {
	e := auth.Event{Name: name, Details: map[string]string{"client": clientID}}
	if c.Session != nil {
		e.UserID = c.Session.User.ID
	}
	c.Emit(e)
}
