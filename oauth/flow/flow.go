// Package flow is what the built-in endpoints and the plugins do with a
// provider: begin a flow and recognise it when the browser comes back, exchange
// the code, and sign in, sign up or link whoever that is. It sits between the
// engine and the endpoints, which answer in their own ways.
//
// It must not know an endpoint, and no provider by name.
package flow

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// The errors of a callback, as they travel in a redirect's query
// (oauth2/errors.mjs).
const (
	NoCode                  = "no_code"
	ProviderNotFound        = "oauth_provider_not_found"
	IssuerMismatch          = "issuer_mismatch"
	InvalidCode             = "invalid_code"
	NonceBindingMissing     = "nonce_binding_missing"
	UnableToGetUserInfo     = "unable_to_get_user_info"
	NoCallbackURL           = "no_callback_url"
	UnableToLinkAccount     = "unable_to_link_account"
	EmailDoesNotMatch       = "email_does_not_match"
	LinkedToDifferentUser   = "account_already_linked_to_different_user"
	EmailNotFound           = "email_not_found"
	EmailNotVerified        = "email_not_verified"
	StateMismatch           = "state_mismatch"
	StateNotFound           = "state_not_found"
	stateInvalid            = "state_invalid"
	internalServerError     = "internal_server_error"
	accountNotLinked        = "account not linked"
	unableToLinkAccountText = "unable to link account"
	unableToUpdateAccount   = "unable to update account"
	unableToCreateUser      = "unable to create user"
	unableToCreateSession   = "unable to create session"
	signUpDisabled          = "signup disabled"
)

// Call is what a provider is told of the call c.
func Call(c *auth.Context) *oauth.Call {
	call := &oauth.Call{Context: c, Now: c.Now(), HTTP: c.Options.HTTP, Log: c.Log, BaseURL: c.BaseURL}
	if told := c.Arguments(); len(told) > 0 {
		call.Endpoint = told[0]
	}
	return call
}

// RedirectURI is where a provider sends the browser back to.
func RedirectURI(c *auth.Context, p oauth.Provider) string { return c.BaseURL + p.Info().Path() }

// Nonce makes a nonce for ID tokens, "" for a provider that needs none.
func Nonce(p oauth.Provider) string {
	if !p.Info().NonceRequired {
		return ""
	}
	return secret.Random(32)
}

// ErrorURL is where errors go that no flow has a place for.
func ErrorURL(c *auth.Context) string {
	if to := c.Options.OnAPIError.ErrorURL; to != "" {
		return to
	}
	return c.BaseURL + "/error"
}

// Fail ends the call by sending the browser to address with an error in the
// query.
func Fail(address, code, description string) error {
	pairs := [][2]string{{"error", code}}
	if description != "" {
		pairs = append(pairs, [2]string{"error_description", description})
	}
	to, err := origin.AppendQuery(address, pairs)
	if err != nil {
		return err
	}
	return auth.Redirect(to)
}

// FindProvider returns the provider with this id, nil when there is none.
func FindProvider(c *auth.Context, id string) oauth.Provider { return c.Providers.Find(id) }
