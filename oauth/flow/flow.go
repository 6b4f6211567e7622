// Package flow contains the steps of an OAuth sign-in that the built-in endpoints and plugins share: start a flow
// with a provider ([State.Begin]), recognize it when the browser returns ([Read]), exchange the code ([Exchange]),
// and sign in, sign up or link the user ([Ending.Finish], [SignIn.Do]). It is for plugins that add endpoints for
// signing in with a provider.
package flow

// This package knows no endpoint, and no provider by name.

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// The errors of a callback in the query of a redirect (oauth2/errors.mjs).
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

// Call returns what a provider needs of the call c.
func Call(c *auth.Context) *oauth.Call {
	call := &oauth.Call{Context: c, Now: c.Now(), HTTP: c.Options.HTTP, Log: c.Log, BaseURL: c.BaseURL}
	if told := c.Arguments(); len(told) > 0 {
		call.Endpoint = told[0]
	}
	return call
}

// RedirectURI returns the URL to which a provider sends the browser back.
func RedirectURI(c *auth.Context, p oauth.Provider) string { return c.BaseURL + p.Info().Path() }

// Nonce returns a new nonce for ID tokens, or "" for a provider that needs none.
func Nonce(p oauth.Provider) string {
	if !p.Info().NonceRequired {
		return ""
	}
	return secret.Random(32)
}

// ErrorURL returns the error page for errors that belong to no flow: onAPIError.errorURL, or the built-in one.
func ErrorURL(c *auth.Context) string {
	if to := c.Options.OnAPIError.ErrorURL; to != "" {
		return to
	}
	return c.BaseURL + "/error"
}

// Fail ends the call with a redirect to address with an error in the query.
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

// FindProvider returns the provider with this id, or nil.
func FindProvider(c *auth.Context, id string) oauth.Provider { return c.Providers.Find(id) }
