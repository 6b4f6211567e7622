package oauthprovider

import "github.com/seed-32bd42cb/betterauth/js"

// grantedCode is what an authorization code stands for. Its JSON form is that of the reference, so that a code of one
// server can be redeemed at the other.
type grantedCode struct {
	Query       *js.Object // the authorization request
	UserID      string
	SessionID   string
	ReferenceID string   // "" for none
	AuthTime    *float64 // in milliseconds since 1970, as JavaScript's Date has it
	Resource    []string // nil for none
}
