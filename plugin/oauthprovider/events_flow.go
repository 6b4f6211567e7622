package oauthprovider

// The events of authorizations. Details name the client.
const (
	Authorized       = "oauth_authorized"
	ConsentGiven     = "oauth_consent_given" // also if it is changed
	ConsentWithdrawn = "oauth_consent_withdrawn"
)

func flowEvents() []string { return []string{Authorized, ConsentGiven, ConsentWithdrawn} }
