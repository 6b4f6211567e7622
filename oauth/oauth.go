// Package oauth is the client side of OAuth 2.0 and OpenID Connect: authorization URLs, the exchange and refresh of
// tokens, and the verification of ID tokens. Its interface [Provider] says what a provider must be able to do; most
// providers are a [Spec], which is data with a few functions.
//
// To add a provider to a server, put it into auth.Options:
//
//	acme := oauth.New(oauth.Spec{
//		Info:             oauth.Info{ID: "acme", Audience: []string{"client-id"}},
//		AuthorizationURL: "https://acme.example/authorize",
//		TokenURL:         "https://acme.example/token",
//		…
//	})
//	betterauth.New(auth.Options{SocialProviders: []oauth.Provider{acme}})
//
// Package oauth/provider contains the built-in providers; the plugin generic-oauth adds providers by configuration.
package oauth

// This package knows no server, user or session, and no provider by name; package oauth/flow connects it to them.

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// ErrUnsupported is returned for something that a provider cannot do.
var ErrUnsupported = errors.New("oauth: not supported by this provider")

// Call carries what a provider needs of the call it works for.
type Call struct {
	context.Context
	Now  time.Time
	HTTP http.RoundTripper // nil: http.DefaultTransport
	Log  *slog.Logger
	// Endpoint is the endpoint context that callbacks receive; nil outside of a call.
	Endpoint any
	// BaseURL is the URL of the server's endpoints.
	BaseURL string
}

// Provider is a service that users can sign in with. Its methods may be called by several goroutines at once.
type Provider interface {
	Info() Info
	// AuthorizationURL returns the URL to which the browser is sent for signing in.
	AuthorizationURL(c *Call, r AuthorizationRequest) (string, error)
	// Exchange exchanges a code for tokens. It may return nil for an invalid code.
	Exchange(c *Call, r CodeRequest) (*Tokens, error)
	// UserInfo returns the user to whom the tokens belong, or nil if the provider does not return one or the answer
	// cannot be trusted.
	UserInfo(c *Call, r UserInfoRequest) (*Identity, error)
	// Subject returns the provider's stable id of the account in a profile.
	Subject(c *Call, t *Tokens, profile *js.Object) (any, error)
	// Refresh gets new tokens. It returns ErrUnsupported if the provider does not support that.
	Refresh(c *Call, refreshToken string) (*Tokens, error)
	// VerifyIDToken reports whether an ID token from a client is authentic.
	VerifyIDToken(c *Call, token, nonce string) bool
	// EndSessionURL returns the URL for signing out of the provider, or "" if there is none.
	EndSessionURL(c *Call, r EndSessionRequest) (string, error)
}

// Info describes a provider and contains its options for signing in.
type Info struct {
	ID           string
	Name         string
	CallbackPath string // relative to the base URL; default /callback/<id>
	Issuer       string // a callback with another iss is refused; "" accepts any

	// Audience holds the client ids, the primary one first.
	Audience []string

	IDTokenSignIn bool // clients may sign in with an ID token
	Refreshes     bool // Refresh is supported
	EndsSessions  bool // EndSessionURL may return a URL
	NonceRequired bool // ID tokens must be bound to the flow by a nonce
	IDPInitiated  bool // a callback without a state starts a new flow

	DisableImplicitSignUp    bool
	DisableSignUp            bool
	OverrideUserInfo         bool
	RequireEmailVerification bool

	// Problem says why the provider cannot be used with its options; nil if it can.
	Problem error
}

// Path returns the path of the callback, relative to the base URL.
func (i Info) Path() string {
	switch {
	case i.CallbackPath == "":
		return "/callback/" + i.ID
	case i.CallbackPath[0] == '/':
		return i.CallbackPath
	}
	return "/" + i.CallbackPath
}

// AuthorizationRequest contains the parameters of the flow for the authorization URL.
type AuthorizationRequest struct {
	State, CodeVerifier string
	Nonce               string // "" if the provider needs none
	RedirectURI         string
	Scopes              []string
	LoginHint           string
	Display             string
	Additional          []Param // without the reserved ones
}

// CodeRequest contains the code that the provider returned.
type CodeRequest struct{ Code, CodeVerifier, RedirectURI, DeviceID string }

// UserInfoRequest asks to whom tokens belong.
type UserInfoRequest struct {
	Tokens
	// Nonce is the nonce of the flow that ID tokens must contain; "" for none.
	Nonce string
	// User is what some providers post once, with the first code; it may be nil.
	User *js.Object
	// Verified says that the ID token came from a client and has been verified.
	Verified bool
}

// EndSessionRequest asks for the URL for signing out.
type EndSessionRequest struct{ IDToken, PostLogoutRedirectURI, State string }

// Identity is a user at a provider: User in the form in which it is stored here, and the provider's own Profile. User
// has name, email, image and emailVerified, and what mapProfileToUser added.
type Identity struct{ User, Profile *js.Object }
