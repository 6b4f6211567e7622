package oauthprovider

// The events of authorizations. Details name the client.
const (
	Authorized       = "oauth_authorized"
	ConsentGiven     = "oauth_consent_given" // also if it is changed
	ConsentWithdrawn = "oauth_consent_withdrawn"
	AccessRevoked    = "oauth_access_revoked" // by an operator: the consents of a user to a client, and its tokens
)

func flowEvents() []string {
	return []string{Authorized, ConsentGiven, ConsentWithdrawn, AccessRevoked}
}
